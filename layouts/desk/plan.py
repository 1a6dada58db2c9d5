"""The page of the contingency plan: what is in force and proposed, deciding on it, the tasks, the log, the plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import PlanLevel, Reason
from layouts.desk.around import button, form, hidden, panel, select
from layouts.desk.plan_document import document, log
from layouts.desk.plan_shown import END as END
from layouts.desk.plan_shown import TOLD as TOLD
from layouts.desk.plan_shown import PlanShown as PlanShown
from layouts.desk.plan_shown import text, who
from layouts.desk.plan_tasks import progress, tasks
from layouts.parts import data, mark
from layouts.plan_words import level_words, reason_words, said
from layouts.translator import Translator


def body(shown: PlanShown, t: Translator) -> list[Any]:
    parts: list[Any] = [
        html.Div(html.H1(t("plan.title")), className="page-title"),
        html.P(html.A(t("plan.back"), href=f"/alerts?{shown.query}")),
    ]
    if shown.as_of is not None:
        now = html.A(t("plan.to_now"), href=f"/plan?{shown.query}")
        parts.append(html.P([t("plan.as_of", at=shown.as_of), " ", now], className="notice"))
    if shown.told:
        parts.append(html.P(t(f"plan.told.{shown.told}"), className="notice", role="status"))
    if shown.wrong:
        parts.append(html.P(shown.wrong, className="form-error", role="alert"))
    if shown.state.version is None and not shown.activations:
        says = html.P(t("plan.no_plan_says", site=shown.site.site), className="quiet")
        return [*parts, html.P(html.B(t("plan.no_plan"))), says]
    act = [_act(shown, t)] if shown.may_activate and shown.state.version is not None else []
    if not shown.may_activate and shown.as_of is None:
        act = [html.P(t("plan.may_not"), className="quiet")]
    first = shown.state.to_activate is not None
    parts.append(html.Div([_now(shown, t), _proposed(shown, t)], className="plan-two"))
    parts += [*(act if first else []), tasks(shown, t), *([] if first else act), log(shown, t)]
    return [*parts, *([document(shown, t)] if shown.state.version else [])]


def _now(shown: PlanShown, t: Translator) -> Component:
    on = shown.state.running
    if on is None:
        none = html.P(t("plan.now.none"), className="plan-level", **data(plan_level="", plan_number="0"))
        return panel("plan-now", t("plan.now.title"), [none], class_name="plan-now")
    last = on.acts[-1]
    stamp = [html.Span(t(f"mark.{on.mark}"), className="stamp")] if on.mark else []
    started = t("plan.now.started", number=on.number, at=on.started)
    lines: list[Any] = [
        html.P(
            [level_words(on.level, t, alone=True), " ", *stamp],
            className="plan-level",
            **data(plan_level=on.level.level, plan_number=str(on.level.number)),
        ),
        html.P(said(on.level.description, t)),
        progress(on, shown.now, t),
        html.P(t("plan.now.since", at=on.since, by=last.by), className="quiet"),
        html.P([t("plan.now.reason"), ": ", html.Q(last.note)], className="quiet"),
        html.P([started, " · ", t("plan.now.version", number=on.version.number)], className="quiet"),
    ]
    newest = shown.state.version
    if newest is not None and newest.number != on.version.number:
        lines.append(html.P(t("plan.now.newer", number=newest.number, running=on.version.number), className="quiet"))
    return panel("plan-now", t("plan.now.title"), lines, class_name="plan-now")


def _proposed(shown: PlanShown, t: Translator) -> Component:
    state = shown.state
    found = state.proposal
    lines: list[Any] = []
    if found is None:
        lines.append(html.P(t("plan.proposed.none"), **data(proposed="")))
    else:
        same = found.level.number == state.in_force
        words = t(
            "plan.proposed.same" if same else "plan.proposed.since", level=level_words(found.level, t), at=found.since
        )
        lines.append(html.P(words, className="plan-proposal", **data(proposed=found.level.level)))
        lines.append(html.Ul([html.Li(_reason(one, shown, t)) for one in found.reasons], className="plan-reasons"))
    if state.calmer:
        lines.append(html.P(t("plan.proposed.calmer")))
    if state.blind:
        lines.append(html.P(t("plan.proposed.blind"), className="quiet"))
    dated = shown.next_rule
    if dated is not None:
        left = (dated.at - shown.now) / timedelta(minutes=1)
        title = dated.title.get(str(t.language), "")
        lines.append(html.P(t("plan.proposed.dated", title=title, at=dated.at, left_minutes=left)))
    lines.append(html.P(t("plan.proposed.by_itself"), className="quiet"))
    return panel("plan-proposed", t("plan.proposed.title"), lines)


def _reason(one: Reason, shown: PlanShown, t: Translator) -> list[Any]:
    """The trigger that holds; of an alert its sentence, and the way to it."""
    sign = one.sign
    parts: list[Any] = [mark(sign.level), " ", reason_words(one, t)]
    card = shown.cards.get(sign.alert_id) if sign.alert_id is not None else None
    if card is not None:
        link = html.A(
            t("plan.proposed.alert", number=str(card.alert_id)), href=f"/alerts/{card.alert_id}?{shown.query}"
        )
        parts += [". ", t.sentence(card.sentence), " ", link]
    if one.trigger.provisional:
        parts += [" ", html.Small(f"({t('plan.provisional')})", className="quiet")]
    return parts


def _act(shown: PlanShown, t: Translator) -> Component:
    """Choosing a level and saying why. What the plan proposes is chosen already, and still only proposed."""
    state, typed = shown.state, shown.typed("")
    on, wanted, version = state.running, state.to_activate, state.version
    assert version is not None, "without a plan there is nothing to choose"
    choices = [(one.level, _choice(one, shown, t)) for one in version.plan.levels if _may_choose(one, shown)]
    choices += [(END, t("plan.act.to_end"))] if on is not None else []
    chosen = typed.get("level", wanted.level.level if wanted else "")
    # Without a proposal nothing is chosen: nobody lowers a level by pressing a button.
    choices = [("", t("plan.act.choose")), *choices]
    fields = [
        *hidden({**shown.hidden, "seen": str(state.last_act)}),
        _required(select("level", t("plan.act.to_level"), choices, chosen)),
        *who(shown, t("plan.act.who"), typed, ask=True),
        text("note", t("plan.act.why"), typed.get("note", ""), required=True, maxLength=1000),
        button(t("plan.act.change" if on is not None else "plan.act.activate")),
    ]
    made = form("/plan/level", fields, class_name="once choices")
    return html.Div(panel("plan-act", t("plan.act.title"), [made], t("plan.act.says")), id="act")


def _required(field: Any) -> Any:
    field.children[1]["props"]["required"] = True
    return field


def _may_choose(one: PlanLevel, shown: PlanShown) -> bool:
    on = shown.state.running
    return on is None or on.level.level != one.level


def _choice(one: PlanLevel, shown: PlanShown, t: Translator) -> str:
    version = shown.state.version
    asked = len(version.plan.asked_at(one.level)) if version else 0
    return t("plan.act.tasks", level=level_words(one, t, alone=True), tasks=asked)
