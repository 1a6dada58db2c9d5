from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.store import create_store
from tests.dashboard.centre import Server, open_centre


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for tests that only look, or add what others do not mind. Nobody evaluates its alerts."""
    var = tmp_path_factory.mktemp("standing") / "var"
    var.mkdir()
    open_centre(f"sqlite:///{var / 'caudal.sqlite'}", "tumbes", "huaquillas").dispose()
    yield from _served(Server(var, words=("--no-worker",)))


@pytest.fixture
def server(var: Path, sqlite_url: str) -> Iterator[Server]:
    open_centre(sqlite_url, "tumbes", "huaquillas").dispose()
    yield from _served(Server(var, words=("--no-worker",)))


@pytest.fixture
def store(server: Server) -> Iterator[Engine]:
    """What the server stands on, for a look behind it."""
    engine = create_store(f"sqlite:///{server.var / 'caudal.sqlite'}")
    yield engine
    engine.dispose()


@pytest.fixture
def staffed(var: Path, sqlite_url: str) -> Iterator[Server]:
    """With the process beside it that evaluates alerts."""
    open_centre(sqlite_url, "tumbes", "huaquillas").dispose()
    yield from _served(Server(var))


def _served(server: Server) -> Iterator[Server]:
    yield server.start()
    server.stop()
    assert "Traceback" not in server.log, server.log[-4000:]
