"""Embedded stores as a migration leaves them: migrated once in each process of a run, copied for each test."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine, make_url

from data.store import create_store, migrate


@cache
def _file() -> bytes:
    with TemporaryDirectory() as folder:
        store = create_store(f"sqlite:///{folder}/caudal.sqlite")
        migrate(store)
        store.dispose()
        return Path(folder, "caudal.sqlite").read_bytes()


def migrated(url: str) -> Engine:
    """A store of its own at this address, migrated and empty."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
        Path(str(address.database)).write_bytes(_file())
        return create_store(url)
    store = create_store(url)
    migrate(store)
    return store
