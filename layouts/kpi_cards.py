"""Headlines as tiles: value, what it means, where it comes from, how sure it is, and the way to ask about it."""

from __future__ import annotations

from typing import Any

from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.board import Board
from layouts.parts import HOLD, aria, data, kpi_attributes, slot
from layouts.translator import Translator


def kpi_card(board: Board, name: str, t: Translator) -> Component:
    """A headline: label, value, what it means, where it comes from and how old it is."""
    view = board.kpis[name]
    children: list[Any] = [
        html.Div(view.label, className="kpi-label"),
        html.Div(view.text, id=ids.kpi_text(name), className="kpi-value"),
        html.Div(view.note, id=ids.kpi_note(name), className="kpi-note"),
        *([html.Div(view.holds, id=ids.kpi_holds(name), className="kpi-holds")] if name in HOLD else []),
        html.Div(
            [
                html.Span(view.origin, id=ids.kpi_origin(name), className="kpi-from", title=view.coverage),
                " ",
                html.Span(className="age", **data(as_of=view.as_of or "")),
            ],
            className="kpi-origin",
        ),
        kpi_more(board, name),
        about_kpi(name, t),
    ]
    return html.Div(children, id=ids.kpi(name), className="kpi", **kpi_attributes(view))


def kpi_more(board: Board, name: str) -> Component:
    """How sure a headline is, and the way to ask about it."""
    sure = [slot(board, f"sure-{name}", "kpi-sure")] if f"sure-{name}" in board.texts else []
    return html.Div([*sure, slot(board, f"ask-{name}", "kpi-asks")], className="kpi-more")


def about_kpi(name: str, t: Translator) -> Component:
    """Definition, formula and source, one click from the figure and without a script."""
    return html.Details(
        [
            html.Summary("?", **aria(label=t("word.about", what=t(f"kpi.{name}.label")))),
            html.Div(
                [
                    html.P(t(f"kpi.{name}.definition")),
                    html.P([html.B(t("word.formula")), " ", t(f"kpi.{name}.formula")]),
                    html.P([html.B(t("word.source")), " ", t(f"kpi.{name}.source")]),
                ],
                className="about-body",
            ),
        ],
        className="about",
    )
