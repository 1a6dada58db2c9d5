"""The detector on the newest reports of a series: the state of midnight worked out once, today's buckets added.

The state is a function of what is reported and of nothing else: after a restart it is the same, and a correction is
taken in by working the last days out again.
"""

from __future__ import annotations

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


@dataclass(frozen=True)
class Midnight:
    """As local date `on` begins. `usual` None: under 7 days of history, nothing is expected."""

    on: date
    usual: Usual | None
    state: State | None
    newest: Verdict | None  # on the last reported bucket before
    newest_day: int  # days before `on` on which it was; 1 is the day before
    step_hours: float  # of the bucket of `newest`
    newest_slot: int


@dataclass(frozen=True)
class Detection:
    """The verdict on the newest reported bucket, which ends at `end` (seconds since 1970)."""

    verdict: Verdict
    end: float
    step_hours: float
    days: int  # of history
    usual_day: float  # people expected of the whole day


def at_midnight(past: Past, limits: Limits) -> Midnight:
    """From all whole days before a midnight."""
    state, newest, back, step, slot = None, None, 0, 1.0, 0
    for told in filled(past, limits, first=max(0, past.days - RUN_DAYS)):
        state = told.state
        for place, verdict in enumerate(told.verdicts):
            if verdict.told:
                newest, back, step, slot = verdict, past.days - told.day, told.step_hours, place
    return Midnight(past.end, usual_after(past), state, newest, back, step, slot)


def on_day(known: Midnight, slot: np.ndarray, people: np.ndarray, special: bool, limits: Limits) -> Verdict | None:
    """On the last reported hour of the day that begins at `known`; None where none was, or days are judged whole."""
    if known.usual is None or known.usual.slots == 1 or np.isnan(people).all():
        return None
    last = int(np.flatnonzero(~np.isnan(people))[-1]) + 1
    _, verdicts = detected(known.usual, known.state, Day(slot[:last], people[:last], special=special), limits)
    return verdicts[-1]
