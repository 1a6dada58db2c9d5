"""Which source is official for a figure of a site: chosen by a person, with a reason, from a moment on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from data.history import recorded_by
from data.places import site as site_named
from data.sites import set_rule
from data.tables import official, source
from data.versions import raise_version


class UnknownSource(LookupError):
    """No source of this name has been named or has reported; `known` are those that have."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


class UnknownStage(LookupError):
    """The site has no such stage; `known` are those it has."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        super().__init__(name)
        self.name, self.known = name, known


class NoReason(ValueError):
    """A choice is written down with its reason."""


@dataclass(frozen=True)
class Choice:
    """`source` "": somebody decided that there is no official one."""

    stage: str
    measure: str
    source: str
    reason: str
    set_by: str
    valid_from: datetime


def set_official(
    conn: Connection, site: str, stage: str, measure: str, name: str, reason: str, who: str, now: datetime
) -> Choice:
    """Make a source official from `now` on, for one of OFFICIAL_FOR; earlier choices hold for the time before.

    `name` "" leaves the figure without an official source. Raises UnknownSite, UnknownStage, UnknownSource, NoReason.
    """
    place = site_named(conn, site)
    if not reason.strip():
        raise NoReason("an official source is chosen with a reason")
    if stage not in place.stages:
        raise UnknownStage(stage, tuple(map(str, place.stages)))
    known = tuple(conn.execute(select(source.c.source).order_by(source.c.source)).scalars())
    if name and name not in known:
        raise UnknownSource(name, known)
    entry = {"stage": stage, "measure": str(measure), "source": name, "reason": reason.strip()}
    set_rule(conn, official, site, entry, ("stage", "measure"), now, who)
    raise_version(conn, site)
    return choices(conn, site, now)[stage, str(measure)]


def choices(
    conn: Connection, site: str, at: datetime, as_of: datetime | None = None
) -> Mapping[tuple[str, str], Choice]:
    """By stage and measure, the choice in force at a moment."""
    o = official.c
    rows = conn.execute(
        select(o.stage, o.measure, o.source, o.reason, o.set_by, o.valid_from)
        .where(o.site == site, o.valid_from <= at, *recorded_by(official, as_of))
        .order_by(o.valid_from, o.recorded_at)
    )
    return {(row.stage, row.measure): Choice(*row) for row in rows}
