"""What stands beside a number so that it says no more than is known: its condition, its moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pandas as pd
import pytest

from callbacks.asking import wrong
from callbacks.flow_answers import _clock_rows
from data.analytics.arrivals import last_hour
from data.analytics.buckets import Buckets
from data.types import Comparison, Kpi
from data.vocabulary import Language, State
from layouts.headlines import kpi_view
from layouts.html import to_html
from layouts.laid_over import compared_table
from layouts.pages.path import path_table
from layouts.pages.pieces import stations_table
from layouts.tables import curves_sentence
from layouts.translator import translator
from layouts.what_if import complaint
from tests.callbacks.test_what_if import GROWING
from tests.data.test_queueing import NOON, whole_hours
from tests.layouts.models import NOW, SITE, models

ES, EN = (translator(language, "America/Lima") for language in Language)


def words(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("holds_for", "spanish", "english"),
    [
        ("open", "con los módulos abiertos ahora", "with the counters open now"),
        ("plan", "con el plan de módulos", "with the roster of counters"),
    ],
)
def test_a_wait_says_what_it_holds_for(holds_for, spanish, english):
    wait = Kpi("wait_minutes", 1208, State.OK, NOW, unit="minutes", method="virtual", holds_for=holds_for)
    assert (kpi_view(wait, ES).holds, kpi_view(wait, EN).holds) == (spanish, english)
    one = replace(GROWING, wait_counters=holds_for)
    for t, said in ((ES, spanish), (EN, english)):
        assert said in words(to_html(path_table([one], t)))
        assert said in words(to_html(stations_table([one], t)))


def test_a_closed_station_says_that_nobody_is_served():
    shut = replace(
        GROWING, closed=True, endless=True, counters_open=0, wait_minutes=None, never_clears=True,
        waited_at_closing_minutes=180,
    )  # fmt: skip
    told = words(to_html(path_table([shut], ES)))
    assert "cerrada: nadie es atendido" in told
    assert "quien era atendido al cerrar había esperado 3 h" in told
    assert "nadie es atendido" in words(to_html(stations_table([shut], ES)))


def test_a_queue_counted_a_while_ago_is_told_with_its_moment():
    curves = models()["situation"].curves
    now = curves.wait_to or NOW
    assert words(curves_sentence(replace(curves, queue_at=now), now, ES)).startswith("Ahora hay")
    old = replace(curves, queue_at=now - timedelta(hours=3))
    said = words(curves_sentence(old, now, ES))
    assert said.startswith(f"A las {ES.time(now - timedelta(hours=3))} había")
    assert "Quien es atendido ahora" not in said
    shut = curves_sentence(replace(curves, queue_at=now, closed=True, waited_at_closing=3.0), now, ES)
    assert "Quien es atendido ahora" not in shut
    assert "al cerrar había esperado 3" in shut


def test_the_last_hour_is_a_whole_one():
    hours = whole_hours([100.0] * 5)
    broken = Buckets(
        hours.start, hours.minutes * [1, 1, 1, 1, 0.5], hours.people, hours.at_least, hours.method, hours.received
    )
    found, newest = last_hour(broken, NOON), last_hour(hours, NOON)
    assert newest is not None
    assert (newest.end, newest.start) == (NOON, NOON - timedelta(hours=1))
    assert found is not None
    assert (found.end, found.at_least) == (NOON - timedelta(hours=1), False)


@pytest.mark.parametrize("t", [ES, EN])
def test_a_number_out_of_its_limits_is_told_what_was_expected(t):
    found = wrong({"ask_counters": "201", "ask_hours": "", "ask_arrivals": None})
    assert found is not None
    assert "200" in to_html(complaint(found, t))
    assert wrong({"ask_counters": "17"}) is None


def test_who_stood_there_at_midnight_did_not_arrive_on_the_day():
    day = models()["flow"].curves.day
    points = pd.DataFrame({"minute": [0, 60], "arrivals": [700.0, 750.0], "served": [0.0, 30.0]})
    other = Comparison("yesterday", begins=datetime(2019, 6, 14), day=day, points=points, carried_in=700.0)  # noqa: DTZ001
    told = [row["arrivals"] for row in _clock_rows(other, SITE, day)]
    assert told == [0, 50]
    shown = words(to_html(compared_table(models()["flow"].curves, other, ES)))
    assert "750" not in shown
    assert ">50<" in shown
