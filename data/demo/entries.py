"""Entries at migration control: published days and moments exactly, the quarters of an hour between them modelled.

Weight of a quarter = pace x (f + (1 - f) x shape x bunching). Pace runs straight between the means of the spans that
the facts close; f says how far the posts worked round the clock: 0 on calm days, 1 while people waited in line.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np

from data.demo import facts
from data.demo.shape import (
    SLOTS_PER_DAY,
    Floats,
    Ints,
    bunching,
    day_shape,
    level_between,
    slots_between,
    through,
)

# Calm demand reaches the counters about 40 minutes after it reaches the line.
CALM_DELAY_HOURS = 40 / 60

# Where the pace broke from one minute to the next: the deadline of 31 October 2018 at midnight; 18:00 of 14 June 2019,
# after which more than half of that day went in; its deadline at midnight (control closed until 03:00); and the end of
# the first day of the visa, after which the flow collapsed.
BREAKS = (
    facts.moment(date(2018, 11, 1)),
    facts.moment(date(2019, 6, 14), "18:00"),
    facts.moment(date(2019, 6, 15)),
    facts.moment(date(2019, 6, 15), "03:00"),
    facts.moment(date(2019, 6, 16)),
)

# The two crowds begin on a morning: until then the day is a calm one, in which everybody who comes goes in.
CROWD_BEGINS = (facts.moment(date(2018, 10, 18), "08:00"), facts.moment(date(2019, 6, 8), "08:00"))

# How far control worked round the clock, straight between these moments. 19 October to 31 October 2018 and 12 to 15
# June 2019 are the days on which people spent the night in line; the press tells of work through those nights.
ROUND_THE_CLOCK = (
    (date(2018, 10, 18), 0.0),
    (date(2018, 10, 19), 1.0),
    (date(2018, 11, 1), 1.0),
    (date(2018, 11, 2), 0.0),
    (date(2019, 6, 8), 0.0),
    (date(2019, 6, 12), 1.0),
    (date(2019, 6, 16), 1.0),
    (date(2019, 6, 17), 0.0),
)


def knots(start: datetime, days: tuple[facts.Day, ...]) -> list[tuple[int, int]]:
    """(slot, cumulative entries since `start`) of every local midnight and every published moment within a day."""
    known = {0: 0}
    before = 0
    for number, day in enumerate(days):
        for at, people in facts.entries_within_days():
            if at.astimezone(facts.LIMA).date() == day.day:
                known[slots_between(start, at)] = before + people
        for at in CROWD_BEGINS:
            if at.astimezone(facts.LIMA).date() == day.day:
                known[slots_between(start, at)] = before + round(day.entries * share_of_day(at))
        before += day.entries
        known[(number + 1) * SLOTS_PER_DAY] = before
    return sorted(known.items())


def share_of_day(at: datetime) -> float:
    """Share of a calm day's people who have come by this time of the day."""
    hours = np.arange(0.125, 24, 0.25)
    shape = day_shape(hours)
    return float(shape[hours < at.astimezone(facts.LIMA).hour].sum() / shape.sum())


def local_hours(start: datetime, slots: int) -> Floats:
    """Hours since an arbitrary local midnight at the middle of each slot; Lima has no summer time."""
    first = start.astimezone(facts.LIMA)
    since = (first - facts.moment(date(2018, 1, 1))) / timedelta(hours=1)
    hours: Floats = since + (np.arange(slots, dtype=np.float64) + 0.5) / 4
    return hours


def round_the_clock(start: datetime, slots: int) -> Floats:
    at = np.array([slots_between(start, facts.moment(day)) for day, _ in ROUND_THE_CLOCK], dtype=np.float64)
    shares = np.array([share for _, share in ROUND_THE_CLOCK], dtype=np.float64)
    share: Floats = np.interp(np.arange(slots, dtype=np.float64), at, shares)
    return share


def cumulative_entries(start: datetime, days: tuple[facts.Day, ...]) -> Ints:
    """Entries since `start` at every slot boundary of consecutive local days (96 slots each, plus the last end)."""
    slots = len(days) * SLOTS_PER_DAY
    known = knots(start, days)
    hours = local_hours(start, slots) - CALM_DELAY_HOURS
    night_work = round_the_clock(start, slots)
    pace = level_between(known, [slots_between(start, at) for at in BREAKS], slots)
    return through(known, pace * (night_work + (1 - night_work) * day_shape(hours) * bunching(hours)))
