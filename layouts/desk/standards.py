"""The page of the standards: which phase holds, how long people stay, each standard, and what others published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.types import HeldStandard, Published, Turn
from data.vocabulary import SERVICE_SECTOR, Phase, Stay
from layouts.desk.around import button, form, hidden, panel, scroll, select, tag
from layouts.parts import data, table
from layouts.standard_words import held_words, since_words, source_tree, standard_words
from layouts.translator import Translator

TOLD = ("saved", "unchanged", "overruled")
PATH = "/coverage/standards"


@dataclass(frozen=True)
class StandardsShown:
    """`to`: the address of a part of these pages; `now`: the phase and the stay that hold; `by`: "" where the person
    at the machine has to say who they are."""

    held: Sequence[HeldStandard]
    published: Published
    now: tuple[str, str]
    turns: tuple[Sequence[Turn], Sequence[Turn]]
    may_set: bool
    to: Callable[..., str]
    back: str
    hidden: Mapping[str, str]
    by: str
    told: str = ""
    wrong: Sequence[str] = ()


def body(shown: StandardsShown, t: Translator) -> list[Any]:
    parts: list[Any] = [
        html.Div(html.H1(t("standards.title")), className="page-title"),
        html.P([t("standards.says"), " ", html.A(t("standards.back"), href=shown.back)]),
    ]
    if shown.told:
        parts.append(html.P(t(f"standards.told_{shown.told}"), className="notice", role="status"))
    if shown.wrong:
        parts.append(html.Ul([html.Li(one) for one in shown.wrong], className="form-error", role="alert"))
    parts.append(panel("phase", t("standards.phase_title"), _phase(shown, t), t("standards.phase_says")))
    parts.append(panel("stay", t("standards.stay_title"), _stay(shown, t), t("standards.stay_says")))
    parts.append(panel("held", t("standards.held_title"), [_held(shown, t)], t("standards.held_says")))
    if not shown.may_set:
        parts.append(html.P(t("standards.may_not"), className="quiet"))
    parts.append(
        panel("published", t("standards.published_title"), _published(shown, t), t("standards.published_says"))
    )
    return parts


def _phase(shown: StandardsShown, t: Translator) -> list[Any]:
    now = html.P(html.B(t(f"phase_name.{shown.now[0]}")), **data(phase=shown.now[0]))
    choices = [(str(one), t(f"phase_name.{one}")) for one in Phase]
    return [now, *_turn(shown, "phase", choices, t), *_past(shown.turns[0], "phase_name", t)]


def _stay(shown: StandardsShown, t: Translator) -> list[Any]:
    now = html.P(html.B(t(f"stay.{shown.now[1]}")), **data(stay=shown.now[1]))
    choices = [(str(one), t(f"stay.{one}")) for one in Stay]
    return [now, *_turn(shown, "stay", choices, t), *_past(shown.turns[1], "stay", t)]


def _turn(shown: StandardsShown, name: str, choices: Sequence[tuple[str, str]], t: Translator) -> list[Any]:
    if not shown.may_set:
        return []
    other = next(value for value, _ in choices if value not in shown.now)
    fields = [
        *hidden({**shown.hidden, "turn": name}),
        select("word", t(f"standards.{name}_ask"), choices, other),
        *decision_fields(shown.by, {}, t),
        button(t("standards.switch")),
    ]
    return [
        html.Details(
            [html.Summary(t(f"standards.{name}_change")), form(f"{PATH}/turn", fields, class_name="once choices")]
        )
    ]


def decision_fields(by: str, typed: Mapping[str, str], t: Translator) -> list[Any]:
    """From when, who and why: every decision has them."""
    fields = [box("from", t("standards.from"), typed.get("from", ""), t("standards.from_says"), type="datetime-local")]
    if not by:
        fields.append(box("by", t("rules.who_you_are"), typed.get("by", ""), required=True, maxLength=120))
    fields.append(box("reason", t("rules.reason"), typed.get("reason", ""), required=True, maxLength=1000))
    return fields


def box(name: str, label: str, value: str, hint: str = "", **props: Any) -> Component:
    made = tag("input", **{"type": "text", "name": name, "value": value, "autoComplete": "off", **props})
    return html.Label([html.Span(label), made, *([html.Small(hint)] if hint else [])], className="field")


def _past(turns: Sequence[Turn], words: str, t: Translator) -> list[Any]:
    if len(turns) < 2:
        return []
    told = []
    for one in turns:
        facts = {"word": t(f"{words}.{one.word}"), "who": one.set_by, "since_at": one.valid_from}
        said = t("standards.turned" if one.valid_from.year > 1970 else "standards.turned_always", **facts)
        told.append(html.Li([said, *([html.Small(f" · {one.reason}", className="quiet")] if one.reason else [])]))
    return [html.Details([html.Summary(t("standards.history")), html.Ul(told)])]


def _held(shown: StandardsShown, t: Translator) -> Any:
    if not shown.held:
        return html.P(t("standards.none"), className="quiet")
    keys = ["word.service", "standards.phase", "standards.standard", "standards.counted_by", "coverage.line.source"]
    keys += ["standards.set", *(["rules.edit"] * shown.may_set)]
    rows = [_row(one, shown, t) for one in shown.held]
    return scroll(
        table([t(key) for key in keys], rows, "standards-table cards", t("standards.held_title")),
        t("standards.held_title"),
    )


def _row(one: HeldStandard, shown: StandardsShown, t: Translator) -> list[Any]:
    told = one.standard
    sector = SERVICE_SECTOR[told.service]
    where = [html.B(t(f"service.{told.service}")), *([html.Br(), html.Small(t(f"sector.{sector}"))] if sector else [])]
    phase: list[Any] = [t(f"phase_name.{told.phase}")]
    if told.phase == shown.now[0]:
        phase += [html.Br(), html.Small(t("standards.in_force"))]
    since = [html.Div(since_words(one, t)), *([html.Small(told.reason, className="quiet")] if told.reason else [])]
    facts = {"standard": f"{told.service}/{told.phase}", "value": "" if one.withdrawn else f"{told.value:g}"}
    cells: list[Any] = [
        html.Div(where),
        html.Span(phase),
        html.Span(held_words(one, t), **data(**facts)),
        t(f"denominator.{told.denominator}"),
        source_tree(told.source, t),
        html.Div(since),
    ]
    if shown.may_set:
        cells.append(html.A(t("rules.edit"), href=shown.to("/edit", service=str(told.service), phase=told.phase)))
    return cells


def _published(shown: StandardsShown, t: Translator) -> list[Any]:
    held = {(str(one.standard.service), one.standard.phase): one for one in shown.held if not one.withdrawn}
    keys = ["word.service", "standards.phase", "standards.standard", "standards.counted_by", "coverage.line.source"]
    rows = []
    for entry in shown.published.entries:
        key = (entry["service"], entry["phase"])
        cells: list[Any] = [
            html.B(t(f"service.{entry['service']}")),
            t(f"phase_name.{entry['phase']}"),
            standard_words(entry["value"], entry["per"], entry["unit"], t),
            t(f"denominator.{entry['denominator']}"),
            source_tree(entry["source"], t),
        ]
        if shown.may_set:
            link = html.A(t("standards.take"), href=shown.to("/edit", service=key[0], phase=key[1], published="1"))
            cells.append(t("standards.taken") if key in held else link)
        rows.append(cells)
    heads = [t(key) for key in keys] + [t("standards.here")] * shown.may_set
    title = t("standards.published_title")
    references = [
        [
            t(f"reference.{one.name}"),
            t(f"sector.{one.sector}"),
            one.emergency,
            one.stabilised or "–",
            source_tree(one.source, t),
        ]
        for one in shown.published.references
    ]
    about = [
        t(key)
        for key in (
            "standards.reference",
            "coverage.sector",
            "phase_name.emergency",
            "phase_name.stabilised",
            "coverage.line.source",
        )
    ]
    nobody = ", ".join(t(f"service.{one}") for one in shown.published.unpublished)
    return [
        scroll(table(heads, rows, "standards-table cards", title), title),
        html.Details(
            [
                html.Summary(t("standards.references")),
                scroll(
                    table(about, references, "standards-table cards", t("standards.references")),
                    t("standards.references"),
                ),
            ]
        ),
        html.P([html.B(t("standards.nobody")), " ", nobody], className="quiet"),
    ]
