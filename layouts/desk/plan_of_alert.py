"""What the contingency plan says to one alert: the actions of the level it proposes, and the way to activate it."""

from __future__ import annotations

from dash import html
from dash.development.base_component import Component

from data.types import PlanLevel, PlanState, Sentence
from layouts.desk.around import panel
from layouts.parts import data
from layouts.plan_words import level_words, said
from layouts.translator import Translator


def plan_of_alert(state: PlanState, level: PlanLevel | None, query: str, t: Translator) -> Component:
    """`level`: the one that the alert proposes by itself; None: the plan ties none to it. `query` begins with a "?"."""
    name = t("plan.alert.title")
    version = state.version
    if level is None or version is None:
        return panel("plan-of-alert", name, [html.P(t("plan.alert.none"), className="quiet")])
    words = level_words(level, t)
    in_force = state.in_force >= level.number
    # The level that leads the sentence takes its capital.
    says = t.sentence(Sentence("plan.alert.says_active" if in_force else "plan.alert.says", {"level": words}))
    asked = sorted(version.plan.asked_at(level.level), key=lambda one: -one[0].number)
    rows = [
        html.Li(
            [
                said(action.words, t),
                html.Span(
                    [
                        " · ",
                        t("plan.alert.resources", institution=_who(action.institution, action.role, action.phone)),
                        " · ",
                        t("plan.document.lead", lead_minutes=action.lead_minutes),
                        *([f" ({t('plan.provisional')})"] if action.provisional else []),
                    ],
                    className="quiet",
                ),
            ],
            **data(action=action.action),
        )
        for _, action in asked
    ]
    door = t("plan.alert.see_plan" if in_force else "plan.alert.to_plan")
    place = "" if in_force else "#act"
    link = html.P(html.A(door, href=f"/plan{query}{place}", className="act primary plan-door"))
    return panel("plan-of-alert", name, [html.P(says), html.Ul(rows, className="history"), link])


def _who(*parts: str) -> str:
    return ", ".join(part for part in parts if part)
