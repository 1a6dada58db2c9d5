"""The form of one alert rule: its fields, what it would have done, and what it said before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Rehearsal, RuleField, Sentence, SetRule
from data.vocabulary import RuleKind
from layouts.alert_words import rule_words as name_words
from layouts.desk.around import button, form, hidden, panel, scroll, select, tag
from layouts.desk.rules import LEVELS
from layouts.parts import data, mark, table
from layouts.rule_words import episode_words, params_words, patience_words, rehearsal_words, who_words
from layouts.translator import Translator


@dataclass(frozen=True)
class Tried:
    """`done` None: rules of this kind cannot be tried. `peaks`: what the alert would have said, by episode."""

    rule: SetRule
    done: Rehearsal | None
    peaks: tuple[Sentence, ...]


@dataclass(frozen=True)
class FormShown:
    kind: RuleKind
    typed: Mapping[str, str]
    fields: Sequence[RuleField]
    is_new: bool
    by: str
    hidden: Mapping[str, str]
    back: str
    wrong: Sequence[str] = ()
    tried: Tried | None = None
    before: Sequence[SetRule] = ()


def form_body(shown: FormShown, title: str, t: Translator) -> list[Any]:
    parts: list[Any] = [
        html.Div(html.H1(title), className="page-title"),
        html.P(html.A(t("rules.back_to_list"), href=shown.back)),
    ]
    if shown.wrong:
        parts.append(html.Ul([html.Li(one) for one in shown.wrong], className="form-error", role="alert"))
    if shown.tried is not None:
        parts.append(_trial(shown, shown.tried, t))
    said = [html.P(t(f"rule_kind_says.{shown.kind}"), className="quiet"), _form(shown, t)]
    parts.append(
        panel("rule", t("rules.change_again" if shown.tried else "rules.form_title"), said, t("rules.form_says"))
    )
    if shown.before:
        parts.append(panel("rule-before", t("rules.history_title"), [_before(shown, t)]))
    return parts


def _trial(shown: FormShown, tried: Tried, t: Translator) -> Component:
    children: list[Any] = [
        html.P(params_words(tried.rule, t)),
        html.P(patience_words(tried.rule, t), className="quiet"),
    ]
    if tried.done is None:
        children.append(html.P(t("rules.not_tried")))
    else:
        count = data(would=str(len(tried.done.episodes)))
        children.append(html.P(html.B(rehearsal_words(tried.done, t)), role="status", **count))
        told = zip(tried.done.episodes, tried.peaks, strict=True)
        children.append(
            html.Ol(
                [
                    html.Li(
                        [
                            html.Span([mark(one.level), episode_words(one, t)], className="level"),
                            html.Br(),
                            html.Small(
                                [t("rules.peak", peak_at=one.peak_at), " ", t.sentence(peak)], className="quiet"
                            ),
                        ]
                    )
                    for one, peak in told
                ],
                className="episodes",
            )
        )
    # What is saved is what was tried.
    kept = {name: value for name, value in shown.typed.items() if name not in shown.hidden}
    children.append(form("/alerts/rules/save", [*hidden({**shown.hidden, **kept}), button(t("rules.save"))]))
    return panel("rule-tried", t("rules.tried_title"), children, t("rules.tried_says"))


def _form(shown: FormShown, t: Translator) -> Component:
    said = shown.typed
    fields: list[Any] = [*hidden({**shown.hidden, "kind": str(shown.kind)})]
    if shown.is_new:
        more = {"required": True, "maxLength": 60, "pattern": "[a-z0-9][a-z0-9_.\\-]*"}
        fields.append(_box("name", t("rules.name"), said.get("name", ""), t("rules.name_says"), **more))
    else:
        fields += hidden({"name": said["name"]})
    fields += [_param(one, t) for one in shown.fields]
    levels = [(str(level), t(f"level.{level}")) for level in LEVELS]
    fields.append(select("level", t("rules.level"), levels, said.get("level", "")))
    for name in ("pending", "recovering", "no_data"):
        fields.append(_box(name, t(f"rules.{name}"), said.get(name, ""), inputMode="numeric", maxLength=6))
    on = tag("input", type="checkbox", name="enabled", value="1", checked=bool(said.get("enabled")))
    fields.append(html.Label([on, " ", t("rules.enabled")], className="tick"))
    if not shown.by:
        fields.append(_box("by", t("rules.who_you_are"), said.get("by", ""), required=True, maxLength=120))
    fields.append(_box("reason", t("rules.reason"), said.get("reason", ""), required=True, maxLength=1000))
    fields.append(button(t("rules.try")))
    return form("/alerts/rules/try", fields, class_name="once choices")


def _param(one: RuleField, t: Translator) -> Any:
    label, key = t(f"rules.param.{one.name}"), f"p.{one.name}"
    if one.kind == "choice":
        return select(key, label, [(value, choice_words(one.name, value, t)) for value in one.choices], one.value)
    if one.kind == "names":
        ticks = [
            html.Label(
                [
                    tag("input", type="checkbox", name=f"{key}.{name}", value="1", checked=name in one.chosen),
                    " ",
                    name_words(name, t),
                ],
                className="tick",
            )
            for name in one.choices
        ]
        return tag("fieldset", children=[tag("legend", children=label), *ticks])
    if one.kind == "limits":
        heads = [t("rules.component"), *(t(f"level.{level}") for level in LEVELS)]
        rows = [[t(f"pressure.{part}"), *_limit_boxes(key, part, steps, t)] for part, steps in one.parts.items()]
        made = scroll(table(heads, rows, "limits-table", label), label)
        says = html.Small(t("rules.limits.says"), className="quiet")
        return tag("fieldset", children=[tag("legend", children=label), made, says])
    if one.kind == "text":
        return _box(key, label, one.value, maxLength=120)
    return _box(key, label, one.value, inputMode="numeric" if one.kind == "whole" else "decimal", maxLength=20)


def _limit_boxes(key: str, part: str, steps: Sequence[str], t: Translator) -> list[Any]:
    return [
        tag(
            "input",
            type="text",
            name=f"{key}.{part}.{place}",
            value=value,
            size=7,
            maxLength=20,
            inputMode="decimal",
            **{"aria-label": f"{t(f'pressure.{part}')}, {t(f'level.{LEVELS[place]}')}"},
        )
        for place, value in enumerate(steps)
    ]


def choice_words(name: str, value: str, t: Translator) -> str:
    """A word of the vocabulary, or one of these forms."""
    if not value:
        return t("rules.choice.any_service" if name == "service" else "rules.choice.entry")
    return t.maybe(f"{name}.{value}") or t.maybe(f"rules.choice.{value}") or value


def _before(shown: FormShown, t: Translator) -> Component:
    return html.Ul(
        [
            html.Li(
                [
                    html.B(who_words(rule, t)),
                    " ",
                    t("rules.on" if rule.enabled else "rules.off"),
                    " · ",
                    params_words(rule, t),
                    *([html.Br(), html.Small(rule.reason, className="quiet")] if rule.reason else []),
                ]
            )
            for rule in shown.before
        ]
    )


def _box(name: str, label: str, value: str, hint: str = "", **more: Any) -> Component:
    children: list[Any] = [html.Span(label), tag("input", type="text", name=name, value=value, **more)]
    return html.Label([*children, *([html.Small(hint)] if hint else [])], className="field")
