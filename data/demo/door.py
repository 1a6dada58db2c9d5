"""Arrivals at the door, which nobody counted: inferred from entries, published waits and published crowds.

With A and S the cumulative arrivals and entries, a person who joined at t and waited W was served at t + W, so that
A(t) = S(t + W) (first in, first out), and a crowd of Q people waiting means A(t) = S(t) + Q. Each row below fixes A at
one moment; between rows A follows the daily shape, and in a crowd A(t) >= S(t + 15 min), so that nobody is served
before arriving. On calm days nobody is left in line at midnight; `calm.py` works them through.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np

from data.demo import facts
from data.demo.entries import BREAKS, CROWD_BEGINS, local_hours
from data.demo.shape import (
    SLOT,
    SLOTS_PER_DAY,
    Floats,
    Ints,
    ahead,
    bunching,
    day_shape,
    level_between,
    slots_between,
    through,
    whole,
)


@dataclass(frozen=True)
class Seen:
    """What fixes the arrivals at one moment: a wait in hours of who joined then, or a number waiting then."""

    at: datetime
    wait_hours: float | None = None
    waiting: int | None = None
    published: bool = False


def _at(month: int, day: int, clock: str = "00:00", year: int = 2018) -> datetime:
    return facts.moment(date(year, month, day), clock)


def _june(day: int, clock: str = "00:00", month: int = 6) -> datetime:
    return _at(month, day, clock, 2019)


# Published rows are printed facts or the reading of them that the comment gives; the others are the model's, chosen so
# that the crowd goes from one fact to the next without a jump.
SEEN = (
    Seen(_at(10, 19), waiting=250),
    Seen(_at(10, 20), waiting=850),
    Seen(_at(10, 21), waiting=1850),
    # 37 h, from Sunday 11:00 to Monday midnight, with about six inspectors
    Seen(_at(10, 21, "11:00"), wait_hours=37.0, published=True),
    # two to three days in the last week of October: 54 h for who joined on the 24th, then falling
    Seen(_at(10, 24, "12:00"), wait_hours=54.0, published=True),
    Seen(_at(10, 25, "12:00"), wait_hours=48.0),
    Seen(_at(10, 26, "12:00"), wait_hours=40.0),
    Seen(_at(10, 27, "12:00"), wait_hours=32.0),
    Seen(_at(10, 28, "12:00"), wait_hours=26.0),
    # up to 22 h on 30 October, read as the wait of who was served at noon of that day
    Seen(_at(10, 29, "14:00"), wait_hours=22.0, published=True),
    # about 6,000 people present on 30 October, of whom this line is the part that waits for migration control
    Seen(_at(10, 30, "18:00"), waiting=4600, published=True),
    # after the deadline those in line were still served: the next day's 1,203 entries hold them
    Seen(_at(11, 1), waiting=900),
    Seen(_june(9), waiting=180),
    Seen(_june(10), waiting=350),
    Seen(_june(11), waiting=600),
    Seen(_june(12), waiting=1000),
    Seen(_june(13), waiting=1700),
    Seen(_june(14), waiting=2600),
    # one man from 08:30 to 19:45
    Seen(_june(14, "08:30"), wait_hours=11.25, published=True),
    # about 5,000 were left at the centre when the deadline passed
    Seen(_june(15), waiting=4100),
    # the 2,700 printed for 11:00 are people who had arrived since midnight, and as many had been served: same line
    Seen(_june(15, "11:00"), waiting=4100, published=True),
    Seen(_june(16), waiting=4600),
    # 4,000 to 5,000 people still waiting
    Seen(_june(16, "12:00"), waiting=4500, published=True),
    # nobody tells when they had gone in: straight down to nobody on 4 July, which leaves 200 to 550 arrivals a day
    *(Seen(_june(16) + timedelta(days=n), waiting=round(4500 * (18 - n) / 17.5)) for n in range(1, 18)),
)

SHORTEST_CROWDED_WAIT = timedelta(minutes=15)

# Between these moments the line is what the rows above say; outside them it is a calm one.
CROWDED = ((CROWD_BEGINS[0], _at(11, 2)), (CROWD_BEGINS[1], _june(4, month=7)))

# Night buses: how much of the arrivals of a crowded day comes regardless of the hour; two days until it is so many.
ANY_HOUR = 0.35
GROWING = timedelta(days=2)


def crowded(start: datetime, slots: int) -> np.ndarray:
    """Which slot boundaries (slots + 1) lie inside a crowd, its first and last moment not among them."""
    inside = np.zeros(slots + 1, dtype=bool)
    for first, last in CROWDED:
        inside[max(slots_between(start, first) + 1, 0) : max(slots_between(start, last), 0)] = True
    return inside


def night_buses(start: datetime, slots: int) -> Floats:
    """Share of the arrivals that comes regardless of the hour, per slot."""
    at = np.arange(slots, dtype=np.float64)
    share: Floats = np.zeros(slots)
    for first, last in CROWDED:
        edges = [slots_between(start, moment) for moment in (first, first + GROWING, last - GROWING, last)]
        share = np.maximum(share, np.interp(at, edges, [0.0, ANY_HOUR, ANY_HOUR, 0.0]))
    return share


def knots(start: datetime, served: Ints) -> list[tuple[int, int]]:
    """(slot, cumulative arrivals): calm midnights and the edges of a crowd from the entries, the rest as seen."""
    slots = len(served) - 1
    inside = crowded(start, slots)
    edges = [slots_between(start, edge) for crowd in CROWDED for edge in crowd]
    empty = [*range(0, slots + 1, SLOTS_PER_DAY), *(edge for edge in edges if 0 <= edge <= slots)]
    known = {slot: int(served[slot]) for slot in empty if not inside[slot]}
    for seen in SEEN:
        slot = slots_between(start, seen.at)
        if 0 < slot < slots:
            known[slot] = _arrived_by(seen, slot, served)
    return sorted(known.items())


def _arrived_by(seen: Seen, slot: int, served: Ints) -> int:
    if seen.waiting is not None:
        return int(served[slot]) + seen.waiting
    if seen.wait_hours is None:
        raise ValueError(f"a row of SEEN needs a wait or a crowd: {seen}")
    return int(served[slot + round(timedelta(hours=seen.wait_hours) / SLOT)])


def cumulative_arrivals(start: datetime, served: Ints) -> Ints:
    """Arrivals at the line of migration control since `start`; in a crowd never below entries a little later."""
    slots = len(served) - 1
    known = knots(start, served)
    hours = local_hours(start, slots)
    any_hour = night_buses(start, slots)
    pace = level_between(known, [slots_between(start, at) for at in BREAKS], slots)
    free = through(known, pace * (any_hour + (1 - any_hour) * day_shape(hours) * bunching(hours)))
    lowest = whole(np.ceil(ahead(served, SHORTEST_CROWDED_WAIT / SLOT)))
    arrived = np.where(crowded(start, slots), np.maximum(free, lowest), free)
    return np.maximum.accumulate(arrived)
