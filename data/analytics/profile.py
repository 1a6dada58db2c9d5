"""Shape of a week: hours of the day by kind of day and weekday, and how busy each weekday is.

Workdays and weekend are drawn towards all days, Saturday and Sunday towards the weekend, single cells (Tuesdays at
ten) towards those of their kind: a cell of ten noisy Tuesdays says little, one of ten exact timetables says all
(empirical Bayes). Weights on Anscombe residuals as Farrington et al. 1996 and Noufaily et al. 2013.
"""

from __future__ import annotations

import numpy as np

from data.analytics.dispersion import Dispersion

# Groups of weekdays, each step drawn towards the one before it.
KINDS = ((0, 0, 0, 0, 0, 1, 1), (0, 0, 0, 0, 0, 1, 2), (0, 1, 2, 3, 4, 5, 6))
# How far groups are at least and at most taken to differ from what they are drawn towards, relative.
SPREADS = ((0.08, 0.6), (0.04, 0.6), (0.04, 0.6))
LEAST_BETWEEN = 0.05  # of weekdays, relative
LEAST_BUSY = 0.02  # of a usual day: a weekday on which nobody comes
MOST_RATIO = 5.0  # of a day over its neighbours that counts
FAR = 2.58
OFTEN = 0.34  # share of the weeks in which a cell is far above what it was thought to be: then that is its pattern
TINY = 1e-9


def within(
    people: np.ndarray, weight: np.ndarray, level: np.ndarray, weekday: np.ndarray, noise: Dispersion
) -> tuple[np.ndarray, np.ndarray]:
    """Shape of each weekday (7, slots), of mean about 1; and how far one count moves its own cell, as a share.

    `level`: of each day, by its own people.
    """
    exposure = weight * level[:, None]
    typical = max(float(np.median(level)), TINY)
    total = exposure.sum(axis=0)
    every = np.where(total > TINY, (weight * people).sum(axis=0) / np.maximum(total, TINY), 0.0)
    # Of one count: variance over mean squared.
    relative = noise.phi / np.maximum(typical * every, 0.05) + noise.alpha
    shape = np.broadcast_to(every, (7, len(every)))
    for groups, spread in zip(KINDS, SPREADS, strict=True):
        firsts = [groups.index(group) for group in range(max(groups) + 1)]
        member = (np.arange(len(firsts))[:, None] == np.array(groups)[weekday][None, :]).astype(float)
        count, told, heavy = (member @ part for part in (weight * people, exposure, weight))
        drawn, own = _drawn(count, told, heavy, shape[firsts], relative, spread, typical)
        shape = drawn[list(groups)]
    return shape, own


def _drawn(
    count: np.ndarray,
    exposure: np.ndarray,
    heavy: np.ndarray,
    towards: np.ndarray,
    relative: np.ndarray,
    bounds: tuple[float, float],
    typical: float,
) -> tuple[np.ndarray, np.ndarray]:
    """Each cell's mean drawn towards another by as many pseudo-counts as the noise is larger than the differences.

    Returned with the share that one count has in its cell. How much cells differ is learned from the cells themselves,
    beyond what noise alone would do.
    """
    own = count / np.maximum(exposure, TINY)
    off = np.where((towards > 0) & (heavy > 0.5), own / np.maximum(towards, TINY) - 1, 0.0)
    chance = relative / np.maximum(heavy, 0.5)
    trust = (heavy > 0.5) / (chance + 0.05)
    excess = float((trust * (np.clip(off, -1, 2) ** 2 - chance)).sum() / max(float(trust.sum()), TINY))
    spread = float(np.clip(np.sqrt(max(excess, 0.0)), *bounds))
    pseudo = relative / spread**2
    drawn = (count + pseudo * typical * towards) / (exposure + pseudo * typical)
    return drawn, 1 / (np.maximum(heavy, 1.0) + pseudo)


def busy(ratio: np.ndarray, weight: np.ndarray, weekday: np.ndarray) -> np.ndarray:
    """How busy each weekday is beside its neighbours. `ratio`: each day over the level around it."""
    share = np.clip(np.nan_to_num(ratio, nan=1.0), 0.0, MOST_RATIO)
    heavy = np.bincount(weekday, weight, 7)
    mean = np.bincount(weekday, weight * share, 7) / np.maximum(heavy, TINY)
    whole = max(float(heavy.sum()), TINY)
    centre = float((heavy * mean).sum() / whole)
    left = float((weight * (share - mean[weekday]) ** 2).sum() / whole)
    between = float((heavy * (mean - centre) ** 2).sum() / whole)
    pseudo = max(left / max(between - left / max(whole / 7, 0.5), LEAST_BETWEEN**2), TINY)
    weekly: np.ndarray = (heavy * mean + pseudo * centre) / (heavy + pseudo)
    return np.maximum(weekly, LEAST_BUSY)


def hour_weights(
    people: np.ndarray, expected: np.ndarray, known: np.ndarray, weekday: np.ndarray, noise: Dispersion
) -> np.ndarray:
    """Hours far above what is expected weigh less, unless their cell is so week after week: then it is the pattern."""
    mean = np.maximum(expected, 0.05)
    z = 1.5 * (people ** (2 / 3) * mean ** (-1 / 6) - np.sqrt(mean)) / np.sqrt(noise.phi + noise.alpha * mean)
    far = known & (z > FAR)
    member = (np.arange(7)[:, None] == weekday[None, :]).astype(float)
    often, times = member @ far, member @ known
    pattern = (often >= OFTEN * np.maximum(times, 1)) & (often >= 2)
    return np.where(far & ~pattern[weekday], (FAR / np.maximum(z, FAR)) ** 2, 1.0)
