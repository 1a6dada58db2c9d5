"""A question in an address or in the fields of the page: read, answered, or told what is wrong with it."""

from __future__ import annotations

import json

import pytest

from callbacks.asking import Standing, answered, numbers_asked, question, standing
from callbacks.what_if import Question
from data.types import Sentence
from data.vocabulary import Language
from layouts.translator import translator
from tests.callbacks.test_what_if import GROWING

ABOUT = standing(GROWING)
NOW = "2019-06-14T17:30:00+00:00"


def said(about: Standing | None, language: Language = Language.ES, **asked: object) -> list[str]:
    plain = None if about is None else json.loads(json.dumps(vars(about)))
    t = translator(language, "America/Lima")
    return [line.replace("\u00a0", " ") for line in answered(plain, NOW, asked, t)]


def test_a_link_is_answered_from_its_words():
    first, after, needed, assumed = said(ABOUT, ask_counters="20", ask_hours="6", ask_arrivals="350")
    assert first == "Con 20 módulos la cola de 900 personas se vacía en 18 h; quien llega ahora espera 2 h 15 min."
    assert after == "Dentro de 6 h habrá 600 personas en cola."
    assert needed == "Para vaciarla en 6 h harían falta 25 módulos."
    assert "350 llegadas por hora que usted indica" in assumed


def test_what_is_left_empty_stays_as_it_is():
    assert question({"ask_hours": "2,5"}, ABOUT) == Question(10, 2.5, None)
    assert question({"ask_arrivals": 350, "ask_counters": ""}, ABOUT) == Question(10, None, 350.0)
    assert question({"ask_counters": None, "ask_hours": ""}, ABOUT) is None
    assert said(ABOUT) == []


@pytest.mark.parametrize(
    ("asked", "key"),
    [
        ({"ask_counters": "many"}, "what_if.wrong_counters"),
        ({"ask_counters": "2.5"}, "what_if.wrong_counters"),
        ({"ask_counters": "-1"}, "what_if.wrong_counters"),
        ({"ask_counters": "nan"}, "what_if.wrong_counters"),
        ({"ask_counters": True}, "what_if.wrong_counters"),
        ({"ask_hours": "0"}, "what_if.wrong_hours"),
        ({"ask_hours": "1e9"}, "what_if.wrong_hours"),
        ({"ask_arrivals": "1000000"}, "what_if.wrong_arrivals"),
    ],
)
def test_what_is_no_question_is_told(asked: dict[str, object], key: str):
    found = question(asked, ABOUT)
    assert isinstance(found, Sentence)
    assert found.key == key
    for language in Language:
        [told] = said(ABOUT, language, **asked)
        assert "{" not in told


def test_without_a_report_of_counters_the_answer_asks_for_them():
    assert said(None, ask_hours="2")[0].startswith("Escriba con cuántos módulos")
    assert said(None, ask_counters="12")[0].startswith("No se puede calcular")


@pytest.mark.parametrize(
    ("written", "arrivals"),
    [("1,000", 1000), ("1.000", 1000), ("1\u202f000", 1000), ("1 000", 1000), ("900", 900)],
)
def test_a_thousand_is_a_thousand_however_it_is_written(written: str, arrivals: float):
    assert numbers_asked({"ask_arrivals": written}) == {"ask_arrivals": arrivals}


@pytest.mark.parametrize("written", ["1_0", "1e2", "٣", "0x10", "1,5", "--1", "nan"])
def test_what_is_no_whole_number_is_told(written: str):
    assert isinstance(numbers_asked({"ask_arrivals": written}), Sentence)


def test_hours_may_have_a_decimal_comma():
    assert numbers_asked({"ask_hours": "1,5"}) == {"ask_hours": 1.5}
