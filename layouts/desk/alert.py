"""The page of one alert: what it says, who has it, its story, who was told, and what may be done about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import AlertCard, ClockReading, EscalationStep, PlanLevel, PlanState, Site
from data.vocabulary import Assessment, Level
from layouts.alert_words import (
    act_words,
    assessed_words,
    evidence_table,
    rule_words,
    shown_level,
    silenced_mark,
    subject_words,
    sure_line,
    taken_line,
    telling_words,
    untaken_line,
)
from layouts.desk.around import button, facts, form, hidden, panel, select, tag
from layouts.desk.plan_of_alert import plan_of_alert
from layouts.parts import data, mark
from layouts.translator import Translator

# Minutes: what somebody gives themselves, and how long nobody is to be told.
DEADLINES = (15, 30, 60, 120, 240, 480, 720, 1440)
LENGTHS = (30, 60, 120, 240, 480, 720, 1440)
TOLD = ("acknowledged", "assessed", "silenced", "ended")


@dataclass(frozen=True)
class AlertShown:
    """`wrong`: what is to be mended, in words; `said`: what the form had held; `by`: whose session, "" for none.

    `plan`: where the contingency plan stands; `proposes`: the level of it that this alert proposes.
    """

    card: AlertCard
    site: Site
    clock: ClockReading
    steps: Sequence[EscalationStep]
    may_decide: bool
    may_silence: bool
    by: str
    owner: str
    hidden: Mapping[str, str]
    query: str
    told: str = ""
    wrong: str = ""
    said: Mapping[str, str] | None = None
    plan: PlanState | None = None
    proposes: PlanLevel | None = None


def title(shown: AlertShown, t: Translator) -> str:
    return t("desk_alerts.title", number=str(shown.card.alert_id), name=rule_words(shown.card.rule, t))


def body(shown: AlertShown, t: Translator) -> list[Any]:
    card = shown.card
    parts: list[Any] = [
        html.Div(
            [
                html.H1(title(shown, t)),
                html.Span(t(f"alert_state.{card.state}"), className=f"alert-state alert-{card.state}"),
                *silenced_mark(card, t),
            ],
            className="page-title",
        ),
        html.P(html.A(t("desk_alerts.back"), href=f"/alerts{shown.query}")),
    ]
    if shown.told:
        parts.append(html.P(t(f"desk_alerts.told.{shown.told}"), className="notice", role="status"))
    if shown.wrong:
        parts.append(html.P(shown.wrong, className="form-error", role="alert"))
    parts.append(_receipt(shown, t))
    if shown.plan is not None and shown.plan.version is not None and shown.card.is_open:
        parts.append(plan_of_alert(shown.plan, shown.proposes, shown.query, t))
    if not (shown.may_decide or shown.may_silence):
        parts.append(html.P(t("desk_alerts.form.may_not"), className="quiet"))
    told = card.fired_at is not None
    acts = [_take(shown, t)] if shown.may_decide and card.is_open and told else []
    acts += [_verify(shown, t)] if shown.may_decide and told else []
    acts += [_hush(shown, t)] if shown.may_silence and card.is_open else []
    parts.append(html.Div(acts, className="desk-acts"))
    parts += [_story(card, t), _tellings(card, t)]
    return parts


def _receipt(shown: AlertShown, t: Translator) -> Component:
    card = shown.card
    taken = taken_line(card, shown.clock.now, t, still=True)
    if not taken and card.is_open:
        taken = [untaken_line(card, shown.steps, t) if card.level is Level.CRITICAL else t("desk_alerts.nobody")]
    return panel(
        "alert",
        rule_words(card.rule, t),
        [
            html.P([mark(shown_level(card)), " ", t.sentence(card.sentence)], className="alert-sentence"),
            *sure_line(card, t),
            html.P(taken, className="alert-taken", **data(taken="1" if card.taken else "")),
            html.P(assessed_words(card, t) or t("desk_alerts.not_assessed"), className="alert-assessed"),
            facts(
                [
                    (t("desk_alerts.level"), t(f"level.{card.level}")),
                    (t("desk_alerts.subject"), subject_words(card.subject, t)),
                    (t("word.since"), t.moment(card.since)),
                    (t("desk_alerts.ended"), t.moment(card.ended_at) if card.ended_at else ""),
                ]
            ),
            *([html.Details([html.Summary(t("word.evidence")), evidence_table(card, t)])] if card.evidence else []),
        ],
        class_name="summary",
    )


def _who(shown: AlertShown, t: Translator) -> list[Any]:
    """Whoever has a session is known; the person at the machine says who they are."""
    if shown.by:
        return []
    said = (shown.said or {}).get("by", "")
    return [_text("by", t("desk_alerts.form.who"), said, required=True, maxLength=120, autoComplete="name")]


def _take(shown: AlertShown, t: Translator) -> Component:
    said = shown.said or {}
    choices = [("", t("desk_alerts.form.no_deadline")), *((str(m), t.duration(m)) for m in DEADLINES)]
    again = [html.P(t("desk_alerts.form.taken_again"), className="quiet")] if shown.card.taken else []
    fields = [
        *_who(shown, t),
        _text("owner", t("desk_alerts.form.owner"), said.get("owner", shown.owner), maxLength=160),
        select("deadline", t("desk_alerts.form.deadline"), choices, said.get("deadline", "60")),
        _text("note", t("desk_alerts.form.note"), said.get("note", ""), maxLength=1000),
        button(t("desk_alerts.form.take")),
    ]
    return _act(shown, "take", "acknowledge", fields, t, again)


def _verify(shown: AlertShown, t: Translator) -> Component:
    said = shown.said or {}
    now = shown.card.assessed
    chosen = said.get("outcome", str(now.outcome) if now else "")
    options = [_radio("outcome", str(one), t(f"assessment.{one}"), chosen) for one in Assessment]
    fields = [
        *_who(shown, t),
        tag("fieldset", children=[tag("legend", children=t("desk_alerts.form.outcome")), *options]),
        _text("note", t("desk_alerts.form.note_verify"), said.get("note", ""), required=True, maxLength=1000),
        button(t("desk_alerts.form.verify")),
    ]
    return _act(shown, "verify", "assess", fields, t)


def _hush(shown: AlertShown, t: Translator) -> Component:
    said, card = shown.said or {}, shown.card
    rule, subject = rule_words(card.rule, t), subject_words(card.subject, t)
    scopes = [
        ("this", t("desk_alerts.form.scope_this", what=f"{rule} · {subject}" if subject else rule)),
        ("rule", t("desk_alerts.form.scope_rule", what=rule)),
    ]
    fields = [
        *_who(shown, t),
        select("scope", t("desk_alerts.form.scope"), scopes, said.get("scope", "this")),
        select(
            "minutes",
            t("desk_alerts.form.how_long"),
            [(str(m), t.duration(m)) for m in LENGTHS],
            said.get("minutes", "60"),
        ),
        _text("reason", t("desk_alerts.form.reason"), said.get("reason", ""), required=True, maxLength=1000),
        button(t("desk_alerts.form.hush"), "second"),
    ]
    return _act(shown, "hush", "silence", fields, t)


def _act(
    shown: AlertShown, name: str, act: str, fields: Sequence[Any], t: Translator, before: Sequence[Any] = ()
) -> Component:
    children = [
        html.P(t(f"desk_alerts.form.{name}_says"), className="quiet"),
        *before,
        form(f"/alerts/{shown.card.alert_id}/{act}", [*hidden(shown.hidden), *fields], class_name="once choices"),
    ]
    return html.Div(panel(name, t(f"desk_alerts.form.{name}_title"), children), id=name)


def _text(name: str, label: str, value: str, **more: Any) -> Component:
    return html.Label([html.Span(label), tag("input", type="text", name=name, value=value, **more)], className="field")


def _radio(name: str, value: str, label: str, chosen: str) -> Component:
    made = tag("input", type="radio", name=name, value=value, required=True, checked=value == chosen)
    return html.Label([made, " ", label], className="tick")


def _story(card: AlertCard, t: Translator) -> Component:
    """Changes of state and what people did, in the order in which they came about."""
    acts = list(card.acts)
    lines = []
    for at, state, reason in card.transitions:
        act = next((one for one in acts if one.at == at and one.kind == reason), None)
        if act is not None:
            acts.remove(act)
            said = act_words(act, t)
        else:
            said = f"{t(f'alert_state.{state}')}: {t.maybe(f'alert.reason.{reason}') or reason}."
        lines.append(html.Li([html.B(t.moment(at)), " ", said]))
    return panel("story", t("desk_alerts.story"), [html.Ul(lines, className="history")])


def _tellings(card: AlertCard, t: Translator) -> Component:
    lines = [html.Li([t(f"notice_kind.{one.kind}"), ": ", telling_words(one, t)]) for one in card.tellings]
    told = html.Ul(lines, className="history") if lines else html.P(t("desk_alerts.no_tellings"), className="quiet")
    return panel("tellings", t("desk_alerts.tellings"), [told])


def minutes_said(text: str, allowed: Sequence[int]) -> timedelta | None:
    """Of a form that offers these; None for none, and for what it did not offer."""
    return timedelta(minutes=int(text)) if text in map(str, allowed) else None
