"""People by hour and by day, of one series."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

import pandas as pd
from sqlalchemy import Connection, func, select, text

from data import grains
from data.days import days_of
from data.frames import frame
from data.history import recorded_by
from data.places import site
from data.queries.statements import every
from data.revisions import counting
from data.tables import flow_daily, flow_hourly, flow_line, official
from data.types import Site, Window
from data.versions import version_of
from data.vocabulary import EVERY_LANE, Lane


@dataclass(frozen=True)
class SeriesKey:
    """Site, stage, measure, lane and source: what may be drawn as one line and never added to another.

    EVERY_LANE in place of a lane: the people of all lanes of the source together.
    """

    site: str
    stage: str
    measure: str
    source: str
    lane: str = Lane.GENERAL

    @property
    def columns(self) -> dict[str, str]:
        names = ("stage", "measure", "lane", "source")
        return {"site": self.site, **{name: str(getattr(self, name)) for name in names}}

    @property
    def lanes(self) -> tuple[SeriesKey, ...]:
        """One key for each lane it speaks of."""
        return tuple(replace(self, lane=str(lane)) for lane in Lane) if self.lane == EVERY_LANE else (self,)


LONGEST_DAY = 1500  # minutes: where clocks are put back
LONG = f"minutes > {LONGEST_DAY}"  # as the index of long reports has it
HOUR_COLUMNS = ["hour", "people", "minutes", "at_least", "method", "received_at"]
DAY_COLUMNS = [
    *("day", "people", "low", "high", "minutes", "at_least", "method", "differs", "grain_minutes", "received_at"),
]


def flow_by_hour(conn: Connection, key: SeriesKey, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Hours that start in the window.

    Columns: hour, people, minutes (of the 60, how many were reported), at_least, method, received_at.
    """
    if key.lane == EVERY_LANE:
        return grains.across_lanes([flow_by_hour(conn, one, window, as_of) for one in key.lanes], "hour")
    if as_of is None:
        h = flow_hourly.c
        return frame(
            conn,
            select(*(h[name] for name in HOUR_COLUMNS))
            .where(*(h[name] == value for name, value in key.columns.items()))
            .where(h.hour >= window.start, h.hour < window.end)
            .order_by(h.hour),
        )
    found = _kept((str(conn.engine.url), "hour", key, window, as_of, version_of(conn, key.site)))
    if not found:
        hours = _hours_known_at(conn, key, site(conn, key.site, as_of), window, as_of)
        found.append(hours.sort_values("hour")[HOUR_COLUMNS].reset_index(drop=True))
    return found[0].copy()


@lru_cache(maxsize=64)
def _kept(mark: object) -> list[pd.DataFrame]:
    """A place to keep one answer as known at a moment: somebody who looks back looks at several pages."""
    return []


def flow_by_day(conn: Connection, key: SeriesKey, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Operational days that start in the window.

    Columns: day (its start), people, low, high, minutes (reported; a day has 1380, 1440 or 1500), at_least,
    method, differs (the day's own report minus the figure, where not equal), grain_minutes, received_at.
    """
    if key.lane == EVERY_LANE:
        return grains.across_lanes([flow_by_day(conn, one, window, as_of) for one in key.lanes], "day")
    if as_of is None:
        d = flow_daily.c
        return frame(
            conn,
            select(*(d[name] for name in DAY_COLUMNS))
            .where(*(d[name] == value for name, value in key.columns.items()))
            .where(d.day >= window.start, d.day < window.end)
            .order_by(d.day),
        )
    found = _kept((str(conn.engine.url), "day", key, window, as_of, version_of(conn, key.site)))
    if not found:
        found.append(_days_known_at(conn, key, window, as_of))
    return found[0].copy()


def _days_known_at(conn: Connection, key: SeriesKey, window: Window, as_of: datetime) -> pd.DataFrame:
    place = site(conn, key.site, as_of)
    days = tuple(day for day in days_of(place, window) if window.start <= day.start < window.end)
    if not days:
        days = days_of(place, window)[:1]
    whole = Window(days[0].start, days[-1].end)
    hours = _hours_known_at(conn, key, place, whole, as_of)
    coarse = grains.flow_totals(_lines_known_at(conn, key, whole, as_of, "minutes > 60"))
    found = grains.days(hours, coarse, days)
    found = found[(found["day"] >= window.start) & (found["day"] < window.end)]
    return found.sort_values("day")[DAY_COLUMNS].reset_index(drop=True)


def _hours_known_at(conn: Connection, key: SeriesKey, place: Site, window: Window, as_of: datetime) -> pd.DataFrame:
    # An hour that starts in the window ends at most an hour after it.
    reach = Window(window.start, window.end + grains.HOUR.to_pytimedelta())
    hours = grains.hours(grains.flow_totals(_lines_known_at(conn, key, reach, as_of, "minutes <= 60")), place)
    return hours[(hours["hour"] >= window.start) & (hours["hour"] < window.end)]


def reported_until(conn: Connection, key: SeriesKey, day: Window, as_of: datetime | None = None) -> datetime | None:
    """The end of the newest report of a series that lies within the day; None where none does."""
    line = flow_line.c
    return conn.execute(
        select(func.max(line.end))
        .where(*(line[name] == value for name, value in key.columns.items() if value != EVERY_LANE))
        .where(line.start >= day.start, line.start < day.end, line.end <= day.end, counting(flow_line, as_of))
    ).scalar_one()


LINE_COLUMNS = [
    *grains.SERIES,
    *("start", "minutes"),
    *grains.BREAKDOWN,
    *("people", "low", "high", "at_least", "method"),
    *grains.REVISION,
]


def _lines_known_at(conn: Connection, key: SeriesKey, window: Window, as_of: datetime, length: str) -> pd.DataFrame:
    line = flow_line.c
    return frame(
        conn,
        select(*(line[name] for name in LINE_COLUMNS))
        .where(*(line[name] == value for name, value in key.columns.items()))
        .where(line.start >= window.start, line.start < window.end, text(length), counting(flow_line, as_of)),
    )


def official_source(
    conn: Connection, site: str, stage: str, measure: str, at: datetime, as_of: datetime | None = None
) -> str | None:
    """The source that is official for this figure at a moment; None where nobody chose one."""
    o = official.c
    return (
        conn.execute(
            select(o.source)
            .where(o.site == site, o.stage == stage, o.measure == measure, o.valid_from <= at)
            .where(*recorded_by(official, as_of))
            .order_by(o.valid_from.desc(), o.recorded_at.desc())
            .limit(1)
        ).scalar_one_or_none()
        or None
    )


def series(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Every series with a figure of a day in the window. Columns: stage, measure, lane, source."""
    table, begins = (flow_daily, "day") if as_of is None else (flow_line, "start")
    c = table.c
    # Longer reports make no figure of a day.
    known = [*every(table, "stage", "measure")]
    known += (
        every(table, "lane", "source")
        if as_of is None
        else [counting(flow_line, as_of), flow_line.c.minutes <= LONGEST_DAY]
    )
    return frame(
        conn,
        select(c.stage, c.measure, c.lane, c.source)
        .where(c.site == site, c[begins] >= window.start, c[begins] < window.end, *known)
        .distinct()
        .order_by(c.stage, c.measure, c.lane, c.source),
    )
