from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.feeds import servers


@pytest.fixture
def partner(monkeypatch: pytest.MonkeyPatch) -> Iterator[servers.World]:
    monkeypatch.setenv("TEST_KOBO_TOKEN", servers.KOBO_TOKEN)
    monkeypatch.setenv("TEST_ODK_PASSWORD", servers.ODK_PASSWORD)
    with servers.world() as world:
        yield world
