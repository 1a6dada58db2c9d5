"""Who the people of a range are: read from the lines of one series, day by day, beside each day's total.

Told by whole operational days only: days are the one grain at which small counts are masked, so that no two ranges
laid beside each other give a masked day away; a day that still runs is told apart once it is over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, or_, select

from data import grains, queries
from data.analytics.parts import UNCLASSIFIED, parts_of, with_the_rest
from data.days import days_of
from data.frames import frame
from data.queries import SeriesKey
from data.queries.flow import LINE_COLUMNS, LONGEST_DAY
from data.revisions import counting
from data.tables import flow_line
from data.types import Breakdown, BreakdownDay, Site, Window
from data.vocabulary import EVERY_LANE, PYRAMID, Measure, Method, Stage

CROSSED = ("sex", "age_band")  # what a pyramid tells apart at once


def breakdown(
    conn: Connection,
    site: Site,
    stage: Stage,
    measure: Measure,
    source: str | None,
    by: str,
    window: Window,
    now: datetime,
    as_of: datetime | None = None,
) -> Breakdown:
    """Every day that the window touches and that has begun. Not masked: `disclosure.masked_breakdown` does."""
    days = days_of(site, Window(window.start, min(window.end, now)))
    whole = Window(days[0].start, days[-1].end)
    if source is None:
        return Breakdown(stage, measure, None, by, tuple(_day(day, None, pd.DataFrame(), by, now) for day in days))
    key = SeriesKey(site.site, stage, measure, source, EVERY_LANE)
    totals = {row["day"]: row for row in queries.flow_by_day(conn, key, whole, as_of).to_dict("records")}
    lines = _lines(conn, key, by, whole, as_of)
    place = pd.Series([day.start for day in days]).searchsorted(lines["start"], side="right") - 1
    found = (
        _day(day, totals.get(pd.Timestamp(day.start)), lines[place == number], by, now)
        for number, day in enumerate(days)
    )
    return Breakdown(stage, measure, source, by, tuple(found))


def _day(day: Window, row: Mapping[Any, Any] | None, lines: pd.DataFrame, by: str, now: datetime) -> BreakdownDay:
    parts = parts_of(lines[lines[by] != ""], by) if len(lines) else {}
    total = None if row is None else float(row["people"])
    named, rest = with_the_rest(parts, total)
    minutes = (day.end - day.start).total_seconds() / 60
    partly = row is not None and (day.end > now or float(row["minutes"]) < minutes)
    return BreakdownDay(
        day=day,
        total=total if total is not None or not parts else sum(parts.values()),
        parts=named,
        rest=rest,
        at_least=row is not None and bool(row["at_least"]),
        provisional=partly,
        method=None if row is None else Method(str(row["method"])),
        running=day.end > now,
        margins=tuple(_day(day, row, lines, one, now) for one in CROSSED) if by == PYRAMID and len(lines) else (),
    )


def _lines(conn: Connection, key: SeriesKey, by: str, window: Window, as_of: datetime | None) -> pd.DataFrame:
    """Those that count, told apart by the dimension, of reports up to a day long."""
    line = flow_line.c
    wanted = CROSSED if by == PYRAMID else (by,)
    read = frame(
        conn,
        select(*(line[name] for name in LINE_COLUMNS)).where(
            *(line.site == key.site, line.stage == key.stage, line.measure == key.measure, line.source == key.source),
            *(line.start >= window.start, line.start < window.end, line.minutes <= LONGEST_DAY),
            or_(*(line[name] != "" for name in wanted)),
            counting(flow_line, as_of),
        ),
    )
    won = grains.flow_winning(read)
    if by != PYRAMID:
        return won
    both = (won["sex"] != "") & (won["age_band"] != "")
    neither = (won["sex"] == UNCLASSIFIED) & (won["age_band"] == UNCLASSIFIED)
    cell = (won["sex"] + "|" + won["age_band"]).where(both, "").where(~neither, UNCLASSIFIED)
    return won.assign(**{PYRAMID: cell})
