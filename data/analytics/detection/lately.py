"""The detector on the newest reports of a series: the state of midnight worked out once, today's buckets added.

The state is a function of what is reported and of nothing else: after a restart it is the same, and a correction is
taken in by working the last days out again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from data.analytics.detection.belief import Usual
from data.analytics.detection.filling import filled, usual_after
from data.analytics.detection.limits import Limits
from data.analytics.detection.state import State
from data.analytics.detection.stream import Day, Verdict, detected
from data.analytics.seasonal import Past

# An alarm that is on at midnight began in these days, or looks as if it had.
RUN_DAYS = 28
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
class Midnight:
    """As local date `on` begins. `usual` None: under 7 days of history, nothing is expected."""

    on: date
    usual: Usual | None
    state: State | None
    newest: Placed | None  # on the last reported bucket before
    alarms: tuple[Placed, ...] = ()  # the reported buckets of the last days that spoke of one


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
    """From all whole days before a midnight."""
    state, newest, alarms = None, None, []
    for told in filled(past, limits, first=max(0, past.days - RUN_DAYS)):
        state, back = told.state, past.days - told.day
        usual_day = sum(verdict.expected for verdict in told.verdicts)
        for slot, verdict in enumerate(told.verdicts):
            if verdict.told:
                newest = Placed(back, slot, told.step_hours, verdict, usual_day)
                if verdict.alarm is not None and back <= ALARM_DAYS:
                    alarms.append(newest)
    return Midnight(past.end, usual_after(past), state, newest, tuple(alarms))


def on_day(known: Midnight, slot: np.ndarray, people: np.ndarray, special: bool, limits: Limits) -> tuple[Verdict, ...]:
    """On every hour of the day that begins at `known` up to the last reported one; none where days are judged whole."""
    if known.usual is None or known.usual.slots == 1 or np.isnan(people).all():
        return ()
    last = int(np.flatnonzero(~np.isnan(people))[-1]) + 1
    _, verdicts = detected(known.usual, known.state, Day(slot[:last], people[:last], special=special), limits)
    return verdicts
