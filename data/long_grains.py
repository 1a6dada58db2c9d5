"""Figures of weeks and months of one series: from its days where they cover the period, else as it was reported.

DESIGN's rule of grain: the finest complete grain gives the figure, never a sum of two; a coarser report that differs is
flagged. A week's or month's report is never spread over its days.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, select, text

from data.analytics.periods import USUAL_MINUTES, periods
from data.days import day_of, day_starting
from data.frames import frame
from data.grains import SERIES, WEAKEST_FIRST, flow_totals, summed
from data.queries import SeriesKey
from data.queries.figures import any_long
from data.queries.flow import LINE_COLUMNS, LONG, flow_by_day
from data.revisions import counting
from data.rhythm import Cadence
from data.tables import flow_line
from data.types import LongReport, Site, Window
from data.vocabulary import Rhythm

DAY = timedelta(days=1)
STEPS = {"week": Rhythm.WEEKLY, "month": Rhythm.MONTHLY}


@dataclass(frozen=True)
class LongFigure:
    """People of one week or month, `minutes` of its `full` reported; `differs`: its own report minus the figure."""

    start: datetime
    end: datetime
    people: float
    low: float | None
    high: float | None
    minutes: float
    full: float
    at_least: bool
    method: str
    differs: float | None

    @property
    def whole(self) -> bool:
        return self.minutes >= self.full


def long_lines(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Totals of reports longer than a day that start in the window, of every series of the site.

    Columns: stage, measure, lane, source, start, minutes, people, low, high, at_least, method, received_at.
    """
    line = flow_line.c
    lines = frame(
        conn,
        select(*(line[name] for name in LINE_COLUMNS)).where(
            line.site == site,
            line.start >= window.start,
            line.start < window.end,
            text(LONG),
            counting(flow_line, as_of),
        ),
    )
    return flow_totals(lines)


def long_figures(
    conn: Connection, site: Site, key: SeriesKey, step: str, window: Window, as_of: datetime | None = None
) -> dict[Window, LongFigure | None]:
    """Every week or month that starts in the window; None where nothing was reported. `step`: a key of STEPS."""
    reach = Window(window.start, window.end + timedelta(days=32))
    lines = long_lines(conn, site.site, window, as_of)
    own = _of_lanes(lines, key)
    days = flow_by_day(conn, key, reach, as_of)
    wanted = weeks(site, window, own) if step == "week" else _months(site, window)
    return {period: _figure(period, own, days) for period in wanted if window.start <= period.start < window.end}


def _of_lanes(lines: pd.DataFrame, key: SeriesKey) -> pd.DataFrame:
    """The long reports of a series; those of every lane together where it is asked so."""
    asked = [(one.stage, one.measure, one.lane, one.source) for one in key.lanes]
    own = lines[pd.MultiIndex.from_frame(lines[SERIES]).isin(asked)] if len(lines) else lines
    return summed(own, ["start", "minutes"], ["people", "low", "high"]) if len(key.lanes) > 1 and len(own) else own


def _months(site: Site, window: Window) -> list[Window]:
    return periods(site, Cadence(Rhythm.MONTHLY, window.start, USUAL_MINUTES[Rhythm.MONTHLY], 0), window)


def weeks(site: Site, window: Window, own: pd.DataFrame) -> list[Window]:
    """From Monday, or from the day on which the source's own weekly reports begin, if that is one day."""
    zone = ZoneInfo(site.zone)
    weekly = own[(own["minutes"] - 7 * 1440).abs() <= 120] if len(own) else own
    begins = set(weekly["start"].dt.tz_convert(site.zone).dt.day_of_week) if len(weekly) else set()
    first = begins.pop() if len(begins) == 1 else 0
    date = day_of(site, window.start).start.astimezone(zone).date()
    date -= (date.weekday() - first) % 7 * DAY
    found = []
    while (start := day_starting(site, date)) < window.end:
        date += 7 * DAY
        found.append(Window(start, day_starting(site, date)))
    return found


def _figure(period: Window, own: pd.DataFrame, days: pd.DataFrame) -> LongFigure | None:
    full = (period.end - period.start) / timedelta(minutes=1)
    line = own[(own["start"] == period.start) & (own["minutes"] == full)] if len(own) else own
    inside = days[(days["day"] >= period.start) & (days["day"] < period.end)]
    covered = float(inside["minutes"].sum())
    if covered >= full or (len(line) == 0 and len(inside)):
        people = float(inside["people"].sum())
        told = float(line["people"].iloc[-1]) if len(line) else people
        return LongFigure(
            period.start,
            period.end,
            people,
            None,
            None,
            covered,
            full,
            bool(inside["at_least"].any()) or covered < full,
            _weakest(inside["method"].tolist()),
            None if abs(told - people) <= 1e-6 * max(1.0, people) else told - people,
        )
    if len(line) == 0:
        return None
    row = line.iloc[-1]
    low, high = (None if pd.isna(row[name]) else float(row[name]) for name in ("low", "high"))
    people = float(row["people"])
    at_least = bool(row["at_least"])
    return LongFigure(period.start, period.end, people, low, high, full, full, at_least, str(row["method"]), None)


def _weakest(methods: Sequence[str]) -> str:
    return next(str(method) for method in WEAKEST_FIRST if method in methods)


def only_long(conn: Connection, site: Site, window: Window, as_of: datetime | None = None) -> tuple[LongReport, ...]:
    """Long reports of the window of which no day was reported by the same source: series by series, in order."""
    if not any_long(conn, site.site, window):
        return ()
    lines = long_lines(conn, site.site, window, as_of)
    found = []
    for (stage, measure, lane, source), told in lines.groupby(SERIES, sort=True) if len(lines) else ():
        part = told.assign(end=told["start"] + pd.to_timedelta(told["minutes"], unit="min")).sort_values("start")
        reach = Window(part["start"].min().to_pydatetime(), part["end"].max().to_pydatetime())
        key = SeriesKey(site.site, str(stage), str(measure), str(source), str(lane))
        days = flow_by_day(conn, key, reach, as_of)["day"]
        found += [
            LongReport(
                stage=key.stage,
                measure=key.measure,
                source=key.source,
                start=row["start"].to_pydatetime(),
                end=row["end"].to_pydatetime(),
                people=float(row["people"]),
                at_least=bool(row["at_least"]),
                method=str(row["method"]),
            )
            for row in part.to_dict("records")
            if not ((days >= row["start"]) & (days < row["end"])).any()
        ]
    return tuple(found)
