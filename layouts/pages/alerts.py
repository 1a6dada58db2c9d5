"""`/alerts`: what is open and who has it, what is silent, who is told, what was, and how the desk works."""

from __future__ import annotations

from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from data.types import AlertCard, AlertsModel
from data.vocabulary import Level, Look
from layouts.alert_desk import channels_panel, desk_figures, history, history_filter, silences_list
from layouts.alert_words import (
    assessed_words,
    evidence_table,
    rule_words,
    shown_level,
    silenced_mark,
    subject_words,
    sure_line,
    taken_line,
    telling_words,
    unsent_mark,
    untaken_line,
)
from layouts.board import Board
from layouts.headlines import kpi_views
from layouts.kpi_cards import kpi_card
from layouts.pages import shell
from layouts.pages.pieces import not_watching
from layouts.parts import Parts, age, aria, data, mark, panel, scrolling, slot, title
from layouts.plan_words import level_words, said
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
            "open": [_card(card, model, t) for card in model.open] or ([] if unwatched else [_none_open(t)]),
            "closed": history(model, t),
            "desk-figures": desk_figures(model.figures, t),
            "silences": silences_list(model, t),
            "channels": channels_panel(model, t),
        },
    )


def _none_open(t: Translator) -> Component:
    return html.P(t("word.no_alerts"), className="quiet")


def _card(card: AlertCard, model: AlertsModel, t: Translator) -> Component:
    level, call = shown_level(card), card.evidence.get("call")
    taken = taken_line(card, model.frame.clock.now, t)
    if not taken:
        alone = card.level is Level.CRITICAL
        taken = [untaken_line(card, model.escalation, t) if alone else t("desk_alerts.nobody")]
    return html.Article(
        [
            html.Div(
                [
                    mark(level),
                    html.H3(rule_words(card.rule, t)),
                    html.Span(t(f"alert_state.{card.state}"), className=f"alert-state alert-{card.state}"),
                    *silenced_mark(card, t),
                    *unsent_mark(card, t),
                ],
                className="alert-head",
            ),
            html.P(t.sentence(card.sentence), className="alert-sentence"),
            *sure_line(card, t),
            html.P([t("word.since"), " ", t.moment(card.since), " (", age(card.since), ")"], className="alert-meta"),
            html.P(taken, className="alert-taken", **data(taken="1" if card.taken else "")),
            *([html.P(assessed_words(card, t), className="alert-assessed")] if card.assessed else []),
            *([html.P([t("rhythm_page.who"), ": ", html.B(call)], className="alert-call")] if call else []),
            *_plan(card, model, t),
            _doors(card, model, t),
            html.Details(
                [
                    html.Summary(t("word.evidence")),
                    evidence_table(card, t),
                    _transitions(card, t),
                    *([html.Ul([html.Li(telling_words(one, t)) for one in card.tellings])] if card.tellings else []),
                ]
            ),
        ],
        className=f"alert-card alert-level-{level}",
        id=f"alert-{card.alert_id}",
    )


def _plan(card: AlertCard, model: AlertsModel, t: Translator) -> list[Component]:
    """The level of the contingency plan that this alert proposes, with its first action and who answers for it."""
    level, state = model.proposes.get(card.alert_id), model.frame.plan
    if level is None or state is None or state.version is None:
        return []
    asked = state.version.plan.asked_at(level.level)
    words = t("plan.alert.card", level=level_words(level, t), actions=len(asked))
    first = next((action for one, action in asked if one.level == level.level), None)
    told = [f" {said(first.words, t)} ({first.institution})"] if first is not None else []
    more = [", ", t("plan.and_so_on", count=len(asked) - 1)] if first is not None and len(asked) > 1 else []
    return [html.P([html.B(words), *told, *more], className="alert-plan", **data(plan_level=level.level))]


def _doors(card: AlertCard, model: AlertsModel, t: Translator) -> Component:
    """To the alert's own page; what may be done there is shown to who may (alerts.css)."""
    where = urlencode({"site": model.frame.site.site, "lang": str(t.language)})
    about = f"{rule_words(card.rule, t)}, {subject_words(card.subject, t)}"

    def door(key: str, place: str = "", only: str = "") -> Component:
        words, address = t(f"desk_alerts.{key}"), f"/alerts/{card.alert_id}?{where}{place}"
        return html.A(words, href=address, className=only, **aria(label=f"{words}: {about}"))

    acts = [door("take", "#take", "act-deciding"), door("verify", "#verify", "act-deciding")]
    return html.P([*acts, door("hush", "#hush", "act-operating"), door("see")], className="alert-doors")


def _transitions(card: AlertCard, t: Translator) -> Component:
    steps = [
        html.Li([t.moment(at), " · ", t(f"alert_state.{state}"), " · ", t.maybe(f"alert.reason.{reason}") or reason])
        for at, state, reason in card.transitions
    ]
    return html.Ol(steps, className="steps")


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
                    *(kpi_card(board, name, t) for name in HEADLINES if name in board.kpis),
                ],
                "kpi-row",
            ),
            panel(
                board,
                "open",
                [title("open", t, ""), slot(board, "evaluated", "evaluated"), slot(board, "open", "alert-cards")],
            ),
            html.Div(
                [
                    panel(board, "silences", [title("silences", t), slot(board, "silences", "silences")]),
                    panel(board, "channels", [title("channels", t), scrolling(board, "channels", "channels", t)]),
                ],
                className="two even",
            ),
            panel(board, "desk_figures", [title("desk_figures", t), slot(board, "desk-figures", "desk-figures")]),
            panel(
                board,
                "closed",
                [title("closed", t), history_filter(board, look, t), scrolling(board, "closed", "closed", t)],
            ),
        ],
    )
