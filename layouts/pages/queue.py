"""`/queue`: each station, what presses on it, and how it came to this."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from data.types import PressureComponent, QueueModel, Window
from data.vocabulary import Look
from layouts.board import Board
from layouts.figures.queues import counters_history, queue_history
from layouts.headlines import kpi_views
from layouts.pages import shell
from layouts.pages.pieces import number_or_none, stations_table
from layouts.parts import Parts, chart, kpi_card, level_word, panel, slot, table, title
from layouts.translator import Translator

MOST_READINGS = 60
HEADLINES = ("queue_len", "wait_minutes", "time_to_clear_minutes", "present", "arrivals_last_hour")


def draw(model: QueueModel, t: Translator) -> Parts:
    now = model.frame.clock.now
    entry = model.frame.site.entry_stage
    window = _window(model)
    return Parts(
        kpis=kpi_views(model.kpis, t),
        figures={
            "queue_history": queue_history(model.history, entry, model.events, window, now, t),
            "counters_history": counters_history(model.history, entry, window, t),
        },
        texts={
            **shell.common_texts(model.frame, None, t),
            "headline": t.sentence(model.sentence),
            "stations": stations_table(model.stations, t, wide=True),
            "pressure": _pressure(model.pressure.components, t),
            "queue_history-sentence": t("panel.queue_history.caveat"),
            "queue_history-table": _readings(model.history, t),
            "counters_history-sentence": t("panel.counters_history.caveat", stage=str(entry)),
            "counters_history-table": _counters(model.history, str(entry), t),
        },
    )


def _window(model: QueueModel) -> Window:
    """The operational day around the readings, so that the axis says 00:00 to 24:00."""
    now = model.frame.clock.now
    if model.history.empty:
        return Window(now - timedelta(hours=24), now)
    first = pd.Timestamp(model.history["at"].min()).to_pydatetime()
    return Window(first, max(now, first + timedelta(hours=1)))


def _pressure(components: Sequence[PressureComponent], t: Translator) -> Component:
    rows: list[list[Any]] = []
    for one in components:
        if one.never:
            value = t("sentence.never_clears")
        elif one.value is None:
            value = t("word.no_data")
        else:
            value = _in_unit(one.value, one.unit, t)
        limits = " · ".join(_in_unit(limit, one.unit, t) for limit in one.limits)
        rows.append([t(f"pressure.{one.name}"), value, level_word(one.level, t), limits])
    keys = ("word.component", "word.value", "word.level", "word.limits")
    return table([t(key) for key in keys], rows, "pressure", t("panel.pressure.title"))


def _in_unit(value: float, unit: str, t: Translator) -> str:
    if unit == "minutes":
        return t.duration(value)
    return t.percent(value) if unit == "ratio" else t.number(round(value))


def _readings(history: pd.DataFrame, t: Translator) -> Component:
    rows: list[list[Any]] = []
    for row in history.sort_values("at", ascending=False).head(MOST_READINGS).to_dict("records"):
        at = pd.Timestamp(row["at"]).to_pydatetime()
        waiting = number_or_none(row["waiting"], t)
        bound = f"≥{waiting}" if row["at_least"] and pd.notna(row["waiting"]) else waiting
        counters = number_or_none(row["counters_open"], t)
        rows.append([f"{t.date(at)} {t.time(at)}", t(f"stage.{row['stage']}"), bound, counters])
    keys = ("word.hour", "word.stage", "word.in_queue", "word.counters")
    return table([t(key) for key in keys], rows, caption=t("panel.queue_history.title"))


def _counters(history: pd.DataFrame, entry: str, t: Translator) -> Component:
    """Only the moments at which the number changed."""
    rows: list[list[Any]] = []
    part = history[(history["stage"] == entry) & history["counters_open"].notna()].sort_values("at")
    changed = part[part["counters_open"] != part["counters_open"].shift()]
    for row in changed.iloc[::-1].head(MOST_READINGS).to_dict("records"):
        at = pd.Timestamp(row["at"]).to_pydatetime()
        rows.append([f"{t.date(at)} {t.time(at)}", t.number(row["counters_open"])])
    return table([t("word.since"), t("word.counters")], rows, caption=t("panel.counters_history.title"))


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
                    *(kpi_card(board.kpis[name], t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            panel(board, "stations", [title("stations", t), slot(board, "stations", "table-scroll")]),
            html.Div(
                [
                    chart(board, "queue_history", board.figures["queue_history"], t),
                    html.Div(
                        [
                            chart(board, "counters_history", board.figures["counters_history"], t, "short"),
                            panel(board, "pressure", [title("pressure", t), slot(board, "pressure", "table-scroll")]),
                        ],
                        className="stack",
                    ),
                ],
                className="two even",
            ),
        ],
    )
