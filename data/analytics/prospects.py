"""What awaits whoever joins now, and when the queue is gone, under planned counters and expected arrivals.

The virtual wait V solves: the integral of c(s) mu over V equals the queue (fluid predictor of Ibrahim and Whitt for
time-varying capacity:
http://www.mcgill.ca/channels/news/wait-time-predictors-customer-service-systems-time-varying-demand-and-capacity-213782
). The time to clear is the first t with Q(t) <= 0 when arrivals go on meanwhile (Newell).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from data.analytics.coming import ArrivalsBasis, Coming
from data.analytics.rates import Rate
from data.analytics.staffing import Ahead, CountersBasis
from data.analytics.steps import Steps, first_empty, minus, together

STANDING = 0.25  # hours of work: a shorter queue comes and goes by itself, whatever the rates of two hours say


@dataclass(frozen=True)
class Standing:
    """People in the queue now, with the 80 % interval that carrying an older count on leaves."""

    people: float
    low: float
    high: float


@dataclass(frozen=True)
class Wait:
    """Hours until whoever joins now is served, with the 80 % interval; `high` None: perhaps not within a year."""

    hours: float
    low: float
    high: float | None
    counters: CountersBasis


@dataclass(frozen=True)
class Clearing:
    """When the queue is gone; `after` None is never. `soonest` and `latest` are the 80 % interval, None is never."""

    after: timedelta | None
    soonest: timedelta | None
    latest: timedelta | None
    counters: CountersBasis
    arrivals: ArrivalsBasis


def virtual_wait(waiting: float | Standing, rate: Rate, ahead: Ahead) -> Wait | None:
    """Of whoever joins behind `waiting` people; None when the counters ahead never serve them all."""
    there = standing(waiting)
    hours = _served(there.people, rate.value, ahead.counters)
    if hours is None:
        return None
    slow, fast = rate.of(there.people, hours)
    quick = _served(there.low, fast, ahead.counters)
    late = _served(there.high, slow, ahead.counters)
    return Wait(hours, hours if quick is None else quick, late, ahead.basis(late))


def standing(waiting: float | Standing) -> Standing:
    return waiting if isinstance(waiting, Standing) else Standing(waiting, waiting, waiting)


def _served(waiting: float, rate: float, counters: Steps) -> float | None:
    """Hours until the last of `waiting` is served. With nobody before, until somebody serves at all."""
    if waiting > 0:
        return first_empty(waiting, counters.times(-rate))
    works = np.flatnonzero(counters.level * rate > 0)
    return float(counters.since[works[0]]) if len(works) else None


def clearing(waiting: float | Standing, rate: Rate, ahead: Ahead, coming: Coming, now: float) -> Clearing:
    """The rate's interval and the arrivals' band meet as the root of the sum of their squares: they err
    independently of each other, but each errs alike in all of the hours."""
    there = standing(waiting)
    low, mid, high = (coming.steps(now, edge) for edge in ("low", "mid", "high"))
    hours = first_empty(there.people, minus(mid, ahead.counters.times(rate.value)))
    span = 12.0 if hours is None else hours
    people = max(there.people, 1.0) if hours is None else there.people + float(mid.level[0]) * hours
    slow, fast = rate.of(people, span)
    worse = shifted(mid, high, ahead.counters, rate.value, slow, 1.0)
    better = shifted(mid, low, ahead.counters, rate.value, fast, -1.0)
    soonest, latest = first_empty(there.low, better), first_empty(there.high, worse)
    return Clearing(
        _span(hours), _span(soonest), _span(latest), ahead.basis(latest), coming.basis
    )  # fmt: skip


def cleared(wait: Wait | None, clears: Clearing | None) -> Clearing | None:
    """A queue that does not stand is gone once those in it are served."""
    if wait is not None and wait.hours < STANDING:
        low, mid, high = (_span(hours) for hours in (wait.low, wait.hours, wait.high))
        return Clearing(mid, low, high, wait.counters, ArrivalsBasis.PRESENT_RATE)
    return clears


def shifted(mid: Steps, edge: Steps, counters: Steps, rate: float, edge_rate: float, side: float) -> Steps:
    """Change of the queue per hour, off to one side by arrivals as at `edge` and the rate as at `edge_rate`."""
    since, people, open_then = together(mid, counters)
    off = np.hypot(edge.at(since) - people, open_then * (rate - edge_rate))
    return Steps(since, people - open_then * rate + side * off)


def _span(hours: float | None) -> timedelta | None:
    return None if hours is None else timedelta(hours=hours)
