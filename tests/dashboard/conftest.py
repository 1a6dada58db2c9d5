from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.dashboard.centre import Server, open_centre


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for tests that only look, or add what others do not mind."""
    var = tmp_path_factory.mktemp("standing") / "var"
    var.mkdir()
    open_centre(f"sqlite:///{var / 'caudal.sqlite'}", "tumbes", "huaquillas").dispose()
    running = Server(var).start()
    yield running
    running.stop()
    assert "Traceback" not in running.log, running.log[-4000:]


@pytest.fixture
def server(var: Path, sqlite_url: str) -> Iterator[Server]:
    open_centre(sqlite_url, "tumbes", "huaquillas").dispose()
    running = Server(var).start()
    yield running
    running.stop()
    assert "Traceback" not in running.log, running.log[-4000:]
