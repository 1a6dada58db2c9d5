"""Counters open at migration control: as many as the modelled entries need, between what was published.

In a crowd open = entries of the hour x 4.5 min / 60, rounded up, at least 2 and at most the counters the centre had;
on calm days `calm.staffed`. 4.5 minutes is the middle of the 4 to 5 that the published days imply per person and
point; where fewer counters existed than that asks for (first hours of 31 October 2018, evening of 14 June 2019), a
point took about 2.7 minutes per person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import numpy as np

from data.demo import facts
from data.demo.calm import FEWEST, MINUTES_PER_PERSON, SLOTS_PER_HOUR
from data.demo.shape import Ints, slots_between


def _at(year: int, month: int, day: int, clock: str = "00:00") -> datetime:
    return facts.moment(date(year, month, day), clock)


# Counters the centre had, from each moment on. Published: 10 modules from August 2018, 8 more outdoors before 31
# October, back to the modules afterwards (assumed), 11 raised to 30 in the week of 10 to 14 June 2019 (its steps and
# the return to 11 assumed).
EXISTING = (
    (_at(2018, 9, 1), 10),
    (_at(2018, 10, 27), 18),
    (_at(2018, 11, 2), 10),
    (_at(2019, 4, 1), 11),
    (_at(2019, 6, 12), 20),
    (_at(2019, 6, 13), 24),
    (_at(2019, 6, 14), 30),
    (_at(2019, 6, 17), 11),
)

# "About six inspectors" on Sunday 21 and Monday 22 October 2018.
SIX = (_at(2018, 10, 21), _at(2018, 10, 23))

# From the first day of the visa nobody told how many counters worked, and people waited for papers, not for counters.
UNTOLD = (_at(2019, 6, 16), _at(2019, 7, 4))

NOBODY_TOLD = -1


def existing(start: datetime, slots: int) -> Ints:
    counters = np.zeros(slots, dtype=np.int64)
    for at, number in EXISTING:
        counters[max(slots_between(start, at), 0) :] = number
    return counters


def opened(start: datetime, served: Ints, calm: Ints, crowded: Sequence[tuple[datetime, datetime]]) -> Ints:
    """Counters open in each slot, changing on the hour; 0 where nobody was served, `NOBODY_TOLD` where untold.

    `calm`: the counters of calm days, kept outside the crowded spans.
    """
    hourly = served.reshape(-1, SLOTS_PER_HOUR).sum(axis=1)
    needed = np.repeat(np.ceil(hourly * MINUTES_PER_PERSON / 60).astype(np.int64), SLOTS_PER_HOUR)
    busy = np.minimum(np.maximum(needed, FEWEST), existing(start, len(served)))
    busy[np.repeat(hourly == 0, SLOTS_PER_HOUR)] = 0
    counters = calm.copy()
    for first, last in crowded:
        counters[_span(start, first, last)] = busy[_span(start, first, last)]
    counters[_span(start, *SIX)] = 6
    counters[_span(start, *UNTOLD)] = NOBODY_TOLD
    return counters


def _span(start: datetime, first: datetime, last: datetime) -> slice:
    return slice(max(slots_between(start, first), 0), max(slots_between(start, last), 0))
