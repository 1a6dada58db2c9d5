"""Cumulative curves of whole people through known points: where between two facts the people of the model go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.int64]

SLOT = timedelta(minutes=15)
SLOTS_PER_DAY = 96

# People per hour relative to the mean of the day, 00 to 23 h local. Nobody published an hourly series: a quiet night,
# a morning peak of the night buses and a second one before dusk are assumed.
DAY_SHAPE = (
    *(0.38, 0.30, 0.26, 0.26, 0.34, 0.55, 0.90, 1.30, 1.65, 1.80, 1.75, 1.55),
    *(1.35, 1.30, 1.38, 1.50, 1.55, 1.45, 1.25, 1.05, 0.88, 0.72, 0.58, 0.46),
)


def slots_between(start: datetime, end: datetime) -> int:
    return (end - start) // SLOT


def day_shape(hours: Floats) -> Floats:
    """The daily shape at any local hour, 24 wrapping to 0."""
    around = np.array([*DAY_SHAPE, DAY_SHAPE[0]])
    return np.interp(np.mod(hours - 0.5, 24), np.arange(25), around)


def bunching(hours: Floats) -> Floats:
    """Slow unevenness of buses, between 0.8 and 1.2: three waves whose periods share no multiple. Nothing is random."""
    waves = 0.09 * np.sin(2 * np.pi * hours / 7.31) + 0.07 * np.sin(2 * np.pi * hours / 3.07 + 1.0)
    return 1.0 + waves + 0.04 * np.sin(2 * np.pi * hours / 53.9 + 2.0)


def whole(cumulative: Floats) -> Ints:
    """Cumulative people as whole people; differences of the result are whole too and never negative."""
    return np.rint(cumulative).astype(np.int64)


def through(knots: Sequence[tuple[int, int]], weights: Floats) -> Ints:
    """Cumulative curve (length slots + 1) that passes every knot (slot, people) and follows `weights` in between.

    Knots rise in both coordinates; the first is slot 0 and the last the number of slots.
    """
    curve = np.zeros(len(weights) + 1, dtype=np.int64)
    for (left, low), (right, high) in pairwise(knots):
        if right <= left or high < low:
            raise ValueError(f"knots must rise: {(left, low)} then {(right, high)}")
        share = np.cumsum(weights[left:right])
        if share[-1] <= 0:
            raise ValueError(f"no weight between slots {left} and {right} for {high - low} people")
        curve[left + 1 : right + 1] = low + whole((high - low) * share / share[-1])
        curve[left] = low
    return curve


def level_between(knots: Sequence[tuple[int, int]], breaks: Sequence[int], slots: int) -> Floats:
    """People per slot, straight between the middles of the knots' spans and broken where the pace really broke."""
    at: list[float] = []
    pace: list[float] = []
    for (left, low), (right, high) in pairwise(knots):
        rate = max((high - low) / (right - left), 0.05)
        if left in breaks:
            at.append(left + 1e-6)
            pace.append(rate)
        at.append((left + right) / 2)
        pace.append(rate)
        if right in breaks:
            at.append(right - 1e-6)
            pace.append(rate)
    return np.interp(np.arange(slots) + 0.5, at, pace)


def ahead(curve: Ints, by: float) -> Floats:
    """The curve as it will stand `by` slots later; past its end it goes on as on its last day."""
    last_day = curve[-1] + np.arange(1, int(by) + 2) * (curve[-1] - curve[-1 - SLOTS_PER_DAY]) / SLOTS_PER_DAY
    longer = np.concatenate([curve.astype(np.float64), last_day])
    return np.interp(np.arange(len(curve)) + by, np.arange(len(longer)), longer)
