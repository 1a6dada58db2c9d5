"""The level of the moment against the seasonal one: followed hour by hour, a surge in a few, without forgetting that
most deviations pass.

A hidden Markov model of the logarithm of the level: an ordinary mode that is drawn back to 0, and two modes of
something special, one that is over within a day and one that lasts a week, which begin rarely with a jump. What an
hour says is the quasi-likelihood of a negative binomial in units of φ (`data.analytics.dispersion`), so that a bus of
forty is one observation and not forty. Constant work per hour; the state is a probability per mode and level.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from data.analytics.dispersion import Dispersion

UP, DOWN = 2.4, 5.0  # logarithmic: eleven times, or next to nobody behind a closed border
POINTS = 57
ORDINARY_REACH = 1.6
LEAST_JUMP = 0.12


@dataclass(frozen=True)
class Habits:
    """How levels behave, per hour. Set on simulated series (seeds 101 and 303 of the surge benchmark)."""

    begins: float = 1 / 900
    brief: float = 0.5  # share of what begins that is brief
    brief_hours: float = 14.0
    long_hours: float = 150.0
    upwards: float = 0.8
    jump: tuple[float, float] = (0.8, 1.2)  # mean size upwards and downwards, logarithmic
    wander: tuple[float, float] = (0.05, 0.025)  # of the level within a brief and a long one, per square root of hour
    stray: float = 0.02  # hours that say nothing at all: typing errors, backlogs


HABITS = Habits()
_EVEN = np.linspace(-1, 1, POINTS)
X = (
    np.where(_EVEN > 0, UP, DOWN)
    * np.sinh(np.where(_EVEN > 0, 3.0, 3.7) * _EVEN)
    / np.sinh(np.where(_EVEN > 0, 3.0, 3.7))
)
ORDINARY = np.flatnonzero(np.abs(X) <= ORDINARY_REACH)
OF_STATE = np.concatenate([ORDINARY, np.arange(POINTS), np.arange(POINTS)])  # point of each state
MODE = np.repeat([0, 1, 2], [len(ORDINARY), POINTS, POINTS])


def started(noise: Dispersion, habits: Habits = HABITS) -> np.ndarray:
    """Where a series stands of which nothing is known but its baseline."""
    p = np.zeros(len(MODE))
    p[MODE == 0] = _cells(X[ORDINARY], 0.0, noise.drift)
    return p / p.sum()


def followed(
    state: np.ndarray,
    people: np.ndarray,
    expected: np.ndarray,
    owed: np.ndarray,
    noise: Dispersion,
    habits: Habits = HABITS,
    trust: float = 1.0,
    uneven: np.ndarray | float = 1.0,
) -> np.ndarray:
    """The state after each slot of a stretch (n, states). NaN people: nothing was reported of it.

    `owed`: what was expected of the slot and of the unreported ones before it, see `seasonal.gap_sums`. `trust`: how
    much the slots say, 1 all that they can; less on a holiday, which moves all its hours together. `uneven`: factor on
    the variance of each slot's own scatter.
    """
    move = moves(round(noise.drift, 2), noise.hours, noise.step_hours, habits)
    says = likelihood(people, expected, owed, noise, habits, trust, uneven)
    told = ~np.isnan(people) & (expected > 0.02)
    after = np.empty((len(people), len(state)))
    for slot in range(len(people)):
        state = move.after(state)
        if told[slot]:
            state = state * says[slot]
            state = state / state.sum()
        after[slot] = state
    return after


def seen_total(
    state: np.ndarray,
    total: float,
    expected: np.ndarray,
    noise: Dispersion,
    habits: Habits = HABITS,
    spread: float = 0.0,
) -> np.ndarray:
    """The state at the end of a day of which only the total came. `spread`: of such a day's level, if it is special."""
    asked = float(expected.sum())
    if asked <= 0.02:
        return state
    phi, alpha = noise.own
    alpha = max(alpha * float((expected**2).sum()) / asked**2, 0.002) + spread**2
    says = _quasi(np.array([total]), np.array([asked]), np.array([phi]), np.array([alpha]))
    says = np.exp(says - says.max(axis=1, keepdims=True))[0, OF_STATE]
    state = state * (habits.stray + says)
    told: np.ndarray = state / state.sum()
    return told


def likelihood(
    people: np.ndarray,
    expected: np.ndarray,
    owed: np.ndarray,
    noise: Dispersion,
    habits: Habits = HABITS,
    trust: float = 1.0,
    uneven: np.ndarray | float = 1.0,
) -> np.ndarray:
    """Of each slot (row) under each state, up to a factor per row."""
    phi, alpha = (np.broadcast_to(part * uneven, len(people)) for part in noise.own)
    says = _quasi(np.nan_to_num(people), expected, phi, alpha)
    late = owed > 1.2 * expected
    if late.any():
        # Right after a gap it may be the hour, or everybody of the gap.
        whole = _quasi(np.nan_to_num(people[late]), owed[late], phi[late], alpha[late])
        best = np.maximum(says[late].max(axis=1), whole.max(axis=1))[:, None]
        says[late] = np.log(0.5 * np.exp(says[late] - best) + 0.5 * np.exp(whole - best) + 1e-300)
    says = np.exp(trust * (says - says.max(axis=1, keepdims=True)))
    return (habits.stray + says)[:, OF_STATE]


def _quasi(people: np.ndarray, expected: np.ndarray, phi: np.ndarray, alpha: np.ndarray) -> np.ndarray:
    """Log quasi-likelihood of negative binomial counts in units of φ, for every level of the grid."""
    size = 1 / alpha[:, None]
    mean = (np.maximum(expected, 1e-6) / phi)[:, None] * np.exp(X)[None, :]
    units = (people / phi)[:, None]
    said: np.ndarray = units * np.log(mean) - (units + size) * np.log(mean + size)
    return said


@dataclass(frozen=True)
class Moves:
    """Where each state goes in one slot, by blocks: the ordinary mode, and the two of something special.

    Blocks are small enough for one thread of BLAS; the whole matrix is not, and threads that wait for each other on a
    busy machine made an hour cost a hundred times as much.
    """

    calm: np.ndarray  # within the ordinary mode
    stays: tuple[np.ndarray, np.ndarray]  # within the brief and the long one
    begins: np.ndarray  # from any ordinary state into the two
    back: np.ndarray  # (2, ordinary) from any state of the two, chance of the end included

    def after(self, state: np.ndarray) -> np.ndarray:
        o = len(ORDINARY)
        calm, brief, long = state[:o], state[o : o + POINTS], state[o + POINTS :]
        moved = np.concatenate([calm @ self.calm, brief @ self.stays[0], long @ self.stays[1]])
        moved[:o] += brief.sum() * self.back[0] + long.sum() * self.back[1]
        moved[o:] += calm.sum() * self.begins
        return moved


@lru_cache(maxsize=512)
def moves(drift: float, hours: float, step_hours: float, habits: Habits = HABITS) -> Moves:
    """Of one slot."""
    begins, brief_ends, long_ends = (
        1 - np.exp(-step_hours * rate) for rate in (habits.begins, 1 / habits.brief_hours, 1 / habits.long_hours)
    )
    fade = np.exp(-step_hours / hours)
    spread = drift * np.sqrt(1 - fade**2)
    at = X[ORDINARY]
    calm = np.array([_cells(at, fade * x, spread) for x in at])
    back = _cells(at, 0.0, drift)
    jump = _jumps(habits)
    stays = [
        (1 - ends) * _lasts(wander * float(np.sqrt(step_hours)))
        for ends, wander in zip((brief_ends, long_ends), habits.wander, strict=True)
    ]
    return Moves(
        (1 - begins) * calm,
        (stays[0], stays[1]),
        begins * np.concatenate([habits.brief * jump, (1 - habits.brief) * jump]),
        np.stack([brief_ends * back, long_ends * back]),
    )


@lru_cache(maxsize=32)
def _lasts(wander: float) -> np.ndarray:
    return np.array([_cells(X, x, wander) for x in X])


def _jumps(habits: Habits) -> np.ndarray:
    width = np.gradient(X)
    size = np.where(np.abs(X) > LEAST_JUMP, np.exp(-np.abs(X) / np.where(X > 0, *habits.jump)), 0.0) * width
    up, down = np.where(X > 0, size, 0), np.where(X < 0, size, 0)
    jump: np.ndarray = habits.upwards * up / up.sum() + (1 - habits.upwards) * down / down.sum()
    return jump


def _cells(points: np.ndarray, centre: float, spread: float) -> np.ndarray:
    """A normal distribution on the points of the grid, by its density times their widths; never narrower than these."""
    width = np.gradient(points)
    near = float(np.interp(centre, points, width))
    wide = max(spread, 0.35 * near)
    p = np.exp(-0.5 * ((points - centre) / wide) ** 2) * width
    cells: np.ndarray = p / max(p.sum(), 1e-300)
    return cells


@dataclass(frozen=True)
class Standing:
    """What the state says in words: how far the level is from usual, and how sure it is that something is on."""

    ratio: float  # mean level over the seasonal one
    special: float  # probability of something special


def standing(state: np.ndarray) -> Standing:
    return Standing(float((state * np.exp(X)[OF_STATE]).sum()), float(state[MODE > 0].sum()))
