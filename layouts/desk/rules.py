"""The page of the alert rules: all of them in words, the limits of the pressure, and how its level changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import PressureChange, SetRule
from data.vocabulary import Level, RuleKind
from layouts.alert_words import rule_words as name_words
from layouts.desk.around import panel, scroll
from layouts.parts import data, mark, table
from layouts.rule_words import params_words, patience_words, plain, who_words
from layouts.translator import Translator

TOLD = ("saved", "unchanged")
LEVELS = (Level.WATCH, Level.ALERT, Level.CRITICAL)


@dataclass(frozen=True)
class RulesShown:
    """`to`: the address of a part of these pages; `told`: the rule that was just saved."""

    rules: Sequence[SetRule]
    limits: Mapping[str, tuple[tuple[float, float, float], str]]
    changes: Sequence[PressureChange]
    may_set: bool
    to: Callable[..., str]
    back: str
    told: str = ""
    how: str = ""


def body(shown: RulesShown, t: Translator) -> list[Any]:
    parts: list[Any] = [
        html.Div(html.H1(t("rules.title")), className="page-title"),
        html.P(html.A(t("rules.back"), href=shown.back)),
    ]
    if shown.told:
        words = t(f"rules.{shown.how}", name=name_words(shown.told, t))
        parts.append(html.P(words, className="notice", role="status"))
    parts.append(panel("rules", t("rules.list_title"), [_table(shown, t)], t("rules.list_says")))
    if shown.may_set:
        parts.append(panel("rules-new", t("rules.new_title"), [_kinds(shown, t)], t("rules.new_says")))
    else:
        parts.append(html.P(t("rules.may_not"), className="quiet"))
    parts.append(panel("limits", t("rules.pressure_title"), [_limits(shown, t)], t("rules.pressure_says")))
    parts.append(panel("changes", t("rules.changes_title"), [_changes(shown, t)], t("rules.changes_says")))
    return parts


def _table(shown: RulesShown, t: Translator) -> Component:
    keys = ["rules.name", "rules.what", "rules.level", "rules.state", "rules.who", *(["rules.edit"] * shown.may_set)]
    rows = [_row(rule, shown, t) for rule in shown.rules]
    made = table([t(key) for key in keys], rows, "rules-table cards", t("rules.list_title"))
    return scroll(made, t("rules.list_title"))


def _row(rule: SetRule, shown: RulesShown, t: Translator) -> list[Any]:
    level = [mark(rule.level), html.Span(t(f"level.{rule.level}"))]
    what = [html.Div(params_words(rule, t)), html.Small(patience_words(rule, t), className="quiet")]
    who = [html.Div(who_words(rule, t)), *([html.Small(rule.reason, className="quiet")] if rule.reason else [])]
    cells: list[Any] = [
        html.Div([html.B(name_words(rule.name, t)), html.Br(), html.Small(t(f"rule_kind.{rule.kind}"))]),
        html.Div(what),
        html.Span(level, className="level"),
        html.Span(t("rules.on" if rule.enabled else "rules.off"), **data(rule=rule.name, on=str(int(rule.enabled)))),
        html.Div(who),
    ]
    if shown.may_set:
        cells.append(html.A(t("rules.edit"), href=shown.to("/edit", name=rule.name)))
    return cells


def _kinds(shown: RulesShown, t: Translator) -> Component:
    return html.Ul(
        [
            html.Li(
                [
                    html.A(t(f"rule_kind.{kind}"), href=shown.to("/edit", kind=str(kind))),
                    html.Span([" · ", t(f"rule_kind_says.{kind}")], className="quiet"),
                ]
            )
            for kind in RuleKind
            if kind is not RuleKind.PRESSURE  # there is one, with the limits of the site's level
        ],
        className="rule-kinds",
    )


def _limits(shown: RulesShown, t: Translator) -> Component:
    heads = [t("rules.component"), *(t(f"level.{level}") for level in LEVELS)]
    rows = [
        [t(f"pressure.{name}"), *(value_words(one, unit, t) for one in steps)]
        for name, (steps, unit) in shown.limits.items()
    ]
    return scroll(table(heads, rows, "limits-table", t("rules.pressure_title")), t("rules.pressure_title"))


def value_words(value: float, unit: str, t: Translator) -> str:
    if unit == "minutes":
        return t.duration(value)
    return t.percent(value) if unit == "ratio" else plain(value, t)


def _changes(shown: RulesShown, t: Translator) -> Component:
    if not shown.changes:
        return html.P(t("rules.no_changes"), className="quiet")
    return html.Ul([html.Li(_change(one, shown, t)) for one in shown.changes], className="rule-changes")


def _change(one: PressureChange, shown: RulesShown, t: Translator) -> list[Any]:
    key, facts = ("rules.change", {"from_level": str(one.before)}) if one.before else ("rules.change_first", {})
    inputs = [
        f"{t(f'pressure.{name}')}: {_input(said, shown.limits[name][1], t)}"
        for name, said in one.inputs.items()
        if name in shown.limits and (said["value"] is not None or said.get("never"))
    ]
    return [
        html.B(t.moment(one.at)),
        " ",
        html.Span([mark(one.level), t(key, level=str(one.level), **facts)], className="level"),
        html.Br(),
        html.Small(" · ".join(inputs), className="quiet"),
    ]


def _input(said: Mapping[str, Any], unit: str, t: Translator) -> str:
    return t("rules.never") if said.get("never") else value_words(said["value"], unit, t)
