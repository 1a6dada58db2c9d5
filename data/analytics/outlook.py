"""What comes next in one series: baseline and level of the night, the reports of the day, and the hours ahead.

`night` is worked out once after midnight; `outlook` at any moment of the day from it and the day's own reports. Both
see only what was known by then. Everything else that speaks of what is expected starts here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from data.analytics.forecast import Paths, paths
from data.analytics.gaps import gap_sums
from data.analytics.level import Standing, followed, seen_total, standing, started
from data.analytics.seasonal import Past, Seasonal, seasonal

REACH = 8  # days over which the level is followed anew each night: longer ago it says nothing of now
LONGEST_GAP = 48  # slots whose people the report after a gap may hold


@dataclass(frozen=True)
class Night:
    """Baseline and level at the midnight at which day `on` begins, from the days before it."""

    on: date
    seasonal: Seasonal
    state: np.ndarray
    told: np.ndarray  # of the slots right before midnight, which were reported
    expected: np.ndarray  # and what was expected of them


@dataclass(frozen=True)
class Ahead:
    """The slots to forecast: which day (0: that of the night) and slot of the day each is, and holidays among them.

    `tilt` multiplies what is expected of them, see `data.analytics.upstream`.
    """

    day: np.ndarray
    slot: np.ndarray
    special: np.ndarray
    tilt: np.ndarray | None = None


@dataclass(frozen=True)
class Outlook:
    paths: Paths
    seasonal: np.ndarray  # people of each slot ahead if the level were as usual
    told: np.ndarray  # of each slot ahead, whether anybody usually reports it
    standing: Standing
    days: int  # of history
    wider: bool  # for want of history

    @property
    def hourly(self) -> np.ndarray:
        """Low, middle, high of each slot (3, n); NaN in slots that nobody ever reports."""
        return np.where(self.told, self.paths.hourly, np.nan)


def night(past: Past, tilt: np.ndarray | None = None) -> Night | None:
    """None where there is no baseline (`seasonal`). `tilt` (days, slots): factors on what was expected lately."""
    usual = seasonal(past)
    if usual is None:
        return None
    lately = past.last(REACH)
    expected = usual.expected(lately.weekdays())
    if tilt is not None:
        expected = expected * tilt[-len(expected) :]
    state = _over_days(started(usual.noise), lately, expected, usual)
    tail = slice(-min(LONGEST_GAP, expected.size), None)
    told = ~np.isnan(lately.people) | ~np.isnan(lately.totals)[:, None]
    return Night(past.end, usual, state, told.ravel()[tail], expected.ravel()[tail])


def _over_days(state: np.ndarray, past: Past, expected: np.ndarray, usual: Seasonal) -> np.ndarray:
    by_total = ~np.isnan(past.totals)
    owed = gap_sums(~np.isnan(past.people).ravel() | np.repeat(by_total, past.slots), expected.ravel())
    owed = owed.reshape(expected.shape)
    first = 0
    for day in [*np.flatnonzero(by_total), past.days]:
        if day > first:
            run = slice(first, day)
            state = followed(state, past.people[run].ravel(), expected[run].ravel(), owed[run].ravel(), usual.noise)[-1]
        if day < past.days:
            nothing = np.full(past.slots, np.nan)
            state = followed(state, nothing, expected[day], expected[day], usual.noise)[-1]
            state = seen_total(state, float(past.totals[day]), expected[day], usual.noise)
        first = day + 1
    return state


def level_after(known: Night, today: np.ndarray, tilt: np.ndarray | None = None) -> np.ndarray:
    """The level's state after the day's slots so far; NaN in `today` where nobody reported, or not the whole slot."""
    if len(today) == 0:
        return known.state
    expected = np.resize(known.seasonal.expected(np.array([known.on.weekday()]))[0], len(today))
    if tilt is not None:
        expected = expected * tilt[: len(today)]
    told = np.concatenate([known.told, ~np.isnan(today)])
    owed = gap_sums(told, np.concatenate([known.expected, expected]))[len(known.told) :]
    return followed(known.state, today, expected, owed, known.seasonal.noise)[-1]


def outlook(known: Night, state: np.ndarray, ahead: Ahead) -> Outlook:
    """`state`: of `level_after`, right before the first slot ahead."""
    usual = known.seasonal
    weekday = (known.on.weekday() + ahead.day) % 7
    expected = usual.level * usual.profile[weekday, ahead.slot]
    tilted = expected if ahead.tilt is None else expected * ahead.tilt
    drawn = paths(state, tilted, usual.noise, usual.noise.uneven[ahead.slot], ahead.special, usual.wider)
    return Outlook(drawn, expected, usual.told[ahead.slot], standing(state), usual.days, usual.wider > 1)


def slots_ahead(
    first: int, count: int, slots: int, special: np.ndarray | None = None, tilt: np.ndarray | None = None
) -> Ahead:
    """`count` slots from slot `first` of the night's day on. `special` by day, `tilt` by slot, from that day on."""
    place = first + np.arange(count)
    day = place // slots
    holiday = np.zeros(count, dtype=bool) if special is None else special[np.minimum(day, len(special) - 1)]
    return Ahead(day, place % slots, holiday, None if tilt is None else tilt[place])
