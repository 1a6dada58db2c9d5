"""A queue counted a while ago, carried on to now by what came and what was served since."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.buckets import HOUR, NO_HOURS
from data.analytics.carried import Since, carried, counters_since
from data.analytics.coming import Coming
from data.analytics.hours_ahead import expected_queue, needs
from data.analytics.kpis_queue import time_to_clear_minutes
from data.analytics.observed import Observed
from data.analytics.stages import stage_state
from data.analytics.steps import steady
from data.analytics.what_if import exactly
from data.vocabulary import Lane, Stage
from tests.data.test_queueing import NOON, head_counts, hours_before, whole_hours

AT = NOON.timestamp()
NOTHING = Since(NO_HOURS, NO_HOURS, NO_HOURS)


def steadily(people: float, band: float = 0.0) -> Coming:
    mid = np.array([people])
    return Coming(AT - 24 * HOUR, mid * (1 - band), mid, mid * (1 + band))


def counted_a_while_ago() -> Observed:
    """150 come and 110 are served an hour by 11 counters; the last count, of 180 people, and the last hour of flow are
    an hour and a half old."""
    read = head_counts([100, 140, 180], 11)
    came, went = (hours_before(whole_hours([people] * 12), 1.5) for people in (150.0, 110.0))
    return Observed(Stage.MIGRATION_CONTROL, Lane.GENERAL, came, went, replace(read, at=read.at - 1.5 * HOUR))


def test_what_came_and_was_served_since_is_in_the_queue_of_now():
    state = stage_state(counted_a_while_ago(), NOON)
    assert (state.waiting, state.counted_ago) == (180, 1.5)
    assert state.standing is not None
    assert state.standing.people == pytest.approx(180 + 1.5 * 40, rel=0.01)
    assert state.standing.low < state.standing.people < state.standing.high
    assert state.wait == pytest.approx(240 / 110, rel=0.01)


def test_expected_queue_time_to_clear_and_counters_start_from_the_queue_of_now():
    coming = Coming(AT - 3 * HOUR, *(np.array([150.0] * 3 + [50.0] * 48) * k for k in (0.9, 1, 1.1)))
    seen = counted_a_while_ago()
    state = stage_state(seen, NOON, coming)
    told = expected_queue(state, seen, coming, NOON)
    first = told.hours[0]
    assert first.mid == pytest.approx(240, rel=0.01)
    assert first.low < first.mid < first.high
    assert state.clears_in / timedelta(hours=1) == pytest.approx(240 / 60, rel=0.03)
    assert needs(state, seen, coming, NOON, NOON, 30).hours[0].waiting == pytest.approx(240, rel=0.01)


def test_arrivals_that_were_reported_since_are_taken_as_they_are():
    seen = counted_a_while_ago()
    reported = replace(seen, arrivals=hours_before(whole_hours([150.0] * 12 + [10.0]), 0.5))
    state = stage_state(reported, NOON, steadily(150))
    assert state.standing.people == pytest.approx(180 + 10 + 75 - 165, rel=0.02)


def test_a_count_too_old_to_trust_is_not_carried_on_and_it_is_said():
    seen = counted_a_while_ago()
    old = replace(
        seen, arrivals=hours_before(seen.arrivals, 2.5), served=hours_before(seen.served, 2.5),
        readings=replace(seen.readings, at=seen.readings.at - 2.5 * HOUR),
    )  # fmt: skip
    state = stage_state(old, NOON, steadily(150))
    assert (state.outdated, state.standing, state.clears_in, state.wait) == (True, None, None, None)
    assert expected_queue(state, old, steadily(150), NOON).missing == "waiting"
    assert needs(state, old, steadily(150), NOON, NOON, 30).missing == "waiting"
    told = time_to_clear_minutes(Asked(state))  # type: ignore[arg-type]
    assert told.note is not None
    assert (told.note.key, told.note.facts) == ("sentence.too_old", {"seen_at": NOON - timedelta(hours=4)})


class Asked:
    """As much of what is seen as a missing headline needs."""

    def __init__(self, entry: object) -> None:
        self.entry = entry


def test_nobody_can_carry_a_queue_on_without_arrivals_or_counters():
    assert carried(100, AT - HOUR, AT, NOTHING, None, exactly(10.0), steady(5)) is None
    assert carried(100, AT - HOUR, AT, NOTHING, steadily(50), None, steady(5)) is None
    assert carried(100, AT - HOUR, AT, NOTHING, steadily(50), exactly(10.0), None) is None
    assert carried(100, AT, AT, NOTHING, None, None, None).people == 100


def test_counters_between_are_those_read_between():
    read = replace(head_counts([10, 10, 10], 11), counters_open=np.array([11.0, 20.0, 5.0]))  # 10:00, 11:00, 12:00
    steps = counters_since(read, AT - 1.5 * HOUR, AT, None, 2.0)
    assert (steps.since.tolist(), steps.level.tolist()) == ([0, 0.5, 1.5], [11, 20, 5])
    assert counters_since(read, AT + 9 * HOUR, AT + 9 * HOUR, 3.0, 2.0).level.tolist() == [3]


@given(st.floats(0, 3000), st.floats(0, 400), st.integers(0, 40), st.floats(2, 20), st.floats(0, 3), st.floats(0, 0.5))
def test_people_are_conserved_and_the_interval_holds_the_middle(waiting, coming, counters, rate, hours, band):
    found = carried(waiting, AT - hours * HOUR, AT, NOTHING, steadily(coming, band), exactly(rate), steady(counters))
    assert found.people == pytest.approx(max(0.0, waiting + (coming - counters * rate) * hours), abs=1.0)
    assert 0 <= found.low <= found.people <= found.high
