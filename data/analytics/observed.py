"""What was reported lately about one stage and lane of a site, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from data.analytics.buckets import NO_HOURS, Buckets
from data.analytics.staffing import NO_PLAN, Plan
from data.vocabulary import Lane, Stage


@dataclass(frozen=True)
class Readings:
    """Readings of one stage and lane, oldest first; NaN where the reading is silent about a thing."""

    at: np.ndarray
    waiting: np.ndarray
    counters_open: np.ndarray
    counters_total: np.ndarray
    wait_minutes: np.ndarray
    at_least: np.ndarray
    method: np.ndarray
    source: np.ndarray


def numbers(cells: Sequence[float | None]) -> np.ndarray:
    """Missing as NaN."""
    return np.array([np.nan if cell is None else cell for cell in cells], dtype=float)


def readings(
    at: np.ndarray,
    waiting: np.ndarray,
    counters: tuple[np.ndarray, np.ndarray],
    tickets: tuple[np.ndarray, np.ndarray],
    wait_minutes: np.ndarray,
    at_least: np.ndarray,
    method: np.ndarray,
    source: np.ndarray,
) -> Readings:
    """Counters open and in all; tickets issued and served, which stand in for a head count where there is none."""
    issued, served = tickets
    told = np.where(np.isnan(waiting), issued - served, waiting)
    return Readings(at, told, *counters, wait_minutes, at_least, method, source)


NO_READINGS = Readings(*(np.zeros(0) for _ in range(8)))


@dataclass(frozen=True)
class Observed:
    """What was reported lately about one stage and lane, each by its own source."""

    stage: Stage
    lane: Lane = Lane.GENERAL
    arrivals: Buckets = NO_HOURS
    served: Buckets = NO_HOURS
    readings: Readings = NO_READINGS
    left: Buckets = NO_HOURS  # who left the line unserved
    plan: Plan = NO_PLAN  # the roster
    fine: Buckets = NO_HOURS  # who was served, by less than an hour, where that was reported
