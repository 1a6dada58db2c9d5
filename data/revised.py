"""Which figures of a series were corrected or came late, read once per data version."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, or_, select

from data.analytics.lateness import Lateness
from data.analytics.reporting import dues
from data.cadences import cadences
from data.days import day_of, days_of
from data.earlier import Marks, marks
from data.frames import frame
from data.queries import SeriesKey
from data.queries.board import print_of_hours
from data.queries.flow import LINE_COLUMNS
from data.queries.statements import AS_OF, END, START, asked
from data.revisions import NATURAL_KEY, counting
from data.tables import flow_line, report_site
from data.types import Site, Window
from data.vocabulary import EVERY_LANE, Dataset

KEY = NATURAL_KEY[Dataset.FLOW]
NOTHING = Marks()
MOMENT = timedelta(microseconds=1)


def revised(
    conn: Connection, site: Site, key: SeriesKey | None, window: Window, as_of: datetime | None, version: int
) -> Marks:
    """Of the hours and days that start in the window. Its last day is read apart from those before it: a delivery
    mostly speaks of today, and what was corrected in a month need not be looked for again."""
    if key is None:
        return NOTHING
    if as_of is not None:
        return _marks_of(conn, site, key, window, as_of, version)
    today = day_of(site, window.end - MOMENT).start
    if today <= window.start:
        return _marks_of(conn, site, key, window, as_of, version)
    before = Window(window.start, today)
    told = _marks_of(conn, site, key, before, as_of, print_of_hours(conn, key, before))
    return told.and_those_of(_marks_of(conn, site, key, Window(today, window.end), as_of, version))


def _marks_of(
    conn: Connection, site: Site, key: SeriesKey, window: Window, as_of: datetime | None, mark: object
) -> Marks:
    """`mark`: changes with whatever may change the answer."""
    found = _kept((str(conn.engine.url), site, key, window, as_of, mark))
    if not found:
        found.append(_read(conn, site, key, window, as_of))
    return found[0]


@lru_cache(maxsize=512)
def _kept(mark: object) -> list[Marks]:
    """A place to keep the marks of one series and window."""
    return []


def _read(conn: Connection, site: Site, key: SeriesKey, window: Window, as_of: datetime | None) -> Marks:
    line = flow_line.c
    whole = Window(day_of(site, window.start).start, window.end)
    series = {name: value for name, value in key.columns.items() if value != EVERY_LANE}
    again = _told_again(tuple(series), as_of is None)
    starts = sorted(set(conn.execute(again, {**asked(site.site, whole, as_of), **series}).scalars()))
    if not starts:
        return NOTHING
    where = [*(line[name] == value for name, value in series.items()), counting(flow_line, as_of)]
    touched = tuple(dict.fromkeys(day_of(site, at) for at in starts))
    # Days that follow each other are read in one piece.
    runs = [touched[0]]
    for day in touched[1:]:
        runs[-1:] = [Window(runs[-1].start, day.end)] if day.start == runs[-1].end else [runs[-1], day]
    spans = [(line.start >= run.start) & (line.start < run.end) for run in runs]
    lines = frame(conn, select(*(line[name] for name in LINE_COLUMNS)).where(*where, or_(*spans)))
    days = tuple(day for run in runs for day in days_of(site, Window(run.start, run.end - timedelta(microseconds=1))))
    return marks(lines, site, days)


@cache
def _told_again(series: tuple[str, ...], now: bool) -> Select[Any]:
    """Starts of what more than one line speaks of; `series`: the columns that name it."""
    line = flow_line.c
    return (
        select(line.start)
        .where(*(line[name] == bindparam(name) for name in series))
        .where(line.start >= START, line.start < END, counting(flow_line, None if now else AS_OF))
        .group_by(*(line[name] for name in KEY if name not in series))
        .having(func.count() > 1)
    )


def lateness(conn: Connection, site: Site, source: str, window: Window, as_of: datetime | None) -> Lateness:
    """When reports of flow were due of a source, for the figures that start in the window."""
    pair = (source, str(Dataset.FLOW))
    held = [one.cadence for one in cadences(conn, site.site, as_of) if (one.source, one.dataset) == pair]
    if not held:
        return Lateness()
    rs = report_site.c
    same = (rs.site == site.site, rs.source == source, rs.dataset == str(Dataset.FLOW))
    began = conn.execute(select(rs.received_at).where(*same).order_by(rs.received_at).limit(1)).scalar_one_or_none()
    reach = timedelta(minutes=max(one.minutes for one in held))
    return Lateness(dues(site, held, Window(window.start - reach, window.end)), began)
