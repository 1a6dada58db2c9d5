"""The log of the contingency plan, and the plan itself: levels, what proposes them, actions, version and source."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Activation, LevelAct, PlanAction, PlanLevel, PlanTrigger, PlanVersion
from data.vocabulary import PlanMove
from layouts.desk.around import facts, panel, scroll
from layouts.desk.plan_shown import PlanShown
from layouts.parts import data, table
from layouts.plan_words import level_words, said, state_words, trigger_words
from layouts.translator import Translator

SHOWN = 60


def log(shown: PlanShown, t: Translator) -> Component:
    lines = [line for one in shown.activations for line in _story(one, t)]
    newest = sorted(lines, key=lambda line: line[0], reverse=True)
    if not newest:
        return panel("plan-log", t("plan.log.title"), [html.P(t("plan.log.none"), className="quiet")])
    rows = [html.Li([html.B(t.moment(at)), " · ", words]) for at, words in newest[:SHOWN]]
    more = [html.P(t("plan.and_so_on", count=len(newest) - SHOWN), className="quiet")] if len(newest) > SHOWN else []
    csv = html.P(html.A(t("plan.log.csv"), href=shown.csv))
    listed = html.Ul(rows, className="history plan-log")
    return panel("plan-log", t("plan.log.title"), [listed, *more, csv], t("plan.log.says"))


def _story(one: Activation, t: Translator) -> list[tuple[datetime, str]]:
    acts = [(act.at, _act(act, one, t)) for act in one.acts]
    steps = [
        (event.at, _quoted(_event(task.action, event.state, event.by, t), event.note, t))
        for task in (*one.tasks, *one.dropped)
        for event in task.events
    ]
    # Of one moment the act stands before its tasks.
    return [*steps, *acts]


def _event(action: PlanAction, state: Any, by: str, t: Translator) -> str:
    return t("plan.log.task", by=by, task=said(action.words, t), state=state_words(state, t))


def _act(act: LevelAct, one: Activation, t: Translator) -> str:
    if act.move is PlanMove.ENDED:
        return _marked(act, _quoted(t("plan.log.ended", by=act.by), act.note, t), t)
    level = one.version.plan.named(act.level)
    name = level_words(level, t) if level is not None else str(act.level)
    words = t("plan.log.act", by=act.by, move=t(f"plan_move.{act.move}"), level=name)
    return _marked(act, _quoted(words, act.note, t), t)


def _marked(act: LevelAct, words: str, t: Translator) -> str:
    """An act of a replay or a drill says so for ever."""
    return f"{t(f'mark.{act.mark}')} · {words}" if act.mark else words


def _quoted(words: str, note: str, t: Translator) -> str:
    return t("plan.log.quoted", words=words, note=note) if note else words


def document(shown: PlanShown, t: Translator) -> Component:
    version = shown.state.version
    assert version is not None, "without a plan there is nothing to show"
    plan = version.plan
    rows = facts(
        [
            (t("plan.document.name"), plan.document),
            (t("plan.document.edition"), plan.edition),
            (t("plan.document.source"), plan.source),
            (t("plan.document.note"), said(plan.note, t)),
            (t("plan.document.reason"), version.reason),
            (t("plan.document.sha"), html.Code(version.sha[:12], title=version.sha)),
        ]
    )
    says = t("plan.document.says", number=version.number, by=version.set_by, at=version.valid_from)
    parts: list[Any] = [html.H3(said(plan.title, t)), rows, *(_level(one, shown, t) for one in plan.levels)]
    if len(shown.versions) > 1:
        lines = [html.Li(_version(one, t)) for one in shown.versions]
        parts.append(html.Details([html.Summary(t("plan.document.earlier")), html.Ul(lines, className="history")]))
    return panel("plan-document", t("plan.document.title"), parts, says)


def _version(one: PlanVersion, t: Translator) -> str:
    told = t("plan.document.version", number=one.number, at=one.valid_from, by=one.set_by)
    return " · ".join(part for part in (told, one.plan.edition, one.reason) if part)


def _level(one: PlanLevel, shown: PlanShown, t: Translator) -> Component:
    triggers = [html.Li(_trigger(trigger, shown, t)) for trigger in one.triggers]
    proposed = html.Ul(triggers, className="history") if triggers else html.P(t("plan.document.never"))
    below = [html.P(t("plan.act.cumulative"), className="quiet")] if one.cumulative and one.number > 1 else []
    heads = [t("plan.document.actions"), t("evidence.institution"), t("evidence.due_at")]
    actions = table(heads, [_action(action, t) for action in one.actions], "plan-actions cards", t("plan.tasks.title"))
    return html.Details(
        [
            html.Summary([html.B(level_words(one, t, alone=True)), " · ", said(one.description, t)]),
            html.P(html.B(t("plan.document.triggers"))),
            proposed,
            *below,
            *([scroll(actions, level_words(one, t, alone=True))] if one.actions else []),
        ],
        className="plan-level-of",
        **data(level=one.level),
    )


def _trigger(trigger: PlanTrigger, shown: PlanShown, t: Translator) -> str:
    marks = [t("plan.provisional")] if trigger.provisional else []
    marks += [t("plan.document.off")] if trigger.rule in shown.rules_off else []
    return trigger_words(trigger, t) + (f" ({', '.join(marks)})" if marks else "")


def _action(action: PlanAction, t: Translator) -> list[Any]:
    who = ", ".join(part for part in (action.institution, action.role, action.phone) if part)
    lead = t.duration(action.lead_minutes)
    return [said(action.words, t), who, f"{lead} ({t('plan.provisional')})" if action.provisional else lead]
