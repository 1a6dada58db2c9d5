"""`/reports`: every delivery, its rejected rows with line, column and reason, and who is late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Delivery, Issue, ReportsModel, Revision
from data.vocabulary import Look
from layouts import ids
from layouts.agreement import doubts_table, duplicates_table
from layouts.board import Board
from layouts.corrections import changes_of
from layouts.feeds import feeds_table
from layouts.headlines import kpi_views
from layouts.kpi_cards import kpi_card
from layouts.pages import shell
from layouts.pages.calling import counts_table
from layouts.pages.matrix import matrix
from layouts.parts import Parts, panel, scrolling, slot, table, title
from layouts.translator import Translator

# One person's form goes in here (dashboard/desk); the panel is not seen while its place is empty.
SEND_PLACE = html.Div(id=ids.text("send"), className="send-place")
HEADLINES = ("reports_missing", "confidence")
MOST_ISSUES = 50
DELIVERY_COLUMNS = (
    *("report", "received", "organisation", "dataset", "file"),
    *("rows", "accepted", "rejected", "not_reported", "state", "why"),
)


def draw(model: ReportsModel, t: Translator) -> Parts:
    return Parts(
        kpis=kpi_views(model.kpis, t),
        texts={
            **shell.common_texts(model.frame, None, t),
            "reporting": matrix(model.reports, model.frame.scope.site, model.frame.clock.now, t),
            "reporting-table": counts_table(model.reports, t),
            "deliveries": _deliveries(model.deliveries, model.revisions, t),
            "feeds": feeds_table(model.feeds, t),
            "doubts": doubts_table(model.doubts, t),
            "duplicates": duplicates_table(model.duplicates, t),
        },
    )


def _deliveries(deliveries: Sequence[Delivery], changed: Mapping[int, Sequence[Revision]], t: Translator) -> Any:
    if not deliveries:
        return html.P(t("word.no_deliveries"), className="quiet")
    rows: list[list[Any]] = [
        [
            html.A(t.number(one.report_id), href=f"/reports/{one.report_id}"),
            t.moment(one.received_at),
            one.organisation or one.source,
            t.word("dataset", one.dataset),
            html.Span(one.filename, className="file"),
            *(t.number(count) for count in (one.rows, one.accepted, one.rejected, one.not_reported)),
            t(f"delivery_state.{one.state}"),
            [*_reason(one, t), *changes_of(changed.get(one.report_id, ()), t), _issues(one, t)],
        ]
        for one in deliveries
    ]
    return table([t(f"word.{key}") for key in DELIVERY_COLUMNS], rows, "deliveries cards", t("panel.deliveries.title"))


def _reason(one: Delivery, t: Translator) -> list[Any]:
    return [html.Div(t("revision.because", reason=one.reason), className="because")] if one.reason else []


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
                    *(kpi_card(board, name, t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            panel(board, "send", [title("send", t), SEND_PLACE]),
            panel(
                board,
                "reporting",
                [
                    title("reporting", t),
                    slot(board, "reporting"),
                    html.Details(
                        [html.Summary(t("word.see_table")), scrolling(board, "reporting-table", "reporting", t)],
                        className="twin",
                    ),
                ],
            ),
            panel(board, "feeds", [title("feeds", t), scrolling(board, "feeds", "feeds", t)]),
            panel(board, "doubts", [title("doubts", t), scrolling(board, "doubts", "doubts", t)]),
            panel(board, "duplicates", [title("duplicates", t), scrolling(board, "duplicates", "duplicates", t)]),
            panel(board, "deliveries", [title("deliveries", t), scrolling(board, "deliveries", "deliveries", t)]),
        ],
    )
