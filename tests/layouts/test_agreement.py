"""Figures that do not agree, as they are drawn: side by side, marked, and never by colour or shape alone."""

from __future__ import annotations

import re

import pytest

from data.vocabulary import Language
from layouts.agreement import doubts_table, duplicates_table, sources_beside
from layouts.figures.curves import cumulative
from layouts.figures.rates import daily, hourly
from layouts.html import to_html
from layouts.translator import translator
from tests.layouts.models import DAY, DUPLICATES, FLAG, NOW, SITE, SOURCES, curves, days, hours

ES = translator("es", SITE.zone)


def text(tree: object) -> str:
    return re.sub(r"[ \n]+", " ", re.sub(r"<[^>]+>", " ", to_html(tree)))


def test_sources_stand_apart_with_method_and_difference_in_words():
    said = text(sources_beside(SOURCES, ES, "simulacro-norte"))
    assert "−1\u202f929 personas (−56\u202f%)" in said
    assert "difiere más de 10\u202f%" in said
    assert "en 2 de 3 periodos" in said
    assert "▣ registrado" in said
    assert "◔ por muestra" in said
    assert "sin reporte" in said, "who reported nothing is there without a zero"
    assert "4\u202f929" not in said, "sources are never added up"


def test_no_official_source_is_said_and_nothing_is_compared_with_it():
    _, without = SOURCES
    said = text(sources_beside((without,), ES, "simulacro-norte"))
    assert "sin fuente oficial" in said
    assert "−1\u202f929" not in said


@pytest.mark.parametrize("language", list(Language))
def test_partners_words_cannot_become_markup(language: Language):
    t = translator(language, SITE.zone)
    drawn = to_html([sources_beside(SOURCES, t, "x"), doubts_table((FLAG,), t), duplicates_table(DUPLICATES, t)])
    assert "<b>dtm" not in drawn
    assert "<b>Cruz" not in drawn
    assert "&lt;b&gt;dtm" in drawn


def test_a_decided_duplicate_says_by_whom_and_why_and_a_masked_one_says_no_number():
    open_one, decided = (text(duplicates_table((one,), ES)) for one in DUPLICATES)
    assert "300 raciones" in open_one
    assert "sin decidir" in open_one
    assert "es lo mismo: cuenta ADRA" in decided
    assert "ana" in decided
    assert "acta 3" in decided
    assert "300" not in decided


def test_an_estimated_part_of_a_curve_is_dashed_and_a_counted_one_is_not():
    drawn = cumulative(curves(), (), NOW, ES)["data"]
    lines = [trace["line"] for trace in drawn if trace.get("name") == ES("figure.arrivals")]
    assert [line.get("dash") for line in lines] == [None, None, "6px,4px"]
    assert lines[0]["width"] == 0, "the first carries the fill only"
    [served] = [trace["line"] for trace in drawn if trace.get("name") == ES("figure.served")]
    assert "dash" not in served


def test_every_point_of_a_curve_is_in_its_solid_or_its_dashed_part():
    whole, solid, dashed = (
        trace["y"] for trace in cumulative(curves(), (), NOW, ES)["data"] if trace.get("name") == ES("figure.arrivals")
    )
    assert [a if a is not None else b for a, b in zip(solid, dashed, strict=True)] == whole
    assert sum(a is not None and b is not None for a, b in zip(solid, dashed, strict=True)) == 1, "they meet once"


def test_a_figure_that_waits_for_an_answer_carries_a_mark_with_the_question():
    frame = hours()
    [marked] = [trace for trace in hourly(frame, (), DAY, NOW, ES, (FLAG,))["data"] if trace.get("mode") == "text"]
    assert marked["x"] == ["2019-06-14T09:30"]
    assert "400" in marked["customdata"][0]
    assert not [trace for trace in daily(days(), ES, (FLAG,))["data"] if trace.get("mode") == "text"]
