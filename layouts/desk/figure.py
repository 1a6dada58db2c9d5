"""The page of one figure: what it says, asking about it, and every question that was asked about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from data.types import FigureName, Seen
from data.vocabulary import KpiName
from layouts.desk.around import button, facts, form, hidden, panel
from layouts.desk.questions import QuestionsShown, question, text_box, who_box
from layouts.parts import data
from layouts.questions import LIST, figure_words, seen_words
from layouts.translator import Translator

TOLD = ("asked", "answered", "withdrawn", "known")


@dataclass(frozen=True)
class FigureShown:
    """`at`: the moment of `seen`; `version`: of the site's data; `now`: what the figure says now where `at` is past.

    `method`: of a headline, what it is made of. `model`: its questions, and what the forms hold.
    """

    figure: FigureName
    seen: Seen
    at: datetime
    version: int
    owners: Sequence[str]
    now: Seen | None
    may_ask: bool
    model: QuestionsShown
    told: str = ""
    wrong: str = ""


def title(shown: FigureShown, t: Translator) -> str:
    return figure_words(shown.figure, t)


def body(shown: FigureShown, t: Translator) -> list[Any]:
    model, query = shown.model, urlencode(shown.model.plain)
    parts: list[Any] = [
        html.Div(html.H1(title(shown, t)), className="page-title"),
        html.P(
            [
                html.A(t("questions.back"), href=f"{_page(shown.figure)}?{query}"),
                " · ",
                html.A(t("questions.all"), href=f"{LIST}?{query}"),
            ]
        ),
    ]
    if shown.told:
        parts.append(html.P(t(f"questions.told.{shown.told}"), className="notice", role="status"))
    if shown.wrong:
        parts.append(html.P(shown.wrong, className="form-error", role="alert"))
    parts.append(_figure(shown, t))
    if shown.may_ask:
        parts.append(_ask(shown, t))
    told = [question(one, model, t, beside=True) for one in model.shown]
    none = [html.P(t("questions.none_here"), className="quiet")]
    parts.append(panel("questions", t("questions.here"), [html.Div(told or none, className="questions-list")]))
    return parts


def _page(figure: FigureName) -> str:
    return {"coverage": "/coverage", "who": "/coverage/who"}.get(figure.metric, "/")


def _figure(shown: FigureShown, t: Translator) -> Component:
    metric = shown.figure.metric
    now = [] if shown.now is None else [(t("questions.now_is"), seen_words(shown.now, t, metric))]
    lines: list[Any] = [
        html.P(
            seen_words(shown.seen, t, metric),
            className="figure-value",
            **data(figure=shown.figure.key, state=str(shown.seen.state)),
        ),
        facts(
            [
                (t("questions.known_at"), t.moment(shown.at)),
                (t("questions.version"), t.number(shown.version)),
                *now,
                (t("questions.owner"), ", ".join(shown.owners) or t("questions.coordination")),
            ]
        ),
    ]
    if metric in list(KpiName):
        lines.append(html.P(t(f"kpi.{metric}.definition"), className="quiet"))
    return panel("figure", t("questions.the_figure"), lines, class_name="summary")


def _ask(shown: FigureShown, t: Translator) -> Component:
    model = shown.model
    mine = {} if model.asked.get("number") else model.asked
    fields = [
        *hidden({**model.plain, **shown.figure.words, "form": model.asked.get("form", "")}),
        *hidden({"at": shown.at.isoformat(), "version": str(shown.version)}),
        *who_box(model.asked.get("ask_who", ""), model.asked.get("by", ""), t),
        text_box("text", t("questions.text"), mine.get("text", ""), t),
        button(t("questions.send")),
    ]
    made = form(f"{LIST}/ask", fields, class_name="once choices")
    return panel("ask", t("questions.ask_title"), [made], t("questions.ask_says"))
