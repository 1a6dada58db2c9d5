"""The level of each past day beside its neighbours, and which days are too far above them to be usual."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NEIGHBOURS = 29  # days, whose median a day is judged against: ten days of surge do not move it
FAR = 2.58  # robust standard deviations above it from which a day weighs less
GONE = 5.0  # and from which it weighs nothing
SPREAD = (0.06, 1.5)  # bounds of the robust spread between days, logarithmic
HALF_LIFE = (4.0, 28.0)  # days, bounds: the noisier the days, the longer
STEP = 0.013  # standard deviation of the level's own change per day, logarithmic
SMOOTHING = 0.6  # of the half-life, for a past level that is known from both sides
LOWEST = 0.05  # of the median day: fewer people are as good as none
LEAST = 1e-6


@dataclass(frozen=True)
class DayLevels:
    around: np.ndarray  # level of each day by the days on both sides
    before: np.ndarray  # by the days before it alone; NaN where too few were
    weight: np.ndarray  # how much each day says of what is usual
    spread: float  # robust standard deviation of days, logarithmic


def day_levels(own: np.ndarray, told: np.ndarray, special: np.ndarray) -> DayLevels:
    """`own`: each day's level by its own people, NaN where not `told`.

    Days below weigh on, though less the farther they are: a new, lower level must be learned. `special` days weigh
    nothing.
    """
    days = len(own)
    usable = told & ~special
    if usable.sum() < 7:
        usable = told
    some = own[usable & (np.nan_to_num(own) > 0)]
    lowest = max(LOWEST * float(np.median(some)), LEAST) if len(some) else LEAST
    logs = np.where(usable, np.log(np.maximum(np.where(told, own, 1.0), lowest)), np.nan)
    width = min(NEIGHBOURS, days)
    first = np.clip(np.arange(days) - width // 2, 0, days - width)
    middle = medians(logs[first[:, None] + np.arange(width)])
    middle = np.where(np.isnan(middle), medians(logs[None, :])[0], middle)
    off = np.where(usable, logs - middle, 0.0)
    spread = float(np.clip(1.4826 * np.median(np.abs(off[usable])), *SPREAD))
    z = off / spread
    above = np.maximum(z, FAR)
    weight = (FAR / above) ** 2 * np.clip((GONE - above) / (GONE - FAR), 0.0, 1.0)
    weight = np.where(z < -FAR, FAR / np.maximum(-z, FAR), weight) * usable
    people = np.where(usable, own, 0.0)
    back = np.arange(days)[:, None] - np.arange(days)[None, :]
    fading = half_life(spread)
    near = 0.5 ** (np.abs(back) / (SMOOTHING * fading)) * weight[None, :]
    past = np.where(back > 0, 0.5 ** (back / fading), 0.0) * weight[None, :]
    heavy, behind = near.sum(axis=1), past.sum(axis=1)
    level = np.where(heavy > 0.5, near @ people / np.maximum(heavy, LEAST), np.exp(middle))
    enough = behind >= 0.5 * min(1 / (1 - 0.5 ** (1 / fading)), days / 2)
    before = np.where(enough, np.maximum(past @ people / np.maximum(behind, LEAST), lowest), np.nan)
    return DayLevels(np.maximum(level, lowest), before, weight, spread)


def half_life(spread: float) -> float:
    """Of a level's running mean, in days: the best for a level that walks by STEP a day under this noise between days
    (steady state of the local level model; Harvey 1989, 4.1.2)."""
    q = (STEP / spread) ** 2
    gain = (np.sqrt(q**2 + 4 * q) - q) / 2
    return float(np.clip(np.log(0.5) / np.log(1 - gain), *HALF_LIFE))


def medians(rows: np.ndarray) -> np.ndarray:
    """Median of each row's known cells; NaN for a row without any. Many times as fast as numpy's."""
    ordered = np.sort(rows, axis=1)  # missing last
    known = (~np.isnan(ordered)).sum(axis=1)
    each = np.arange(len(rows))
    low, high = np.maximum(known - 1, 0) // 2, np.minimum(known // 2, rows.shape[1] - 1)
    return np.where(known > 0, (ordered[each, low] + ordered[each, high]) / 2, np.nan)
