"""Arrivals expected from now on, with their 80 % band: a forecast, or as many as lately."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from data.analytics.buckets import HOUR
from data.analytics.steps import Steps

Z80 = 1.2816
DAY_HOURS = 24


class ArrivalsBasis(StrEnum):
    PRESENT_RATE = "present-rate"  # as many an hour as lately
    FORECAST = "forecast"


@dataclass(frozen=True)
class Coming:
    """People per hour in each hour from `start` (epoch s) on: the 80 % band and its middle, none of them NaN."""

    start: float
    low: np.ndarray
    mid: np.ndarray
    high: np.ndarray
    basis: ArrivalsBasis = ArrivalsBasis.FORECAST

    def steps(self, now: float, edge: str = "mid") -> Steps:
        """By hours from now. After the last hour its last day goes on at its mean: the hour of night it ends with
        would be no guess for the days after."""
        level = np.asarray(getattr(self, edge), dtype=float)
        if len(level) == 1:
            return Steps(np.zeros(1), level)
        since = (self.start - now) / HOUR + np.arange(len(level) + 1)
        level = np.append(level, level[-DAY_HOURS:].mean())
        running = max(0, int(np.searchsorted(since, 0.0, side="right")) - 1)
        since, level = since[running:].copy(), level[running:]
        since[0] = 0.0
        return Steps(since, level)


def going_on(per_hour: float, counted_hours: float, now: float) -> Coming:
    """As many as in the hours counted last. The band is the scatter of a count of so many people (Poisson)."""
    reach = Z80 * float(np.sqrt(max(per_hour, 0.0) / max(counted_hours, 0.25)))
    low, mid, high = (np.array([value]) for value in (max(0.0, per_hour - reach), per_hour, per_hour + reach))
    return Coming(now, low, mid, high, ArrivalsBasis.PRESENT_RATE)
