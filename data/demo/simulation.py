"""Simulacro Norte: an invented border centre through five calm weeks and one day like 14 June 2019. Nothing is real.

A drill begins at a moment of the replayed clock. From half an hour later arrivals rise to six times the usual, stay
there as long as daylight lasts, and fade over two days; reinforcements raise the counters from 11 to 30. Every line is
worked through quarter by quarter: served = what the counters can do, at most those who are there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from data.demo import facts
from data.demo.calm import capacity, staffed
from data.demo.entries import local_hours
from data.demo.shape import SLOT, SLOTS_PER_DAY, Floats, Ints, bunching, day_shape, whole

SITE = "simulacro-norte"
HISTORY_DAYS = 35
AFTER_DAYS = 40

PEOPLE_PER_DAY = (1080, 1040, 1060, 1120, 1230, 1160, 980)  # Monday to Sunday

# Hours since the drill began, and arrivals as a multiple of the usual.
SURGE = ((0.5, 1.0), (3.0, 3.5), (6.0, 6.0), (16.0, 6.0), (24.0, 3.0), (36.0, 1.6), (60.0, 0.7), (96.0, 1.0))
# Hours since the drill began, and counters at migration control that can be staffed from then on.
STAFF = ((-1e6, 11), (9.0, 18), (12.0, 24), (14.0, 30), (72.0, 11))

VACCINATED_PER_SLOT = 75
CLAIMS_SHARE, CLAIMS_PER_SLOT, CLAIMS_PER_SLOT_REINFORCED = 0.42, 14, 38
CHILDREN_SHARE, CHILDREN_PER_SLOT = 0.03, 2
PRIORITY_SHARE, PRIORITY_PER_SLOT = 0.11, 7
SEATS_PER_SLOT, SEATS_PER_SLOT_REINFORCED = 22, 46
# Time between the last counter and the bus: a meal, a bath, papers.
REST_SLOTS = 8


@dataclass(frozen=True, eq=False)
class Line:
    """One queue: people per slot, and waiting at every slot boundary."""

    arrivals: Ints
    served: Ints
    waiting: Ints


@dataclass(frozen=True, eq=False)
class Drill:
    start: datetime  # local midnight of the first day
    begins: datetime  # of the surge
    vaccination: Line
    control: Line
    priority: Line  # part of `control`
    asylum: Line
    children: Line
    transport: Line
    counters_open: Ints
    counters_existing: Ints
    present: Ints  # at slot boundaries

    @property
    def slots(self) -> int:
        return len(self.control.served)


def line(arrivals: Ints, capacity: Ints) -> Line:
    """Work a queue through, slot by slot, starting empty."""
    served = np.zeros(len(arrivals), dtype=np.int64)
    waiting = np.zeros(len(arrivals) + 1, dtype=np.int64)
    for slot, (came, can) in enumerate(zip(arrivals.tolist(), capacity.tolist(), strict=True)):
        there = int(waiting[slot]) + came
        served[slot] = min(there, can)
        waiting[slot + 1] = there - served[slot]
    return Line(arrivals, served, waiting)


def steps(at: Floats, table: tuple[tuple[float, int], ...]) -> Ints:
    """The value of the last row that has begun."""
    rows = np.searchsorted(np.array([row[0] for row in table]), at, side="right") - 1
    return np.array([row[1] for row in table], dtype=np.int64)[rows]


@lru_cache(maxsize=4)
def drill(begins: datetime) -> Drill:
    """The whole history of the invented site around one drill."""
    day = begins.astimezone(facts.LIMA).date()
    start = facts.moment(day) - timedelta(days=HISTORY_DAYS)
    slots = (HISTORY_DAYS + AFTER_DAYS) * SLOTS_PER_DAY
    since = (np.arange(slots) + 0.5) / 4 - (begins - start) / timedelta(hours=1)
    door = arrivals(start, since)
    vaccination = line(door, np.full(slots, VACCINATED_PER_SLOT))
    staff = steps(since, STAFF)
    opened = staffed(vaccination.served, staff)
    control = line(vaccination.served, capacity(opened))
    reinforced = (since >= 10) & (since < 72)
    desks = _either(reinforced, CLAIMS_PER_SLOT_REINFORCED, CLAIMS_PER_SLOT)
    rested = np.concatenate([np.zeros(REST_SLOTS, dtype=np.int64), control.served[:-REST_SLOTS]])
    transport = line(rested, _either(reinforced, SEATS_PER_SLOT_REINFORCED, SEATS_PER_SLOT))
    inside = np.cumsum(np.concatenate([[0], door])) - np.cumsum(np.concatenate([[0], transport.served]))
    return Drill(
        start=start,
        begins=begins,
        vaccination=vaccination,
        control=control,
        priority=line(_share(vaccination.served, PRIORITY_SHARE), np.full(slots, PRIORITY_PER_SLOT)),
        asylum=line(_share(control.served, CLAIMS_SHARE), desks),
        children=line(_share(control.served, CHILDREN_SHARE), np.full(slots, CHILDREN_PER_SLOT)),
        transport=transport,
        counters_open=opened,
        counters_existing=staff,
        present=inside,
    )


def arrivals(start: datetime, since: Floats) -> Ints:
    hours = local_hours(start, len(since))
    first = start.astimezone(facts.LIMA).weekday()
    weekday = (np.arange(len(since)) // SLOTS_PER_DAY + first) % 7
    usual = np.array(PEOPLE_PER_DAY)[weekday] / SLOTS_PER_DAY * day_shape(hours) * bunching(hours * 1.31 + 5)
    times: Floats = np.interp(since, [row[0] for row in SURGE], [row[1] for row in SURGE])
    total = np.concatenate([[0.0], np.cumsum(usual * times)])
    return np.diff(whole(total))


def _share(people: Ints, share: float) -> Ints:
    return np.diff(whole(np.concatenate([[0.0], np.cumsum(people * share)])))


def _either(when: np.ndarray, then: int, otherwise: int) -> Ints:
    return np.where(when, then, otherwise).astype(np.int64)


def boundary_times(site: Drill) -> pd.DatetimeIndex:
    """The moments of the slot boundaries, in UTC."""
    return pd.date_range(site.start, periods=site.slots + 1, freq=SLOT).tz_convert("UTC")
