"""What people do by the contingency plan: who may, under which name, and the audit row beside the act."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from dashboard.access import Viewer
from dashboard.acting import Moments, may_decide, name_of, require
from data.accounts import record
from data.plan_acts import move_level, move_task
from data.types import ClockReading, Site
from data.vocabulary import SiteKind


@dataclass(frozen=True)
class Wanted:
    """What a form says. `level` None: end; `seen`: what this person saw; `by` counts only at the machine itself."""

    by: str = ""
    note: str = ""
    level: str | None = ""
    activation: int = 0
    task: str = ""
    state: str = ""
    seen: int = 0


def may_activate(viewer: Viewer, site: str) -> bool:
    """Coordination, administration, and the person at the machine."""
    return viewer.may_operate and viewer.may_see_site(site)


may_tick = may_decide


def mark_of(site: Site, clock: ClockReading) -> str:
    """What an act of a replay or of a drill is marked with, for ever."""
    if clock.replay:
        return "replay"
    return "" if site.kind is SiteKind.REAL else str(site.kind)


def decide_level(conn: Connection, viewer: Viewer, site: Site, wanted: Wanted, at: Moments, mark: str) -> None:
    require(viewer, site.site, may_activate)
    by = name_of(viewer, wanted.by)
    done = move_level(conn, site.site, wanted.level, by, wanted.note, wanted.seen, at.now, at.real_now, mark)
    facts = {"move": str(done.move), "level": done.level, "version": done.version, "note": done.note}
    record(conn, at.real_now, by, "plan-level", f"{site.site}/{done.activation}", facts)


def tick_task(conn: Connection, viewer: Viewer, site: Site, wanted: Wanted, at: Moments) -> None:
    require(viewer, site.site, may_tick)
    by = name_of(viewer, wanted.by)
    place = (site.site, wanted.activation, wanted.task)
    done = move_task(conn, *place, wanted.state, by, wanted.note, wanted.seen, at.now, at.real_now)
    facts = {"state": str(done.state), "note": done.note}
    record(conn, at.real_now, by, "plan-task", "/".join(map(str, place)), facts)
