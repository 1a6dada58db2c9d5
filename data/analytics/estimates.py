"""A table of arrivals, served and counters by bucket, gone through as it happened: queue, waits and rate at each end.

Each row uses what was known by its end, as a screen would have then; only the counters of later rows are taken as
the plan they were, unless that is refused. `realised` is what came of it, where the table goes on long enough.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.analytics.buckets import HOUR, Curve
from data.analytics.queueing import NEARLY_FULL
from data.analytics.rates import AT_ONCE, Rate, service_rates

COUNTERS_HOLD = 2.0  # hours for which the counters reported last speak for now


@dataclass(frozen=True)
class Counted:
    """Buckets of one length in hours, oldest first, without a gap; NaN is not reported, never zero.

    `start`: epoch s. `waiting`: heads counted at the end of each bucket, `waiting_before` at the start of the first.
    """

    start: np.ndarray
    hours: float
    arrivals: np.ndarray
    served: np.ndarray
    counters: np.ndarray
    waiting: np.ndarray
    waiting_before: float = float("nan")

    @property
    def edges(self) -> np.ndarray:
        return np.append(self.start, self.start[-1:] + self.hours * HOUR)


@dataclass(frozen=True)
class Estimate:
    """At the end of one bucket. Waits in hours; None is unknown. `low` and `high` are the 80 % interval of `wait`;
    of a queue that is at least so long there is no `high`."""

    start: float
    queue: float | None
    at_least: bool  # nobody counted heads since the counts began or last broke off
    unexplained: float | None  # heads counted less what the counts made of the head count before
    rate: Rate | None
    wait: float | None = None  # virtual: of who joins now
    low: float | None = None
    high: float | None = None
    head_wait: float | None = None  # of who is served now, first in first out
    realised: float | None = None  # what who joined now did wait
    utilisation: float | None = None
    growth: float | None = None  # people per hour, told of a bucket at work up to its limit

    @property
    def negative(self) -> bool:
        """More were served than ever were there: a mistake in the data."""
        return self.queue is not None and self.queue < -1e-6


def estimates(
    counted: Counted, planned: bool = True, done: Callable[[int, int], None] = lambda *_: None
) -> list[Estimate]:
    """One per bucket. `planned` False: counters go on as they are at the time, whatever later rows say.

    `done` is told now and then how many buckets are, of how many.
    """
    size = len(counted.start)
    queue, at_least, unexplained, before = queues(counted)
    # As many waiting as counters, at both ends: every counter was surely busy.
    least = np.minimum(before, queue) - counted.counters + 1
    span = np.full(len(queue), counted.hours)
    rates = service_rates(
        counted.start, span, counted.served, counted.counters, least, lambda places: done(places // 2, size)
    )
    came, gone = _Unbroken(counted.edges, counted.arrivals), _Unbroken(counted.edges, counted.served)
    wait, low, high = _waits(counted, queue, rates, at_least, planned)
    arriving, negative = counted.arrivals / counted.hours, queue < 0
    rows = []
    for place, rate in enumerate(rates):
        if place % AT_ONCE == 0:
            done((size + place) // 2, size)
        waiting = _known(queue[place])
        there = waiting is not None and not negative[place]
        load, growth = _load(float(counted.counters[place]), float(arriving[place]), rate)
        rows.append(
            Estimate(
                start=float(counted.start[place]),
                queue=waiting,
                at_least=bool(at_least[place]),
                unexplained=_known(unexplained[place]),
                rate=rate,
                wait=_known(wait[place]),
                low=_known(low[place]),
                high=_known(high[place]),
                head_wait=came.since_joined(place, waiting) if there and waiting is not None else None,
                realised=gone.until_served(place, waiting) if there and waiting is not None else None,
                utilisation=load,
                growth=growth,
            )
        )
    done(size, size)
    return rows


def _waits(
    counted: Counted, queue: np.ndarray, rates: list[Rate | None], at_least: np.ndarray, planned: bool
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Virtual wait at the end of each bucket and its 80 % interval; NaN is unknown.

    A queue that is only a lower bound has no upper end: whoever joins waits at least `low`.
    """
    work = _work(counted, planned)
    value = np.array([math.nan if rate is None else rate.value for rate in rates])
    there = np.where(queue >= 0, queue, np.nan)
    wait = work(there / value)
    ends = np.full((2, len(rates)), np.nan)
    for place in np.flatnonzero(~np.isnan(there) & ~np.isnan(value)).tolist():
        rate = rates[place]
        assert rate is not None
        span = float(wait[place])
        ends[:, place] = rate.of(float(there[place]), 0.0 if math.isnan(span) else span)
    slow, fast = ends
    return wait, work(there / fast), np.where(at_least, np.nan, work(there / slow))


def queues(counted: Counted) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """At the end of each bucket: the queue, whether it is only a lower bound, what a head count left unexplained;
    and the queue at its start. NaN where nobody knows.

    Without a head count the queue is at least what it has grown since its lowest, which was not below zero. From a
    head count on it is what the counts make of it, below zero too: that is an error to be seen, not to be clipped.
    """
    size = len(counted.start)
    queue, unexplained, before = (np.full(size, np.nan) for _ in range(3))
    at_least = np.zeros(size, dtype=bool)
    exact, bound = counted.waiting_before, 0.0
    change = counted.arrivals - counted.served
    known = 0.0
    for place in range(size):
        before[place] = known if np.isnan(exact) else exact
        told = exact + change[place]
        bound = max(0.0, bound + change[place]) if not np.isnan(change[place]) else 0.0
        read = counted.waiting[place]
        if not np.isnan(read):
            unexplained[place] = read - told
            told = bound = read
        exact = told
        if np.isnan(exact) and not np.isnan(change[place]):
            queue[place], at_least[place] = bound, True
        else:
            queue[place] = exact
        known = queue[place]
    return queue, at_least, unexplained, before


def _load(counters: float, arriving: float, rate: Rate | None) -> tuple[float | None, float | None]:
    """Utilisation of a bucket, and what the queue gained per hour where that is near or over 1."""
    if rate is None or math.isnan(arriving) or not counters > 0:
        return None, None
    capacity = counters * rate.value
    load = arriving / capacity
    return load, arriving - capacity if load > NEARLY_FULL else None


def _work(counted: Counted, planned: bool) -> Callable[[np.ndarray], np.ndarray]:
    """Hours from the end of each bucket until so many counter-hours are done (one need a bucket); NaN where nobody
    knows the counters or the need."""
    now = _carried(counted.counters, round(COUNTERS_HOLD / counted.hours))
    plan = _carried(counted.counters, len(now))
    edges = counted.edges
    done = np.concatenate([[0.0], np.cumsum(np.nan_to_num(plan) * counted.hours)])
    last = float(plan[-1]) if plan[-1] > 0 else math.nan

    def hours(need: np.ndarray) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            if planned:
                target = done[1:] + need
                after = np.minimum(np.searchsorted(done, np.nan_to_num(target), side="left"), len(done) - 1)
                before = np.maximum(after - 1, 0)
                share = (target - done[before]) / (done[after] - done[before])
                at = edges[before] + share * (edges[after] - edges[before])
                within = (at - edges[1:]) / HOUR
                beyond = (edges[-1] - edges[1:]) / HOUR + (target - done[-1]) / last
                told = np.where(target <= done[-1], within, beyond)
            else:
                told = np.where(now > 0, need / now, np.nan)
            told = np.where(need <= 0, 0.0, told)
        return np.where(np.isnan(now), np.nan, told)

    return hours


def _carried(values: np.ndarray, most: int) -> np.ndarray:
    """Each missing value as the last one known, at most so many buckets before."""
    last = np.where(np.isnan(values), -1, np.arange(len(values)))
    last = np.maximum.accumulate(last)
    near = (last >= 0) & (np.arange(len(values)) - last <= most)
    return np.where(near, values[np.maximum(last, 0)], np.nan)


class _Unbroken:
    """A cumulative count that says nothing across a bucket that nobody reported."""

    def __init__(self, edges: np.ndarray, people: np.ndarray) -> None:
        self.curve = Curve(edges, np.concatenate([[0.0], np.cumsum(np.nan_to_num(people))]))
        places = np.arange(len(people))
        missing = np.isnan(people)
        self.known_from = np.maximum.accumulate(np.where(missing, places + 1, 0))
        self.known_to = np.minimum.accumulate(np.where(missing, places, len(people))[::-1])[::-1]

    def since_joined(self, place: int, waiting: float) -> float | None:
        """Hours since the person joined who is at the head of the queue at the end of a bucket."""
        at, people = self.curve.at, self.curve.people
        target = people[place + 1] - waiting
        first = self.known_from[place]
        if first > place or target < people[first] - 1e-9:
            return None
        if waiting <= 0:
            return 0.0
        until = Curve(at[: place + 2], people[: place + 2])
        joined = until.when(target)
        return None if joined is None else float(at[place + 1] - joined) / HOUR

    def until_served(self, place: int, waiting: float) -> float | None:
        """Hours from the end of a bucket until everybody who was waiting then has been served."""
        if waiting <= 0:
            return 0.0
        at, people = self.curve.at, self.curve.people
        target = people[place + 1] + waiting
        after = int(np.searchsorted(people, target - 1e-9, side="left"))
        reached = self.known_to[place + 1] if place + 1 < len(self.known_to) else 0
        if after >= len(people) or after > reached:
            return None
        share = (target - people[after - 1]) / (people[after] - people[after - 1])
        return float(at[after - 1] + share * (at[after] - at[after - 1]) - at[place + 1]) / HOUR


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
