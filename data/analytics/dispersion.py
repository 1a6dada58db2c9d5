"""How far counts stray from what is expected: V = φM + αM² by time scale, and how long a deviation lasts.

φ is the batches (buses, planes, families: variance a multiple of the mean at every level), α what moves all hours of
a while together. A deviation has a part that is gone with the hour and a part that fades over hours (an AR(1) of the
multiplier with standard deviation `drift` and `hours` to fall to 1/e), told apart by the autocovariances.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PSEUDO = 60.0, 0.05  # observations that what is usual elsewhere counts for: at most, and as a share of those there are
PRIOR = (1.0, 0.08)  # φ and α
AROUND = np.array([0.3, 1.0, 3.0])  # of the mean, where the prior speaks
LEAST_PHI, LEAST_ALPHA = 0.1, 0.001  # modelled series scatter less than people who come one by one
WINSOR = 12.0  # squared residuals count up to so many times their variance
SCALES = (1, 3, 6, 12, 24, 72)  # hours
LASTING = (4.0, 8.0, 16.0, 32.0, 64.0, 128.0)  # hours, candidates
DRIFT = (0.02, 0.8)
MOST_LASTING = 0.9  # of the variance, where counts are as large as they usually are
UNEVEN = 40.0, (0.4, 4.0)  # pseudo-observations, bounds
TINY = 1e-9


@dataclass(frozen=True)
class Dispersion:
    phi: float
    alpha: float  # of one slot, all in
    drift: float  # standard deviation of the part that lasts
    hours: float  # to fall to 1/e
    step_hours: float  # length of a slot
    typical: float  # people of a slot, where φ and α were measured
    uneven: np.ndarray  # factor on the variance of each slot of the day
    scales: tuple[tuple[int, float, float], ...] = ()  # slots, φ, α of sums over so many slots

    @property
    def own(self) -> tuple[float, float]:
        """φ and α of what is gone with the slot: without the part that lasts."""
        left = self.alpha - self.drift**2
        if left >= LEAST_ALPHA:
            return self.phi, left
        return max(self.phi - (LEAST_ALPHA - left) * self.typical, LEAST_PHI), LEAST_ALPHA

    def variance(self, mean: np.ndarray, slots: int = 1) -> np.ndarray:
        """Of a sum over so many slots with this expected sum; the nearest scale that was measured."""
        phi, alpha = self.phi, self.alpha
        if slots > 1 and self.scales:
            _, phi, alpha = min(self.scales, key=lambda row: abs(np.log(row[0] / slots)))
        return phi * mean + alpha * mean**2

    @staticmethod
    def unknown(slots: int) -> Dispersion:
        return Dispersion(1.0, 0.15, 0.1, 16.0, 24.0 / slots, 1.0, np.ones(slots))


def dispersion(errors: np.ndarray, expected: np.ndarray) -> Dispersion:
    """From errors (days x slots, NaN unknown) of what was expected."""
    step = 24.0 / errors.shape[1]
    off, mean = errors.ravel(), expected.ravel()
    off = np.where(mean > 0.02, off, np.nan)
    known = ~np.isnan(off)
    if known.sum() < 10:
        return Dispersion.unknown(errors.shape[1])
    phi, alpha = phi_alpha(off[known], mean[known])
    typical = float(mean[known].mean())
    drift, hours = _lasting(off, mean, phi, alpha, step)
    drift = min(drift, float(np.sqrt(MOST_LASTING * (alpha + max(phi - 1, 0.0) / typical))))
    scales = [(1, phi, alpha)]
    for slots in SCALES[1:]:
        if slots < step:
            continue
        size = int(slots / step)
        if size < 2:
            continue
        wrong, sums = _windows(off, mean, size)
        if len(wrong) >= 10:
            scales.append((size, *phi_alpha(wrong, sums, (phi, alpha / size))))
    uneven = _uneven(errors, expected, phi, alpha)
    return Dispersion(phi, alpha, max(drift, DRIFT[0]), hours, step, typical, uneven, tuple(scales))


def phi_alpha(off: np.ndarray, mean: np.ndarray, usual: tuple[float, float] = PRIOR) -> tuple[float, float]:
    """φ and α by weighted least squares of squared errors on M and M², neither below what is possible.

    Errors of batches have a fourth moment of their own (about V²(3 + φ/M)), by which they are weighed and capped.
    Drawn to the `usual` pair by some pseudo-observations at three means, so that the two are told apart where all means
    are alike.
    """
    square, mean2 = off**2, mean**2
    pseudo = _pseudo(len(off))
    level = max(float(mean.mean()), 0.05)
    at = level * AROUND
    phi, alpha = max(float(square.sum() / max(mean.sum(), TINY)), LEAST_PHI), LEAST_ALPHA
    for _ in range(4):
        v = phi * mean + alpha * mean2
        peaked = phi / mean
        w = 1 / (v**2 * (2 + peaked))
        told = np.minimum(square, v * (WINSOR + 6 * peaked))
        one, two = w * mean, w * mean2
        a11, a12, a22 = one @ mean, one @ mean2, two @ mean2
        b1, b2 = one @ told, two @ told
        p = pseudo / len(at) / ((phi * at + alpha * at**2) ** 2 * (2 + phi / at))
        prior = usual[0] * at + usual[1] * at**2
        a11, a12, a22 = a11 + p @ at**2, a12 + p @ at**3, a22 + p @ at**4
        b1, b2 = b1 + p @ (at * prior), b2 + p @ (at**2 * prior)
        det = a11 * a22 - a12**2
        phi, alpha = (a22 * b1 - a12 * b2) / det, (a11 * b2 - a12 * b1) / det
        if alpha < LEAST_ALPHA:
            alpha = LEAST_ALPHA
            phi = (b1 - a12 * alpha) / a11
        if phi < LEAST_PHI:
            phi = LEAST_PHI
            alpha = max((b2 - a12 * phi) / a22, LEAST_ALPHA)
    return float(phi), float(min(alpha, 4.0))


def _lasting(off: np.ndarray, mean: np.ndarray, phi: float, alpha: float, step: float) -> tuple[float, float]:
    """Standard deviation and duration of the lasting part, from products of errors some slots apart.

    The nearest hour is left out where slots are hours: late buses make it look like the opposite.
    """
    first = 2 if step <= 1 else 1
    lags = np.arange(first, (36 if step <= 1 else 5) + first)
    clean = np.nan_to_num(np.clip(off, None, 4 * np.sqrt(phi * mean + alpha * mean**2)))
    weight = np.where(np.isnan(off), 0.0, mean)
    scaled = np.where(weight > 0, clean / np.maximum(mean, TINY), 0.0)
    precise = np.where(weight > 0, mean / (phi + alpha * mean), 0.0)
    found, trust = np.zeros(len(lags)), np.zeros(len(lags))
    for place, lag in enumerate(lags):
        both = precise[lag:] * precise[:-lag]
        trust[place] = both.sum()
        found[place] = (both * scaled[lag:] * scaled[:-lag]).sum()
    cov = found / np.maximum(trust, TINY)
    best, drift, hours = np.inf, 0.1, 16.0
    used = precise[precise > 0]
    prior = _pseudo(len(used)) * float(np.mean(used**2)) if len(used) else 1.0
    for lasting in LASTING:
        if lasting < step / 2:
            continue
        fade = np.exp(-lags * step / lasting)
        square = ((trust * fade * cov).sum() + prior * 0.01) / ((trust * fade**2).sum() + prior)
        square = float(np.clip(square, DRIFT[0] ** 2, DRIFT[1] ** 2))
        loss = float((trust * (cov - square * fade) ** 2).sum()) + 0.02 * prior * 1e-4 * abs(np.log(lasting / 16.0))
        if loss < best:
            best, drift, hours = loss, float(np.sqrt(square)), lasting
    return drift, hours


def _pseudo(count: int) -> float:
    most, share = PSEUDO
    return min(most, share * count)


def _uneven(errors: np.ndarray, expected: np.ndarray, phi: float, alpha: float) -> np.ndarray:
    """Some hours of the day scatter more than others beyond what their size explains: planes are on time or not."""
    v = np.maximum(phi * expected + alpha * expected**2, TINY)
    known = ~np.isnan(errors) & (expected > 0.02)
    share = np.where(known, np.minimum(np.nan_to_num(errors) ** 2 / v, WINSOR), 0.0)
    pseudo, bounds = UNEVEN
    mean = float(share.sum() / max(known.sum(), 1))
    found: np.ndarray = np.clip((share.sum(axis=0) + pseudo * mean) / (known.sum(axis=0) + pseudo), *bounds)
    return found


def _windows(off: np.ndarray, mean: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Errors and expected sums of windows side by side that are mostly known; unknown hours are left out of both."""
    n = len(off) // size * size
    cut = off[-n:].reshape(-1, size)
    known = ~np.isnan(cut)
    full = known.mean(axis=1) >= 0.75
    sums = (np.where(known, mean[-n:].reshape(-1, size), 0.0)).sum(axis=1)
    errors = np.nan_to_num(cut).sum(axis=1)
    good = full & (sums > 0.02)
    return errors[good], sums[good]
