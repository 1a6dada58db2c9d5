"""How sure a headline is, in a word with its three parts inside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.types import Kpi, Sureness
from layouts import elements as html
from layouts.board import Tree
from layouts.parts import data
from layouts.translator import Translator


def sure_texts(kpis: Mapping[str, Kpi], t: Translator) -> dict[str, Tree]:
    """`sure-<headline>`: what stands beside each headline about its confidence."""
    return {f"sure-{name}": sure_tree(kpi.sure, t) for name, kpi in kpis.items() if kpi.sure is not None}


def sure_tree(sure: Sureness, t: Translator) -> Tree:
    score = sure.score
    said = t("sureness.unknown") if score is None else t("sureness.score", score=round(score))
    lines: list[Any] = []
    for name, share in (("complete", sure.complete), ("on_time", sure.on_time), ("valid", sure.checked.valid)):
        lines += [html.Dt(t(f"sureness.{name}")), html.Dd(_part(name, share, t))]
    more = [html.P(_why(sure, t)), html.P(t("sureness.formula"), className="quiet")]
    plain = "" if score is None else f"{score:.0f}"
    return html.Details(
        [html.Summary(said), html.Div([html.Dl(lines, className="facts"), *more], className="about-body sure-body")],
        className="sure",
        **data(sure=plain),
    )


def _part(name: str, share: float | None, t: Translator) -> str:
    return t(f"sureness.no_{name}") if share is None else t.percent(share)


def _why(sure: Sureness, t: Translator) -> str:
    """How many lines there are, and what is asked about some of them."""
    checked = sure.checked
    if not checked.lines:
        return t("sureness.no_lines")
    asked = [(name, getattr(checked, name)) for name in ("doubted", "held", "twice")]
    why = [t.n(f"sureness.{name}", number) for name, number in asked if number]
    said = t("sureness.lines", fine=checked.lines - checked.unsure, lines=checked.lines)
    return f"{said}: {', '.join(why)}." if why else f"{said}."
