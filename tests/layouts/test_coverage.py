"""The coverage page as a viewer notices it: what is missing in words, what opens, what is marked, what is hatched."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from data.types import CoverageStretch, Equity, EquityGroup, SectorTimeline, StockLeft, Window
from data.vocabulary import Language, Level, Sector, Service, State
from layouts.coverage_stock import equity_tree, left_words
from layouts.coverage_timeline import STATES, state_words, timeline_trees
from layouts.html import to_html
from layouts.pages.coverage_words import covered_cell, missing_phrase, trend
from layouts.pages.pieces import gaps_first
from layouts.translator import translator
from tests.layouts.models import sector, service

T = translator(Language.ES, "America/Lima")
NOW = datetime(2019, 6, 14, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)


def covered(**more):
    said = {
        "delivered": 14.0, "required": 26.0, "gap": 12.0, "ratio": 14 / 26, "unit": "letrinas", "standard_value": 50.0,
        "standard_per": "people-per-unit", "standard_source": "UNHCR, https://example.org/doc", "phase": "emergency",
        "denominator": "present", "denominator_value": 1300.0, "state": State.OK, "as_of": NOW, "at_least": False,
        "masked": False, "contacts": None,
    }  # fmt: skip
    return replace(service(Sector.WASH, Service.LATRINES, Level.ALERT, 14.0, 26.0, "letrinas"), **{**said, **more})


def test_what_is_missing_is_said_in_words_and_units():
    assert "faltan 12 letrinas" in to_html(missing_phrase(covered(), T))
    assert "faltan hasta 12 letrinas" in to_html(missing_phrase(covered(at_least=True), T))
    assert "cubierto" in to_html(missing_phrase(covered(gap=0.0, ratio=1.3), T))


def test_a_percentage_opens_without_a_script_to_every_line_of_its_arithmetic():
    said = to_html(covered_cell(covered(), T))
    assert said.startswith("<details")
    assert "<summary>" in said
    for line in (
        "1\u202f300 personas ÷ 50 = 26 letrinas",
        "14 ÷ 26 = 54\u202f%",
        "26 − 14: faltan 12",
        'href="https://',
    ):
        assert line in said, line


def test_over_a_hundred_is_shown_and_marked_and_provisional_is_told():
    said = to_html(covered_cell(covered(delivered=39.0, ratio=1.5, gap=0.0, standard_provisional=True), T))
    assert "150\u202f%" in said
    assert "over-mark" in said
    assert "umbral provisional" in said
    assert "over-mark" not in to_html(covered_cell(covered(), T))


def test_without_a_denominator_there_is_no_percentage_and_it_says_so():
    said = to_html(covered_cell(covered(required=None, gap=None, ratio=None, denominator_value=None), T))
    assert "sin porcentaje" in said
    assert "sin denominador" in said


def test_a_masked_count_has_no_arithmetic_to_open():
    hidden = covered(masked=True, state=State.MASKED, delivered=None, gap=None, ratio=None, required=8.0)
    said = to_html(covered_cell(hidden, T)) + to_html(missing_phrase(hidden, T))
    assert "<details" not in said
    assert "26" not in said


def test_no_report_is_hatched_and_named_never_nothing():
    silent = covered(delivered=None, ratio=None, gap=None, state=State.MISSING, level=Level.NO_DATA, as_of=None)
    said = to_html(covered_cell(silent, T))
    assert "bar-missing" in said
    assert "sin reporte" in said


def test_a_trend_is_told_only_where_both_days_are_known():
    assert "▲ 14 puntos" in to_html(trend(covered(), 0.4, T))
    assert "▼ 1 punto" in to_html(trend(covered(ratio=0.39), 0.4, T))
    assert "punto" not in to_html(trend(covered(), None, T))


@pytest.mark.parametrize("language", list(Language))
def test_every_state_of_the_timeline_has_a_word_a_pattern_and_its_times(language):
    t = translator(language, "America/Lima")
    window = Window(NOW - 21 * HOUR, NOW)
    parts = tuple(
        CoverageStretch(NOW - (21 - 3 * n) * HOUR, NOW - (18 - 3 * n) * HOUR, state) for n, state in enumerate(STATES)
    )
    trees = timeline_trees((SectorTimeline(Sector.WASH, parts),), window, t)
    drawn, listed = to_html(trees["timeline"]), to_html(trees["timeline-table"])
    for state in STATES:
        assert f"stretch-{state}" in drawn
        assert state_words(state, t) in listed
    assert drawn.count("<details") == 1
    assert t.duration(180) in drawn
    assert trees["timeline-sentence"]


def test_a_timeline_without_anything_says_that_nobody_reported():
    assert "sin reporte" in to_html(timeline_trees((), None, T)["timeline"])


def test_stock_says_how_long_it_lasts_or_why_nobody_knows():
    one = StockLeft("Salud", "dosis", "dosis", "salud", 500.0, NOW, State.OK, 50.0, 10.4, NOW, 8.0)
    assert left_words(one, T) == T.duration(600)
    assert left_words(replace(one, hours_left=1.5), T) == T.duration(90)
    assert left_words(replace(one, hours_left=0.0), T) == "agotado"
    assert left_words(replace(one, hours_left=None, idle=True), T) == "no se está usando"
    assert left_words(replace(one, hours_left=None, use_per_hour=None), T) == "uso desconocido"
    assert left_words(replace(one, hours_left=None, state=State.STALE), T) == "conteo antiguo"


def test_the_gap_between_groups_is_told_and_hidden_groups_are_not():
    groups = (EquityGroup("female", 30.0, 100.0, 0.3), EquityGroup("male", None, None, None, masked=True))
    told = Equity(Sector.HEALTH, Service.MEDICAL_ATTENTION, "sex", groups, 0.4, "female", -0.1)
    said = to_html(equity_tree((told,), Window(NOW, NOW + 24 * HOUR), T))
    assert "mujeres: 10 puntos menos que el promedio" in said
    assert "reservado" in said.lower()


def test_a_display_shows_what_can_be_brought_before_what_nobody_reports():
    silent = sector(covered(delivered=None, ratio=None, gap=None, level=Level.NO_DATA, state=State.MISSING))
    short = sector(covered())
    assert gaps_first((silent, short)) == (short, silent)
    assert gaps_first((silent,)) == (silent,)
