"""The crowd as a fluid: queue, waits and time to clear read off cumulative arrivals and departures.

Notation of the sources: A(t), D(t) cumulative arrivals and departures; lambda arrivals per hour; mu people per
counter-hour; c counters; rho = lambda / (c mu). Rates are people per hour, spans hours unless a name says minutes.

Newell, Queues with time-dependent arrival rates I:
https://wixlib.com/document/fcbc_queues-with-time-dependent-arrival-rates-i-the-transition.html
Ibrahim and Whitt, Wait-time predictors for time-varying demand and capacity:
http://www.mcgill.ca/channels/news/wait-time-predictors-customer-service-systems-time-varying-demand-and-capacity-213782
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from data.analytics.buckets import HOUR, Curve
from data.analytics.steps import HOURS_IN_A_YEAR

# From here on growth per hour is told and no mean wait: steady-state numbers look comfortable up to the edge.
NEARLY_FULL = 0.95


def utilisation(arriving: float, capacity: float) -> float | None:
    """rho = lambda / (c mu); None when nothing is being served."""
    return arriving / capacity if capacity > 0 else None


def growth_per_hour(arriving: float, capacity: float) -> float:
    """lambda - c mu: people the queue gains each hour while it exists; negative while it shrinks."""
    return arriving - capacity


def time_to_clear(waiting: float, served_per_hour: float, arriving_per_hour: float) -> timedelta | None:
    """Time until the queue is empty at these rates, Q / (c mu - lambda) (Newell); None if it never empties.

    More than a year is never: such rates do not last.
    """
    if waiting <= 0:
        return timedelta(0)
    surplus = served_per_hour - arriving_per_hour
    if surplus <= 0 or waiting > surplus * HOURS_IN_A_YEAR:
        return None
    return timedelta(hours=waiting / surplus)


def virtual_wait(waiting: float, capacity: float) -> float | None:
    """Hours a person joining now will wait, Q / (c mu) (fluid predictor); None when nobody serves a queue."""
    if waiting <= 0:
        return 0.0
    return waiting / capacity if capacity > 0 else None


def counters_that_stop_growth(arriving: float, rate: float, open_now: int) -> int:
    """More counters needed for c mu >= lambda; 0 when the queue does not grow."""
    # A hair below: 13.000000001 counters is 13, not 14.
    return max(0, math.ceil(arriving / rate - 1e-9) - open_now)


def counters_that_empty(waiting: float, arriving: float, rate: float, hours: float | None = None) -> int | None:
    """Fewest counters with which the queue is gone one day (`hours` None), or within so many hours: (Q / H + lambda)
    / mu. Where nobody waits, fewest that keep it so. None when counters serve nobody."""
    if rate <= 0:
        return None
    if hours is not None and waiting > 0:
        return math.ceil((waiting / hours + arriving) / rate - 1e-9)
    # Exactly as many as come leaves the queue as it is.
    return math.floor(arriving / rate + 1e-9) + 1 if waiting > 0 else math.ceil(arriving / rate - 1e-9)


def joined_at(arrivals: Curve, waiting: float, at: float) -> float | None:
    """When the person served at `at` joined: t - W(t) with A(t - W) = A(t) - Q(t), first in first out (Newell).

    Linear inside a bucket. Epoch seconds; None when that person joined before the curve begins.
    """
    if waiting <= 0:
        return at
    return arrivals.when(arrivals.count(at) - waiting)


def waiting_longer_than(arrivals: Curve, waiting: float, at: float, hours: float) -> float | None:
    """People in the queue at `at` who joined more than `hours` ago: max(0, A(t - T) - D(t)), first in first out.

    None when the curve does not reach back that far and the queue may hold older people.
    """
    since = at - hours * HOUR
    if since >= arrivals.at[0]:
        return max(0.0, waiting - (arrivals.count(at) - arrivals.count(since)))
    return 0.0 if waiting <= arrivals.count(at) else None


@dataclass(frozen=True)
class QueuePath:
    """Queue at moments `at` (epoch s). At a reading `waiting` is the reading and `unexplained` what counts missed."""

    at: np.ndarray
    waiting: np.ndarray
    unexplained: np.ndarray


def queue_path(
    arrivals: Curve,
    served: Curve,
    readings_at: np.ndarray,
    readings: np.ndarray,
    at: np.ndarray,
    left: Curve | None = None,
) -> QueuePath:
    """Q(t) = Q(last reading) + arrivals since - served since - left since. NaN before the first reading.

    `left`: people reported to have left the line unserved, apart from those served. A head count corrects the model.
    The difference is kept in `unexplained`, never spread or clipped: a negative queue is a data error that must be
    seen.
    """

    def net(moments: np.ndarray) -> np.ndarray:
        gone = served.counts(moments) if left is None else served.counts(moments) + left.counts(moments)
        return arrivals.counts(moments) - gone

    if len(readings) == 0:
        nothing = np.full(len(at), np.nan)
        return QueuePath(at, nothing, nothing.copy())
    offset = readings - net(readings_at)
    last = np.searchsorted(readings_at, at, side="right") - 1
    waiting = np.where(last >= 0, net(at) + offset[np.maximum(last, 0)], np.nan)
    jumps = np.concatenate([[0.0], np.diff(offset)])
    on_reading = (last >= 0) & (readings_at[np.maximum(last, 0)] == at)
    unexplained = np.where(on_reading, jumps[np.maximum(last, 0)], 0.0)
    return QueuePath(at, waiting, unexplained)


def least_queue(arrivals: Curve, served: Curve, at: float, left: Curve | None = None) -> float:
    """A lower bound without any reading: whatever the queue was at its lowest, it was not below zero."""
    gone = (served,) if left is None else (served, left)
    moments = np.unique(np.concatenate([arrivals.at, *(curve.at for curve in gone), [at]]))
    moments = moments[moments <= at]
    net = arrivals.counts(moments) - sum(curve.counts(moments) for curve in gone)
    return float(max(0.0, net[-1] - net.min()))
