"""Closing a shift or a day: a named person vouches for its figures, and what comes later waits for a coordinator.

A period lives in steps that are never changed: approved, unlocked, approved again. While it is closed, a delivery
that would change it is kept whole, and its lines inside the period do not count until somebody who may unlocks the
period or lets this delivery through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, select, update

from data.accounts import record
from data.lines import rebuild, touched_by
from data.rollups import Touched
from data.sites import site as site_named
from data.store import lock_sites, writing
from data.tables import closing, hold, report
from data.types import Window
from data.versions import raise_version
from data.vocabulary import Dataset, Role

MAY_CLOSE = (Role.SECTOR_LEAD, Role.COORDINATION, Role.ADMIN)
MAY_UNLOCK = (Role.COORDINATION, Role.ADMIN)


class ClosingError(ValueError):
    """Why a period cannot be closed or opened: locale key `closing.<code>` and its facts."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(f"{code}: {facts}")
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class Who:
    """Who decides, and in which role."""

    name: str
    role: Role


@dataclass(frozen=True)
class Approval:
    """A closed period: who vouches for it since when."""

    window: Window
    kind: str  # day, shift
    who: str
    at: datetime


def approvals(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> tuple[Approval, ...]:
    """Periods that overlap the window and are closed now, or were as of a moment; by start."""
    c = closing.c
    until = [] if as_of is None else [c.at <= as_of]
    rows = conn.execute(
        select(closing)
        .where(c.site == site, c.start < window.end, c.end > window.start, *until)
        .order_by(c.start, c.end, c.step)
    )
    newest = {(row.start, row.end): row for row in rows}
    return tuple(
        Approval(Window(row.start, row.end), row.kind, row.who, row.at)
        for row in newest.values()
        if row.action == "approved"
    )


def close_period(
    engine: Engine, site: str, window: Window, kind: str, who: Who, now: datetime, real_now: datetime, reason: str = ""
) -> Approval:
    """From provisional to approved. Raises ClosingError: not_allowed_close, not_over, already_closed."""
    if who.role not in MAY_CLOSE:
        raise ClosingError("not_allowed_close", who=who.name)
    if window.end > now:
        raise ClosingError("not_over")
    with writing(engine) as conn:
        lock_sites(conn, (site,))
        standing = _standing(conn, site, window)
        if standing is not None:
            raise ClosingError("already_closed", who=standing.who)
        _step(conn, site, window, kind, "approved", who, now, reason)
        _audit(conn, real_now, who, "close", site, window, {"reason": reason})
        raise_version(conn, site)
    return Approval(window, kind, who.name, now)


def unlock_period(
    engine: Engine, site: str, window: Window, who: Who, now: datetime, real_now: datetime, reason: str
) -> tuple[int, ...]:
    """Open a closed period again: what waited counts from now on. The numbers of the deliveries let through.

    Raises ClosingError: not_allowed_unlock, no_reason, not_closed.
    """
    if who.role not in MAY_UNLOCK:
        raise ClosingError("not_allowed_unlock", who=who.name)
    if not reason.strip():
        raise ClosingError("no_reason")
    with writing(engine) as conn:
        lock_sites(conn, (site,))
        standing = _standing(conn, site, window)
        if standing is None:
            raise ClosingError("not_closed")
        _step(conn, site, window, standing.kind, "unlocked", who, now, reason)
        h = hold.c
        waiting = (h.site == site, h.start == window.start, h.end == window.end)
        let = _release(conn, waiting, who, now, reason)
        _audit(conn, real_now, who, "unlock", site, window, {"reason": reason, "reports": list(let)})
        raise_version(conn, site)
    return let


def release_report(engine: Engine, report_id: int, who: Who, now: datetime, real_now: datetime, reason: str) -> None:
    """Let one waiting delivery count; its periods stay closed.

    Raises ClosingError: not_allowed_unlock, no_reason, not_held.
    """
    if who.role not in MAY_UNLOCK:
        raise ClosingError("not_allowed_unlock", who=who.name)
    if not reason.strip():
        raise ClosingError("no_reason")
    with writing(engine) as conn:
        h = hold.c
        places = tuple(conn.execute(select(h.site).where(h.report_id == report_id).distinct()).scalars())
        lock_sites(conn, places)
        if not _release(conn, (h.report_id == report_id,), who, now, reason):
            raise ClosingError("not_held", report=str(report_id))
        record(conn, real_now, who.name, "release", str(report_id), {"role": str(who.role), "reason": reason})
        for place in sorted(places):
            raise_version(conn, place)


def _standing(conn: Connection, site: str, window: Window) -> Approval | None:
    return next((one for one in approvals(conn, site, window) if one.window == window), None)


def _step(
    conn: Connection, site: str, window: Window, kind: str, action: str, who: Who, now: datetime, reason: str
) -> None:
    c = closing.c
    same = (c.site == site, c.start == window.start, c.end == window.end)
    last = conn.execute(select(func.max(c.step)).where(*same)).scalar_one()
    conn.execute(
        insert(closing).values(
            site=site,
            start=window.start,
            end=window.end,
            step=0 if last is None else last + 1,
            kind=kind,
            action=action,
            at=now,
            who=who.name,
            reason=reason,
        )
    )


def _audit(
    conn: Connection, at: datetime, who: Who, action: str, site: str, window: Window, facts: dict[str, Any]
) -> None:
    period = f"{site} {window.start.isoformat()}/{window.end.isoformat()}"
    record(conn, at, who.name, action, period, {"role": str(who.role), **facts})


def _release(conn: Connection, which: Sequence[Any], who: Who, now: datetime, reason: str) -> tuple[int, ...]:
    """What waits and is meant counts from now on; the summaries it touches are rebuilt."""
    h, r = hold.c, report.c
    rows = conn.execute(
        select(hold, r.dataset, r.source, r.state)
        .join(report, r.report_id == h.report_id)
        .where(*which, h.released_at.is_(None))
        .order_by(h.report_id, h.site)
    ).all()
    released = {"released_at": now, "released_by": who.name, "reason": reason}
    conn.execute(update(hold).where(*which, h.released_at.is_(None)).values(**released))
    for row in rows:
        if row.state == "undone":
            continue
        dataset = Dataset(row.dataset)
        touched = touched_by(conn, dataset, row.report_id)
        here = touched[touched["site"] == row.site]
        rebuild(conn, dataset, Touched(site_named(conn, row.site), row.source, here), now, row.report_id)
    return tuple(sorted({row.report_id for row in rows}))
