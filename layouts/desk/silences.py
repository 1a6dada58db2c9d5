"""The page of silences: those that run and come back, a new one by rule or subject, and ending one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import Silence
from data.vocabulary import NOT_EVALUATED
from layouts.alert_desk import silence_line
from layouts.alert_words import rule_words, subject_words
from layouts.desk.alert import LENGTHS
from layouts.desk.around import button, form, hidden, panel, select, tag
from layouts.translator import Translator

WEEKLY_LENGTHS = tuple(minutes for minutes in LENGTHS if minutes <= 720)


@dataclass(frozen=True)
class SilencesShown:
    silences: tuple[Silence, ...]
    rules: tuple[str, ...]  # of the site
    subjects: tuple[str, ...]  # of which there ever was an alert
    by: str
    hidden: Mapping[str, str]
    query: str
    told: str = ""
    wrong: str = ""
    said: Mapping[str, str] | None = None


def body(shown: SilencesShown, t: Translator) -> list[Any]:
    parts: list[Any] = [
        html.Div(html.H1(t("desk_alerts.form.silences_title")), className="page-title"),
        html.P(html.A(t("desk_alerts.back"), href=f"/alerts{shown.query}")),
    ]
    if shown.told:
        parts.append(html.P(t(f"desk_alerts.told.{shown.told}"), className="notice", role="status"))
    if shown.wrong:
        parts.append(html.P(shown.wrong, className="form-error", role="alert"))
    listed = [_listed(one, shown, t) for one in shown.silences]
    says = (
        html.Ul(listed, className="silence-rows") if listed else html.P(t("desk_alerts.none_silent"), className="quiet")
    )
    parts.append(panel("silences", t("panel.silences.title"), [says], t("panel.silences.says")))
    parts.append(_new(shown, "once", t))
    parts.append(_new(shown, "weekly", t))
    return parts


def _listed(one: Silence, shown: SilencesShown, t: Translator) -> Component:
    fields = [*hidden({**shown.hidden, "silence": str(one.silence_id)}), *_who(shown, t)]
    end = form("/alerts/silences/end", [*fields, button(t("desk_alerts.form.end"), "second")], class_name="once")
    return html.Li([html.Span(silence_line(one, t)), end])


def _who(shown: SilencesShown, t: Translator) -> list[Any]:
    if shown.by:
        return []
    return [_text("by", t("desk_alerts.form.who"), (shown.said or {}).get("by", ""), required=True, maxLength=120)]


def _new(shown: SilencesShown, kind: str, t: Translator) -> Component:
    said = shown.said or {}
    rules = [
        ("", t("desk_alerts.form.any_rule")),
        *((name, rule_words(name, t)) for name in (*shown.rules, NOT_EVALUATED)),
    ]
    subjects = [("", t("desk_alerts.form.any_subject")), *((one, subject_words(one, t)) for one in shown.subjects)]
    lengths = [(str(m), t.duration(m)) for m in (WEEKLY_LENGTHS if kind == "weekly" else LENGTHS)]
    fields: list[Any] = [
        *_who(shown, t),
        select("rule", t("desk_alerts.rule"), rules, said.get("rule", "")),
        select("subject", t("desk_alerts.subject"), subjects, said.get("subject", "")),
    ]
    if kind == "weekly":
        days = [_day(day, t) for day in range(7)]
        fields.append(
            tag("fieldset", className="days", children=[tag("legend", children=t("desk_alerts.form.days")), *days])
        )
        at = tag("input", type="time", name="begins", value=said.get("begins", "22:00"), required=True)
        fields.append(html.Label([html.Span(t("desk_alerts.form.begins")), at], className="field"))
    fields += [
        select("minutes", t("desk_alerts.form.how_long"), lengths, said.get("minutes", "60")),
        _text("reason", t("desk_alerts.form.reason"), said.get("reason", ""), required=True, maxLength=1000),
        button(t("desk_alerts.form.hush"), "second"),
    ]
    made = form("/alerts/silences/new", [*hidden({**shown.hidden, "kind": kind}), *fields], class_name="once choices")
    title = t("desk_alerts.form.silences_new" if kind == "once" else "desk_alerts.form.silences_weekly")
    says = html.P(t("desk_alerts.form.hush_says"), className="quiet")
    return panel(f"silence-{kind}", title, [says, made])


def _day(day: int, t: Translator) -> Component:
    return html.Label(
        [tag("input", type="checkbox", name=f"day{day}", value="1"), " ", t.weekday(day)], className="tick"
    )


def _text(name: str, label: str, value: str, **more: Any) -> Component:
    return html.Label([html.Span(label), tag("input", type="text", name=name, value=value, **more)], className="field")
