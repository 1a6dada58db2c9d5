"""What `GET /api/v1/…` answers, ready for JSON. The same reads and the same masking as the pages."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection

from callbacks import reads
from callbacks.asked import SeriesAsk
from callbacks.noted import noted
from data import disclosure, queries
from data.chosen import official_sources
from data.covering import sector_coverage
from data.days import days_of
from data.long_grains import long_figures
from data.observing import observe
from data.picture import present_now
from data.queries import SeriesKey
from data.types import ClockReading, Delivery, Scope, SectorCoverage, ServiceCoverage, Site, Station, Window
from data.vocabulary import Lane, State

Answer = dict[str, Any]
REPORTS_SHOWN = 200


def series(conn: Connection, ask: SeriesAsk, now: datetime) -> Answer:
    """One row per hour, operational day, week or month of the window up to now.

    `value` is null where nothing was reported. Site totals of flow are the same for every audience (`data.disclosure`).
    """
    now = now if ask.as_of is None else min(now, ask.as_of)
    source = ask.source or queries.official_source(conn, ask.site.site, ask.stage, ask.measure, now, ask.as_of)
    rows: list[Answer] = []
    if source is not None:
        key = SeriesKey(ask.site.site, ask.stage, ask.measure, source, ask.lane)
        rows = noted(conn, ask, key, list(READS[ask.step](conn, ask, key, now)), now)
    return {
        "site": ask.site.site,
        "measure": str(ask.measure),
        "stage": str(ask.stage),
        "lane": ask.lane,
        "unit": "people",
        "step": ask.step,
        "as_of": known_at(conn, ask.site, ask.as_of),
        "rows": rows,
    }


def _days(conn: Connection, ask: SeriesAsk, key: SeriesKey, now: datetime) -> Iterator[Answer]:
    known = {row["day"]: row for row in queries.flow_by_day(conn, key, ask.window, ask.as_of).to_dict("records")}
    for day in days_of(ask.site, ask.window):
        if not (ask.window.start <= day.start < ask.window.end) or day.start >= now:
            continue
        row = known.get(pd.Timestamp(day.start))
        whole = (day.end - day.start) / timedelta(minutes=1)
        partly = row is not None and (row["minutes"] < whole or now < day.end)
        yield _row(ask.site, day.start, row, partly, key.source)


def _hours(conn: Connection, ask: SeriesAsk, key: SeriesKey, now: datetime) -> Iterator[Answer]:
    known = {row["hour"]: row for row in queries.flow_by_hour(conn, key, ask.window, ask.as_of).to_dict("records")}
    hour = timedelta(hours=1)
    # The site's own clock hours, which in some zones begin at half past.
    local = ask.window.start.astimezone(ZoneInfo(ask.site.zone))
    start = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    while start < ask.window.end and start < now:
        if start >= ask.window.start:
            row = known.get(pd.Timestamp(start))
            partly = row is not None and (row["minutes"] < 60 or now < start + hour)
            yield _row(ask.site, start, row, partly, key.source)
        start += hour


def _periods(conn: Connection, ask: SeriesAsk, key: SeriesKey, now: datetime) -> Iterator[Answer]:
    """Weeks and months: the sum of their days where all were reported, else what was reported of them as a whole."""
    for period, figure in long_figures(conn, ask.site, key, ask.step, ask.window, ask.as_of).items():
        if period.start < now:
            row = None if figure is None else asdict(figure)
            partly = figure is not None and (not figure.whole or now < period.end)
            yield {**_row(ask.site, period.start, row, partly, key.source), "end": iso(period.end, ask.site)}


READS = {"hour": _hours, "day": _days, "week": _periods, "month": _periods}


def _row(site: Site, start: datetime, row: Mapping[Any, Any] | None, partly: bool, source: str) -> Answer:
    if row is None:
        nothing = {"value": None, "low": None, "high": None, "at_least": False, "state": str(State.MISSING)}
        return {"start": iso(start, site), **nothing, "method": None, "source": source}
    told = {} if pd.isna(row.get("differs")) else {"differs": number(row["differs"])}
    return {
        "start": iso(start, site),
        "value": number(row["people"]),
        "low": number(row.get("low")),
        "high": number(row.get("high")),
        "at_least": bool(row["at_least"]),
        "state": str(State.PROVISIONAL if partly else State.OK),
        "method": str(row["method"]),
        "source": source,
        **told,
    }


def queue(conn: Connection, scope: Scope, clock: ClockReading) -> Answer:
    """The station board and the pressure it makes."""
    model = reads.queue(conn, scope, clock)
    site = model.frame.site
    parts = [
        {
            "name": part.name,
            "value": number(part.value),
            "level": str(part.level),
            "limits": list(part.limits),
            "unit": part.unit,
            "never": part.never,
            "holds_for": part.holds_for,
        }
        for part in model.pressure.components
    ]
    return {
        "site": site.site,
        "as_of": iso(model.frame.data_as_of, site),
        "pressure": {
            "level": str(model.pressure.level),
            "at_least": model.pressure.at_least,
            "components": parts,
        },
        "rows": [_station(row, site) for row in model.stations],
    }


def _station(row: Station, site: Site) -> Answer:
    return {name: plain(value, site) for name, value in asdict(row).items()}


def coverage(conn: Connection, scope: Scope, window: Window, site: Site, now: datetime) -> Answer:
    """One row per operational day of the window, sector and service; small counts masked for the audience."""
    rows = []
    now = now if scope.as_of is None else min(now, scope.as_of)
    for day in days_of(site, window):
        until = min(now, day.end)
        if day.start >= now or not (window.start <= day.start < window.end):
            continue
        for sector in coverage_of_day(conn, scope, site, day, until):
            rows += [_service(row, day, site) for row in sector.services]
            if not sector.services:
                nothing = {"delivered": None, "required": None, "state": str(State.MISSING)}
                rows.append({"day": iso(day.start, site), "sector": str(sector.sector), "service": None, **nothing})
    return {"site": site.site, "as_of": known_at(conn, site, scope.as_of), "rows": rows}


def coverage_of_day(
    conn: Connection, scope: Scope, site: Site, day: Window, until: datetime
) -> tuple[SectorCoverage, ...]:
    """Every sector of one operational day up to a moment, as the audience may see it."""
    official = official_sources(conn, site.site, until, scope.as_of)
    seen = observe(conn, site, official, day, until, until, scope.as_of)[site.entry_stage, Lane.GENERAL]
    here = present_now(conn, site, official, until, scope.as_of)
    sectors = sector_coverage(conn, site, day, until, here, seen, official, scope.as_of)
    return disclosure.masked_sectors(sectors, scope.audience, scope.mask_below)


def known_at(conn: Connection, site: Site, as_of: datetime | None) -> str | None:
    """The moment an answer speaks of: the one asked for, or that of the newest delivery that counts."""
    return iso(as_of or queries.data_as_of(conn, site.site), site)


def _service(row: ServiceCoverage, day: Window, site: Site) -> Answer:
    return {"day": iso(day.start, site), **{name: plain(value, site) for name, value in asdict(row).items()}}


def reports(conn: Connection, site: Site, as_of: datetime | None = None) -> Answer:
    """The newest deliveries."""
    rows = [_delivery(row, site) for row in queries.deliveries(conn, site.site, REPORTS_SHOWN, as_of)]
    return {"site": site.site, "as_of": known_at(conn, site, as_of), "rows": rows}


def _delivery(row: Delivery, site: Site) -> Answer:
    fields = {name: plain(value, site) for name, value in asdict(row).items() if name not in ("issues", "report_id")}
    return {"report": row.report_id, **fields}


def plain(value: Any, site: Site) -> Any:
    if isinstance(value, datetime):
        return iso(value, site)
    if isinstance(value, tuple | list):
        return [plain(part, site) for part in value]
    if isinstance(value, str):
        return str(value)
    if isinstance(value, float):
        return number(value)
    return value


def number(value: Any) -> float | int | None:
    """Whole numbers as whole ones; missing as null."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return int(value) if float(value).is_integer() else float(value)


def iso(at: datetime | None, site: Site) -> str | None:
    return None if at is None else at.astimezone(ZoneInfo(site.zone)).isoformat()
