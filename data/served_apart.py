"""Contacts of each service told apart by sex, age band or need, of one operational day, beside the day's arrivals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import Connection, select

from data import service_grains
from data.analytics.parts import parts_of, with_the_rest
from data.breaking_down import breakdown
from data.counted_once import once_each
from data.days import day_of
from data.frames import frame
from data.observing import Official
from data.revisions import counting
from data.tables import service_line
from data.types import BreakdownDay, Site, Window
from data.vocabulary import Measure

DIMENSIONS = ("sex", "age_band")
# Of whoever is served; nobody tells the arrivals apart by need.
SERVED_BY = {**{name: name for name in DIMENSIONS}, "need": "category"}  # and the column in which it is told
MOMENT = timedelta(microseconds=1)

Told = Mapping[tuple[str, str, str], BreakdownDay]  # by sector, service and dimension


def last_whole_day(site: Site, now: datetime) -> Window:
    """People are told apart by whole days only: a day that runs, seen twice, tells who came in between."""
    return day_of(site, day_of(site, now).start - MOMENT)


def served_apart(conn: Connection, site: Site, day: Window, as_of: datetime | None = None) -> Told:
    """Of the services of which anybody told contacts apart. Not masked: `disclosure.masked_day` does."""
    line = service_line.c
    read = frame(
        conn,
        select(*(line[name] for name in service_grains.LINE_COLUMNS)).where(
            line.site == site.site, line.start >= day.start, line.start < day.end, counting(service_line, as_of)
        ),
    )
    if read.empty or not (read["people"].notna() & (read[service_grains.BREAKDOWN] != "").any(axis=1)).any():
        return {}
    won, twice, _ = once_each(conn, site.site, service_grains.service_winning(read), (day,), as_of)
    won = won[~twice]
    won = won[won["people"].notna() & (won["end"] - won["start"] <= day.end - day.start)]
    totals = service_grains.service_totals(won).groupby(["sector", "service"])["people"].sum(min_count=1)
    # In the form in which the parts of a flow are told; what one activity tells is added to nothing of another's.
    lines = won.assign(
        lane=won[["source", "organisation", "activity", "place", "shift"]].agg("|".join, axis=1),
        minutes=(won["end"] - won["start"]).dt.total_seconds() // 60,
        category=won["need"],
        nationality="",
    )
    found: dict[tuple[str, str, str], BreakdownDay] = {}
    for (sector, service), mine in lines.groupby(["sector", "service"], sort=True):
        total = totals.get((sector, service))
        for by, column in SERVED_BY.items():
            parts = parts_of(mine, column)
            if parts:
                everybody = None if total is None or pd.isna(total) else float(total)
                named, rest = with_the_rest(parts, everybody)
                found[str(sector), str(service), by] = BreakdownDay(
                    day, everybody, named, rest, at_least=False, provisional=False, method=None
                )
    return found


def came_apart(
    conn: Connection, site: Site, day: Window, official: Official, now: datetime, as_of: datetime | None = None
) -> Mapping[str, BreakdownDay]:
    """The day's arrivals by dimension, where somebody tells them apart."""
    entry = site.entry_stage
    measure = Measure.ARRIVALS if (entry, Measure.ARRIVALS) in official else Measure.SERVED
    source = official.get((entry, measure))
    found = {}
    for by in DIMENSIONS if source is not None else ():
        told = breakdown(conn, site, entry, measure, source, by, day, now, as_of)
        if told.reported:
            found[by] = told.days[0]
    return found
