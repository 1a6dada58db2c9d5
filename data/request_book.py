"""The board of requests of a site at a moment, read from the store."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, exists, select

from data.request_shapes import Asked, RequestAct, ResourceRequest
from data.tables import request_act, resource_request
from data.vocabulary import RequestMove, Service

r, a = resource_request.c, request_act.c


def requests_lock(site: str) -> str:
    """Whoever asks or answers on the board of a site takes turns by this name."""
    return f"requests:{site}"


def every_request(conn: Connection, site: str, as_of: datetime | None = None) -> tuple[ResourceRequest, ...]:
    """All of them, the newest first, as they stood at `as_of`."""
    return _requests(conn, site, [], as_of)


def open_requests(
    conn: Connection, site: str, as_of: datetime | None = None, over_since: datetime | None = None
) -> tuple[ResourceRequest, ...]:
    """Those of which something is still asked for, the newest first; and those that were over only since a moment."""
    closing = request_act.alias()
    known = [] if as_of is None else [closing.c.at <= as_of]
    known += [] if over_since is None else [closing.c.at < over_since]
    closed = exists(
        select(closing.c.step).where(
            closing.c.site == r.site, closing.c.request == r.request, closing.c.closes.is_(True), *known
        )
    )
    return _requests(conn, site, [~closed], as_of)


def request_numbered(conn: Connection, site: str, number: int) -> ResourceRequest | None:
    found = _requests(conn, site, [r.request == number], None)
    return found[0] if found else None


def newest_request(conn: Connection, site: str) -> int:
    """Its number; 0: nobody has asked for anything yet."""
    newest = select(r.request).where(r.site == site).order_by(r.request.desc()).limit(1)
    return conn.execute(newest).scalar_one_or_none() or 0


def requests_since(conn: Connection, site: str, number: int) -> tuple[ResourceRequest, ...]:
    """Those opened after the one of this number, the newest first."""
    return _requests(conn, site, [r.request > number], None)


def _requests(
    conn: Connection, site: str, which: list[ColumnElement[bool]], as_of: datetime | None
) -> tuple[ResourceRequest, ...]:
    opened = [] if as_of is None else [r.at <= as_of]
    acted = [] if as_of is None else [a.at <= as_of]
    wanted = select(resource_request).where(r.site == site, *which, *opened)
    asked = conn.execute(wanted.order_by(r.request.desc())).all()
    if not asked:
        return ()
    rows = conn.execute(
        select(request_act)
        .join(resource_request, (r.site == a.site) & (r.request == a.request))
        .where(a.site == site, *which, *opened, *acted)
        .order_by(a.request, a.step)
    ).all()
    acts: dict[int, list[RequestAct]] = {}
    for row in rows:
        told = RequestAct(
            row.step, row.at, RequestMove(row.move), row.institution, row.by, row.note, row.offer, row.quantity
        )
        acts.setdefault(row.request, []).append(told)
    return tuple(
        ResourceRequest(
            number=row.request,
            at=row.at,
            asked=Asked(
                row.what,
                row.quantity,
                row.unit,
                row.needed_by,
                row.institution,
                row.reason,
                None if row.service is None else Service(row.service),
                row.place,
            ),
            by=row.by,
            mark=row.mark,
            acts=tuple(acts.get(row.request, ())),
        )
        for row in asked
    )
