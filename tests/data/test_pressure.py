"""Pressure is the worst of its parts, each by a published table; a missing part is said, never taken for calm."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.pressure import LIMITS, component, level_of, pressure, worst
from data.analytics.sentences import situation_sentence
from data.analytics.stages import StageState
from data.vocabulary import LEVEL_ORDER, Lane, Level, Stage


def entry(**known: object) -> StageState:
    return StageState(Stage.MIGRATION_CONTROL, Lane.GENERAL, **known)  # type: ignore[arg-type]


CALM = {
    "waiting": 20.0, "arriving": 60.0, "capacity": 120.0, "wait": 1 / 6, "over_12h": 0.0,
    "clears_in": timedelta(minutes=20), "counters_open": 11,
}  # fmt: skip


N, W, A, C = LEVEL_ORDER


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("utilisation", {0.79: N, 0.80: W, 0.95: A, 1.10: A, 1.11: C}),
        ("wait_general", {59: N, 60: W, 120: A, 360: A, 361: C}),
        ("wait_priority", {14: N, 15: W, 30: A, 60: A, 61: C}),
        ("time_to_clear", {119: N, 120: W, 360: A, 720: A, 721: C}),
        ("waiting_over_12h", {0: N, 1: W, 20: W, 21: A, 200: A, 201: C}),
        ("presence", {0.69: N, 0.7: W, 0.9: A, 1.1: A, 1.2: C}),
    ],
)
def test_each_part_has_the_level_of_its_row(name, values):
    assert {value: level_of(value, next(row for row in LIMITS if row.name == name)) for value in values} == values


def test_a_part_without_data_is_no_data_and_the_whole_is_at_least():
    found = pressure(entry(**CALM), None, 0.5)
    assert found.level is Level.NORMAL
    assert found.at_least
    assert {part.name for part in found.components if part.level is Level.NO_DATA} == {"wait_priority"}


def test_all_parts_known_is_not_at_least():
    assert not pressure(entry(**CALM), entry(wait=0.1, waiting=3.0), 0.5).at_least


def test_nothing_known_is_no_data_and_not_normal():
    found = pressure(entry(), None, None)
    assert found.level is Level.NO_DATA
    assert found.at_least


def test_one_critical_part_is_not_averaged_away():
    assert pressure(entry(**CALM), entry(wait=2.0, waiting=40.0), 0.1).level is Level.CRITICAL


@pytest.mark.parametrize(
    ("wait", "level"), [(0.35, Level.ALERT), (0.99, Level.ALERT), (1.0, Level.CRITICAL), (None, Level.CRITICAL)]
)
def test_more_than_can_be_served_is_a_warning_while_whoever_joins_waits_briefly(wait, level):
    busy = {**CALM, "waiting": 27.0, "arriving": 144.0, "wait": wait}
    found = pressure(entry(**busy), None, None)
    part = next(part for part in found.components if part.name == "utilisation")
    assert (part.value, part.level, found.level) == (1.2, level, level)
    after = pressure(entry(**{**busy, "arriving": 120.0, "wait": 0.3}), None, None, before=Level.CRITICAL)
    assert after.level is Level.ALERT, "and what was no crisis holds none up"


def test_a_queue_that_never_clears_is_critical_once_joining_it_means_an_hour():
    growing = {**CALM, "clears_in": None, "never_clears": True, "arriving": 130.0}
    assert component("time_to_clear", None, never=True).level is Level.CRITICAL
    found = pressure(entry(**{**growing, "wait": 1.5, "waiting": 180.0}), None, None)
    part = next(part for part in found.components if part.name == "time_to_clear")
    assert (part.level, part.never, part.value) == (Level.CRITICAL, True, None)
    short = pressure(entry(**{**growing, "wait": 0.3, "waiting": 36.0}), None, None)
    assert next(part for part in short.components if part.name == "time_to_clear").level is Level.NORMAL


@given(st.sampled_from(LIMITS), st.floats(0, 2000), st.floats(0, 2000))
def test_more_of_a_thing_is_never_a_lower_level(row, one, other):
    low, high = sorted((one, other))
    assert LEVEL_ORDER.index(level_of(low, row)) <= LEVEL_ORDER.index(level_of(high, row))


@given(st.lists(st.sampled_from([*LEVEL_ORDER, Level.NO_DATA]), min_size=1))
def test_the_worst_known_level_counts(levels):
    known = [level for level in levels if level is not Level.NO_DATA]
    assert worst(levels) is (max(known, key=LEVEL_ORDER.index) if known else Level.NO_DATA)


def test_the_sentence_says_what_happens_and_what_would_help():
    from data.analytics.rates import Rate

    state = entry(
        waiting=2940.0, arriving=453.0, capacity=264.0, counters_open=18, wait=11.1, over_12h=0.0,
        rate=Rate(264 / 18, 13.0, 16.0, 6), never_clears=True,
    )  # fmt: skip
    said = situation_sentence(state, pressure(state, None, None))
    assert said.key == "sentence.growing_counters"
    assert said.facts == {"stage": "migration-control", "growth": 189, "counters": 13}


def test_the_sentence_gives_the_reason_of_the_level_also_when_it_is_not_the_queue():
    calm = entry(**CALM)
    crowded = situation_sentence(calm, pressure(calm, None, 1.13))
    assert (crowded.key, crowded.facts) == ("sentence.over_capacity", {"ratio": 1.1})
    lane = situation_sentence(calm, pressure(calm, entry(wait=1.5, waiting=20.0), 0.5))
    assert (lane.key, lane.facts["wait_minutes"]) == ("sentence.priority_wait", 90)


@pytest.mark.parametrize(
    ("known", "key"),
    [
        ({}, "sentence.no_queue_data"),
        (CALM | {"wait": 0.1}, "sentence.calm"),
        (CALM | {"wait": 2.0, "waiting": 240.0, "clears_in": timedelta(hours=4)}, "sentence.clearing"),
        ({"waiting": 80.0}, "sentence.waiting_unknown_rate"),
        ({"waiting": 80.0, "counters_open": 0}, "sentence.closed_with_queue"),
        ({"waiting": 80.0, "arriving": 90.0, "capacity": 60.0, "wait": 1.3}, "sentence.growing"),
    ],
)
def test_every_situation_has_its_sentence(known, key):
    state = entry(**known)
    assert situation_sentence(state, pressure(state, None, None)).key == key


def test_a_level_that_is_held_is_not_put_down_to_something_calm():
    # 111 minutes are under the limit of alert and not yet well under it.
    waiting = StageState(Stage.MIGRATION_CONTROL, Lane.GENERAL, waiting=300, wait=111 / 60, measured_wait=111 / 60)
    made = pressure(waiting, None, 0.3, before=Level.ALERT)
    assert (made.level, made.held) == (Level.ALERT, True)
    assert situation_sentence(waiting, made).key != "sentence.over_capacity"
