"""A station without an open counter: who joins now is served by nobody, whatever its last people waited."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from data.alert_book import alert_sentence
from data.analytics.buckets import HOUR
from data.analytics.kpis_queue import wait_minutes
from data.analytics.observed import Observed
from data.analytics.pressure import pressure, stage_level
from data.analytics.sentences import situation_sentence
from data.analytics.staffing import CountersBasis, Plan
from data.analytics.stages import StageState, stage_state
from data.analytics.stations import station
from data.vocabulary import AlertState, Lane, Level, Stage, State
from tests.data.test_queueing import NOON, head_counts, hours_before, whole_hours

AT = NOON.timestamp()
ENTRY = Stage.MIGRATION_CONTROL


def closing(waiting: float = 400.0, **more: object) -> Observed:
    """100 an hour come and are served by 10 counters until eleven; then nobody is, and at noon it is told."""
    people = [waiting - 100.0] * 10 + [waiting]
    read = head_counts(people, 10)
    read = replace(read, counters_open=np.array([10.0] * 9 + [0.0, 0.0]))
    came, went = whole_hours([100.0] * 30), whole_hours([100.0] * 29 + [0.0])
    return Observed(ENTRY, Lane.GENERAL, came, went, read, **more)


def test_the_wait_is_endless_and_never_what_the_last_ones_waited():
    state = stage_state(closing(), NOON)
    assert (state.closed, state.endless, state.best_wait) == (True, True, (None, None))
    assert state.head_wait == pytest.approx(4)  # known, and not told as the wait of who joins
    assert state.waited_at_closing == pytest.approx(3)
    assert (state.never_clears, state.clears_in) == (True, None)


def test_a_measured_wait_does_not_speak_for_it_either():
    seen = closing()
    measured = replace(seen.readings, wait_minutes=np.full(len(seen.readings.at), 12.0))
    assert stage_state(replace(seen, readings=measured), NOON).best_wait == (None, None)


def test_pressure_does_not_become_calm_by_closing():
    """Before, twenty minutes waited by the last ones made a closed station normal."""
    for waiting in (130.0, 400.0):
        state = stage_state(closing(waiting), NOON)
        made = pressure(state, None, None)
        assert made.level is Level.CRITICAL
        part = {one.name: one for one in made.components}
        assert (part["wait_general"].value, part["wait_general"].never) == (None, True)
        assert part["time_to_clear"].never
        assert stage_level(state, False) is Level.CRITICAL


def test_a_closed_station_where_nobody_stands_is_not_critical():
    state = stage_state(Observed(ENTRY, readings=head_counts([0.0], 0)), NOON)
    assert (state.endless, state.never_clears) == (True, False)
    assert pressure(state, None, None).level is Level.NO_DATA
    assert situation_sentence(state, pressure(state, None, None)).key == "sentence.closed"


def test_the_headline_says_that_nobody_is_served_and_names_what_the_last_one_waited():
    state = stage_state(closing(), NOON)
    told = wait_minutes(SimpleNamespace(entry=state))  # type: ignore[arg-type]
    assert (told.value, told.state, told.word) == (None, State.NEVER, "sentence.nobody_served")
    assert told.note is not None
    assert (told.note.key, told.note.facts) == ("sentence.waited_at_closing", {"waited_minutes": 180})
    row = station(state, NOON)
    assert (row.closed, row.endless, row.wait_minutes, row.wait_method) == (True, True, None, None)


def test_a_roster_that_opens_it_gives_a_wait_by_the_plan():
    opens = Plan(np.array([AT + 2 * HOUR]), np.array([AT + 90 * HOUR]), np.array([20.0]))
    state = stage_state(closing(plan=opens), NOON)
    assert (state.closed, state.endless) == (True, False)
    assert state.wait == pytest.approx(2 + 400 / 200, rel=0.02)
    assert state.wait_counters is CountersBasis.PLAN


def test_told_closed_it_stays_so_while_it_is_silent():
    seen = closing()
    later = replace(
        seen, arrivals=hours_before(seen.arrivals, 2.5), served=hours_before(seen.served, 2.5),
        readings=replace(seen.readings, at=seen.readings.at - 2.5 * HOUR),
    )  # fmt: skip
    assert stage_state(later, NOON).best_wait == (None, None)
    assert stage_state(later, NOON).closed


def test_a_closed_priority_lane_is_the_reason_where_the_queue_is_calm():
    calm = StageState(ENTRY, Lane.GENERAL, waiting=5.0, wait=0.1, counters_open=11, arriving=60.0, capacity=120.0)
    lane = replace(stage_state(closing(), NOON), lane=Lane.PRIORITY)
    made = pressure(calm, lane, 0.5)
    assert made.level is Level.CRITICAL
    assert situation_sentence(calm, made).key == "sentence.priority_closed"


def test_the_alert_says_closed_and_otherwise_what_the_wait_holds_for():
    evidence = {
        "stage": "migration-control",
        "component": "wait_general",
        "value": None,
        "never": True,
        "unit": "minutes",
    }
    assert alert_sentence("pressure", AlertState.FIRING, evidence).key == "alert.pressure.sentence_closed"
    known = {**evidence, "value": 1200.0, "never": False, "holds_basis": "open"}
    told = alert_sentence("pressure", AlertState.FIRING, known)
    assert (told.key, told.facts["holds_basis"]) == ("alert.pressure.sentence_wait_general_holds", "open")
    old = {name: value for name, value in known.items() if name != "holds_basis"}
    assert alert_sentence("pressure", AlertState.FIRING, old).key == "alert.pressure.sentence_wait_general"
