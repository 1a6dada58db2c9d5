"""What is expected of an hour or a day when nothing special happens: one level times a weekly profile.

The one seasonal baseline of forecast and surge detection. It is fitted at midnight on at most twelve weeks that are
over, so it is causal, and cheap enough to be fitted every night. Past surges do not raise it: days far above their
neighbours weigh little or nothing (`data.analytics.day_levels`); a new, lower level is learned in days, a higher one
once it has outlasted a surge. Shapes are drawn together as strongly as the noise demands (`data.analytics.profile`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from data.analytics.day_levels import day_levels, half_life
from data.analytics.dispersion import Dispersion, dispersion, phi_alpha
from data.analytics.gaps import backlog
from data.analytics.profile import busy, hour_weights, within

DAYS = 84
LEAST_DAYS = 14  # fewer and nothing is expected
FIRM_DAYS = 28  # under this the bands are wider: see `Seasonal.wider`
PROFILE_HALF_LIFE = 60.0  # days
TURNS = 4
TOLD = 0.4  # share of a day's usual people that its reported hours must stand for
OUT_OF_CALM = 0.05  # what a day of surge still says of the shape within the day
MOSTLY_CALM = 0.75  # share of days; a series of more surges than that is bursty
LEAST_MEAN = 0.02  # people; of slots with fewer expected nothing is learned
TINY = 1e-9


@dataclass(frozen=True)
class Past:
    """Whole local days of one series, oldest first, up to a midnight.

    `people` has a row per day and a column per slot: 24 hours of the local clock, or one for a series told by the day.
    NaN where nobody reported, or not the whole hour. `totals` are days of which only the total is known.
    """

    first: date
    people: np.ndarray
    totals: np.ndarray
    special: np.ndarray  # holidays and the like, as data: they say nothing of other days

    @property
    def slots(self) -> int:
        return int(self.people.shape[1])

    @property
    def days(self) -> int:
        return len(self.people)

    @property
    def end(self) -> date:
        """The day after the last one."""
        return self.first + timedelta(days=self.days)

    def weekdays(self, ahead: int = 0) -> np.ndarray:
        """0 Monday to 6 Sunday of each day, and of so many days after them."""
        return (self.first.weekday() + np.arange(self.days + ahead)) % 7

    def until(self, days: int) -> Past:
        """The first so many days."""
        return Past(self.first, self.people[:days], self.totals[:days], self.special[:days])

    def last(self, days: int) -> Past:
        cut = max(0, self.days - days)
        return Past(self.first + timedelta(days=cut), self.people[cut:], self.totals[cut:], self.special[cut:])

    def trimmed(self) -> Past:
        """Without the days before the first report."""
        known = ~np.isnan(self.people).all(axis=1) | ~np.isnan(self.totals)
        return self.last(self.days - int(np.argmax(known))) if len(known) else self


@dataclass(frozen=True)
class Seasonal:
    """People expected per slot: `level` times `profile[weekday, slot]`, whose mean over a week is 1."""

    level: float
    profile: np.ndarray
    told: np.ndarray  # of each slot, whether anybody ever reports it
    days: int  # of history
    noise: Dispersion

    @property
    def slots(self) -> int:
        return int(self.profile.shape[1])

    @property
    def wider(self) -> float:
        """Factor on variances for want of history: 1 from four weeks on, 2 at two weeks."""
        return max(1.0, FIRM_DAYS / self.days)

    def expected(self, weekdays: np.ndarray) -> np.ndarray:
        """People expected in each slot (days, slots) of days of these weekdays, at today's level."""
        people: np.ndarray = self.level * self.profile[weekdays]
        return people


def seasonal(past: Past, least: int = LEAST_DAYS) -> Seasonal | None:
    """The baseline from the days of `past`; None under `least` reported days, or where nobody ever came."""
    past = past.last(DAYS)
    known = ~np.isnan(past.people)
    people = np.where(known, past.people, 0.0)
    by_total = ~np.isnan(past.totals) & ~known.any(axis=1)
    days = _reported_days(known) + int(by_total.sum())
    if days < least or not known.any():
        return None
    weekday = past.weekdays()
    age = np.arange(past.days)[::-1]
    recent = 0.5 ** (age / PROFILE_HALF_LIFE)
    noise = Dispersion.unknown(past.slots)
    shape, weekly = np.ones((7, past.slots)), np.ones(7)
    weight = known.astype(float)
    for turn in range(TURNS):
        held, asked, told = _held(past, people, weight, by_total, shape[weekday])
        own = np.where(told, held / np.maximum(asked, TINY), np.nan)
        levels = day_levels(own / weekly[weekday], told, past.special)
        weekly = busy(own / levels.around, told * levels.weight * recent, weekday)
        own = np.where(told & (own > 0), own, levels.around * weekly[weekday])
        trust = np.maximum(levels.weight, OUT_OF_CALM)
        shape, share = within(people, weight * (recent * trust)[:, None], own, weekday, noise)
        expected = (levels.around * weekly[weekday])[:, None] * shape[weekday]
        late = backlog(people, known, expected)
        calm = known & _calm(levels.weight, told)[:, None] & ~late & (expected > LEAST_MEAN)
        if turn < TURNS - 1 and calm.sum() >= 10:
            phi, alpha = phi_alpha((people - expected)[calm], expected[calm])
            noise = replace(noise, phi=phi, alpha=alpha)
            if past.slots > 1:  # far days are weighed already
                weight = known * ~late * hour_weights(people, expected, known, weekday, noise)
    # Errors as a forecast would have made them: the level of the days before, the cell without the count itself.
    foreseen = (levels.before * weekly[weekday])[:, None] * shape[weekday]
    off = (people - foreseen) / np.sqrt(np.maximum(1 - share[weekday], 0.5))
    noise = dispersion(np.where(calm & ~np.isnan(foreseen), off, np.nan), np.nan_to_num(foreseen))
    held, asked, told = _held(past, people, weight, by_total, (shape * weekly[:, None])[weekday])
    weight = 0.5 ** (age / half_life(levels.spread)) * told
    if (weight * levels.weight * asked).sum() > TINY:
        weight = weight * levels.weight
    people_per_slot = float((weight * held).sum() / max((weight * asked).sum(), TINY))
    profile = shape * weekly[:, None]
    scale = float(profile.mean())
    if scale <= TINY or people_per_slot <= 0:
        return None
    return Seasonal(people_per_slot * scale, profile / scale, known.any(axis=0), days, noise)


def _calm(trust: np.ndarray, told: np.ndarray) -> np.ndarray:
    """Days that say how counts scatter: not surges, unless there are so many that they are how this series is."""
    calm = told & (trust > 0.5)
    return calm if calm.sum() >= MOSTLY_CALM * told.sum() else told


def _reported_days(known: np.ndarray) -> int:
    """Days with at least half of the slots that are usually reported."""
    often = known.mean(axis=0) >= 0.5 * known.mean(axis=0).max()
    return int((known[:, often].mean(axis=1) >= 0.5).sum())


def _held(
    past: Past, people: np.ndarray, weight: np.ndarray, by_total: np.ndarray, usual: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of each day the people that count, what the shape has for the same slots, and whether that is enough of it."""
    whole = usual.sum(axis=1)
    held = np.where(by_total, np.nan_to_num(past.totals), (people * weight).sum(axis=1))
    asked = np.where(by_total, whole, (usual * weight).sum(axis=1))
    return held, asked, (asked >= TOLD * whole) & (asked > TINY)
