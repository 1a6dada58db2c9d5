"""What if other counters were open: the answer follows the fluid queue, or says which report is missing."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from callbacks.what_if import Question, answer, assumption, told
from data.types import Station
from data.vocabulary import Lane, Language, Level, Stage, State
from layouts.translator import translator

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


NOW = datetime(2019, 6, 14, 17, tzinfo=UTC)
SURE = replace(GROWING, rate_low=18.0, rate_high=22.0)


def in_words(station: Station | None, question: Question, language: str = "es") -> list[str]:
    t = translator(language, "America/Lima")
    return [t.sentence(one).replace("\u00a0", " ").replace("\u202f", " ") for one in told(station, question, NOW)]


def test_the_answer_carries_the_interval_of_the_rate():
    said = answer(SURE, 20)
    assert said.key == "what_if.clears_between"
    assert said.facts["low_minutes"] < 540 < said.facts["high_minutes"]
    assert answer(SURE, 16).key == "what_if.clears_perhaps"  # 320 served for 300 who come


def test_other_hours_and_other_arrivals_are_answered_too():
    first, after, needed, assumed = in_words(GROWING, Question(20, hours=6, arriving=350))
    assert first == "Con 20 módulos la cola de 900 personas se vacía en 18 h; quien llega ahora espera 2 h 15 min."
    assert after == "Dentro de 6 h habrá 600 personas en cola."
    assert needed == "Para vaciarla en 6 h harían falta 25 módulos."
    assert "las 350 llegadas por hora que usted indica" in assumed


def test_nearly_full_counters_are_said_to_be():
    said = in_words(replace(GROWING, utilisation=None, arriving_per_hour=388), Question(20))
    assert said[1].startswith("Los módulos estarían ocupados al 97 %: solo sobra capacidad para 12 personas por hora")


def test_exactly_as_many_as_come_neither_grow_nor_clear():
    assert in_words(GROWING, Question(15))[0].startswith(
        "Con 15 módulos la cola de 900 personas ni crece ni baja; se vacía desde 16."
    )


def test_a_queue_below_zero_is_not_reckoned_with():
    assert [one.key for one in told(replace(GROWING, waiting=-35, negative=True), Question(20), NOW)] == [
        "what_if.negative"
    ]


@pytest.mark.parametrize("language", list(Language))
def test_every_answer_has_its_words_in_both_languages(language):
    for station in (None, GROWING, SURE, replace(GROWING, waiting=0), replace(GROWING, waiting=-35, negative=True)):
        for question in (Question(0), Question(15, 2.5), Question(16), Question(60, 1, 10.0)):
            for said in in_words(station, question, str(language)):
                assert "{" not in said


def test_an_answer_takes_far_less_than_fifty_milliseconds():
    told(SURE, Question(20, 6, 350), NOW)
    begun = time.perf_counter()
    for counters in range(100):
        told(SURE, Question(counters, 6, 350), NOW)
    assert (time.perf_counter() - begun) / 100 < 0.05


def test_a_surplus_that_would_take_years_asks_for_one_counter_more():
    said = answer(replace(GROWING, utilisation=None, arriving_per_hour=319.99), 16)  # 320 served: 0.01 an hour to spare
    assert (said.key, said.facts["needed"]) == ("what_if.stays", 17)
