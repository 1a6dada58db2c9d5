"""Asylum requests at CEPR: shares of the entries, at CEPR's pace in October 2018 and as lodged in June 2019.

Published: 2,586 of 6,708 sought refuge on 31 October 2018 (38 %) while CEPR processed about 1,000 claims a day round
the clock; 4,700 claims on 14 June 2019; 4,475 persons in 3,753 requests on 15 June 2019 (1.19 persons per request).
A day without a figure of its own takes the last published share; before 23 October 2018 there is none, so no series.
"""

from __future__ import annotations

from datetime import date, datetime

import numpy as np

from data.demo import facts
from data.demo.shape import SLOTS_PER_DAY, Ints, ahead, slots_between, whole

FIRST_DAY = date(2018, 10, 23)

# Persons who sought refuge on the days with a published number; each share lasts until the next.
PERSONS = {date(2018, 10, 31): 2586, date(2019, 6, 14): 4700, date(2019, 6, 15): 4475}
SHARE_BEFORE_THE_FIRST = 0.38

PERSONS_PER_REQUEST = 4475 / 3753
# 1,000 claims in the 96 quarters of a day of 24 hours
PERSONS_PER_SLOT = 1000 * PERSONS_PER_REQUEST / SLOTS_PER_DAY

# In June 2019 nobody tells of a line at CEPR: three quarters of an hour there is assumed.
MINUTES_THERE_SLOTS = 3


def daily_persons(days: tuple[facts.Day, ...]) -> list[int]:
    """Persons who go on to CEPR, per day; 0 before the first day of the series."""
    entries = {day.day: day.entries for day in facts.daily_entries()}
    persons = []
    for day in days:
        past = [known for known in sorted(PERSONS) if known <= day.day]
        share = PERSONS[past[-1]] / entries[past[-1]] if past else SHARE_BEFORE_THE_FIRST
        told = PERSONS.get(day.day, round(share * day.entries))
        persons.append(told if day.day >= FIRST_DAY else 0)
    return persons


def spread(days: tuple[facts.Day, ...], entries: Ints) -> Ints:
    """Cumulative persons, each day's spread over its entries; length slots + 1."""
    curve = np.zeros(len(entries), dtype=np.int64)
    for number, persons in enumerate(daily_persons(days)):
        day = slice(number * SLOTS_PER_DAY, (number + 1) * SLOTS_PER_DAY + 1)
        within = (entries[day] - entries[day][0]) / (entries[day][-1] - entries[day][0])
        curve[day] = curve[day.start] + whole(within * persons)
    return curve


def arrivals_and_served(start: datetime, days: tuple[facts.Day, ...], entries: Ints) -> tuple[Ints, Ints]:
    """Cumulative persons reaching CEPR and leaving it, at every slot boundary."""
    persons = spread(days, entries)
    if days[0].day.year == 2018:
        return persons, _at_pace(persons)
    return whole(ahead(persons, MINUTES_THERE_SLOTS)), persons


def _at_pace(arrivals: Ints) -> Ints:
    """Served when at most `PERSONS_PER_SLOT` can be: the lower envelope of arrivals plus capacity since then."""
    capacity = PERSONS_PER_SLOT * np.arange(len(arrivals))
    envelope = np.minimum.accumulate(arrivals - capacity) + capacity
    return np.floor(np.minimum(envelope, arrivals)).astype(np.int64)


def first_slot(start: datetime) -> int:
    return max(slots_between(start, facts.moment(FIRST_DAY)), 0)
