"""The roster of the mechanism: what each organisation covers, when it last reported, and how completely."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from callbacks.reads.ground import frame_of, moment_of
from data.analytics.reporting import rates
from data.days import day_of
from data.history import organisations
from data.queries.reporting import last_received, unasked
from data.reporting import reporting
from data.rhythm import Rates, Reporting
from data.types import ClockReading, Frame, Partner, Scope, Site, Window
from data.who_shapes import Doings
from data.who_where import LONGEST_ACTIVE, doings_of

DAYS = 30


@dataclass
class _Known:
    """What is gathered of one organisation."""

    sources: set[str] = field(default_factory=set)
    reports: list[Reporting] = field(default_factory=list)
    received: list[datetime] = field(default_factory=list)


def partners(conn: Connection, scope: Scope, site: Site, clock: ClockReading) -> tuple[Frame, tuple[Partner, ...]]:
    """Everybody who reports or delivered something lately, by name. Nothing of it is a count of people."""
    now = moment_of(scope, clock)
    first = day_of(site, day_of(site, now).start - timedelta(days=DAYS - 1) + timedelta(hours=2)).start
    rows = doings_of(conn, site, Window(first - LONGEST_ACTIVE, now), scope.as_of)
    begun = (rows.start <= now.timestamp()) & (rows.end > first.timestamp())
    known: dict[str, _Known] = {}
    for one in reporting(conn, site, now, scope.as_of):
        mine = known.setdefault(one.contact.organisation or one.source, _Known())
        mine.sources.add(one.source)
        mine.reports.append(one)
    whose = organisations(conn, scope.as_of)
    came = {**unasked(conn, site.site, first, scope.as_of), **last_received(conn, site.site, scope.as_of)}
    for (source, _), at in came.items():
        mine = known.setdefault(whose.get(source) or source, _Known())
        mine.sources.add(source)
        mine.received.append(at)
    names = [rows.words["organisation"][code] for code in np.unique(rows.codes["organisation"][begun]).tolist()]
    everybody = sorted({*known, *names}, key=str.casefold)
    told = tuple(_partner(name, known.get(name, _Known()), rows, begun, now) for name in everybody)
    return frame_of(conn, scope, clock), told


def _partner(name: str, known: _Known, rows: Doings, begun: np.ndarray, now: datetime) -> Partner:
    words = rows.words["organisation"]
    mine = begun & (rows.codes["organisation"] == (words.index(name) if name in words else -1))
    counted = rates(known.reports) if known.reports else Rates()
    return Partner(
        organisation=name,
        sources=tuple(sorted(known.sources)),
        sectors=_distinct(rows, mine, "sector"),
        services=_distinct(rows, mine, "service"),
        places=_distinct(rows, mine, "place"),
        last_period=datetime.fromtimestamp(min(now.timestamp(), float(rows.end[mine].max())), UTC)
        if mine.any()
        else None,
        last_received=max(known.received) if known.received else None,
        rates=counted,
        state=_state(known, now),
    )


def _distinct(rows: Doings, mine: np.ndarray, name: str) -> tuple[str, ...]:
    return tuple(sorted(rows.words[name][code] for code in np.unique(rows.codes[name][mine]).tolist()))


def _state(known: _Known, now: datetime) -> str:
    if any(one.silent(now) for one in known.reports):
        return "silent"
    if any(one.late(now) for one in known.reports):
        return "late"
    if known.reports:
        return "fine"
    return "unasked" if known.sources else "reported-by-others"
