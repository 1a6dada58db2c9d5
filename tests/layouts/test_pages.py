"""Every page from a full day and from no report at all: what it shows, what it never says."""

from __future__ import annotations

import json
import re
from typing import Any

import plotly.graph_objects as go
import pytest

from data.vocabulary import KpiName, Language, Level, Look, Sector, Service
from layouts import ids
from layouts.board import Board
from layouts.html import to_html
from layouts.pages import PAGES
from layouts.pages.pieces import rest_of_sectors
from layouts.tables import days_table
from layouts.tokens import resolve, template
from layouts.translator import translator
from tests.layouts.models import NOW, SITE, days, models, sector, service

EMPTY = (False, True)


def parts_of(name: str, language: Language, empty: bool) -> Any:
    page = PAGES[name]
    return page.draw(models(language, empty)[page.read], translator(language, SITE.zone))


def board_of(name: str, language: Language = Language.ES, empty: bool = False) -> Board:
    parts = parts_of(name, language, empty)
    carried = {key: value for key, value in vars(parts).items() if key in Board.__dataclass_fields__}
    return Board(
        version="7.1",
        page=name,
        site=SITE.site,
        lang=language,
        window="today",
        as_of=None if empty else NOW.isoformat(),
        clock={"now": NOW.isoformat(), "speed": 1.0, "replay": False},
        **carried,
    )


def html_of(name: str, language: Language = Language.ES, empty: bool = False, look: Look = Look.LIGHT) -> str:
    return to_html(PAGES[name].frame(board_of(name, language, empty), look, translator(language, SITE.zone)))


everywhere = pytest.mark.parametrize("name", list(PAGES))


@everywhere
@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("empty", EMPTY)
def test_every_figure_is_one_that_plotly_accepts(name: str, language: Language, empty: bool) -> None:
    for drawn in parts_of(name, language, empty).figures.values():
        json.dumps(drawn, allow_nan=False)
        for look in Look:
            figure = resolve(drawn, look)
            assert "@" not in json.dumps(figure), "a colour that no look has"
            go.Figure({**figure, "layout": {**figure["layout"], "template": template(look)}})


@everywhere
@pytest.mark.parametrize("empty", EMPTY)
def test_every_figure_keeps_the_viewers_zoom_and_uses_traces_the_bundle_has(name: str, empty: bool) -> None:
    for drawn in parts_of(name, Language.ES, empty).figures.values():
        assert drawn["layout"]["uirevision"]
        assert {trace["type"] for trace in drawn["data"]} <= {"scatter", "bar"}


@everywhere
@pytest.mark.parametrize("language", list(Language))
def test_nothing_reported_is_said_and_never_read_as_zero(name: str, language: Language) -> None:
    html = html_of(name, language, empty=True)
    for kpi, value, state in re.findall(r'data-kpi="(\w+)" data-value="([^"]*)"[^>]*data-state="(\w+)"', html):
        assert (value, state) == ("", "missing"), kpi
    shown = re.findall(r'id="kpi-\w+-text"[^>]*>([^<]*)<', html)
    assert shown
    assert [text for text in shown if not text or re.search(r"\d", text)] == []


@everywhere
@pytest.mark.parametrize("empty", EMPTY)
def test_the_stable_attributes_are_on_every_page(name: str, empty: bool) -> None:
    html = html_of(name, Language.EN, empty)
    assert 'data-site="simulacro-norte"' in html
    assert 'data-lang="en"' in html
    assert 'data-look="light"' in html
    assert re.search(r'data-live="\w+"', html)
    assert f'data-page="{name}"' in html
    assert re.search(r'data-panel="\w+"[^>]*data-version="7\.1"', html)
    for attribute in ("data-kpi", "data-value", "data-as-of", "data-state"):
        assert f"{attribute}=" in html
    names = re.findall(r'data-kpi="(\w+)"', html)
    assert set(names) <= set(KpiName)


@everywhere
@pytest.mark.parametrize("empty", EMPTY)
def test_no_id_stands_twice_and_every_figure_has_its_place(name: str, empty: bool) -> None:
    html = html_of(name, empty=empty)
    found = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(one for one in set(found) if found.count(one) > 1) == []
    board = board_of(name, empty=empty)
    if PAGES[name].scripts:
        assert {ids.graph(one) for one in board.figures} <= set(found)
    assert ids.ROOT in found


@everywhere
def test_what_is_not_real_is_marked(name: str) -> None:
    assert "SIMULACIÓN" in html_of(name, Language.ES)
    assert "SIMULATION" in html_of(name, Language.EN).upper()


@everywhere
def test_a_page_says_nothing_in_the_other_language(name: str) -> None:
    words = translator("es")
    spanish = {words(f"level.{one}") for one in ("watch", "alert", "critical")} | {"en cola", "sin reporte", "ayer"}
    text = re.sub(r"<[^>]+>", "\n", html_of(name, Language.EN))
    assert [word for word in spanish if re.search(rf"\b{word}\b", text)] == []


@everywhere
def test_the_board_of_a_page_travels_as_json(name: str) -> None:
    for language in Language:
        json.dumps(board_of(name, language).to_json(), allow_nan=False)


def test_partners_words_cannot_become_markup() -> None:
    assert "<b>raro</b>" not in html_of("reports")
    assert "&lt;b&gt;raro" in html_of("reports")


def test_the_lite_page_is_small_and_needs_no_script() -> None:
    html = html_of("lite")
    assert len(html.encode()) < 45_000
    assert "<script" not in html


def test_a_sector_that_reported_without_a_standard_is_not_called_silent() -> None:
    t = translator("es")
    reported = sector(service(Sector.NUTRITION, Service.NUTRITION_SCREENING, Level.NO_DATA, 131.0, None, "tamizajes"))
    silent = sector(service(Sector.SHELTER, Service.SHELTER_PLACES, Level.NO_DATA, None, 90.0, "plazas"))
    assert rest_of_sectors((reported, reported), 0, t) == "2 sectores más"
    assert rest_of_sectors((reported, silent), 0, t) == "2 sectores más; sin reporte: 1"
    assert rest_of_sectors((), 0, t) == ""


def test_a_missing_report_is_hatched_named_and_says_whom_to_call() -> None:
    html = html_of("reports", Language.ES)
    row = html[html.index('id="reporting-unicef-service"') : html.index('id="reporting-migraciones-flow"')]
    assert re.findall(r'class="cell cell-([a-z-]+)" style="flex-grow:([0-9]+);--n:([0-9]+)', row) == [
        ("on-time", "180", "3"),
        ("late", "60", "1"),
        ("partial", "60", "1"),
        ("missing", "180", "3"),
        ("pending", "120", "2"),
    ]
    assert "3 falta" in row
    assert "coordinación de niñez · UNICEF · anexo 12" in row
    assert row.count("<summary") == 1
    assert "38\u202f%" in row  # 3 of 8 due on time
    assert "Motivo: emergencia" in row


def test_who_reports_without_being_asked_is_listed_and_never_judged() -> None:
    html = html_of("reports", Language.EN)
    others = html[html.index("Report without an agreed rhythm") :]
    assert "dtm" in others[: others.index("</table>")]


def test_a_days_own_report_that_differs_from_its_hours_is_told() -> None:
    t = translator(Language.ES, "America/Lima")
    said = to_html(days_table(days(), t))
    told = t("word.day_report_says", people=1100 + 60 * 22 - 120)
    assert said.count("el reporte del día dice") == 1
    assert told in said
    assert said.count("≥") == 2


def test_feeds_say_what_happened_in_words_and_which_need_somebody() -> None:
    html = html_of("reports", Language.ES)
    feeds = html[html.index('id="panel-feeds"') : html.index('id="panel-doubts"')]
    rows = dict(re.findall(r'<span class="feed-name">([^<]+)</span>.*?<span class="feed-word feed-([a-z]+)">', feeds))
    assert rows == {
        **{"tumbes-kobo": "failing", "consolidado": "unread", "tumbes-odk": "silent", "avisos": "waiting"},
        **{"llegadas": "fine", "viejo": "paused"},
    }
    assert "3 intentos. kf.&lt;b&gt;kobo&lt;/b&gt;.example no acepta la clave (respuesta 401)" in feeds
    assert "el proceso que lee las fuentes no está en marcha" in feeds
    assert 'href="/reports/4"' in feeds
    assert "cuentan 12 filas" in feeds
    assert "cuando el socio envíe" in feeds


def test_without_feeds_their_place_is_empty_and_so_not_seen() -> None:
    assert 'id="text-feeds"' in html_of("reports", empty=True)
    assert parts_of("reports", Language.ES, empty=True).texts["feeds"] == ""
