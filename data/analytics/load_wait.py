"""The wait at a hall whose queue nobody counts, from people served and counters open by the hour.

Where only these are known, neither the queue nor the arrivals are: a full hour may be a crowd or a well-staffed calm.
What remains is how waits that somebody measured went with the load. In each hour of the day

    ln(1 + W) = a_h + b_h ln N + c_h ln C + d_h ln(1 + N') + e_h ln(1 + C')

W minutes of the mean wait, N people served, C counters open, N' and C' those of the hour before, whose crowd may still
stand. A power law instead of utilisation N / (mu C): counters are opened because people wait, so that C says something
of the queue besides the capacity. Hours of the day differ in who comes and in how full an hour a counter is open; each
is drawn towards all of them (ridge), so that an hour seldom measured borrows from the others. Absolute errors are
minimised (median regression by reweighted least squares), because a few hours of very long waits say little of the
others; years long past weigh less.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

LEAST_HOURS = 500  # measured; fewer and nothing is claimed
DRAW = 20.0  # hours of measurement that an hour of the day needs to outweigh the others
LEARN_DAYS = 30
LEVEL_DRAW = 0.01  # the level of an hour of the day is its own
HALF_LIFE_DAYS = 365.0
SMALLEST_ERROR = 0.05  # of ln(1 + W): below it errors weigh alike
ROUNDS = 40
TERMS = 5  # level and four exponents
DAY = 86400.0


@dataclass(frozen=True)
class Hall:
    """Whole hours, oldest first, none left out; NaN is no report. `at` epoch seconds of each start."""

    at: np.ndarray
    hour_of_day: np.ndarray  # local, 0 to 23
    served: np.ndarray
    counters: np.ndarray


@dataclass(frozen=True)
class LoadWait:
    """What was learned: exponents common to all hours, what each hour of the day differs by, and errors seen."""

    common: np.ndarray  # (TERMS,)
    by_hour: np.ndarray  # (24, TERMS)
    middle: np.ndarray  # (TERMS,), of the terms where they were learned
    low: float  # errors of ln(1 + W) that a tenth of the hours fell below
    high: float  # and above
    hours: int  # measured hours it was learned from

    def minutes(self, hall: Hall) -> np.ndarray:
        """(3, hours) low, middle and high (80 %) mean wait in minutes; NaN where people or counters are unreported."""
        told = _told(_terms(hall, self.middle), self.middle)
        known = ~np.isnan(told).any(axis=1)
        middle = np.where(known, (told * (self.common + self.by_hour[hall.hour_of_day])).sum(axis=1), np.nan)
        return np.maximum(np.expm1(np.stack([middle + self.low, middle, middle + self.high])), 0.0)


def learned(hall: Hall, wait_minutes: np.ndarray, until: float) -> LoadWait | None:
    """From the measured waits of hours before `until` (epoch seconds); None with fewer than LEAST_HOURS of them."""
    terms = _terms(hall, None)
    use = ~np.isnan(wait_minutes) & ~np.isnan(terms[:, :3]).any(axis=1) & (hall.at < until)
    if use.sum() < LEAST_HOURS:
        return None
    middle = np.concatenate([[0.0], np.nanmedian(terms[use, 1:], axis=0)])
    told, wait, hour = _told(terms, middle)[use], np.log1p(wait_minutes[use]), hall.hour_of_day[use]
    age = 0.5 ** ((until - hall.at[use]) / DAY / HALF_LIFE_DAYS)
    weight = age
    common, by_hour = np.zeros(TERMS), np.zeros((24, TERMS))
    error = wait
    for _ in range(ROUNDS):
        common, by_hour = _drawn(told, wait, hour, weight)
        error = wait - (told * (common + by_hour[hour])).sum(axis=1)
        weight = age / np.maximum(np.abs(error), SMALLEST_ERROR)
    order = np.argsort(error)
    share = np.cumsum(age[order]) / age.sum()
    low, high = (float(error[order][np.searchsorted(share, part)]) for part in (0.1, 0.9))
    return LoadWait(common, by_hour, middle, low, high, int(use.sum()))


def as_it_went(hall: Hall, wait_minutes: np.ndarray) -> np.ndarray:
    """(3, hours) low, middle and high wait in minutes of each hour, from waits measured before it and no later.

    Learned anew every LEARN_DAYS; NaN before enough was measured.
    """
    told = np.full((3, len(hall.at)), np.nan)
    if np.isfinite(wait_minutes).sum() < LEAST_HOURS:
        return told
    law, measured = None, 0
    for since in np.arange(hall.at[0], hall.at[-1] + 1, LEARN_DAYS * DAY):
        known = int(np.isfinite(wait_minutes[hall.at < since]).sum())
        if known > measured:
            law, measured = learned(hall, wait_minutes, since), known
        if law is not None:
            here = (hall.at >= since) & (hall.at < since + LEARN_DAYS * DAY)
            told[:, here] = law.minutes(hall)[:, here]
    return told


def _terms(hall: Hall, middle: np.ndarray | None) -> np.ndarray:
    """(hours, TERMS): one, ln N, ln C, ln(1 + N'), ln(1 + C'). Nobody served or no counter open says nothing."""
    served = np.where(hall.served > 0, hall.served, np.nan)
    counters = np.where(hall.counters > 0, hall.counters, np.nan)
    before = [np.concatenate([[np.nan], part[:-1]]) for part in (hall.served, hall.counters)]
    # An hour before that nobody reported was neither busy nor calm: it counts as an ordinary one.
    ordinary = (np.nan, np.nan) if middle is None else middle[3:]
    told = [np.where(np.isnan(part), fill, np.log1p(part)) for part, fill in zip(before, ordinary, strict=True)]
    return np.column_stack([np.ones(len(served)), np.log(served), np.log(counters), *told])


def _told(terms: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Terms about their middle, an unreported hour before at it."""
    told = terms - middle
    told[:, 3:] = np.nan_to_num(told[:, 3:])
    return told


def _drawn(told: np.ndarray, wait: np.ndarray, hour: np.ndarray, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares with a difference for each hour of the day, drawn towards none."""
    grams, sums = np.zeros((24, TERMS, TERMS)), np.zeros((24, TERMS))
    for one in range(24):
        here = hour == one
        weighted = told[here] * weight[here, None]
        grams[one], sums[one] = weighted.T @ told[here], weighted.T @ wait[here]
    # An hour of the day meets the common terms and itself only, so each is solved for the common ones first.
    draw = np.diag([LEVEL_DRAW, *[DRAW] * (TERMS - 1)])
    by_common = np.linalg.solve(grams + draw, grams)  # (24, TERMS, TERMS)
    alone = np.linalg.solve(grams + draw, sums[:, :, None])
    left = (grams - grams @ by_common).sum(axis=0)
    right = (sums[:, :, None] - grams @ alone).sum(axis=0)
    common = np.linalg.solve(left + 1e-6 * np.eye(TERMS), right)[:, 0]
    return common, alone[:, :, 0] - by_common @ common
