"""The list of questions, and one question with its answer and what may still be done with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html
from dash.development.base_component import Component

from data.types import Question, Seen, Site
from data.vocabulary import KpiName, QuestionState
from layouts.desk.around import button, form, hidden, select, tag
from layouts.parts import data
from layouts.questions import LIST, figure_address, figure_words, seen_words
from layouts.translator import Translator

LONGEST_TEXT = 600
COORDINATION = "-"
METRICS = ("coverage", "who", *map(str, KpiName))
FILTERS = ("state", "figure_kind", "owner", "words", "from", "to")


@dataclass(frozen=True)
class QuestionShown:
    """A question as one audience may read it. `now`: what the figure says now, None where nobody worked it out."""

    one: Question
    seen: Seen
    now: Seen | None
    may_answer: bool = False
    may_withdraw: bool = False


@dataclass(frozen=True)
class QuestionsShown:
    """`asked`: the filters as written; `plain`: site, language and look; `more`: how many there are beyond these."""

    shown: Sequence[QuestionShown]
    site: Site
    now: datetime
    asked: Mapping[str, str]
    plain: Mapping[str, str]
    owners: Sequence[str]
    total: int
    as_of: datetime | None = None


def body(model: QuestionsShown, t: Translator) -> list[Any]:
    query = urlencode(model.plain)
    kept = {name: model.asked[name] for name in FILTERS if model.asked.get(name)}
    then = {} if model.as_of is None else {"as_of": model.as_of.isoformat()}
    csv = urlencode({"site": model.site.site, "lang": str(t.language), **kept, **then, "format": "csv"})
    parts: list[Any] = [
        html.Div(html.H1(t("questions.title")), className="page-title"),
        html.P([t("questions.says"), " ", html.A(t("questions.back"), href=f"/?{query}")]),
        _filters(model, t),
        html.P(
            [
                html.B(t.n("questions.found", model.total)),
                " · ",
                html.A(t("questions.csv"), href=f"/api/v1/questions?{csv}"),
            ]
        ),
    ]
    if model.as_of is not None:
        parts.append(html.P(t("questions.as_of", at=model.as_of), className="notice"))
    if not model.shown:
        parts.append(html.P(t("questions.nothing"), className="quiet"))
    parts.append(html.Div([question(one, model, t) for one in model.shown], className="questions-list"))
    if model.total > len(model.shown):
        parts.append(html.P(t("questions.more", shown=len(model.shown)), className="quiet"))
    return parts


def _filters(model: QuestionsShown, t: Translator) -> Component:
    asked, every = model.asked, ("", t("questions.every"))
    states = [every, *((str(one), t(f"question_state.{one}")) for one in QuestionState)]
    kinds = [every, *((name, metric_words(name, t)) for name in METRICS)]
    owners = [every, (COORDINATION, t("questions.coordination")), *((one, one) for one in model.owners)]
    fields = [
        *hidden(model.plain),
        select("state", t("questions.state"), states, asked.get("state", "")),
        select("figure_kind", t("questions.figure_kind"), kinds, asked.get("figure_kind", "")),
        select("owner", t("questions.owner"), owners, asked.get("owner", "")),
        _box("words", t("questions.words"), asked, type="search", maxLength=60),
        _box("from", t("who.from"), asked, type="date"),
        _box("to", t("who.to"), asked, type="date"),
        button(t("who.show")),
    ]
    return form(LIST, fields, method="get", class_name="questions-form")


def _box(name: str, label: str, asked: Mapping[str, str], **props: Any) -> Component:
    return html.Label(
        [html.Span(label), tag("input", name=name, value=asked.get(name, ""), **props)], className="field"
    )


def metric_words(name: str, t: Translator) -> str:
    return t(f"questions.metric.{name}") if name in ("coverage", "who") else t(f"kpi.{name}.label")


def question(shown: QuestionShown, model: QuestionsShown, t: Translator, beside: bool = False) -> Component:
    """A question with its answer. `beside`: it stands beside its figure, which is not named again."""
    one, metric = shown.one, shown.one.figure.metric
    address = figure_address(one.figure, model.plain)
    link = html.A(t("questions.number", number=str(one.number)), href=f"{address}#q{one.number}")
    head: list[Any] = [
        html.Span(t(f"question_state.{one.state}"), className=f"question-state question-{one.state}"),
        html.Span(link),
        *([html.Span(t(f"mark.{one.mark}"), className="stamp")] if one.mark else []),
    ]
    named = [] if beside else [html.P(html.A(figure_words(one.figure, t), href=address), className="question-figure")]
    parts: list[Any] = [
        html.Div(head, className="question-head"),
        *named,
        html.P(html.Q(one.text), className="question-text"),
        html.P(_asked_words(one, t), className="quiet"),
        html.P(_values(shown, metric, t), className="question-values"),
        *_end(one, t),
        *([_forms(shown, model, t)] if shown.may_answer or shown.may_withdraw else []),
    ]
    if one.ended is None:
        owner = ", ".join(one.owners) or t("questions.coordination")
        waits = t("questions.waits", owner=owner, old_minutes=one.age(model.now).total_seconds() / 60)
        parts.insert(-1 if shown.may_answer or shown.may_withdraw else len(parts), html.P(waits))
    return html.Article(
        parts,
        id=f"q{one.number}",
        className="question",
        **data(question=str(one.number), state=str(one.state)),
    )


def person(by: str, organisation: str | None) -> str:
    return f"{by} ({organisation})" if organisation else by


def _asked_words(one: Question, t: Translator) -> str:
    return t("questions.asked_by", who=person(one.by, one.asked_for), at=one.at)


def _values(shown: QuestionShown, metric: str, t: Translator) -> list[Any]:
    """What the figure said when it was asked about, and what it says now."""
    then = seen_words(shown.seen, t, metric)
    said: list[Any] = [
        t("questions.then", at=shown.one.figure_at),
        " ",
        html.B(then, **data(then="" if shown.seen.value is None else f"{shown.seen.value:g}")),
    ]
    if shown.now is None:
        return said
    now = seen_words(shown.now, t, metric)
    if now == then:
        return [*said, " · ", t("questions.unchanged")]
    return [*said, " · ", t("questions.now"), " ", html.B(now)]


def _end(one: Question, t: Translator) -> list[Any]:
    end = one.ended
    if end is None:
        return []
    if end.state is QuestionState.WITHDRAWN:
        reason: list[Any] = [": ", html.Q(end.text)] if end.text else []
        return [html.P([t("questions.withdrawn_by", who=person(end.by, end.organisation), at=end.at), *reason])]
    took = one.age(end.at).total_seconds() / 60
    who = t("questions.answered_by", who=person(end.by, end.organisation), at=end.at, took_minutes=took)
    return [
        html.Div(
            [html.P(end.text, className="answer-text"), html.P(who, className="quiet")], className="question-answer"
        )
    ]


def _forms(shown: QuestionShown, model: QuestionsShown, t: Translator) -> Component:
    one, made = shown.one, []
    here = {**model.plain, "form": model.asked.get("form", ""), "number": str(one.number)}
    mine = model.asked if model.asked.get("number") == str(one.number) else {}
    who = who_box(model.asked.get("ask_who", ""), model.asked.get("by", ""), t)
    if shown.may_answer:
        fields = [
            *hidden(here),
            *who,
            text_box("text", t("questions.answer_text"), mine.get("text", ""), t),
            button(t("questions.answer")),
        ]
        opened = form(f"{LIST}/{one.number}/answer", fields, class_name="once choices")
        summary = html.Summary(t("questions.answer_open"))
        made.append(html.Details([summary, opened], open=bool(mine)))
    if shown.may_withdraw:
        fields = [*hidden(here), *who, _box("text", t("questions.withdraw_why"), {}, maxLength=LONGEST_TEXT)]
        fields.append(button(t("questions.withdraw"), "second"))
        closed = form(f"{LIST}/{one.number}/withdraw", fields, class_name="once choices")
        made.append(html.Details([html.Summary(t("questions.withdraw_open")), closed]))
    return html.Div(made, className="question-acts")


def text_box(name: str, label: str, value: str, t: Translator) -> Component:
    area = tag("textarea", name=name, rows=3, required=True, maxLength=LONGEST_TEXT, children=value)
    hint = html.Small(t("questions.text_says", longest=LONGEST_TEXT))
    return html.Label([html.Span(label), area, hint], className="field")


def who_box(ask: str, by: str, t: Translator) -> list[Any]:
    """Whoever has a session is known; the person at the machine says who they are."""
    if not ask:
        return []
    box = tag("input", type="text", name="by", value=by, required=True, maxLength=120, autoComplete="name")
    return [html.Label([html.Span(t("questions.who")), box], className="field")]
