"""What the engine makes of the site's reports at the moments of which others printed figures.

Twice, where that is two things: from the reports on what was up to that moment, and as it came, by everything reported
since. Reports as they are known today: a correction changes both. First in, first out: who joins behind Q people is
served when Q more have been served.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from data import queries
from data.analytics.buckets import HOUR, Buckets, buckets, seconds
from data.analytics.stages import StageState, stage_state
from data.chosen import official_sources
from data.days import day_of
from data.observing import MOMENT, STAGE_REACH, Official, observe
from data.picture import present_now, series_key
from data.types import Beside, PublishedFigure, Site, Window
from data.vocabulary import Lane, Measure

SAMPLE = timedelta(hours=12)  # of a stretch
LONGEST_WAIT = timedelta(days=6)


def published_beside(conn: Connection, site: Site, now: datetime, as_of: datetime | None = None) -> tuple[Beside, ...]:
    """Every published figure that could be known by now, newest first. By the sources that are official now."""
    official = official_sources(conn, site.site, now, as_of)
    come = [figure for figure in site.published if figure.over <= now]
    return tuple(_beside(conn, site, official, figure, now, as_of) for figure in reversed(come))


def _beside(
    conn: Connection, site: Site, official: Official, figure: PublishedFigure, now: datetime, as_of: datetime | None
) -> Beside:
    if figure.what == "entries":
        return _entries(conn, site, official, figure, as_of)
    tried = [_at(conn, site, official, figure, at, now, as_of) for at in _samples(figure)]
    known = [one for one in tried if one.inferred is not None]
    return max(known, key=lambda one: one.inferred or 0.0) if known else tried[0]


def _samples(figure: PublishedFigure) -> list[datetime]:
    if figure.until is None:
        return [figure.at]
    steps = int((figure.until - figure.at) / SAMPLE)
    return [figure.at + n * SAMPLE for n in range(steps)] + [figure.until]


def _at(
    conn: Connection,
    site: Site,
    official: Official,
    figure: PublishedFigure,
    at: datetime,
    now: datetime,
    as_of: datetime | None,
) -> Beside:
    if figure.what == "present":
        here = present_now(conn, site, official, at, as_of)
        return Beside(figure, at, after=None if here is None else here.people, at_least=bool(here and here.at_least))
    state = _state(conn, site, official, at, as_of)
    if figure.what == "waiting":
        return Beside(figure, at, after=state.waiting, at_least=state.at_least, counters=state.counters_open)
    then = None if state.wait is None else (state.wait_low, state.wait, state.wait_high)
    after, more = _served_after(conn, site, official, at, state.waiting, now, as_of)
    return Beside(figure, at, then, after, more, after is not None and state.at_least, state.counters_open)


def _state(conn: Connection, site: Site, official: Official, at: datetime, as_of: datetime | None) -> StageState:
    """The entry stage by the reports on what was up to that moment."""
    seen = observe(conn, site, official, day_of(site, at), at, at - STAGE_REACH, as_of)
    return stage_state(seen[site.entry_stage, Lane.GENERAL], at)


def _served_after(
    conn: Connection,
    site: Site,
    official: Official,
    at: datetime,
    waiting: float | None,
    now: datetime,
    as_of: datetime | None,
) -> tuple[float | None, bool]:
    """Hours until so many had been served, and whether it is still going on."""
    key = series_key(site, official, Measure.SERVED)
    if key is None or waiting is None or waiting < -0.5:
        return None, False
    until = min(now, at + LONGEST_WAIT)
    first = seconds(at) // HOUR * HOUR
    hours = buckets(queries.flow_by_hour(conn, key, Window(at - timedelta(hours=1), until + MOMENT), as_of))
    told = _up_to_a_hole(hours.between(first, seconds(until)))
    if len(told) == 0 or told.start[0] > first:
        return None, False
    reached = told.curve.count(seconds(at)) + max(waiting, 0.0)
    if reached > told.curve.people[-1]:
        # Not all of them, up to where reports go.
        return (float(told.end[-1]) - seconds(at)) / HOUR, True
    turn = _first_at(told, reached)
    return max(0.0, turn - seconds(at)) / HOUR, False


def _up_to_a_hole(hours: Buckets) -> Buckets:
    for place in range(1, len(hours)):
        if hours.start[place] - hours.start[place - 1] > HOUR + 1:
            return hours.where(hours.start < hours.start[place])
    return hours


def _first_at(hours: Buckets, people: float) -> float:
    """When the curve first stood there: on a flat stretch, a pause, at its beginning."""
    curve = hours.curve
    after = int((curve.people >= people - 1e-9).argmax())
    if after == 0:
        return float(curve.at[0])
    low, high = curve.people[after - 1], curve.people[after]
    return float(curve.at[after - 1] + (people - low) / (high - low) * (curve.at[after] - curve.at[after - 1]))


def _entries(
    conn: Connection, site: Site, official: Official, figure: PublishedFigure, as_of: datetime | None
) -> Beside:
    """Within an hour people are taken to have come evenly. Unknown where an hour of it was not reported."""
    assert figure.until is not None, "checked with the site file"
    key = series_key(site, official, Measure.SERVED)
    if key is None:
        return Beside(figure, figure.at)
    window = Window(figure.at - timedelta(hours=1), figure.until + timedelta(hours=1))
    hours = buckets(queries.flow_by_hour(conn, key, window, as_of))
    start, end = seconds(figure.at), seconds(figure.until)
    hours = _up_to_a_hole(hours.between(start // HOUR * HOUR, end))
    if len(hours) == 0 or hours.start[0] > start or hours.end[-1] < end - 1:
        return Beside(figure, figure.at)
    people = hours.curve.count(end) - hours.curve.count(start)
    return Beside(figure, figure.at, after=people, at_least=bool(hours.at_least.any()))
