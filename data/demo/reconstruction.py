"""CEBAF Tumbes from the published figures, quarter of an hour by quarter of an hour.

Three things are facts: entries of the published days, entries at the published moments within days, and the waits and
crowds of `door.SEEN` marked published. Everything else is modelled from them, step by step: entries (`entries.py`),
arrivals at the line (`door.py`), days without a crowd (`calm.py`), counters (`counters.py`), asylum requests
(`asylum.py`), and here the vaccination tent and the people present. Special module for minors (UPE) and transport:
nobody published numbers, so none are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np
import pandas as pd

from data.demo import asylum, calm, counters, door, entries, facts
from data.demo.shape import SLOT, Ints, ahead, slots_between, whole

SITE = "cebaf-tumbes"

# The two seasons that the figures support, by first and last local day.
SPANS = ((date(2018, 9, 1), date(2018, 11, 21)), (date(2019, 4, 1), date(2019, 7, 15)))

# The first step of the path was the vaccination tent (published for June 2019, assumed for 2018): half an hour.
VACCINATION_SLOTS = 2

# People present are told only around the crowds somebody described.
PRESENT_TOLD = (
    (facts.moment(date(2018, 10, 19)), facts.moment(date(2018, 11, 4))),
    (facts.moment(date(2019, 6, 1)), facts.moment(date(2019, 7, 4))),
)

# Someone who has been served spends about half an hour more inside.
LEAVING_SLOTS = 2


@dataclass(frozen=True, eq=False)
class Stage:
    """People per slot, and waiting at every slot boundary (one value more)."""

    arrivals: Ints
    served: Ints
    waiting: Ints
    first_slot: int = 0

    @staticmethod
    def of(arrived: Ints, served: Ints, first_slot: int = 0) -> Stage:
        return Stage(np.diff(arrived), np.diff(served), arrived - served, first_slot)


@dataclass(frozen=True, eq=False)
class Span:
    """One season of the centre. `start` is a local midnight; arrays run in slots of 15 minutes from it."""

    start: datetime
    days: tuple[facts.Day, ...]
    vaccination: Stage
    control: Stage
    asylum: Stage
    counters_open: Ints
    counters_existing: Ints
    present: Ints  # at slot boundaries; -1 where nobody told of the crowd

    @property
    def slots(self) -> int:
        return len(self.control.served)

    @property
    def end(self) -> datetime:
        return self.start + self.slots * SLOT


@lru_cache
def spans() -> tuple[Span, ...]:
    return tuple(_span(first, last) for first, last in SPANS)


def _span(first: date, last: date) -> Span:
    days = tuple(day for day in facts.daily_entries() if first <= day.day <= last)
    start = facts.moment(first)
    told = entries.cumulative_entries(start, days)
    arrived = door.cumulative_arrivals(start, told)
    had = counters.existing(start, len(told) - 1)
    staffed = calm.staffed(np.diff(arrived), had)
    entered = calm.worked_through(start, arrived, told, door.CROWDED, staffed)
    control = Stage.of(arrived, entered)
    vaccination = Stage.of(whole(ahead(arrived, VACCINATION_SLOTS)), arrived)
    asked, answered = asylum.arrivals_and_served(start, days, entered)
    claims = Stage.of(asked, answered, asylum.first_slot(start))
    return Span(
        start=start,
        days=days,
        vaccination=vaccination,
        control=control,
        asylum=claims,
        counters_open=counters.opened(start, control.served, staffed, door.CROWDED),
        counters_existing=had,
        present=_present(start, vaccination, control, claims, entered),
    )


def _present(start: datetime, vaccination: Stage, control: Stage, claims: Stage, entered: Ints) -> Ints:
    """People at the centre: in the three lines, and half an hour of those just served."""
    leaving = entered - np.concatenate([np.zeros(LEAVING_SLOTS, dtype=np.int64), entered[:-LEAVING_SLOTS]])
    people = vaccination.waiting + control.waiting + claims.waiting + leaving
    told = np.zeros(len(people), dtype=bool)
    for first, last in PRESENT_TOLD:
        told[max(slots_between(start, first), 0) : max(slots_between(start, last), 0)] = True
    return np.where(told, people, -1)


def waited(span: Span, joined: datetime) -> timedelta:
    """Time until someone who joined the line of migration control then was served, first in, first out."""
    arrived = np.cumsum(np.concatenate([[span.control.waiting[0]], span.control.arrivals]))
    entered = np.cumsum(np.concatenate([[0], span.control.served]))
    slots = float(np.interp(arrived[slots_between(span.start, joined)], entered, np.arange(len(entered))))
    return slots * SLOT - (joined - span.start)


def boundary_times(span: Span) -> pd.DatetimeIndex:
    """The moments of the slot boundaries, in UTC."""
    return pd.date_range(span.start, periods=span.slots + 1, freq=SLOT).tz_convert("UTC")
