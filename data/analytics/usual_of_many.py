"""What is usual on many days at once: the rule of `data.analytics.baseline`, for files that bring years.

The same days to compare with, the same quantiles; a test holds the two equal, so that there is one baseline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from data.analytics.baseline import BAND, DAYS, LEAST_DAYS, LEAST_OF_KIND, OUTLIER, kind_of_day

# Cells whose eight weeks are gathered together: bounded memory whatever the file brings.
CELLS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Usual:
    """Of some cells of a grid of days by slots: low, middle, high of the days to compare with; NaN where unknown."""

    low: np.ndarray
    mid: np.ndarray
    high: np.ndarray


def usual_of_cells(
    people: np.ndarray, dates: Sequence[date], rows: np.ndarray, slots: np.ndarray, least_hours: int
) -> Usual:
    """`people`: one row per consecutive local day, NaN unreported; `rows`, `slots`: the cells asked for.

    A day is reported from `least_hours` reported slots on, as in `baseline.history` (20) and `daily_history` (1).
    """
    band = np.full((3, len(rows)), np.nan)
    if len(rows) == 0:
        return Usual(*band)
    padded = np.concatenate([np.full((DAYS, people.shape[1]), np.nan), people])
    chosen, known = _reference(padded, dates, np.unique(rows), least_hours)
    by_slot = sliding_window_view(padded, DAYS, axis=0)  # day, slot, its eight weeks
    for first in range(0, len(rows), CELLS_AT_ONCE):
        part = slice(first, first + CELLS_AT_ONCE)
        past = np.where(chosen[rows[part]], by_slot[rows[part], slots[part]], np.nan)
        known_here = known[rows[part]] & ~np.isnan(past).all(axis=1)
        if known_here.any():
            band[:, np.flatnonzero(known_here) + first] = _quantiles(past[known_here])
    return Usual(*band)


def second_lowest(people: np.ndarray, rows: np.ndarray, slots: np.ndarray) -> np.ndarray:
    """Of the eight weeks before each cell. No middle of four or more of them lies below it: a quick first sieve."""
    padded = np.concatenate([np.full((DAYS, people.shape[1]), np.nan), people])
    by_slot = sliding_window_view(padded, DAYS, axis=0)
    lowest = np.full(len(rows), np.nan)
    for first in range(0, len(rows), CELLS_AT_ONCE):
        part = slice(first, first + CELLS_AT_ONCE)
        past = by_slot[rows[part], slots[part]]
        lowest[part] = np.partition(np.where(np.isnan(past), np.inf, past), 1, axis=1)[:, 1]
    return lowest


def _reference(
    padded: np.ndarray, dates: Sequence[date], rows: np.ndarray, least_hours: int
) -> tuple[np.ndarray, np.ndarray]:
    """For each asked day of the grid, which of the days before it count (n, DAYS), and whether enough are known."""
    reported_slots = (~np.isnan(padded)).sum(axis=1)
    level = np.nansum(padded, axis=1) / np.maximum(reported_slots, 1)
    kinds = np.full(len(padded), -1)
    kinds[DAYS:] = [kind_of_day(on) for on in dates]
    reported = sliding_window_view(reported_slots >= least_hours, DAYS)[rows]
    levels = np.where(reported, sliding_window_view(level, DAYS)[rows], np.nan)
    known_rows = reported.sum(axis=1) >= LEAST_DAYS
    calm = reported.copy()
    if known_rows.any():
        past = levels[known_rows]
        middle = np.nanmedian(past, axis=1, keepdims=True)
        spread = 1.4826 * np.nanmedian(np.abs(past - middle), axis=1, keepdims=True)
        calm[known_rows] &= ~(past > middle + OUTLIER * np.maximum(spread, 0.05 * middle))
    few = calm.sum(axis=1) < LEAST_OF_KIND
    calm[few] = reported[few]
    same = calm & (sliding_window_view(kinds, DAYS)[rows] == kinds[DAYS + rows][:, None])
    enough = same.sum(axis=1) >= LEAST_OF_KIND
    picked = np.where(enough[:, None], same, calm)
    chosen = np.zeros((len(padded) - DAYS, DAYS), dtype=bool)
    known = np.zeros(len(padded) - DAYS, dtype=bool)
    chosen[rows], known[rows] = picked, known_rows
    return chosen, known


def _quantiles(past: np.ndarray) -> np.ndarray:
    """As `np.nanquantile(past, BAND, axis=1)`, many times as fast: rows sorted, missing last, linear between."""
    ordered = np.sort(past, axis=1)
    counts = (~np.isnan(past)).sum(axis=1)
    band = np.empty((len(BAND), len(past)))
    each = np.arange(len(past))
    for place, share in enumerate(BAND):
        at = share * (counts - 1)
        below = np.floor(at).astype(int)
        low, high = ordered[each, below], ordered[each, np.minimum(below + 1, counts - 1)]
        band[place] = low + (high - low) * (at - below)
    return band
