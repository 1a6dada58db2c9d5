"""The detector on the newest reports of a series: the state of midnight worked out once, today's buckets added.

The state is a function of what was reported in the last weeks and of nothing else: after a restart it is the same, and
a correction is taken in by working them out again. A run begins on a fixed day of the calendar, four to eight weeks
back, and the next one is run beside it until it takes over: a night costs one baseline and two days, not all of them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from data.analytics.detection.belief import Usual
from data.analytics.detection.filling import Told, told_on, usual_after
from data.analytics.detection.limits import Limits
from data.analytics.detection.state import State
from data.analytics.detection.stream import Day, Verdict, detected
from data.analytics.seasonal import DAYS, Past

# An alarm that is on at midnight began in these days, or looks as if it had.
RUN_DAYS = 28
BACK = DAYS + 2 * RUN_DAYS  # days of history that the oldest verdict needs
# An alarm that was told rests on a bucket of these days; whether that still speaks of one a correction may change.
ALARM_DAYS = 3


@dataclass(frozen=True)
class Placed:
    """The verdict on one bucket, `back` days before a midnight (1 is the day before) at its place in that day."""

    back: int
    slot: int
    step_hours: float
    verdict: Verdict
    usual_day: float


@dataclass(frozen=True)
class Run:
    """The detector from one day up to a midnight."""

    state: State | None = None
    newest: Placed | None = None  # on the last reported bucket before
    alarms: tuple[Placed, ...] = ()  # the reported buckets of the last days that spoke of one

    def after(self, told: Told) -> Run:
        """A day later."""
        alarms = [replace(one, back=one.back + 1) for one in self.alarms if one.back < ALARM_DAYS]
        newest = None if self.newest is None else replace(self.newest, back=self.newest.back + 1)
        usual_day = sum(verdict.expected for verdict in told.verdicts)
        for slot, verdict in enumerate(told.verdicts):
            if verdict.told:
                newest = Placed(1, slot, told.step_hours, verdict, usual_day)
                if verdict.alarm is not None:
                    alarms.append(newest)
        return Run(told.state, newest, tuple(alarms))


@dataclass(frozen=True)
class Midnight:
    """As local date `on` begins. `usual` None: under 7 days of history, nothing is expected."""

    on: date
    usual: Usual | None
    run: Run
    young: Run  # takes over when it is RUN_DAYS old


@dataclass(frozen=True)
class Detection:
    """The verdict on the newest reported bucket, which ends at `end` (seconds since 1970)."""

    verdict: Verdict
    end: float
    step_hours: float
    days: int  # of history
    usual_day: float  # people expected of the whole day
    alarms: tuple[Detection, ...] = ()  # on the buckets from `since` on that spoke of an alarm, this one included
    since: float = math.inf  # seconds since 1970; what was said of earlier buckets is not known here


def at_midnight(past: Past, limits: Limits) -> Midnight:
    """From all whole days before a midnight; of more than BACK of them the newest."""
    past = past.last(BACK)
    young_since = past.days - age(past.end)
    run, young = Run(), Run()
    for day in range(max(0, young_since - RUN_DAYS), past.days):
        known = usual_after(past.until(day))
        run = run.after(told_on(past, day, known, run.state, limits))
        if day >= young_since:
            young = young.after(told_on(past, day, known, young.state, limits))
    return Midnight(past.end, usual_after(past), run, young)


def a_day_later(known: Midnight, past: Past, limits: Limits) -> Midnight:
    """The same as `at_midnight(past)`, where `known` is that of the midnight before."""
    day = past.days - 1
    run, young = (one.after(told_on(past, day, known.usual, one.state, limits)) for one in (known.run, known.young))
    if age(past.end) == 0:
        run, young = young, Run()
    return Midnight(past.end, usual_after(past), run, young)


def age(on: date) -> int:
    """Days that the younger run of a midnight is old: runs begin every RUN_DAYS days of the calendar."""
    return on.toordinal() % RUN_DAYS


def on_day(known: Midnight, slot: np.ndarray, people: np.ndarray, special: bool, limits: Limits) -> tuple[Verdict, ...]:
    """On every hour of the day that begins at `known` up to the last reported one; none where days are judged whole."""
    if known.usual is None or known.usual.slots == 1 or np.isnan(people).all():
        return ()
    last = int(np.flatnonzero(~np.isnan(people))[-1]) + 1
    _, verdicts = detected(known.usual, known.run.state, Day(slot[:last], people[:last], special=special), limits)
    return verdicts
