"""`/flow`: the curves, people per hour beside the usual, entries per day with how each number came to be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from data.types import FlowModel, Window
from data.vocabulary import Look
from layouts.board import Board
from layouts.figures.curves import cumulative
from layouts.figures.rates import daily, hourly
from layouts.headlines import kpi_views
from layouts.pages import shell
from layouts.pages.pieces import curves_sentence, curves_table, number_or_none
from layouts.parts import Parts, chart, kpi_card, panel, slot, table
from layouts.translator import Translator

HEADLINES = ("arrivals_today", "entries_today", "arrivals_last_hour", "arrivals_expected_today", "queue_len")


def draw(model: FlowModel, t: Translator) -> Parts:
    now = model.frame.clock.now
    return Parts(
        kpis=kpi_views(model.kpis, t),
        figures={
            "cumulative": cumulative(model.curves, model.events, now, t),
            "hourly": hourly(model.hours, model.events, _window(model), now, t),
            "daily": daily(model.days, t),
        },
        texts={
            **shell.common_texts(model.frame, len(model.alerts), t),
            "events": _events(model, t),
            "cumulative-sentence": curves_sentence(model.curves, t),
            "cumulative-table": curves_table(model.curves, t),
            "hourly-sentence": t("panel.hourly.caveat"),
            "hourly-table": _hours_table(model.hours, t),
            "daily-sentence": t("panel.daily.caveat"),
            "daily-table": _days_table(model.days, t),
        },
    )


def _window(model: FlowModel) -> Window:
    if model.frame.scope.window == "today" or model.hours.empty:
        return model.curves.day
    first, last = model.hours["hour"].iloc[0], model.hours["hour"].iloc[-1]
    return Window(pd.Timestamp(first).to_pydatetime(), pd.Timestamp(last).to_pydatetime() + timedelta(hours=1))


def _events(model: FlowModel, t: Translator) -> list[Any]:
    now = model.frame.clock.now
    lines = []
    for event in model.events:
        said = event.title.get(str(t.language), "")
        if event.at > now:
            said = t("figure.event_in", title=said, left_minutes=(event.at - now).total_seconds() / 60)
        lines.append(html.Li([html.B(t.date(event.at)), " ", t.time(event.at), " · ", said]))
    return [html.Ul(lines, className="events")] if lines else []


def _hours_table(hours: pd.DataFrame, t: Translator) -> Component:
    rows = []
    for row in hours.to_dict("records"):
        at = pd.Timestamp(row["hour"]).to_pydatetime()
        usual = "–"
        if pd.notna(row["usual_low"]):
            usual = t("word.between", low=round(row["usual_low"]), high=round(row["usual_high"]))
        still = t("word.provisional") if row["provisional"] is True or row["provisional"] == 1 else ""
        rows.append(
            [
                f"{t.date(at)} {t.time(at)}",
                number_or_none(row["people"], t),
                number_or_none(row["served"], t),
                usual,
                still,
            ]
        )
    keys = ("word.hour", "figure.arrivals", "figure.served", "word.usual", "word.note")
    return table([t(key) for key in keys], rows, caption=t("panel.hourly.title"))


def _days_table(days: pd.DataFrame, t: Translator) -> Component:
    rows = []
    for row in days.iloc[::-1].to_dict("records"):
        spread = "–"
        if pd.notna(row["low"]) and pd.notna(row["high"]) and row["high"] > row["low"]:
            spread = t("word.between", low=round(row["low"]), high=round(row["high"]))
        method = t("word.none_reported") if pd.isna(row["method"]) else t(f"method.{row['method']}")
        at = pd.Timestamp(row["day"]).to_pydatetime()
        rows.append([t.date(at), number_or_none(row["entries"], t), number_or_none(row["arrivals"], t), spread, method])
    keys = ("word.day", "figure.entries", "figure.arrivals", "word.range", "word.method")
    return table([t(key) for key in keys], rows, caption=t("panel.daily.title"))


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
        ],
    )
