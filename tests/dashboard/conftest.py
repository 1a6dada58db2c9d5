from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.centre import Server, open_centre


@pytest.fixture
def server(var: Path, sqlite_url: str) -> Iterator[Server]:
    open_centre(sqlite_url, "tumbes", "huaquillas").dispose()
    running = Server(var).start()
    yield running
    running.stop()
    assert "Traceback" not in running.log, running.log[-4000:]
