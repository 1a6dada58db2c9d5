"""The headline, the what-if with nothing changed, and the words beside them: one answer on one page."""

from __future__ import annotations

import json
from datetime import timedelta

import numpy as np
import pytest

from callbacks.asking import Standing, sentences, standing
from callbacks.what_if import Question, follows, told
from data.analytics.buckets import HOUR
from data.analytics.coming import ArrivalsBasis, Coming
from data.analytics.expects import expects, of_plain, plain
from data.analytics.observed import Observed
from data.analytics.staffing import CountersBasis, Plan
from data.analytics.stages import StageState, stage_state
from data.analytics.stations import station
from data.vocabulary import Lane, Stage
from layouts.translator import translator
from tests.data.test_queueing import NOON, head_counts, hours_before, whole_hours

AT = NOON.timestamp()
NIGHT_FALLS = Coming(AT - 2 * HOUR, *(np.array([150.0] * 5 + [40.0] * 60) * k for k in (0.85, 1.0, 1.2)))


def seen(**more: object) -> Observed:
    parts = (hours_before(whole_hours([people] * 30), 0.5) for people in (150.0, 110.0))
    read = head_counts([40.0 * n for n in range(1, 24)], 11)
    read = type(read)(read.at - 0.5 * HOUR, *(getattr(read, name) for name in list(vars(read))[1:]))
    return Observed(Stage.MIGRATION_CONTROL, Lane.GENERAL, *parts, read, **more)


def asked(state: StageState, question: Question):
    known = expects(state, AT)
    assert known is not None
    # As a board carries it.
    return follows(station(state, NOON), question, of_plain(json.loads(json.dumps(plain(known)))))


@pytest.mark.parametrize("coming", [None, NIGHT_FALLS])
@pytest.mark.parametrize(
    "plan", [{}, {"plan": Plan(np.array([AT + 2 * HOUR]), np.array([AT + 9 * HOUR]), np.array([30.0]))}]
)
def test_what_if_with_nothing_changed_is_the_headlines_own_answer(coming, plan):
    state = stage_state(seen(**plan), NOON, coming)
    row, found = station(state, NOON), asked(state, Question(11))
    for hours, minutes in (
        (found.clears, row.time_to_clear_minutes),
        (found.clears_low, row.clear_low_minutes),
        (found.clears_high, row.clear_high_minutes),
        (found.wait, row.wait_minutes),
        (found.wait_low, row.wait_low),
        (found.wait_high, row.wait_high),
    ):
        assert hours == (None if minutes is None else pytest.approx(minutes / 60, rel=1e-9))
    assert (found.counters_basis, found.arrivals_basis) == (row.clear_counters, row.clear_arrivals)
    if plan:
        assert found.counters_basis in (CountersBasis.PLAN, CountersBasis.PLAN_THEN_OPEN)


def test_arrivals_that_somebody_types_are_what_is_used_and_the_answer_says_so():
    state = stage_state(seen(), NOON, NIGHT_FALLS)
    found = asked(state, Question(30, arriving=100.0))
    rate, people = state.rate.value, state.standing.people
    assert found.clears == pytest.approx(people / (30 * rate - 100))
    assert found.arrivals_basis is ArrivalsBasis.PRESENT_RATE
    last = told(station(state, NOON), Question(30, arriving=100.0), NOON, expects(state, AT))[-1]
    assert (last.key, last.facts["arriving"]) == ("what_if.assumes_arrivals", 100)
    by_forecast = told(station(state, NOON), Question(30), NOON, expects(state, AT))[-1]
    assert by_forecast.key == "what_if.assumes_forecast"


def test_a_queue_that_grows_now_and_falls_later_is_told_as_both():
    state = stage_state(seen(), NOON, NIGHT_FALLS)
    keys = [one.key for one in told(station(state, NOON), Question(11), NOON, expects(state, AT))]
    assert keys[0].startswith("what_if.clears")
    assert "what_if.grows_first" in keys


def test_the_counters_within_some_hours_follow_the_forecast():
    state = stage_state(seen(), NOON, NIGHT_FALLS)
    found = asked(state, Question(11, hours=12))
    rate, people = state.rate.value, state.standing.people
    came = 150 * 3 + 40 * 9
    assert found.counters_needed == int(np.ceil((people + came) / 12 / rate))
    assert found.after == pytest.approx(people + came - 12 * 11 * rate, rel=0.01)


def test_a_count_too_old_to_trust_is_no_basis_for_an_answer():
    old = Standing(Stage.MIGRATION_CONTROL, 500, False, 11, None, 100.0, 10.0, 9.0, 11.0, outdated=True)
    t = translator("es", "America/Lima")
    [said] = sentences(old, {"ask_counters": "20"}, NOON, t)
    assert said.startswith("No se puede calcular: el último conteo")


def test_an_expectation_is_not_asked_of_a_station_that_has_none():
    state = stage_state(Observed(Stage.MIGRATION_CONTROL, readings=head_counts([20.0], 5)), NOON)
    assert expects(state, AT) is None
    assert sentences(standing(station(state, NOON)), {"ask_hours": "2"}, NOON, translator("es"))[0].startswith("No se")
    assert stage_state(seen(), NOON + timedelta(minutes=1)).standing is not None
