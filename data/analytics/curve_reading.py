"""Queue and wait read from the cumulative curves at each quarter of an hour: the height and the width between them.

Height: people arrived less people served (Newell 1982, ch. 1). Width: first in, first out, whoever is served at t is
the D(t)-th, and arrived when the arrivals stood at D(t).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.analytics.buckets import HOUR, Buckets, epochs

QUARTER = HOUR / 4
COLUMNS = ["at", "arrivals", "served", "waiting", "waited_minutes"]


def readings(points: pd.DataFrame, start: float, arrivals: Buckets) -> pd.DataFrame:
    """At each quarter of an hour since `start` that both curves reach: at, arrivals, served, waiting, waited_minutes.

    `points` as in `DayCurves`; `arrivals` may begin before the day: who is served now may have come then. Without a
    queue counted at the start waiting and waited are what they are at least. NaN: cannot be read,
    because an hour was not reported, more people were served than are known to have come, or whoever is served came
    before anything was counted.
    """
    at, came, went = (_column(points, name) for name in ("at", "arrivals", "served"))
    both = ~np.isnan(came) & ~np.isnan(went)
    if not both.any():
        return _frame(*(np.zeros(0) for _ in COLUMNS))
    last = float(at[both][-1])
    grid = np.unique(np.append(np.arange(start, last + 1, QUARTER), last))
    a, d = np.interp(grid, at, came), np.interp(grid, at, went)
    holes = at[~both & (at <= last)]
    whole = grid < (holes[0] if len(holes) else np.inf)
    waiting = np.where(whole & (a - d >= -0.5), np.maximum(a - d, 0.0), np.nan)
    curve_at, curve = _extended(at[both], came[both], start, arrivals)
    joined = np.minimum(_last_at(curve_at, curve, d), grid)
    waited = np.where(np.isnan(waiting), np.nan, (grid - joined) / 60)
    return _frame(grid, a, d, waiting, waited)


def _extended(at: np.ndarray, came: np.ndarray, start: float, arrivals: Buckets) -> tuple[np.ndarray, np.ndarray]:
    """The arrivals' curve continued backwards from the day's first moment, as far as hours were reported unbroken."""
    before = arrivals.where(arrivals.start < start).unbroken()
    if len(before) == 0 or before.start[-1] + HOUR < start - 1 or at[0] > start + 1:
        return at, came
    back = came[0] - np.cumsum(before.people[::-1])[::-1]
    return np.concatenate([before.start, at]), np.concatenate([back, came])


def _last_at(at: np.ndarray, people: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """The last moment at which a rising curve stood at each level; NaN below where it begins."""
    after = np.searchsorted(people, levels + 1e-9, side="right")
    inside = np.clip(after, 1, len(at) - 1)
    rise = np.maximum(people[inside] - people[inside - 1], 1e-12)
    share = np.clip((levels - people[inside - 1]) / rise, 0.0, 1.0)
    when = at[inside - 1] + share * (at[inside] - at[inside - 1])
    when = np.where(after >= len(at), at[-1], when)
    return np.where(levels < people[0] - 1e-6, np.nan, when)


def _column(points: pd.DataFrame, name: str) -> np.ndarray:
    return epochs(points[name]) if name == "at" else points[name].to_numpy(dtype=float)


def _frame(at: np.ndarray, *columns: np.ndarray) -> pd.DataFrame:
    moments = pd.DatetimeIndex((at * 1e6).astype("datetime64[us]"), tz="UTC")
    return pd.DataFrame({"at": moments, **dict(zip(COLUMNS[1:], columns, strict=True))})
