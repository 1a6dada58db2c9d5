"""The next hours: low, middle and high with an 80 % band, by hour and summed.

A few hundred paths are drawn from where the level stands (`data.analytics.level`): ordinary deviations fade, a surge
goes on or ends, a new one may begin; around each the counts scatter as `data.analytics.dispersion` found. Quantiles
over the paths are the bands. A sum has its own band, from the sums of the paths: errors of neighbouring hours are
alike, so that bands of hours must not be added. The random numbers are fixed: the same reports give the same forecast.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from data.analytics.dispersion import Dispersion
from data.analytics.level import HABITS, LEAST_JUMP, MODE, OF_STATE, Habits, X

PATHS = 512
BAND = (0.1, 0.5, 0.9)
LONGEST = 72  # hours
SPECIAL_SPREAD = 0.22  # of the level of a holiday, logarithmic


@dataclass(frozen=True)
class Paths:
    """People per path and slot ahead."""

    people: np.ndarray

    @property
    def hourly(self) -> np.ndarray:
        """Low, middle, high of each slot (3, n)."""
        return quantiles(self.people)

    @property
    def cumulative(self) -> np.ndarray:
        """Low, middle, high of the sum up to and with each slot (3, n)."""
        return quantiles(np.cumsum(self.people, axis=1))

    def total(self, first: int, last: int) -> tuple[float, float, float]:
        """Low, middle, high of the sum of the slots from `first` up to `last`."""
        low, mid, high = quantiles(self.people[:, first:last].sum(axis=1)[:, None])[:, 0]
        return float(low), float(mid), float(high)


def quantiles(people: np.ndarray) -> np.ndarray:
    ordered = np.sort(people, axis=0)
    at = np.array(BAND) * (len(people) - 1)
    below = np.floor(at).astype(int)
    share = (at - below)[:, None]
    band: np.ndarray = ordered[below] * (1 - share) + ordered[np.minimum(below + 1, len(people) - 1)] * share
    return band


def paths(
    state: np.ndarray,
    expected: np.ndarray,
    noise: Dispersion,
    uneven: np.ndarray | float = 1.0,
    special: np.ndarray | None = None,
    wider: float = 1.0,
    habits: Habits = HABITS,
) -> Paths:
    """`state`: the level's, after the last slot known. `expected`: people of each slot ahead at the seasonal level.

    `uneven`: factor on the variance of each slot's own scatter; `special` marks slots of holidays; `wider` multiplies
    variances (`Seasonal.wider`).
    """
    n = len(expected)
    luck = _luck(n)
    level = np.exp(_levels(state, n, noise, wider, habits, luck))
    if special is not None and special.any():
        level = level * np.where(special[None, :], np.exp(SPECIAL_SPREAD * luck.day[:, None]), 1.0)
    mean = level * expected[None, :]
    return Paths(_counts(mean, noise, wider * uneven, luck))


@dataclass(frozen=True)
class _Luck:
    """Random numbers, drawn once."""

    where: np.ndarray  # (paths,) evenly over 0..1
    ends: np.ndarray
    begins: np.ndarray
    lasts: np.ndarray
    kind: np.ndarray
    size: np.ndarray
    side: np.ndarray
    day: np.ndarray
    walk: np.ndarray  # (paths, n) standard normal
    own: np.ndarray
    round: np.ndarray


@lru_cache(maxsize=8)
def _luck(n: int) -> _Luck:
    draw = np.random.default_rng(20190614)
    even = (np.arange(PATHS) + 0.5) / PATHS

    def spread() -> np.ndarray:
        """Evenly spread and in no order: a sum of few paths then says little more or less than it should."""
        return draw.permutation(even)

    def normal() -> np.ndarray:
        side = draw.standard_normal((PATHS // 2, n))
        both = np.concatenate([side, -side])
        return both[draw.permutation(PATHS)]

    return _Luck(
        where=even,
        ends=-np.log(spread()),
        begins=-np.log(spread()),
        lasts=-np.log(spread()),
        kind=spread(),
        size=-np.log(spread()),
        side=spread(),
        day=draw.standard_normal(PATHS),
        walk=normal(),
        own=normal(),
        round=draw.random((PATHS, n)),
    )


def _levels(state: np.ndarray, n: int, noise: Dispersion, wider: float, habits: Habits, luck: _Luck) -> np.ndarray:
    """Logarithm of the level along each path (paths, n)."""
    step = noise.step_hours
    begun = np.minimum(np.searchsorted(np.cumsum(state), luck.where * state.sum()), len(state) - 1)
    at, mode = X[OF_STATE[begun]], MODE[begun]
    drift = noise.drift * np.sqrt(wider)
    ahead = np.arange(1, n + 1)
    hours = step * ahead
    fade = np.exp(-step / noise.hours)
    push = drift * np.sqrt(1 - fade**2)
    calm = np.empty((PATHS, n))
    now = np.where(mode == 0, at, 0.0)
    for slot in range(n):
        now = fade * now + push * luck.walk[:, slot]
        calm[:, slot] = now
    wandering = np.cumsum(luck.walk, axis=1) * np.sqrt(step)
    lasts = np.where(mode == 1, habits.brief_hours, habits.long_hours) * luck.ends
    on = (mode > 0)[:, None] & (hours[None, :] <= lasts[:, None])
    wander = np.array([0.0, *habits.wander])[mode]
    level = np.where(on, at[:, None] + wander[:, None] * wandering, calm)
    # A new one, for paths that are in ordinary times from the beginning.
    since = luck.begins / habits.begins
    brief = luck.kind < habits.brief
    until = since + np.where(brief, habits.brief_hours, habits.long_hours) * luck.lasts
    up, down = habits.jump
    size = np.where(luck.side < habits.upwards, LEAST_JUMP + up * luck.size, -LEAST_JUMP - down * luck.size)
    new = (mode == 0)[:, None] & (hours[None, :] > since[:, None]) & (hours[None, :] <= until[:, None])
    return np.clip(np.where(new, size[:, None], level), -6.0, 3.0)


def _counts(mean: np.ndarray, noise: Dispersion, wider: np.ndarray | float, luck: _Luck) -> np.ndarray:
    """People scattered around each mean: a gamma of V = φM + αM² (Wilson and Hilferty 1931), rounded at random."""
    safe = np.maximum(mean, 1e-9)
    phi, alpha = noise.own
    narrow = np.sqrt((phi / safe + alpha) * wider) / 3.0  # 1 / (3 sqrt(shape))
    people = safe * np.maximum(1 - narrow**2 + narrow * luck.own, 0.0) ** 3
    people = np.floor(people + luck.round)
    counts: np.ndarray = np.where(mean > 0.005, people, 0.0).astype(np.float32)
    return counts
