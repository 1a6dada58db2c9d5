"""The detector: buckets of one local day in, a verdict on each and the state after the last out.

The worker calls it with the state after the newest bucket it has seen, or with that of midnight and all buckets of the
day, which comes to the same; `caudal detect` calls it day after day (`data.analytics.detection.filling`). A bucket
costs the same however long the series is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from data.analytics.detection.belief import (
    Usual,
    after_buckets,
    after_total,
    first_belief,
    floored,
    of_buckets,
    strengths,
)
from data.analytics.detection.evidence import TAIL_HOURS, Evidence, evidence, upper
from data.analytics.detection.limits import Limits
from data.analytics.detection.opening import Event, Seen, fallen_hours, opened, went_on
from data.analytics.detection.state import Kind, State
from data.analytics.dispersion import Dispersion
from data.analytics.gaps import gap_sums
from data.analytics.seasonal import FIRM_DAYS


@dataclass(frozen=True)
class Day:
    """Buckets of one local day, or its next ones, in the order in which time passes.

    `slot`: of each bucket, the hour of the local clock at its beginning (0 in a series told by the day). `people`: NaN
    where nothing was reported. `total`: of a day that came only as one number, with its last bucket.
    """

    slot: np.ndarray
    people: np.ndarray
    total: float = float("nan")
    special: bool = False  # a holiday
    step_hours: float = 1.0


class Sure(StrEnum):
    """A probability in words: the keys under `sure` of the locale files."""

    POSSIBLE = "possible"
    LIKELY = "likely"
    VERY_LIKELY = "very_likely"
    ALMOST_CERTAIN = "almost_certain"


SURE = ((0.99, Sure.ALMOST_CERTAIN), (0.9, Sure.VERY_LIKELY), (0.6, Sure.LIKELY), (0.0, Sure.POSSIBLE))  # from


@dataclass(frozen=True)
class Verdict:
    """On one bucket. `surge` and `fall`: -log10 of the probability of no surge, of no collapse."""

    told: bool
    people: float
    expected: float
    upper: float
    surge: float
    fall: float
    level: float  # over the usual
    alarm: Kind | None  # what is on, this bucket included
    event: Event | None  # what happened to it at this bucket
    grown: int
    hours: float  # since it opened
    evidence: Evidence | None  # while an alarm is on
    short: bool  # history is under 28 days: wider

    @property
    def chance(self) -> float:
        """Probability that what is on is real; of a surge where nothing is on."""
        return 1 - 10 ** -(self.fall if self.alarm is Kind.COLLAPSE else self.surge)

    @property
    def sure(self) -> Sure:
        return next(word for least, word in SURE if self.chance >= least)


def detected(known: Usual, state: State | None, day: Day, limits: Limits) -> tuple[State, tuple[Verdict, ...]]:
    """`known`: of the day's weekday, from the night before it. No `state`: the series begins."""
    reported, known = known, floored(known)
    per_slot = max(1, round(24 / known.slots / day.step_hours))
    noise = of_buckets(known, per_slot)
    state = State.new(day.step_hours, first_belief(noise)) if state is None else state.at_step(day.step_hours)
    if not len(day.people):
        return state, ()
    expected = known.expected[day.slot] / per_slot
    beliefs, owed, heard = _beliefs(state, day, expected, noise)
    strong = strengths(beliefs)
    if known is not reported:
        strong[:, 1] = 0.0  # the floor is there for the first who come; below it nobody is missing
    people, asked = _lined(day, expected)
    tail_people, tail_asked = np.concatenate([state.people, people]), np.concatenate([state.expected, asked])
    before, longest = len(state.people), round(TAIL_HOURS / day.step_hours)
    most = upper(expected, noise)
    alarm, falling, verdicts = state.alarm, state.falling_hours, []
    for at, told in enumerate((~np.isnan(people)).tolist()):
        surge, fall, level = strong[at].tolist()
        shown, event = alarm, None
        if alarm is not None:
            shown = alarm = replace(alarm, hours=alarm.hours + day.step_hours)
        if told:  # while nothing is reported nothing opens, grows or ends
            seen = Seen(surge, fall, level, beliefs[at], day.step_hours)
            falling = fallen_hours(falling, seen, limits)
            new = opened(alarm, seen, falling, limits)
            if new is not None:
                shown = alarm = new
                event = Event.OPENED
            elif alarm is not None:
                alarm, event = went_on(alarm, seen, limits)
                shown = alarm or shown
        rests = None
        if shown is not None:
            cut = slice(max(0, before + at + 1 - longest), before + at + 1)
            rests = evidence(tail_people[cut], tail_asked[cut], noise, shown.kind is Kind.SURGE)
        verdicts.append(
            Verdict(
                told=told,
                people=float(people[at]),
                expected=float(expected[at]),
                upper=float(most[at]),
                surge=surge,
                fall=fall,
                level=level,
                alarm=None if alarm is None else alarm.kind,
                event=event,
                grown=0 if shown is None else shown.grown,
                hours=0.0 if shown is None else shown.hours,
                evidence=rests,
                short=known.days < FIRM_DAYS,
            )
        )
    tail = tail_people[-longest:], tail_asked[-longest:]
    return State(day.step_hours, beliefs[-1], owed, heard, *tail, alarm, falling), tuple(verdicts)


def _beliefs(state: State, day: Day, expected: np.ndarray, noise: Dispersion) -> tuple[np.ndarray, float, bool]:
    """After each bucket; and what is owed and heard after the last."""
    told = ~np.isnan(day.people)
    if not np.isnan(day.total):
        nothing = np.full(len(expected), np.nan)
        beliefs = after_buckets(state.belief, nothing, expected, expected, noise, day.special, np.ones(len(expected)))
        beliefs[-1] = after_total(beliefs[-1], day.total, expected, noise, day.special)
        return beliefs, 0.0, True
    before = np.array([state.heard, False])  # a report, and the gap since
    owed = gap_sums(np.concatenate([before, told]), np.concatenate([[0.0, state.owed], expected]))[2:]
    beliefs = after_buckets(state.belief, day.people, expected, owed, noise, day.special, noise.uneven[day.slot])
    heard = state.heard or bool(told.any())
    left = 0.0 if told[-1] or not heard else float(owed[-1])
    return beliefs, left, heard


def _lined(day: Day, expected: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """People and what they are held against, bucket by bucket; a total stands at the day's last one."""
    if np.isnan(day.total):
        return day.people, expected
    people, asked = np.full(len(expected), np.nan), np.zeros(len(expected))
    people[-1], asked[-1] = day.total, expected.sum()
    return people, asked
