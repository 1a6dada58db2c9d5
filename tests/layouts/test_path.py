"""The path of stations in words: where it narrows, what else is to be told of each, and what is not known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data.types import ExpectedHour, ExpectedQueue, HourNeed, Needs, PlanKept, Station
from data.vocabulary import Language, Stage
from layouts.figures.ahead import counters_needed, expected_band
from layouts.hours_ahead import expected_sentence, kept_sentence, needs_sentence
from layouts.html import to_html
from layouts.pages.path import narrowest, path_table
from layouts.translator import translator
from tests.callbacks.test_what_if import GROWING
from tests.layouts.models import NOW

ES = translator(Language.ES, "America/Lima")
NARROW = replace(GROWING, capacity_ratio=0.72, bottleneck=True)
WIDE = replace(GROWING, stage=Stage.VACCINATION, capacity_ratio=1.4, growth_per_hour=None)


def shown(*stations: Station) -> str:
    return to_html(path_table(stations, ES)).replace("\u00a0", " ").replace("\u202f", " ")


def test_the_bottleneck_is_told_in_words():
    assert narrowest((WIDE, NARROW), ES) == (
        "Cuello de botella: control migratorio, que puede atender al 72\u202f% de quienes llegan."
    )
    assert "cuello de botella</b>" in shown(WIDE, NARROW)
    ample = replace(NARROW, capacity_ratio=1.1)
    assert narrowest((WIDE, ample), ES).startswith(
        "Ninguna estación se queda corta; la más justa es control migratorio"
    )
    assert "cuello de botella</b>" not in shown(WIDE, ample)
    assert "no se puede decir" in narrowest((replace(NARROW, bottleneck=False),), ES)
    assert narrowest((GROWING,), ES).startswith("No se sabe cuál es el cuello de botella")


def test_each_station_tells_what_its_numbers_do_not():
    told = shown(
        replace(
            NARROW, over_6h=300.0, over_12h=40.0, over_24h=0.0, left_last_hour=12.0, unexplained=-7.0, at_least=True,
            never_clears=True, clear_counters="open", clear_arrivals="present-rate", time_to_clear_minutes=None,
        )
    )  # fmt: skip
    assert "al menos esperan más de 6 h: 300; más de 12 h: 40; más de 24 h: 0" in told
    assert "se fueron sin ser atendidas: 12 en la última hora reportada" in told
    assert "el último conteo vio 7 menos de lo que explican llegadas y atendidos" in told
    assert "no se vacía con los módulos abiertos ahora, si sigue llegando la misma gente por hora" in told
    assert "≥ 900" in told


def test_closed_nearly_full_negative_and_unknown_are_said():
    assert "cerrada" in shown(replace(GROWING, closed=True, counters_open=0, wait_minutes=None))
    assert "casi al límite: sobra para 12/h" in shown(replace(GROWING, utilisation=0.97, growth_per_hour=-12))
    assert "Los datos no cuadran" in shown(replace(GROWING, waiting=-35, negative=True))
    assert "sin dato de cuántos esperan más de 6 h" in shown(GROWING)


HOURS = tuple(HourNeed(NOW, counters, "backlog", 400.0, 100.0, planned) for counters, planned in ((18, 12), (9, None)))
NEEDS = Needs(30, 0.8, HOURS, "forecast", 10, 30, 11.1)


def test_needs_are_told_against_the_roster_and_the_reason_with_them():
    told = needs_sentence(NEEDS, ES).replace("\u00a0", " ").replace("\u202f", " ")
    assert told.startswith("Para que el 80 % de quienes llegan espere a lo más 30 min hacen falta entre 9 y 18 módulos")
    assert "El rol prevé menos en 1 de 1 hora." in told
    assert "manda la gente acumulada" in told
    assert [bar["text"] for bar in counters_needed(NEEDS, ES)["layout"]["annotations"]] == ["18", "9"]


@pytest.mark.parametrize("language", list(Language))
def test_every_state_of_the_hours_ahead_has_its_words(language: Language):
    t = translator(language, "America/Lima")
    states = [replace(NEEDS, hours=(), missing=one) for one in ("waiting", "rate", "arrivals", "negative")]
    states += [NEEDS, replace(NEEDS, arrivals="present-rate", hours=tuple(replace(one, planned=None) for one in HOURS))]
    states += [replace(NEEDS, hours=(replace(HOURS[0], reason=one), HOURS[1])) for one in ("chance", "too-few")]
    for one in states:
        assert "{" not in needs_sentence(one, t)
        assert counters_needed(one, t)["layout"]
    missing = ("forecast", "waiting", "rate", "counters", "negative")
    told = ExpectedQueue((ExpectedHour(NOW, 0.0, 10.0, 20.0),), "plan-then-open")
    for queue in (*(ExpectedQueue(missing=one) for one in missing), told):
        assert "{" not in expected_sentence(queue, t)
        assert bool(expected_band(queue, t)[0]) is bool(queue.hours)
    assert expected_sentence(ExpectedQueue(missing="past"), t) == ""
    steps = ((NOW, 12),)
    kept = (PlanKept(), PlanKept(steps), PlanKept(steps, 60.0), PlanKept(steps, 60.0, 30.0, 3, NOW))
    assert len({kept_sentence(one, "migration-control", t) for one in kept}) == 4
