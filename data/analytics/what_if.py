"""What follows from a queue, its arrivals and so many counters: the fluid model with one thing changed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from data.analytics.needed import Need, Target, counters_needed_now
from data.analytics.queueing import NEARLY_FULL, counters_that_empty, growth_per_hour, utilisation, virtual_wait
from data.analytics.rates import Z80, Rate
from data.analytics.steps import Steps, first_empty, queue_after

USUAL_TARGET = Target(0.5, 0.8)  # of people within hours: a local target to agree, none was ever published


@dataclass(frozen=True)
class Asked:
    """People waiting, arriving per hour, counters open, people per counter-hour with its interval; over how long."""

    waiting: float
    arriving: float
    counters: float
    rate: Rate
    hours: float | None = None
    target: Target = USUAL_TARGET


@dataclass(frozen=True)
class Follows:
    """Hours; None: it never comes to that. `low` and `high` are the 80 % interval that the rate's makes."""

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

    @property
    def grows(self) -> bool:
        return self.growth > 1e-9

    @property
    def nearly_full(self) -> bool:
        return self.utilisation is not None and self.utilisation > NEARLY_FULL


def what_follows(asked: Asked) -> Follows:
    waiting, rate = asked.waiting, asked.rate
    capacity = asked.counters * rate.value
    wait = virtual_wait(waiting, capacity)
    slow, fast = rate.of(max(waiting, 1.0), wait or 0.0)
    clears = _clears(asked, rate.value)
    ends = rate.of(max(waiting + asked.arriving * (clears or 0.0), 1.0), clears or 0.0)
    late, soon = (_clears(asked, end) for end in ends)
    return Follows(
        asked=asked,
        capacity=capacity,
        utilisation=utilisation(asked.arriving, capacity),
        growth=growth_per_hour(asked.arriving, capacity),
        clears=clears,
        clears_low=soon,
        clears_high=late,
        wait=wait,
        wait_low=virtual_wait(waiting, asked.counters * fast),
        wait_high=virtual_wait(waiting, asked.counters * slow),
        after=None if asked.hours is None else queue_after(waiting, _change(asked, rate.value), asked.hours),
        counters_needed=counters_that_empty(waiting, asked.arriving, rate.value, asked.hours),
        for_target=counters_needed_now(waiting, asked.arriving, rate.value, asked.target),
    )


def rate_within(value: float, low: float, high: float) -> Rate:
    """A rate of which only the 80 % interval is known: wide as told, with service times that scatter by chance."""
    return Rate(value, low, high, 0.0, 1.0, (math.log(high / low) / 2 / Z80) ** 2, 0.0)


def exactly(rate: float) -> Rate:
    """A rate that somebody states, without an interval."""
    return Rate(rate, rate, rate, 0.0, 0.0, 0.0, 0.0)


def _change(asked: Asked, rate: float) -> Steps:
    return Steps(np.zeros(1), np.array([asked.arriving - asked.counters * rate]))


def _clears(asked: Asked, rate: float) -> float | None:
    change = _change(asked, rate)
    # An empty queue that is about to grow is not cleared.
    return None if asked.waiting <= 0 and change.level[0] > 1e-9 else first_empty(asked.waiting, change)
