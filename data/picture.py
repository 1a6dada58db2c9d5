"""A site at a moment: what the store knows, worked out once. Boards, alerts and the API all start from it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from data import queries
from data.analytics.arrivals import DayTotal, day_total, part_of_day, reported_day, with_other_lanes
from data.analytics.baseline import History
from data.analytics.buckets import Buckets
from data.analytics.observed import Observed
from data.analytics.pressure import Limits, pressure
from data.analytics.seen import PresentNow
from data.analytics.stages import StageState, stage_state
from data.analytics.windows import local_date
from data.chosen import official_sources
from data.covering import sector_coverage
from data.expected import coming_of
from data.forecasting import Forecast, forecast_of
from data.observing import MOMENT, STAGE_REACH, Official, Place, observe
from data.pressure_levels import ruled
from data.queries import SeriesKey
from data.queries.board import present_row, present_sources
from data.reporting import reporting
from data.rhythm import Reporting
from data.types import Pressure, SectorCoverage, Site, Window
from data.usual import usual
from data.vocabulary import EVERY_LANE, PRESENT, Lane, Measure, Method

PRESENT_REACH = timedelta(hours=24)


@dataclass(frozen=True)
class Picture:
    site: Site
    now: datetime
    day: Window
    official: Official
    observed: Mapping[Place, Observed]
    states: Mapping[Place, StageState]
    readings_from: datetime  # how far back the readings of `observed` reach
    arrivals_day: DayTotal | None
    served_day: DayTotal | None
    usual_arrivals: History | None
    usual_served: History | None
    present: PresentNow | None
    pressure: Pressure
    sectors: tuple[SectorCoverage, ...]
    reports: tuple[Reporting, ...]
    limits: tuple[Limits, ...]  # of the pressure at this site
    forecast: Forecast | None  # of arrivals at the entry; None: no such series, or under 14 days of it

    @property
    def entry(self) -> Observed:
        return self.observed[self.site.entry_stage, Lane.GENERAL]

    @property
    def entry_state(self) -> StageState:
        return self.states[self.site.entry_stage, Lane.GENERAL]

    def source(self, measure: Measure) -> str | None:
        return self.official.get((self.site.entry_stage, measure))


def picture(
    conn: Connection,
    site: Site,
    day: Window,
    now: datetime,
    as_of: datetime | None = None,
    in_alarm: tuple[Window, ...] = (),
    forecast_by: Callable[[SeriesKey | None], Forecast | None] | None = None,
) -> Picture:
    """Everything about the site that a headline needs. `day` is the operational day whose totals are asked for.

    `forecast_by`: reads what is expected of a series, for a caller that keeps it; None: it is read here.
    """
    official = official_sources(conn, site.site, now, as_of)
    since = min(now - STAGE_REACH, day.start - timedelta(hours=2))
    observed = observe(conn, site, official, day, now, since, as_of)
    general = site.entry_stage, Lane.GENERAL
    keys = {m: series_key(site, official, m) for m in (Measure.ARRIVALS, Measure.SERVED)}
    arrivals, served = keys[Measure.ARRIVALS], keys[Measure.SERVED]
    forecast = forecast_by(arrivals) if forecast_by else forecast_of(conn, site, arrivals, now, as_of)
    coming = {general: coming_of(forecast)}
    states = {place: stage_state(seen, now, coming.get(place)) for place, seen in observed.items()}
    entry = {lane: seen for (stage, lane), seen in observed.items() if stage == site.entry_stage}
    here = present_now(conn, site, official, now, as_of)
    safe = (here.safe_capacity or site.safe_capacity) if here else None
    on = local_date(site, day.start)
    limits = ruled(conn, site.site, now, as_of)
    return Picture(
        site=site,
        now=now,
        day=day,
        official=official,
        observed=observed,
        states=states,
        readings_from=since,
        arrivals_day=total_of(conn, arrivals, {lane: seen.arrivals for lane, seen in entry.items()}, day, now, as_of),
        served_day=total_of(conn, served, {lane: seen.served for lane, seen in entry.items()}, day, now, as_of),
        usual_arrivals=usual(conn, arrivals, site, on, in_alarm, as_of),
        usual_served=usual(conn, served, site, on, in_alarm, as_of),
        present=here,
        pressure=pressure(
            states[general],
            states.get((site.entry_stage, Lane.PRIORITY)),
            here.people / safe if here and safe else None,
            limits.rows,
            limits.before,
            limits.leave_at,
        ),
        sectors=sector_coverage(conn, site, day, now, here, observed[general], official, as_of),
        reports=reporting(conn, site, now, as_of),
        limits=limits.rows,
        forecast=forecast,
    )


def series_key(site: Site, official: Official, measure: Measure) -> SeriesKey | None:
    """The official series of the entry stage."""
    source = official.get((site.entry_stage, measure))
    return None if source is None else SeriesKey(site.site, site.entry_stage, measure, source)


def total_of(
    conn: Connection,
    key: SeriesKey | None,
    lanes: Mapping[Lane, Buckets],
    day: Window,
    now: datetime,
    as_of: datetime | None,
) -> DayTotal | None:
    """The day's figure, of every lane: by its hours while it runs, as its own reports have it once it is over."""
    if key is None:
        return None
    by_lane = {lane: day_total(hours, day, now) for lane, hours in lanes.items()}
    others = [total for lane, total in by_lane.items() if lane is not Lane.GENERAL and total is not None]
    so_far = with_other_lanes(by_lane[Lane.GENERAL], others)
    if now < day.end and so_far is not None:
        return so_far
    every = replace(key, lane=EVERY_LANE)
    days = queries.flow_by_day(conn, every, day, as_of)
    return reported_day(days, day) or so_far or part_of_day(days, queries.reported_until(conn, every, day, as_of))


def present_now(
    conn: Connection, site: Site, official: Official, now: datetime, as_of: datetime | None
) -> PresentNow | None:
    """People in the centre by the official count. Where none was chosen and several count, nobody knows."""
    reach = Window(now - PRESENT_REACH, now + MOMENT)
    source = official.get((site.entry_stage, PRESENT))
    if source is None:
        counting = present_sources(conn, site.site, reach, as_of)
        if len(counting) != 1:
            return None
        [source] = counting
    row = present_row(conn, site.site, reach, source, as_of)
    if row is None:
        return None
    return PresentNow(row.people, row.safe_capacity, row.at, bool(row.at_least), Method(row.method), row.source)
