"""`/`: how bad it is, what would help, what is missing, how sure we are."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from data.types import SituationModel
from data.vocabulary import Look
from layouts import ids
from layouts.board import Board
from layouts.charts import figures_of, texts_of
from layouts.headlines import kpi_views
from layouts.kpi_cards import kpi_card, kpi_more
from layouts.pages import shell
from layouts.pages.pieces import (
    alert_lines,
    sectors_strip,
    stations_table,
)
from layouts.parts import HOLD, Parts, chart, kpi_attributes, panel, scrolling, slot, title
from layouts.questions import open_line
from layouts.reading import reading_words
from layouts.translator import Translator

HEADLINES = ("entries_today", "arrivals_last_hour", "queue_len", "wait_minutes", "present")
SMALL = (
    "arrivals_today",
    "arrivals_expected_today",
    "time_to_clear_minutes",
    "coverage_worst_sector",
    "alerts_open",
    "reports_missing",
    "confidence",
)


def draw(model: SituationModel, t: Translator) -> Parts:
    figures = figures_of("situation", model, t)
    return Parts(
        kpis=kpi_views(model.kpis, t),
        figures=figures,
        texts={
            **shell.common_texts(model.frame, len(model.alerts), t),
            "questions": open_line(model.frame, t),
            "headline": t.sentence(model.sentence),
            **texts_of("situation", model, t, figures),
            "cumulative-reading": reading_words(t, how=False),
            "stations": stations_table(model.stations, t),
            "sectors": sectors_strip(model.sectors, t),
            "alerts": alert_lines(model.alerts, model.kpis, t),
        },
    )


def frame(board: Board, look: Look | str, t: Translator, distance: int = 0) -> Component:
    return shell.page(
        board,
        look,
        t,
        [
            html.H1(t("page.situation"), className="visually-hidden"),
            shell.headline(board),
            panel(
                board,
                "headlines",
                [
                    html.H2(t("panel.headlines.title"), id="title-headlines", className="visually-hidden"),
                    *(kpi_card(board, name, t) for name in HEADLINES),
                ],
                "kpi-row",
            ),
            html.Div(
                [
                    chart(board, "cumulative", board.figures["cumulative"], t),
                    panel(
                        board,
                        "stations",
                        [
                            title("stations", t),
                            scrolling(board, "stations", "stations", t),
                            slot(board, "alerts", "alert-list"),
                        ],
                    ),
                ],
                className="two",
            ),
            panel(board, "sectors", [title("sectors", t), slot(board, "sectors", "sector-strip")]),
            small_row(board, t),
        ],
    )


def small_row(board: Board, t: Translator) -> Component:
    cells = [
        html.Div(
            [
                html.Span(board.kpis[name].label, className="kpi-label"),
                html.Span(board.kpis[name].text, id=ids.kpi_text(name), className="small-value"),
                html.Span(board.kpis[name].note, id=ids.kpi_note(name), className="kpi-note"),
                *(
                    [html.Span(board.kpis[name].holds, id=ids.kpi_holds(name), className="kpi-note")]
                    if name in HOLD
                    else []
                ),
                kpi_more(board, name),
            ],
            id=ids.kpi(name),
            className="small-kpi",
            **kpi_attributes(board.kpis[name]),
        )
        for name in SMALL
        if name in board.kpis
    ]
    heading = html.H2(t("panel.more.title"), id="title-more", className="visually-hidden")
    return panel(board, "more", [heading, *cells, slot(board, "questions", "small-kpi questions-slot")], "small-row")
