"""`/flow`: the curves, people per hour beside the usual, entries per day with how each number came to be.

What is laid over them, who the people are and who is in the centre stand here where the address asks for it.
"""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from data.types import FlowModel
from data.vocabulary import Look
from layouts.addresses import address
from layouts.agreement import sources_beside
from layouts.board import Board
from layouts.breakdown import breakdown_texts, dimensions
from layouts.charts import figures_of, texts_of
from layouts.corrections import revisions_table
from layouts.events import events_list
from layouts.headlines import kpi_views
from layouts.kpi_cards import kpi_card
from layouts.laid_over import legends
from layouts.pages import shell
from layouts.parts import Parts, chart, panel, scrolling, slot, title
from layouts.picker import picker
from layouts.presence import opener, presence_texts
from layouts.published import published_texts
from layouts.reading import reading_words
from layouts.translator import Translator

HEADLINES = ("arrivals_today", "entries_today", "arrivals_last_hour", "arrivals_expected_today", "queue_len")


def draw(model: FlowModel, t: Translator) -> Parts:
    figures = figures_of("flow", model, t)
    return Parts(
        kpis=kpi_views(model.kpis, t),
        figures=figures,
        texts={
            **shell.common_texts(model.frame, len(model.alerts), t),
            "events": events_list(model, t),
            "cumulative-reading": reading_words(t),
            **legends(model, t),
            **breakdown_texts(model, t),
            **presence_texts(model.presence, t),
            **published_texts(model, t),
            "revisions": revisions_table(model.revisions, t),
            "agreed_sources": sources_beside(model.sources, t, model.frame.site.site),
            **texts_of("flow", model, t, figures),
        },
    )


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
                    *(kpi_card(board, name, t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            picker(board, look, t),
            slot(board, "events"),
            chart(board, "cumulative", board.figures["cumulative"], t, "tall", says=""),
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
                board,
                "breakdown",
                [title("breakdown", t), dimensions(board, look, t), slot(board, "breakdown", "breakdown")],
            ),
            *_presence(board, look, t),
            *_published(board, look, t),
            panel(
                board, "agreed_sources", [title("agreed_sources", t), slot(board, "agreed_sources", "sources-beside")]
            ),
            panel(board, "revisions", [title("revisions", t), scrolling(board, "revisions", "revisions", t)]),
        ],
    )


def _presence(board: Board, look: Look | str, t: Translator) -> list[Component]:
    asked = "presence" in board.figures
    href = address(board, look, presence=None if asked else "1") + "#panel-presence"
    door = opener(asked, href, t)
    if not asked:
        return [panel(board, "presence", [title("presence", t), door])]
    return [
        chart(
            board,
            "presence",
            board.figures["presence"],
            t,
            above=[door, scrolling(board, "presence-flows", "presence", t)],
        )
    ]


def _published(board: Board, look: Look | str, t: Translator) -> list[Component]:
    """Only where others printed figures whose moment has come."""
    if "published" not in board.texts:
        return []
    asked = "published" in board.picks
    href = address(board, look, published=None if asked else "1") + "#panel-published"
    table = scrolling(board, "published", "published", t) if asked else slot(board, "published")
    return [panel(board, "published", [title("published", t), opener(asked, href, t, "published"), table])]
