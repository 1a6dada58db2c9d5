"""What if other counters were open: the answer follows the fluid queue, or says which report is missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from callbacks.what_if import answer, assumption
from data.types import Station
from data.vocabulary import Lane, Level, Stage, State

# 900 waiting, 10 counters of 20 people an hour each, 300 people arriving an hour: the queue grows by 100.
GROWING = Station(
    stage=Stage.MIGRATION_CONTROL,
    lane=Lane.GENERAL,
    waiting=900,
    served_last_hour=200,
    counters_open=10,
    counters_total=30,
    wait_minutes=270,
    wait_low=None,
    wait_high=None,
    wait_method="virtual",
    growth_per_hour=100,
    utilisation=1.5,
    time_to_clear_minutes=None,
    level=Level.ALERT,
    state=State.OK,
    as_of=None,
    rate_per_counter_hour=20,
    rate_sample_hours=6,
)


def test_enough_counters_clear_the_queue():
    said = answer(GROWING, 20)  # 400 served, 300 arriving: 900 clear in 9 h; who joins now waits 900 / 400 h
    assert said.key == "what_if.clears"
    assert said.facts == {"counters": 20, "waiting": 900, "clear_minutes": 540, "wait_minutes": 135}


def test_too_few_counters_let_it_grow_and_the_answer_says_how_many_stop_it():
    said = answer(GROWING, 12)
    assert said.key == "what_if.grows"
    assert (said.facts["growth"], said.facts["needed"]) == (60, 15)


def test_no_counters_serve_nobody():
    assert answer(GROWING, 0).key == "what_if.nobody_served"


def test_nobody_waiting_is_said():
    assert answer(replace(GROWING, waiting=0, utilisation=0.5), 10).key == "what_if.empty"


@pytest.mark.parametrize(
    ("station", "missing"),
    [
        (None, "what_if.no_waiting"),
        (replace(GROWING, waiting=None), "what_if.no_waiting"),
        (replace(GROWING, rate_per_counter_hour=None), "what_if.no_rate"),
        (replace(GROWING, utilisation=None), "what_if.no_arrivals"),
        (replace(GROWING, counters_open=None), "what_if.no_arrivals"),
    ],
)
def test_what_was_not_reported_is_not_guessed(station, missing):
    assert answer(station, 12).key == missing
    assert assumption(station, datetime.now(UTC)) is None
