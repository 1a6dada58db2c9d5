"""`/flow`: the curves, people per hour beside the usual, entries per day with how each number came to be."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import FlowModel
from data.vocabulary import Look
from layouts.agreement import sources_beside
from layouts.board import Board
from layouts.charts import figures_of, texts_of
from layouts.corrections import revisions_table
from layouts.headlines import kpi_views
from layouts.pages import shell
from layouts.parts import Parts, chart, kpi_card, panel, scrolling, slot, title
from layouts.translator import Translator

HEADLINES = ("arrivals_today", "entries_today", "arrivals_last_hour", "arrivals_expected_today", "queue_len")


def draw(model: FlowModel, t: Translator) -> Parts:
    figures = figures_of("flow", model, t)
    if not model.long:
        del figures["long_reports"]
    return Parts(
        kpis=kpi_views(model.kpis, t),
        figures=figures,
        texts={
            **shell.common_texts(model.frame, len(model.alerts), t),
            "events": _events(model, t),
            "revisions": revisions_table(model.revisions, t),
            "agreed_sources": sources_beside(model.sources, t, model.frame.site.site),
            **texts_of("flow", model, t),
        },
    )


def _events(model: FlowModel, t: Translator) -> list[Any]:
    now = model.frame.clock.now
    lines = []
    for event in model.events:
        said = event.title.get(str(t.language), "")
        if event.at > now:
            said = t("figure.event_in", title=said, left_minutes=(event.at - now).total_seconds() / 60)
        lines.append(html.Li([html.B(t.date(event.at)), " ", t.time(event.at), " · ", said]))
    return [html.Ul(lines, className="events")] if lines else []


def frame(board: Board, look: Look | str, t: Translator, distance: int = 0) -> Component:
    return shell.page(
        board,
        look,
        t,
        [
            html.Div([html.H1(t("page.flow")), slot(board, "marks", "stamps")], className="page-title"),
            panel(
                board,
                "headlines",
                [
                    html.H2(t("panel.headlines.title"), id="title-headlines", className="visually-hidden"),
                    *(kpi_card(board.kpis[name], t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            slot(board, "events"),
            chart(board, "cumulative", board.figures["cumulative"], t, "tall"),
            html.Div(
                [
                    chart(board, "hourly", board.figures["hourly"], t),
                    chart(board, "daily", board.figures["daily"], t),
                ],
                className="two even",
            ),
            # Only where somebody reports by the week or the month and by nothing finer.
            *(
                [chart(board, "long_reports", board.figures["long_reports"], t, "short")]
                if "long_reports" in board.figures
                else []
            ),
            panel(
                board, "agreed_sources", [title("agreed_sources", t), slot(board, "agreed_sources", "sources-beside")]
            ),
            panel(board, "revisions", [title("revisions", t), scrolling(board, "revisions", "revisions", t)]),
        ],
    )
