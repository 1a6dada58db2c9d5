"""What follows from a queue, its arrivals and so many counters: the fluid model with one thing changed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from data.analytics.coming import ArrivalsBasis, Coming
from data.analytics.needed import Need, Target, counters_needed_now
from data.analytics.prospects import Standing, cleared, clearing, virtual_wait
from data.analytics.queueing import NEARLY_FULL, counters_that_empty, growth_per_hour, utilisation
from data.analytics.rates import Z80, Rate
from data.analytics.staffing import Ahead, CountersBasis
from data.analytics.steps import Steps, minus, queue_after, steady

USUAL_TARGET = Target(0.5, 0.8)  # of people within hours: a local target to agree, none was ever published


@dataclass(frozen=True)
class Asked:
    """People waiting, arriving per hour, counters open, people per counter-hour with its interval; over how long.

    `standing`: of `waiting`, where it was carried on from an older count. `ahead`: counters hour by hour, else
    `counters` go on. `coming`: arrivals hour by hour from `now` (epoch s), else `arriving` go on, as somebody states.
    """

    waiting: float
    arriving: float
    counters: float
    rate: Rate
    hours: float | None = None
    target: Target = USUAL_TARGET
    standing: Standing | None = None
    ahead: Ahead | None = None
    coming: Coming | None = None
    now: float = 0.0


@dataclass(frozen=True)
class Follows:
    """Hours; None: it never comes to that. `low` and `high` are the 80 % interval."""

    asked: Asked
    capacity: float
    utilisation: float | None  # None: nobody serves
    growth: float
    clears: float | None
    clears_low: float | None
    clears_high: float | None
    wait: float | None  # of who joins now
    wait_low: float | None
    wait_high: float | None
    after: float | None  # people waiting after `asked.hours`
    counters_needed: int | None  # fewest that empty the queue, within `asked.hours` where given
    for_target: Need  # counters that keep to `asked.target` in the coming hour
    counters_basis: CountersBasis | None = None
    arrivals_basis: ArrivalsBasis | None = None

    @property
    def grows(self) -> bool:
        return self.growth > 1e-9

    @property
    def nearly_full(self) -> bool:
        return self.utilisation is not None and self.utilisation > NEARLY_FULL


def what_follows(asked: Asked) -> Follows:
    waiting, rate = asked.waiting, asked.rate
    there = asked.standing or Standing(waiting, waiting, waiting)
    ahead = asked.ahead or Ahead(steady(asked.counters), np.zeros(1, dtype=bool))
    coming = asked.coming or _stated(asked.arriving)
    capacity = float(ahead.counters.level[0]) * rate.value
    wait = virtual_wait(there, rate, ahead)
    clears = clearing(there, rate, ahead, coming, asked.now)
    people = coming.steps(asked.now)
    if asked.coming is not None:
        clears = cleared(wait, clears) or clears
    elif waiting <= 0 and asked.arriving > capacity + 1e-9:
        # An empty queue that is about to grow is not cleared.
        clears = replace(clears, after=None, soonest=None, latest=None)
    change = minus(people, ahead.counters.times(rate.value))
    return Follows(
        asked=asked,
        capacity=capacity,
        utilisation=utilisation(asked.arriving, capacity),
        growth=growth_per_hour(asked.arriving, capacity),
        clears=_hours(clears.after),
        clears_low=_hours(clears.soonest),
        clears_high=_hours(clears.latest),
        wait=None if wait is None else wait.hours,
        wait_low=None if wait is None else wait.low,
        wait_high=None if wait is None else wait.high,
        after=None if asked.hours is None else queue_after(waiting, change, asked.hours),
        counters_needed=counters_that_clear(waiting, people, rate.value, asked.hours),
        for_target=counters_needed_now(waiting, asked.arriving, rate.value, asked.target),
        counters_basis=clears.counters,
        arrivals_basis=clears.arrivals,
    )


def counters_that_clear(waiting: float, people: Steps, rate: float, hours: float | None) -> int | None:
    """Fewest counters, the same all along, with which the queue is gone one day, or within so many hours: the least
    over t of (Q + A(t)) / (mu t). Between two steps of the arrivals that only falls or only rises."""
    if len(people.since) == 1:
        return counters_that_empty(waiting, float(people.level[0]), rate, hours)
    ends = people.since[1:] if hours is None else np.append(people.since[1:][people.since[1:] < hours], hours)
    before = np.concatenate([[0.0], np.cumsum(people.level[:-1] * np.diff(people.since))])
    step = np.searchsorted(people.since, ends, side="left") - 1
    came = before[step] + people.level[step] * (ends - people.since[step])
    fewest = math.ceil(float(((waiting + came) / ends).min()) / rate - 1e-9)
    if hours is not None:
        return fewest
    for_good = counters_that_empty(waiting, float(people.level[-1]), rate)
    return fewest if for_good is None else min(fewest, for_good)


def _stated(arriving: float) -> Coming:
    level = np.array([arriving])
    return Coming(0.0, level, level, level, ArrivalsBasis.PRESENT_RATE)


def _hours(span: timedelta | None) -> float | None:
    return None if span is None else span / timedelta(hours=1)


def rate_within(value: float, low: float, high: float) -> Rate:
    """A rate of which only the 80 % interval is known: wide as told, with service times that scatter by chance."""
    return Rate(value, low, high, 0.0, 1.0, (math.log(high / low) / 2 / Z80) ** 2, 0.0)


def exactly(rate: float) -> Rate:
    """A rate that somebody states, without an interval."""
    return Rate(rate, rate, rate, 0.0, 0.0, 0.0, 0.0)
