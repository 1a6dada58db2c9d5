"""The checklist of the contingency plan: every task with its time, its institution, what blocks it, and ticking it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Activation, PlanTask, TaskEvent
from data.vocabulary import TaskState
from layouts.desk.around import button, form, hidden, panel, select
from layouts.desk.plan_shown import PlanShown, since_words, text, who
from layouts.parts import aria, data
from layouts.plan_words import said, state_words
from layouts.translator import Translator

MINUTE = timedelta(minutes=1)
WHY = {TaskState.BLOCKED: "blocked", TaskState.NOT_APPLICABLE: "why"}


def progress(on: Activation, now: datetime, t: Translator) -> Component:
    """How much is done, in words and as a bar; how much is late."""
    late = len(on.overdue(now))
    facts = data(done=str(on.done), asked=str(on.asked_for), overdue=str(late))
    if on.done_share is None:
        return html.P(t("plan.tasks.nothing"), className="plan-progress", **facts)
    words: list[Any] = [
        html.B(t("plan.strip.done", done=on.done, asked=on.asked_for)),
        f" · {t.percent(on.done_share)}",
    ]
    if late:
        words += [" · ", html.B(t.n("plan.strip.overdue", late), className="overdue")]
    bar = html.Div(
        html.Div(style={"width": f"{100 * on.done_share:.0f}%"}), className="plan-bar", **aria(hidden="true")
    )
    return html.Div([html.P(words), bar], className="plan-progress", **facts)


def tasks(shown: PlanShown, t: Translator) -> Component:
    on = shown.state.running
    if on is None:
        return panel("plan-tasks", t("plan.tasks.title"), [html.P(t("plan.tasks.none_yet"), className="quiet")])
    rows = [_task(task, on, shown, t) for task in _in_order(on.tasks, shown.now)]
    parts: list[Any] = [*_name(shown, t), html.Ul(rows, className="plan-tasks")]
    if on.dropped:
        says = html.P(t("plan.tasks.dropped_says"), className="quiet")
        lines = [html.Li([said(task.action.words, t), " · ", _stands(task, shown, t)]) for task in on.dropped]
        inside = [html.Summary(t("plan.tasks.dropped")), says, html.Ul(lines, className="history")]
        parts.append(html.Details(inside))
    return panel("plan-tasks", t("plan.tasks.title"), parts, t("plan.tasks.seen", seen_time=shown.now))


def _in_order(found: Sequence[PlanTask], now: datetime) -> list[PlanTask]:
    """Overdue ones first, then what is to be done by its time, then what is over."""
    return sorted(found, key=lambda task: (task.over, not task.overdue(now), task.due, task.action.action))


def _name(shown: PlanShown, t: Translator) -> list[Any]:
    """Who writes at this machine: said once, before the first task; and how another person takes over."""
    if shown.by or not shown.may_tick:
        return []
    fields = [
        *hidden(shown.hidden),
        text("by", t("plan.tasks.who"), shown.remembered, required=True, maxLength=60, autoComplete="name"),
        button(t("plan.tasks.begin"), "second"),
    ]
    made = form("/plan/name", fields, class_name="plan-name")
    if not shown.remembered:
        return [made]
    return [html.Details([html.Summary(t("plan.tasks.writes", by=shown.remembered)), made], className="plan-name-of")]


def _named(shown: PlanShown, task: PlanTask) -> bool:
    """Whether it is known who writes."""
    return bool(shown.by or shown.remembered or shown.typed(task.action.action).get("by"))


def _task(task: PlanTask, on: Activation, shown: PlanShown, t: Translator) -> Component:
    action, late = task.action, task.overdue(shown.now)
    reached = " · ".join(part for part in (action.institution, action.role) if part)
    parts: list[Any] = [
        html.Div(
            [
                html.Span(state_words(task.state, t), className=f"task-state task-{task.state}"),
                html.Span(_time(task, shown, t), className="task-time overdue" if late else "task-time"),
            ],
            className="task-head",
        ),
        html.H3(said(action.words, t)),
        html.P([html.B(reached), *_phone(action.phone), *_small(task, t)], className="task-who"),
    ]
    last = task.events[-1] if task.events else None
    if last is not None:
        parts.append(html.P(_stands(task, shown, t, note=False), className="quiet"))
        if last.note:
            parts.append(html.P(t(f"plan.tasks.{WHY.get(last.state, 'note')}", why=last.note), className="task-note"))
    if shown.may_tick and (_named(shown, task) or shown.typed(action.action)):
        parts += [_quick(task, on, shown, t), _more(task, on, shown, t)]
    if len(task.events) > 1:
        lines = [html.Li(_event(one, shown, t)) for one in reversed(task.events)]
        parts.append(html.Details([html.Summary(t("plan.tasks.story")), html.Ul(lines, className="history")]))
    return html.Li(
        parts,
        id=f"task-{action.action}",
        className="plan-task over" if task.over else "plan-task",
        **data(task=action.action, state=str(task.state), overdue=str(int(late))),
    )


def _phone(phone: str) -> list[Any]:
    if not phone:
        return []
    return [" · ", html.A(phone, href="tel:" + "".join(sign for sign in phone if sign.isdigit() or sign == "+"))]


def _small(task: PlanTask, t: Translator) -> list[Any]:
    provisional = [f" ({t('plan.provisional')})"] if task.action.provisional else []
    level = t("plan.tasks.of_level", number=task.level.number)
    lead = t("plan.document.lead", lead_minutes=task.action.lead_minutes)
    return [html.Br(), html.Small([f"{level} · {lead}", *provisional], className="quiet")]


def _time(task: PlanTask, shown: PlanShown, t: Translator) -> str:
    """When it is due, and how far that is from the moment of the page."""
    if task.over:
        return ""
    due = t("plan.tasks.due", at=since_words(task.due, shown.now, t))
    minutes = (task.due - shown.now) / MINUTE
    if task.overdue(shown.now):
        return f"{due} · {t('plan.tasks.late', late_minutes=max(-minutes, 0))}"
    return f"{due} · {t('plan.tasks.in_time', left_minutes=minutes)}"


def _stands(task: PlanTask, shown: PlanShown, t: Translator, note: bool = True) -> str:
    last = task.events[-1] if task.events else None
    if last is None:
        return state_words(task.state, t)
    if last.state is TaskState.DONE:
        at, late = since_words(last.at, shown.now, t), (last.at - task.due) / MINUTE
        if late > 0:
            return t("plan.tasks.done_late", at=at, late_minutes=late, by=last.by)
        return t("plan.tasks.done_at", at=at, by=last.by)
    return _event(last, shown, t, note)


def _event(one: TaskEvent, shown: PlanShown, t: Translator, note: bool = True) -> str:
    told = t("plan.tasks.said", state=state_words(one.state, t), at=since_words(one.at, shown.now, t), by=one.by)
    return t("plan.log.quoted", words=told, note=one.note) if note and one.note else told


def _fields(task: PlanTask, on: Activation, shown: PlanShown) -> list[Any]:
    seen = {"activation": str(on.number), "task": task.action.action, "seen": str(task.step)}
    return hidden({**shown.hidden, **seen})


def _quick(task: PlanTask, on: Activation, shown: PlanShown, t: Translator) -> Component:
    """One press for what happens most: begun, done."""
    name, buttons = said(task.action.words, t), []
    for state, key, kind in ((TaskState.DONE, "finish", "primary"), (TaskState.UNDER_WAY, "start", "second")):
        if task.state is not state and not task.over:
            label = aria(label=t("plan.tasks.about", act=t(f"plan.tasks.{key}"), task=name))
            buttons.append(button(t(f"plan.tasks.{key}"), kind, name="state", value=str(state), **label))
    if not buttons:
        return html.Div()
    fields = [*_fields(task, on, shown), *who(shown, t("plan.tasks.who"), shown.typed(task.action.action)), *buttons]
    return form("/plan/task", fields, class_name="once task-quick")


def _more(task: PlanTask, on: Activation, shown: PlanShown, t: Translator) -> Component:
    """Every other state, with the words that it needs. Turned away, it stands open with what was typed."""
    typed = shown.typed(task.action.action)
    choices = [(str(one), state_words(one, t)) for one in TaskState]
    chosen = typed.get("state", str(TaskState.BLOCKED if not task.over else task.state))
    fields = [
        *_fields(task, on, shown),
        select("state", t("plan.tasks.state"), choices, chosen),
        *who(shown, t("plan.tasks.who"), typed),
        text("note", t("plan.tasks.words"), typed.get("note", ""), maxLength=1000),
        button(t("plan.tasks.save"), "second"),
    ]
    inside = [html.Summary(t("plan.tasks.more")), form("/plan/task", fields, class_name="once choices")]
    return html.Details(inside, open=bool(typed), className="task-more")
