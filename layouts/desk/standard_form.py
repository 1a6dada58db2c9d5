"""The form of one standard, and every decision there was about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dash import html

from data.types import HeldStandard
from layouts.desk.around import button, form, hidden, panel, scroll, select, tag
from layouts.desk.standards import PATH, box, decision_fields
from layouts.parts import table
from layouts.standard_words import held_words, since_words, source_tree
from layouts.translator import Translator


@dataclass(frozen=True)
class StandardForm:
    """`typed`: what the boxes hold; `ways` and `counted`: the choices of `per` and `denominator`."""

    service: str
    phase: str
    typed: Mapping[str, str]
    ways: Sequence[str]
    counted: Sequence[str]
    by: str
    hidden: Mapping[str, str]
    back: str
    wrong: Sequence[str] = ()
    before: Sequence[HeldStandard] = ()


def form_body(shown: StandardForm, t: Translator) -> list[Any]:
    title = t("standards.of", service=shown.service, phase_name=t(f"phase_name.{shown.phase}"))
    parts: list[Any] = [
        html.Div(html.H1(title), className="page-title"),
        html.P(html.A(t("standards.back_to_list"), href=shown.back)),
    ]
    if shown.wrong:
        parts.append(html.Ul([html.Li(one) for one in shown.wrong], className="form-error", role="alert"))
    parts.append(panel("standard", t("standards.form_title"), [_form(shown, t)], t("standards.form_says")))
    if shown.before:
        heads = [
            t(key)
            for key in (
                "standards.standard",
                "standards.counted_by",
                "coverage.line.source",
                "standards.set",
                "rules.reason",
            )
        ]
        rows = [
            [
                held_words(one, t),
                t(f"denominator.{one.standard.denominator}"),
                source_tree(one.standard.source, t),
                f"{since_words(one, t)} · {t('standards.written', at_at=one.recorded_at)}",
                one.standard.reason,
            ]
            for one in shown.before
        ]
        made = scroll(table(heads, rows, "standards-table cards", t("standards.history")), t("standards.history"))
        parts.append(panel("standard-before", t("standards.history"), [made]))
    return parts


def _form(shown: StandardForm, t: Translator) -> Any:
    said = shown.typed
    kept = {**shown.hidden, "service": shown.service, "phase": shown.phase}
    ways = [(one, t(f"standards.per.{one}")) for one in shown.ways]
    counted = [(one, t(f"denominator.{one}")) for one in shown.counted]
    decimal: dict[str, Any] = {"inputMode": "decimal", "maxLength": 20}
    ticks = [
        html.Label(
            [tag("input", type="checkbox", name=name, value="1", checked=bool(said.get(name))), " ", t(key)],
            className="tick",
        )
        for name, key in (("provisional", "standards.provisional"), ("withdrawn", "standards.withdraw"))
    ]
    return form(
        f"{PATH}/save",
        [
            *hidden(kept),
            box("value", t("standards.value"), said.get("value", ""), required=True, **decimal),
            select("per", t("standards.per_label"), ways, said.get("per", "")),
            select("denominator", t("standards.denominator_label"), counted, said.get("denominator", "")),
            box("unit", t("standards.unit"), said.get("unit", ""), required=True, maxLength=60),
            box(
                "source",
                t("standards.source_label"),
                said.get("source", ""),
                t("standards.source_says"),
                required=True,
                maxLength=1000,
            ),
            box(
                "transit_value",
                t("standards.transit_value"),
                said.get("transit_value", ""),
                t("standards.transit_says"),
                **decimal,
            ),
            *ticks,
            *decision_fields(shown.by, said, t),
            button(t("standards.save")),
        ],
        class_name="once choices",
    )
