"""Embedded stores as a migration leaves them: migrated once in each process of a run, copied for each test."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from sqlalchemy import Engine, make_url

from data.store import create_store, migrate


@cache
def migrated_file() -> Path:
    folder = tempfile.mkdtemp(prefix="caudal-migrated-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    file = Path(folder, "caudal.sqlite")
    store = create_store(f"sqlite:///{file}")
    migrate(store)
    store.dispose()
    return file


def migrated(url: str) -> Engine:
    """A store of its own at this address, migrated and empty."""
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(str(address.database)).exists():
        shutil.copyfile(migrated_file(), str(address.database))
        return create_store(url)
    store = create_store(url)
    migrate(store)
    return store
