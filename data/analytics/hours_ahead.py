"""The coming hours of one stage: counters needed in each for a wait target, and the queue to expect."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from data.analytics.buckets import HOUR, moment, seconds
from data.analytics.coming import Coming, going_on
from data.analytics.needed import Target, counters_needed
from data.analytics.observed import Observed
from data.analytics.prospects import Standing, shifted, standing
from data.analytics.rates import Rate
from data.analytics.staffing import counters_ahead
from data.analytics.stages import RATE_WINDOW, StageState
from data.analytics.steps import Steps, minus, queue_after, steady
from data.types import ExpectedHour, ExpectedQueue, HourNeed, Needs

HOURS_SHOWN = 12
SHARE = 0.8  # of people within the target, see `what_if.USUAL_TARGET`


def needs(
    state: StageState, seen: Observed, coming: Coming | None, now: datetime, first: datetime, target_minutes: int
) -> Needs:
    """From `first` on, the next round hour of the site's clock, by the hour. Without `coming` as many go on arriving
    as lately."""
    missing = _missing(state)
    if not missing and coming is None and state.arriving is None:
        missing = "arrivals"
    if missing:
        return Needs(target_minutes, SHARE, missing=missing)
    there, each = _known(state)
    at, start = seconds(now), seconds(first)
    if coming is None:
        assert state.arriving is not None
        coming = going_on(state.arriving, RATE_WINDOW / 60, at)
    rate, people = each.value, coming.steps(at)
    until = (start - at) / HOUR
    capacity = (state.counters_open or 0) * rate
    waiting = queue_after(there.people, minus(people, steady(capacity)), until)
    arriving = [_mean(people, until + n, until + n + 1) for n in range(HOURS_SHOWN)]
    told = counters_needed(waiting, arriving, rate, Target(target_minutes / 60, SHARE), state.counters_total)
    starts = start + np.arange(HOURS_SHOWN) * HOUR
    planned = seen.plan.at(starts)
    return Needs(
        target_minutes,
        SHARE,
        tuple(
            HourNeed(
                moment(float(begins)),
                one.counters,
                str(one.reason),
                one.backlog,
                one.arriving,
                None if np.isnan(plan) else round(float(plan)),
            )
            for begins, one, plan in zip(starts, told, planned, strict=True)
        ),
        str(coming.basis),
        state.counters_open,
        state.counters_total,
        rate,
    )


def expected_queue(
    state: StageState, seen: Observed, coming: Coming | None, now: datetime, hours: int = HOURS_SHOWN
) -> ExpectedQueue:
    """By the hour from now on. The rate's interval and the arrivals' band meet as in `prospects.clearing`."""
    missing = _missing(state) or ("" if coming is not None else "forecast")
    at = seconds(now)
    ahead = counters_ahead(None if state.counters_open is None else float(state.counters_open), seen.plan, at)
    if not missing and ahead is None:
        missing = "counters"
    if missing:
        return ExpectedQueue(missing=missing)
    there, rate = _known(state)
    assert coming is not None
    assert ahead is not None
    low, mid, high = (coming.steps(at, edge) for edge in ("low", "mid", "high"))
    slow, fast = rate.of(there.people + float(mid.level[0]) * hours, float(hours))
    paths = (
        shifted(mid, low, ahead.counters, rate.value, fast, -1.0),
        minus(mid, ahead.counters.times(rate.value)),
        shifted(mid, high, ahead.counters, rate.value, slow, 1.0),
    )
    from_now = tuple(zip((there.low, there.people, there.high), paths, strict=True))
    told = [[queue_after(people, path, float(n)) for people, path in from_now] for n in range(hours + 1)]
    return ExpectedQueue(
        tuple(ExpectedHour(moment(at + n * HOUR), *sorted(three)) for n, three in enumerate(told)),
        str(ahead.basis(float(hours))),
    )


def _missing(state: StageState) -> str:
    """What lacks for saying anything of the hours ahead; a queue too old to be carried on to now lacks too."""
    if state.negative:
        return "negative"
    if state.waiting is None or state.outdated:
        return "waiting"
    if state.rate is None:
        return "rate"
    if state.counted_ago is None or state.standing is not None:
        return ""
    return "arrivals" if state.coming is None else "counters"


def _known(state: StageState) -> tuple[Standing, Rate]:
    """Where nothing is missing: people waiting now, and how fast a counter serves them."""
    assert state.waiting is not None
    assert state.rate is not None
    return state.standing or standing(max(0.0, state.waiting)), state.rate


def _mean(people: Steps, start: float, end: float) -> float:
    """Level per hour between two moments, hours from now."""
    edges = np.concatenate([[start], people.since[(people.since > start) & (people.since < end)], [end]])
    return float((people.at(edges[:-1]) * np.diff(edges)).sum() / (end - start))
