"""A whole history at once: the baseline of every night and the verdicts of every day, as they would have come live."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from data.analytics.detection.belief import Usual, usual
from data.analytics.detection.limits import Limits
from data.analytics.detection.state import State
from data.analytics.detection.stream import Day, Verdict, detected
from data.analytics.dispersion import Dispersion
from data.analytics.seasonal import DAYS, FIRM_DAYS, Past, seasonal

LEAST_DAYS = 7  # of history; fewer and nothing is expected
NOBODY = 1.0  # people a day: as good as none, and nothing to learn a profile from
TINY = 1e-9


@dataclass(frozen=True)
class Told:
    """One day of a history: verdicts on its buckets, or one on the whole day where that is all that can be judged.

    Without any while nothing is expected yet. `state`: after the day.
    """

    day: int
    state: State | None
    verdicts: tuple[Verdict, ...]
    step_hours: float


def filled(
    past: Past,
    limits: Limits,
    finer: np.ndarray | None = None,
    state: State | None = None,
    first: int = 0,
) -> Iterator[Told]:
    """Days `first` on of a history, each from what was known before it. `state`: after the day before `first`.

    `finer`: the same people by shorter buckets (days, so many per slot times slots). The last day may be under way.
    """
    for day in range(first, past.days):
        told = told_on(past, day, usual_after(past.until(day)), state, limits, finer)
        state = told.state
        yield told


def told_on(
    past: Past, day: int, known: Usual | None, state: State | None, limits: Limits, finer: np.ndarray | None = None
) -> Told:
    """One day of a history. `known`: what it is held against; `state`: after the day before."""
    if known is None:
        return Told(day, state, (), 24.0)
    today = _day(past, day, known, finer)
    state, verdicts = detected(known, state, today, limits)
    return Told(day, state, verdicts, today.step_hours)


def usual_after(past: Past) -> Usual | None:
    """What the day after `past` is held against; None under 7 days of history.

    By the hour where at least as many days of the last twelve weeks are known so, else by the day.
    """
    past = past.last(DAYS).trimmed()
    if past.days < LEAST_DAYS:
        return None
    known = ~np.isnan(past.people)
    if past.slots > 1 and known.any(axis=1).sum() < LEAST_DAYS:
        past = by_day(past)
        known = ~np.isnan(past.people)
    days = int(known.any(axis=1).sum())
    if days >= LEAST_DAYS and np.nansum(past.people) <= NOBODY * days:
        return Usual(np.zeros(past.slots), Dispersion.unknown(past.slots), days, max(1.0, FIRM_DAYS / days))
    found = seasonal(past, LEAST_DAYS)
    return None if found is None else usual(found, past.end.weekday())


def by_day(past: Past) -> Past:
    """The same told by the day: totals, and sums of the days of which every usual hour was reported."""
    known = ~np.isnan(past.people)
    often = known.mean(axis=0)
    usually = often >= 0.5 * max(float(often.max()), TINY)
    whole = known.any(axis=1) & known[:, usually].all(axis=1)
    sums = np.where(whole, np.where(known, past.people, 0.0).sum(axis=1), np.nan)
    people = np.where(np.isnan(past.totals), sums, past.totals)
    return Past(past.first, people[:, None], np.full(past.days, np.nan), past.special)


def _day(past: Past, day: int, known: Usual, finer: np.ndarray | None) -> Day:
    special = bool(past.special[day])
    if known.slots == 1:
        people = by_day(past.until(day + 1).last(DAYS)).people[-1] if past.slots > 1 else past.people[day]
        return Day(np.zeros(1, dtype=int), people, special=special, step_hours=24.0)
    people = past.people[day] if finer is None else finer[day]
    per_slot = len(people) // known.slots
    slot = np.arange(len(people)) // per_slot
    total = float(past.totals[day]) if np.isnan(people).all() else float("nan")
    return Day(slot, people, total, special, 24.0 / len(people))
