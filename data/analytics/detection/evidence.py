"""What an alarm rests on: of the stretches that end now, the one that is hardest to explain by chance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.analytics.dispersion import Dispersion

HOURS = (1, 2, 3, 4, 6, 8, 12, 18, 24, 36, 48, 72, 120, 168)
TAIL_HOURS = HOURS[-1]
UPPER = 3.09  # standard deviations: one bucket in a thousand is above it by chance


@dataclass(frozen=True)
class Evidence:
    """People of the last `hours` that were reported, and what was expected of the same buckets."""

    hours: float  # from the beginning of the stretch to the end of the bucket
    hours_told: float  # of these, reported
    observed: float
    expected: float

    @property
    def excess(self) -> float:
        return self.observed - self.expected

    @property
    def ratio(self) -> float:
        return self.observed / self.expected


def evidence(people: np.ndarray, expected: np.ndarray, noise: Dispersion, upwards: bool) -> Evidence | None:
    """Of a tail of buckets, oldest first, NaN unreported. None where none of them was reported.

    Likelihood ratio of a negative binomial in units of φ, each length by its own dispersion.
    """
    told = ~np.isnan(people)
    step = noise.step_hours
    lengths = np.array([round(hours / step) for hours in HOURS if hours >= step])
    lengths = np.unique(np.minimum(lengths, len(people)))
    lengths = lengths[lengths > 0]
    if not len(lengths):
        return None
    counts, means = np.where(told, people, 0.0)[::-1], np.where(told, expected, 0.0)[::-1]
    observed, asked = np.cumsum(counts)[lengths - 1], np.cumsum(means)[lengths - 1]
    heard = np.cumsum(told[::-1])[lengths - 1]
    squares = np.cumsum(means**2)[lengths - 1]
    some = (heard > 0) & (asked > 0)
    if not some.any():
        return None
    z = np.where(some, surprise(observed, np.maximum(asked, 1e-9), squares, lengths, noise), 0.0)
    best = int(np.argmax(z if upwards else -z))
    return Evidence(float(lengths[best] * step), float(heard[best] * step), float(observed[best]), float(asked[best]))


def surprise(
    observed: np.ndarray, asked: np.ndarray, squares: np.ndarray, lengths: np.ndarray, noise: Dispersion
) -> np.ndarray:
    """Signed square root of the likelihood ratio, about a standard normal where nothing is special.

    `squares`: of the expected buckets' means, summed. α of a sum: that of single buckets, and the part that lasts,
    whose autocorrelation e^(-lag/hours) is summed over all pairs.
    """
    phi, own = noise.own
    r = np.exp(-noise.step_hours / noise.hours)
    pairs = (lengths + 2 * r * (lengths * (1 - r) - 1 + r**lengths) / (1 - r) ** 2) / lengths**2
    size = 1 / (own * squares / asked**2 + noise.drift**2 * pairs)
    s, m = observed / phi, asked / phi
    gain = np.where(s > 0, s * np.log(np.maximum(s, 1e-12) / m), 0.0) - (s + size) * np.log((s + size) / (m + size))
    z: np.ndarray = np.sign(s - m) * np.sqrt(np.maximum(2 * gain, 0.0))
    return z


def upper(expected: np.ndarray, noise: Dispersion) -> np.ndarray:
    """People of a bucket that are exceeded by chance once in a thousand: a gamma of V = φM + αM² (Wilson and Hilferty
    1931)."""
    mean = np.maximum(expected, 1e-9)
    narrow = np.sqrt(noise.phi / mean + noise.alpha) / 3.0
    people: np.ndarray = mean * (1 - narrow**2 + narrow * UPPER) ** 3
    return np.where(expected > 0, np.maximum(people, expected), 0.0)
