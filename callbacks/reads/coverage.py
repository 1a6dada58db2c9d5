"""The coverage page: every sector against its standards, worst first; how it stood, what is on the shelf."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from callbacks.reads.ground import Ground, ground
from callbacks.reads.once import once
from data import disclosure
from data.analytics.coverage import STANDS_FOR
from data.analytics.coverage_past import REACH, STEP, timelines
from data.analytics.equity import equity
from data.chosen import official_sources
from data.covering import SERVICES_REACH, sector_coverage
from data.covering_past import Spans, sectors_past
from data.days import day_of
from data.disclosed_doubts import told_duplicates
from data.duplicates import duplicates
from data.picture import present_now, series_key
from data.queries.board import print_of_hours, print_of_need, print_of_services
from data.served_apart import came_apart, last_whole_day, served_apart
from data.stocking import stock_now
from data.types import ClockReading, CoverageModel, Equity, Scope, SectorTimeline, Window
from data.vocabulary import Measure, Sector, Service

DUPLICATES_BACK = timedelta(days=7)
DAY = timedelta(days=1)
QUARTER = timedelta(minutes=15)


def coverage(conn: Connection, scope: Scope, clock: ClockReading) -> CoverageModel:
    base = ground(conn, scope, clock)
    recent = Window(base.picture.day.start - DUPLICATES_BACK, base.picture.day.end)
    asked = duplicates(conn, scope.site, recent, scope.as_of)
    seen = (scope.audience, base.now, scope.as_of, scope.mask_below)
    found = told_duplicates(conn, base.picture.site, asked, *seen)
    lines, span = _timeline(conn, scope, base)
    return CoverageModel(
        frame=base.frame,
        kpis=base.kpis,
        sectors=base.sectors,
        window=base.picture.day,
        duplicates=found,
        before=_before(conn, scope, base),
        timeline=lines,
        timeline_window=span,
        stock=stock_now(conn, base.picture.site, base.now, scope.as_of),
        equity=_equity(conn, scope, base),
        equity_day=last_whole_day(base.picture.site, base.now),
    )


def _timeline(conn: Connection, scope: Scope, base: Ground) -> tuple[tuple[SectorTimeline, ...], Window]:
    seen = base.picture
    until = _quarter(base.now)

    def look() -> Spans:
        return sectors_past(conn, seen.site, until, seen.present, seen.entry, seen.official, scope.as_of)

    counted_by = seen.present.source if seen.present else None
    reach = Window(until - REACH - STEP - STANDS_FOR, until)
    asked = ("stood", seen.site, until, counted_by, *_prints(conn, scope, base, reach))
    spans = once(conn, 0, asked, look)
    shown = timelines(disclosure.masked_spans(spans, scope.audience, scope.mask_below))
    # In the order in which they stand above.
    place = {row.sector: number for number, row in enumerate(base.sectors)}
    ordered = sorted(shown, key=lambda one: place.get(one.sector, len(place)))
    return tuple(ordered), Window(spans[0][0].start, spans[-1][0].end)


def _quarter(at: datetime) -> datetime:
    """A bar that grows by the minute would be sent by the minute."""
    return at - timedelta(seconds=at.timestamp() % QUARTER.total_seconds())


def _before(conn: Connection, scope: Scope, base: Ground) -> Mapping[tuple[Sector, Service], float]:
    """The ratio of each service a day earlier, as the audience may see it."""
    seen = base.picture
    then = _quarter(min(base.now, seen.day.end) - DAY)

    def look() -> Mapping[tuple[Sector, Service], float]:
        official = official_sources(conn, scope.site, then, scope.as_of)
        here = present_now(conn, seen.site, official, then, scope.as_of)
        day = day_of(seen.site, then)
        sectors = sector_coverage(conn, seen.site, day, then, here, seen.entry, official, scope.as_of)
        shown = disclosure.masked_sectors(sectors, scope.audience, scope.mask_below)
        return {(row.sector, row.service): row.ratio for one in shown for row in one.services if row.ratio is not None}

    reach = Window(day_of(seen.site, then).start - SERVICES_REACH, then)
    asked = ("coverage-before", scope.site, then, scope.audience, scope.mask_below, *_prints(conn, scope, base, reach))
    return once(conn, 0, asked, look)


def _prints(conn: Connection, scope: Scope, base: Ground, reach: Window) -> tuple[object, ...]:
    """Change with the services, the people and the standards of a span that is over: most versions are not about it."""
    if scope.as_of is not None:
        return scope.as_of, base.frame.version
    seen = base.picture
    keys = (series_key(seen.site, seen.official, measure) for measure in (Measure.ARRIVALS, Measure.SERVED))
    hours = tuple(print_of_hours(conn, key, reach) for key in keys if key is not None)
    return print_of_services(conn, scope.site, reach), print_of_need(conn, scope.site, reach), hours


def _equity(conn: Connection, scope: Scope, base: Ground) -> tuple[Equity, ...]:
    seen = base.picture
    day = last_whole_day(seen.site, base.now)

    def look() -> tuple[Equity, ...]:
        told = served_apart(conn, seen.site, day, scope.as_of)
        if not told:
            return ()
        came = came_apart(conn, seen.site, day, seen.official, base.now, scope.as_of)
        served = disclosure.masked_served(told, scope.audience, scope.mask_below)
        arrived = disclosure.masked_arrivals(came, scope.audience, scope.mask_below)
        return tuple(
            equity(Sector(sector), Service(service), by, one, arrived.get(by))
            for (sector, service, by), one in served.items()
        )

    asked = ("equity", scope.site, day, scope.audience, scope.mask_below, *_prints(conn, scope, base, day))
    return once(conn, 0, asked, look)
