"""The file of an embedded store: each connection remembers which one it opened, and nothing goes into another.

SQLite goes on reading and writing a file that was moved away or unlinked, and says nothing. What it accepted there
nobody will find.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import InvalidatePoolError

from data.store_gone import StoreGone as StoreGone

# Where a connection keeps what it opened.
OPENED = "caudal_file"

Identity = tuple[int, int]  # device, inode


def identity(path: Path) -> Identity | None:
    """None where there is no file."""
    try:
        found = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None
    return found.st_dev, found.st_ino


def watch_file(engine: Engine, path: Path) -> None:
    """Connections open the file that is there and never make one; `migrate` makes it."""

    @event.listens_for(engine, "do_connect")
    def opening(_dialect: Any, record: Any, arguments: list[Any], named: dict[str, Any]) -> None:
        # Looked at before it is opened: whoever exchanges it in between is found out at the first transaction.
        record.info[OPENED] = path, _there(path)
        arguments[0], named["uri"] = f"file:{quote(str(path.absolute()))}?mode=rw", True

    @event.listens_for(engine, "checkout")
    def taking(_connection: Any, record: Any, _proxy: Any) -> None:
        # A store that was put back, or restored from a copy, is opened afresh by all.
        if _there(path) != record.info[OPENED][1]:
            raise InvalidatePoolError()

    @event.listens_for(engine, "commit")
    def keeping(conn: Connection) -> None:
        check_file(conn.connection.info)


def check_file(info: MutableMapping[Any, Any]) -> None:
    """Raises StoreGone unless the file that this connection opened still stands where it stood."""
    path, opened = info[OPENED]
    if _there(path) != opened:
        raise StoreGone("replaced", path)


def _there(path: Path) -> Identity:
    found = identity(path)
    if found is None:
        raise StoreGone("gone", path)
    return found
