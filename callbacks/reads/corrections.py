"""What changed after it had been told, for the pages that list it; read once per data version."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from data.queries.corrected import flow_revisions, revisions_by
from data.types import Revision, Scope, Window

SHOWN = 30


def recent_revisions(conn: Connection, scope: Scope, window: Window, version: int) -> tuple[Revision, ...]:
    """The newest changes of figures of the window."""
    return _once(
        (str(conn.engine.url), scope, window, version),
        lambda: tuple(flow_revisions(conn, scope.site, window, scope.audience, scope.as_of)[:SHOWN]),
    )


def changed_by(
    conn: Connection, scope: Scope, report_ids: tuple[int, ...], version: int
) -> dict[int, tuple[Revision, ...]]:
    """What each of these deliveries changed."""
    return _once(
        (str(conn.engine.url), scope, report_ids, version),
        lambda: {
            report: tuple(found)
            for report, found in revisions_by(conn, scope.site, report_ids, scope.audience, scope.as_of).items()
        },
    )


def _once(mark: tuple[Any, ...], read: Callable[[], Any]) -> Any:
    found = _kept(mark)
    if not found:
        found.append(read())
    return found[0]


@lru_cache(maxsize=256)
def _kept(mark: object) -> list[Any]:
    """A place to keep one answer."""
    return []
