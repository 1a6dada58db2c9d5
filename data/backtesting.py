"""How good the forecast of each series was: worked out once per operational day by whoever works, kept, and read."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, delete, func, insert, select

from data.analytics.backtest import DAYS as TRIED_DAYS
from data.analytics.backtest import backtest as tried
from data.analytics.seasonal import DAYS
from data.analytics.windows import day_on, local_date
from data.backtested import KeptBacktest, backtest_from, leads_from
from data.chosen import official_sources
from data.holidays import holidays
from data.past import past_of
from data.queries import SeriesKey
from data.store import reading, writing
from data.tables import backtest, flow_daily
from data.types import Site, Window
from data.upstream import leads, tilt_used
from data.vocabulary import Measure

HISTORY = DAYS + TRIED_DAYS


def official_series(
    conn: Connection, site: Site, now: datetime, as_of: datetime | None = None
) -> tuple[SeriesKey, ...]:
    """The series that are forecast: official arrivals and served of the entry stage."""
    official = official_sources(conn, site.site, now, as_of)
    named = ((measure, official.get((site.entry_stage, measure))) for measure in (Measure.ARRIVALS, Measure.SERVED))
    return tuple(SeriesKey(site.site, site.entry_stage, measure, source) for measure, source in named if source)


def kept_backtest(
    conn: Connection, site: Site, key: SeriesKey, now: datetime, as_of: datetime | None = None
) -> KeptBacktest | None:
    """The newest one of a day up to today; None before the first was worked out."""
    b = backtest.c
    known = [] if as_of is None else [b.computed_at <= as_of]
    row = conn.execute(
        select(b.stage, b.measure, b.source, b.day, b.computed_at, b.history_days, b.facts)
        .where(*(b[name] == value for name, value in key.columns.items()))
        .where(b.day <= day_on(site, local_date(site, now)).start, *known)
        .order_by(b.day.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    found, beside = backtest_from(row.facts), leads_from(row.facts)
    return KeptBacktest(row.stage, row.measure, row.source, row.day, row.computed_at, row.history_days, found, beside)


def make_backtests(engine: Engine, site: Site, now: datetime) -> int:
    """Work out and keep those of today that are missing; how many were made."""
    with reading(engine) as conn:
        keys = [key for key in official_series(conn, site, now) if _due(conn, site, key, now)]
    for key in keys:
        with reading(engine) as conn:
            found = made(conn, site, key, now)
        with writing(engine) as conn:
            _keep(conn, site, key, found)
    return len(keys)


def made(conn: Connection, site: Site, key: SeriesKey, now: datetime, as_of: datetime | None = None) -> KeptBacktest:
    """Worked out now, from what is known: takes a second or two."""
    on = local_date(site, now)
    day = day_on(site, on).start
    told = days_told(conn, site, key, on)
    past = past_of(conn, site, key, on, as_of, holidays(conn, site, on, HISTORY, as_of), HISTORY)
    if past is None:
        return KeptBacktest(key.stage, key.measure, key.source, day, now, told, None)
    beside = leads(conn, site, key, past, on, as_of)
    used = next((one for one in beside if one.used), None)
    tilt = None if used is None else tilt_used(conn, used, past, on, as_of)
    return KeptBacktest(key.stage, key.measure, key.source, day, now, told, tried(past, tilt=tilt), beside)


def days_told(conn: Connection, site: Site, key: SeriesKey, on: date) -> int:
    """Days of the last months of which anything was reported."""
    d = flow_daily.c
    window = Window(day_on(site, on - timedelta(days=HISTORY)).start, day_on(site, on).start)
    return conn.execute(
        select(func.count())
        .select_from(flow_daily)
        .where(*(d[name] == value for name, value in key.columns.items()))
        .where(d.day >= window.start, d.day < window.end)
    ).scalar_one()


def _due(conn: Connection, site: Site, key: SeriesKey, now: datetime) -> bool:
    """Not there yet today; or more history came since it was too short."""
    on = local_date(site, now)
    kept = kept_backtest(conn, site, key, now)
    if kept is None or kept.day != day_on(site, on).start:
        return True
    return kept.found is None and days_told(conn, site, key, on) != kept.history_days


def _keep(conn: Connection, site: Site, key: SeriesKey, found: KeptBacktest) -> None:
    b = backtest.c
    row = {**key.columns, "day": found.day}
    conn.execute(delete(backtest).where(*(b[name] == value for name, value in row.items())))
    conn.execute(
        insert(backtest).values(
            **row, computed_at=found.computed_at, history_days=found.history_days, facts=found.to_json()
        )
    )
