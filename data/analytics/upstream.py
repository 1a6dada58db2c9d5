"""A site upstream: how long before this one its people pass, how sure that is, and what it lets expect here.

Day by day, each site's people over its own seasonal level; both freed of their own persistence (prewhitened by an
AR(1); Box and Jenkins), else two slow series always look alike. The lag is where they agree best. It counts only
where such an agreement is rare between the same series shifted against each other; its interval is that of the peak
over moving blocks drawn again (Künsch 1989). Nothing is said of a lag that is not there.
"""

from __future__ import annotations

import numpy as np

from data.analytics.day_levels import day_levels, medians
from data.analytics.seasonal import Past
from data.backtested import Lag

LONGEST_DAYS = 5
LEAST_DAYS = 28  # both sites reported
RARE = 0.05
BLOCK = 7  # days
DRAWN = 400
WIDEST_DAYS = 2.5  # an 80 % interval wider than this says nothing of use
WINSOR = 6.0  # robust standard deviations
MOST_EFFECT = 1.0
MEDIAN_DAYS = 29


def deviations(past: Past) -> np.ndarray:
    """Logarithm of each day's people over the seasonal level around it; NaN for a day not wholly reported."""
    known = ~np.isnan(past.people)
    usually = known.mean(axis=0) >= 0.5 * max(float(known.mean(axis=0).max()), 1e-9)
    whole = known[:, usually].all(axis=1) if usually.any() else np.zeros(past.days, dtype=bool)
    totals = np.where(whole, np.where(known, past.people, 0.0).sum(axis=1), past.totals)
    told = ~np.isnan(totals)
    if told.sum() < 7:
        return np.full(past.days, np.nan)
    weekday = past.weekdays()
    logs = np.log(np.maximum(totals, max(0.05 * float(np.median(totals[told])), 0.5)))
    width = min(MEDIAN_DAYS, past.days)
    first = np.clip(np.arange(past.days) - width // 2, 0, past.days - width)
    off = logs - medians(logs[first[:, None] + np.arange(width)])
    trust = day_levels(np.where(told, totals, np.nan), told, past.special).weight
    calm = told & (trust > 0.5)
    weekly = np.array([_mean(off[calm & (weekday == day)]) for day in range(7)])
    found: np.ndarray = off - weekly[weekday]
    return found


def _mean(values: np.ndarray) -> float:
    return float(values.sum() / (len(values) + 2.0))


def lag_between(there: np.ndarray, here: np.ndarray) -> Lag | None:
    """Of two rows of `deviations` of the same days; None where no lag stands out."""
    both = ~np.isnan(there) & ~np.isnan(here)
    if both.sum() < LEAST_DAYS:
        return None
    u, v = _prewhitened(_winsorised(there), _winsorised(here))
    lags = np.arange(LONGEST_DAYS + 1)
    products = _products(u, v, lags)
    found = _agreement(products)
    peak = int(np.argmax(found))
    chance = _chance(u, v, lags, float(found[peak]))
    if found[peak] <= 0 or chance > RARE:
        return None
    low, high = _interval(products)
    if high - low > WIDEST_DAYS:
        return None
    days = _between(found, peak)
    effect = _effect(there, here, days)
    return Lag(days, min(low, days), max(high, days), float(found[peak]), chance, effect, int(both.sum()))


def carried(there: np.ndarray, lag: Lag, days: int, ahead: int) -> np.ndarray:
    """Factors on what is expected here, of the last `days` days of `there` and of `ahead` days after them.

    What is not known there yet is taken to fade from what was known last, as fast as it usually does.
    """
    known = np.nan_to_num(there)
    fade = _persistence(known)
    line = np.concatenate([known, known[-1] * fade ** np.arange(1, ahead + 1)])
    at = np.arange(len(line))[-(days + ahead) :] - lag.days
    factors: np.ndarray = np.exp(lag.effect * np.interp(at, np.arange(len(line)), line))
    return factors


def _winsorised(line: np.ndarray) -> np.ndarray:
    known = line[~np.isnan(line)]
    middle = float(np.median(known))
    spread = max(1.4826 * float(np.median(np.abs(known - middle))), 0.05)
    clipped: np.ndarray = np.clip(line - middle, -WINSOR * spread, WINSOR * spread)
    return clipped


def _prewhitened(there: np.ndarray, here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both through the filter that takes the persistence from the one upstream."""
    fade = _persistence(np.nan_to_num(there))
    return there[1:] - fade * there[:-1], here[1:] - fade * here[:-1]


def _persistence(line: np.ndarray) -> float:
    return float(np.clip((line[1:] @ line[:-1]) / max(float(line[:-1] @ line[:-1]), 1e-9), 0.0, 0.95))


def _products(u: np.ndarray, v: np.ndarray, lags: np.ndarray) -> np.ndarray:
    """For each lag (row) and day the product, the two squares (3, lags, days); 0 where one is unknown."""
    days = len(v)
    place = np.arange(days)[None, :] - lags[:, None]
    before = np.where(place >= 0, u[np.maximum(place, 0)], np.nan)
    known = ~np.isnan(before) & ~np.isnan(v)[None, :]
    a, b = np.where(known, before, 0.0), np.where(known, v[None, :], 0.0)
    return np.stack([a * b, a * a, b * b])


def _agreement(products: np.ndarray) -> np.ndarray:
    ab, aa, bb = products.sum(axis=-1)
    agreement: np.ndarray = ab / np.sqrt(np.maximum(aa * bb, 1e-12))
    return agreement


def _chance(u: np.ndarray, v: np.ndarray, lags: np.ndarray, peak: float) -> float:
    """Share of shifts of one series against the other, beyond all lags, at which they agree as well somewhere."""
    days = len(v)
    shifts = np.arange(2 * LONGEST_DAYS + 2, days - LONGEST_DAYS)
    best = [float(_agreement(_products(np.roll(u, int(shift)), v, lags)).max()) for shift in shifts]
    return (1 + sum(one >= peak for one in best)) / (1 + len(best))


def _interval(products: np.ndarray) -> tuple[float, float]:
    days = products.shape[-1]
    draw = np.random.default_rng(20190614)
    blocks = -(-days // BLOCK)
    starts = draw.integers(0, days - BLOCK + 1, (DRAWN, blocks))
    so_far = np.concatenate([np.zeros((*products.shape[:2], 1)), np.cumsum(products, axis=-1)], axis=-1)
    sums = (so_far[:, :, starts + BLOCK] - so_far[:, :, starts]).sum(axis=-1)  # 3, lags, drawn
    agreement = sums[0] / np.sqrt(np.maximum(sums[1] * sums[2], 1e-12))
    peaks = [_between(agreement[:, one], int(np.argmax(agreement[:, one]))) for one in range(DRAWN)]
    low, high = np.quantile(peaks, (0.1, 0.9))
    return float(low), float(high)


def _between(agreement: np.ndarray, peak: int) -> float:
    """The peak of the parabola through the best lag and its neighbours."""
    if not 0 < peak < len(agreement) - 1:
        return float(peak)
    before, at, after = agreement[peak - 1 : peak + 2]
    bend = before - 2 * at + after
    return float(peak + (0.5 * (before - after) / bend if bend < -1e-9 else 0.0))


def _effect(there: np.ndarray, here: np.ndarray, days: float) -> float:
    """Slope of here on there so many days before, drawn a little towards none."""
    at = np.arange(len(here)) - days
    known = ~np.isnan(there)
    before = np.interp(at, np.flatnonzero(known), there[known])
    used = (at >= 0) & ~np.isnan(here)
    a, b = before[used], here[used]
    a, b = a - a.mean(), b - b.mean()
    ridge = 4.0 * float(np.median(a**2)) + 1e-6
    return float(np.clip((a @ b) / (a @ a + ridge), 0.0, MOST_EFFECT))
