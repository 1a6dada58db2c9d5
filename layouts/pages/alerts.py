"""`/alerts`: what is open with its evidence, what was, and when the worker last looked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import AlertCard, AlertsModel
from data.vocabulary import AlertState, Level, Look
from layouts.board import Board
from layouts.headlines import kpi_views
from layouts.pages import shell
from layouts.pages.pieces import not_watching
from layouts.parts import Parts, age, kpi_card, mark, panel, scrolling, slot, table, title
from layouts.translator import Translator

HEADLINES = ("alerts_open", "reports_missing", "confidence")


def draw(model: AlertsModel, t: Translator) -> Parts:
    unwatched = not_watching(model.kpis, t)
    evaluated = html.Span([t("word.evaluated"), " ", age(model.evaluated_at)])
    return Parts(
        kpis=kpi_views(model.kpis, t),
        texts={
            **shell.common_texts(model.frame, len(model.open), t),
            "evaluated": html.Span([mark(Level.NO_DATA), " ", html.B(unwatched)]) if unwatched else evaluated,
            "open": [_card(card, t) for card in model.open] or ([] if unwatched else [_none_open(t)]),
            "closed": _history(model.closed, t),
        },
    )


def _none_open(t: Translator) -> Component:
    return html.P(t("word.no_alerts"), className="quiet")


def _card(card: AlertCard, t: Translator) -> Component:
    level = Level.NO_DATA if card.state in (AlertState.NO_DATA, AlertState.ERROR) else card.level
    call = card.evidence.get("call")
    taken = " · " + t("word.taken_by", name=card.acknowledged_by) if card.acknowledged_by else ""
    return html.Article(
        [
            html.Div(
                [
                    mark(level),
                    html.H3(t(f"alert.{card.rule}.name")),
                    html.Span(t(f"alert_state.{card.state}"), className=f"alert-state alert-{card.state}"),
                ],
                className="alert-head",
            ),
            html.P(t.sentence(card.sentence), className="alert-sentence"),
            html.P(
                [t("word.since"), " ", t.moment(card.since), " (", age(card.since), ")", taken],
                className="alert-meta",
            ),
            *([html.P([t("rhythm_page.who"), ": ", html.B(call)], className="alert-call")] if call else []),
            html.Details(
                [
                    html.Summary(t("word.evidence")),
                    _evidence(card.evidence, t),
                    _transitions(card, t),
                ]
            ),
        ],
        className=f"alert-card alert-level-{level}",
    )


def _evidence(evidence: Mapping[str, Any], t: Translator) -> Component:
    rows = [
        [t.maybe(f"evidence.{name}") or name, t.fact(name, value)]
        for name, value in evidence.items()
        if not isinstance(value, dict)
    ]
    return table([t("word.what"), t("word.value")], rows, caption=t("word.evidence"))


def _transitions(card: AlertCard, t: Translator) -> Component:
    steps = [
        html.Li([t.moment(at), " · ", t(f"alert_state.{state}"), " · ", t.maybe(f"alert.reason.{reason}") or reason])
        for at, state, reason in card.transitions
    ]
    return html.Ol(steps, className="steps")


def _history(cards: Sequence[AlertCard], t: Translator) -> Component:
    rows: list[list[Any]] = [
        [
            t.moment(card.since),
            t(f"alert.{card.rule}.name"),
            t.sentence(card.sentence),
            t.moment(card.updated),
            t(f"alert_state.{card.state}"),
        ]
        for card in cards
    ]
    if not rows:
        return html.P(t("word.no_history"), className="quiet")
    keys = ("word.since", "word.rule", "word.what", "word.until", "word.state")
    return table([t(key) for key in keys], rows, caption=t("panel.closed.title"))


def frame(board: Board, look: Look | str, t: Translator, distance: int = 0) -> Component:
    return shell.page(
        board,
        look,
        t,
        [
            html.Div([html.H1(t("page.alerts")), slot(board, "marks", "stamps")], className="page-title"),
            panel(
                board,
                "headlines",
                [
                    html.H2(t("panel.headlines.title"), id="title-headlines", className="visually-hidden"),
                    *(kpi_card(board.kpis[name], t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            panel(
                board,
                "open",
                [title("open", t, ""), slot(board, "evaluated", "evaluated"), slot(board, "open", "alert-cards")],
            ),
            panel(board, "closed", [title("closed", t), scrolling(board, "closed", "closed", t)]),
        ],
    )
