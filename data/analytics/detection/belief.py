"""How probable it is that something special is on: the level of the moment followed against the seasonal baseline.

The hidden Markov model of `data.analytics.level`, on the baseline of the night that the forecast starts from too, with
the habits below. Its probability of a surge is the statistic that alarms are decided by: it weighs all time scales at
once, a bus of forty is one observation, what usually lasts some hours is no surge, and it knows when one is over.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from data.analytics.detection.limits import DAY, DOWN, UP
from data.analytics.dispersion import Dispersion
from data.analytics.level import MODE, OF_STATE, Habits, X, followed, seen_total, started
from data.analytics.seasonal import Seasonal

# Set on seeds 101 and 303 of the surge benchmark, in both of its worlds together.
HABITS = Habits(begins=1 / 500, brief=0.2, brief_hours=30.0, stray=2e-3)
DAILY_HABITS = replace(HABITS, stray=1e-4)  # one day may say more than one hour
# Totals of bursty days cannot tell what lasts from what is gone with the day: without a limit everything could last.
DAILY_DRIFT = 0.35
SPECIAL_SPREAD = 0.22  # of the level of a holiday, logarithmic
FLOOR = 10.0  # people a day: where nobody ever came, the first few are no surge
FLOOR_NOISE = 4.0, 0.5  # φ and α of such a series
TINY = 1e-300

_SURGE = (MODE > 0) & (X[OF_STATE] > np.log(UP))
_FALL = (MODE > 0) & (X[OF_STATE] < np.log(DOWN))
_LEVEL = np.exp(X)[OF_STATE]


@dataclass(frozen=True)
class Usual:
    """What a day's buckets are held against: people of each slot of the local day, and how counts scatter."""

    expected: np.ndarray  # (24,), or one for a series told by the day
    noise: Dispersion
    days: int  # of history
    wider: float

    @property
    def slots(self) -> int:
        return len(self.expected)


def usual(found: Seasonal, weekday: int) -> Usual:
    """Of a day of this weekday."""
    return Usual(found.expected(np.array([weekday]))[0], found.noise, found.days, found.wider)


def floored(expected: Usual) -> Usual:
    """Where next to nobody ever came, a few people a day are what is usual."""
    whole = float(expected.expected.sum())
    if whole >= FLOOR:
        return expected
    phi, alpha = FLOOR_NOISE
    shape = np.maximum(expected.expected, 0.0) + (FLOOR - whole) / expected.slots
    noise = replace(expected.noise, phi=max(expected.noise.phi, phi), alpha=max(expected.noise.alpha, alpha))
    return replace(expected, expected=shape, noise=noise)


def of_buckets(known: Usual, per_slot: int) -> Dispersion:
    """The noise of buckets of which `per_slot` make a slot, wider for want of history.

    What is gone with the hour is as large for the sum of four quarters, so larger for one of them.
    """
    noise = known.noise
    drift = _even(noise.drift * float(np.sqrt(known.wider)))
    own = max(noise.alpha - noise.drift**2, 0.0) * known.wider * per_slot
    return replace(
        noise,
        phi=noise.phi * known.wider,
        alpha=own + drift**2,
        drift=min(drift, DAILY_DRIFT) if known.slots == 1 else drift,
        step_hours=noise.step_hours / per_slot,
        typical=noise.typical / per_slot,
    )


def _even(drift: float) -> float:
    """To about an eighth: series that are nearly alike then share one matrix of moves."""
    return round(float(np.exp(np.round(np.log(drift) * 8) / 8)), 2)


def first_belief(noise: Dispersion) -> np.ndarray:
    return started(noise, HABITS)


def after_buckets(
    belief: np.ndarray,
    people: np.ndarray,
    expected: np.ndarray,
    owed: np.ndarray,
    noise: Dispersion,
    special: bool,
    uneven: np.ndarray,
) -> np.ndarray:
    """The belief after each bucket (n, states). On a holiday all buckets together say no more than such a day
    can. `uneven`: factor on the scatter of each."""
    trust = 1.0
    if special:
        phi, alpha = noise.own
        per_day = 24 / noise.step_hours / len(expected) * float((1 / (phi / np.maximum(expected, 1e-6) + alpha)).sum())
        trust = 1 / (1 + SPECIAL_SPREAD**2 * per_day)
    habits = DAILY_HABITS if noise.step_hours >= DAY else HABITS
    return followed(belief, people, expected, owed, noise, habits, trust, uneven)


def after_total(belief: np.ndarray, total: float, expected: np.ndarray, noise: Dispersion, special: bool) -> np.ndarray:
    """The belief after a day of which only the total came; `belief` is that before the total."""
    return seen_total(belief, total, expected, noise, DAILY_HABITS, SPECIAL_SPREAD if special else 0.0)


def strengths(beliefs: np.ndarray) -> np.ndarray:
    """Of each belief (n, states): -log10 of the probability of no surge, of no collapse; and the mean level (n, 3)."""
    surge = -np.log10(np.maximum(beliefs[:, ~_SURGE].sum(axis=1), TINY))
    fall = -np.log10(np.maximum(beliefs[:, ~_FALL].sum(axis=1), TINY))
    return np.stack([surge, fall, beliefs @ _LEVEL], axis=1)


def chance_above(belief: np.ndarray, level: float) -> float:
    """Probability that the level is above so many times the usual."""
    return float(belief[X[OF_STATE] > np.log(level)].sum())


def chance_below(belief: np.ndarray, level: float) -> float:
    return float(belief[X[OF_STATE] < np.log(level)].sum())
