"""`/queue`: each station, what presses on it, and how it came to this."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Pressure, QueueModel
from data.vocabulary import Look
from layouts.board import Board
from layouts.charts import figures_of, texts_of
from layouts.headlines import kpi_views
from layouts.hours_ahead import kept_legend, needs_legend, targets
from layouts.kpi_cards import kpi_card
from layouts.pages import shell
from layouts.pages.path import path_table
from layouts.parts import Parts, chart, level_word, panel, scrolling, table, title
from layouts.translator import Translator

HEADLINES = ("queue_len", "wait_minutes", "time_to_clear_minutes", "present", "arrivals_last_hour")


def draw(model: QueueModel, t: Translator) -> Parts:
    figures = figures_of("queue", model, t)
    return Parts(
        kpis=kpi_views(model.kpis, t),
        figures=figures,
        texts={
            **shell.common_texts(model.frame, None, t),
            "headline": t.sentence(model.sentence),
            "stations": path_table(model.stations, t),
            "pressure": _pressure(model.pressure, t),
            "counters_needed-legend": needs_legend(model.needs, t),
            "counters_history-legend": kept_legend(model.kept, t),
            **texts_of("queue", model, t, figures),
        },
    )


def _pressure(pressure: Pressure, t: Translator) -> list[Component]:
    rows: list[list[Any]] = []
    for one in pressure.components:
        if one.never:
            value: Any = t(f"sentence.{'never_clears' if one.name == 'time_to_clear' else 'nobody_served'}")
        elif one.value is None:
            value = t("word.no_data")
        else:
            value = _in_unit(one.value, one.unit, t)
        if one.holds_for is not None and (one.never or one.value is not None):
            value = html.Span([value, html.Span(t.word("basis", one.holds_for), className="beside")])
        limits = " · ".join(_in_unit(limit, one.unit, t) for limit in one.limits)
        rows.append([t(f"pressure.{one.name}"), value, level_word(one.level, t), limits])
    keys = ("word.component", "word.value", "word.level", "word.limits")
    shown = table([t(key) for key in keys], rows, "pressure cards", t("panel.pressure.title"))
    held = [html.P(t("pressure_held", level=t(f"level.{pressure.level}")), className="quiet")] if pressure.held else []
    return [*held, shown]


def _in_unit(value: float, unit: str, t: Translator) -> str:
    if unit == "minutes":
        return t.duration(value)
    return t.percent(value) if unit == "ratio" else t.number(round(value))


def frame(board: Board, look: Look | str, t: Translator, distance: int = 0) -> Component:
    return shell.page(
        board,
        look,
        t,
        [
            html.H1(t("page.queue"), className="visually-hidden"),
            shell.headline(board),
            panel(
                board,
                "headlines",
                [
                    html.H2(t("panel.headlines.title"), id="title-headlines", className="visually-hidden"),
                    *(kpi_card(board, name, t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            panel(
                board,
                "stations",
                [title("stations", t, t("path.title_says")), scrolling(board, "stations", "stations", t)],
            ),
            html.Div(
                [
                    html.Div(
                        [
                            chart(board, "queue_history", board.figures["queue_history"], t),
                        ],
                        className="stack",
                    ),
                    html.Div(
                        [
                            chart(
                                board,
                                "counters_needed",
                                board.figures["counters_needed"],
                                t,
                                "short",
                                above=(targets(board, look, t),),
                            ),
                            chart(board, "counters_history", board.figures["counters_history"], t, "short"),
                            panel(
                                board, "pressure", [title("pressure", t), scrolling(board, "pressure", "pressure", t)]
                            ),
                        ],
                        className="stack",
                    ),
                ],
                className="two even",
            ),
        ],
    )
