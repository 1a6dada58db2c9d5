"""`/reports`: every delivery, its rejected rows with line, column and reason, and who is late."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from dash import html
from dash.development.base_component import Component

from data.types import Delivery, Issue, ReportsModel
from data.vocabulary import Look
from layouts.board import Board
from layouts.headlines import kpi_views
from layouts.pages import shell
from layouts.parts import Parts, age, kpi_card, panel, scrolling, slot, table, title
from layouts.translator import Translator

HEADLINES = ("reports_missing", "confidence")
MOST_ISSUES = 50


def draw(model: ReportsModel, t: Translator) -> Parts:
    return Parts(
        kpis=kpi_views(model.kpis, t),
        texts={
            **shell.common_texts(model.frame, None, t),
            "sources": _sources(model.last_by_source, t),
            "deliveries": _deliveries(model.deliveries, t),
        },
    )


def _sources(frame: pd.DataFrame, t: Translator) -> Component:
    rows: list[list[Any]] = []
    for row in frame.to_dict("records"):
        late = row["overdue"] is not None and bool(row["overdue"])
        every = row["cadence_minutes"]
        last = pd.Timestamp(row["last_received"]).to_pydatetime() if pd.notna(row["last_received"]) else None
        rows.append(
            [
                row["organisation"] if pd.notna(row["organisation"]) else row["source"],
                t.word("dataset", row["dataset"]),
                t("word.no_cadence") if pd.isna(every) else t("word.every", every_minutes=float(every)),
                html.Span([t.moment(last), " · ", age(last)]) if last else t("word.never_reported"),
                html.B(t("word.late")) if late else t("word.on_time") if pd.notna(every) else "–",
            ]
        )
    if not rows:
        return html.P(t("word.no_sources"), className="quiet")
    keys = ("word.organisation", "word.dataset", "word.cadence", "word.last_report", "word.state")
    return table([t(key) for key in keys], rows, "sources", t("panel.sources.title"))


def _deliveries(deliveries: Sequence[Delivery], t: Translator) -> Any:
    if not deliveries:
        return html.P(t("word.no_deliveries"), className="quiet")
    rows: list[list[Any]] = [
        [
            t.number(one.report_id),
            t.moment(one.received_at),
            one.organisation or one.source,
            t.word("dataset", one.dataset),
            html.Span(one.filename, className="file"),
            t.number(one.accepted),
            t.number(one.rejected),
            t(f"delivery_state.{one.state}"),
            _issues(one, t),
        ]
        for one in deliveries
    ]
    keys = ("report", "received", "organisation", "dataset", "file", "accepted", "rejected", "state", "why")
    return table([t(f"word.{key}") for key in keys], rows, "deliveries", t("panel.deliveries.title"))


def _issues(one: Delivery, t: Translator) -> Any:
    if not one.issues:
        return ""
    lines = [html.Li(issue_words(issue, t)) for issue in one.issues[:MOST_ISSUES]]
    if len(one.issues) > MOST_ISSUES:
        lines.append(html.Li(t.n("word.more_issues", len(one.issues) - MOST_ISSUES)))
    return html.Details([html.Summary(t.n("word.issues", len(one.issues))), html.Ul(lines, className="issues")])


def issue_words(issue: Issue, t: Translator) -> str:
    """Where, then what was expected, what came and what to do."""
    where = [
        t("word.line", number=issue.line) if issue.line is not None else "",
        t("word.column", name=issue.column) if issue.column else "",
    ]
    place = ", ".join(part for part in where if part)
    said = t(f"issue.{issue.code}", **issue.facts)
    return f"{place}: {said}" if place else said


def frame(board: Board, look: Look | str, t: Translator, distance: int = 0) -> Component:
    return shell.page(
        board,
        look,
        t,
        [
            html.Div([html.H1(t("page.reports")), slot(board, "marks", "stamps")], className="page-title"),
            panel(
                board,
                "headlines",
                [
                    html.H2(t("panel.headlines.title"), id="title-headlines", className="visually-hidden"),
                    *(kpi_card(board.kpis[name], t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            panel(board, "sources", [title("sources", t), scrolling(board, "sources", "sources", t)]),
            panel(board, "deliveries", [title("deliveries", t), scrolling(board, "deliveries", "deliveries", t)]),
        ],
    )
