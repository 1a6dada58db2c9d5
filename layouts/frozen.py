"""A page of the past says so, and leads back to now; any page leads to how it looked at a moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.vocabulary import Look
from layouts import ids
from layouts.addresses import address, path, query
from layouts.board import Board, Tree
from layouts.translator import Translator


def moment(board: Board) -> datetime:
    assert board.frozen is not None
    return datetime.fromisoformat(board.frozen)


def stamp(board: Board, look: Look | str, t: Translator, distance: int = 0) -> list[Component]:
    """Nothing on a page that follows the store."""
    if board.frozen is None:
        return []
    return [
        html.Div(
            [
                html.B(t("frozen.stamp"), className="stamp stamp-frozen"),
                html.Span(t("frozen.says", moment=moment(board)), className="frozen-says"),
                html.A(t("frozen.back"), href=address(board, look, distance=distance, as_of=None), className="back"),
            ],
            className="frozen-banner",
            role="status",
        )
    ]


def chooser(board: Board, look: Look | str, t: Translator) -> Component:
    """Form without a script: the browser's own picker of date and time, in the site's time."""
    fields = [field("hidden", name, value) for name, value in query(board, look, as_of=None).items()]
    local = t.local(moment(board)).strftime("%Y-%m-%dT%H:%M") if board.frozen else None
    name = t("frozen.moment")
    picker = field("datetime-local", "as_of", local, required=True, **{"aria-label": name})
    form = html.Form(
        [*fields, html.Span(name), picker, html.Button(t("frozen.show"), type="submit")],
        action=path(board.page),
        method="get",
        className="then-form",
    )
    # Its place is one of words (drawings.py): Dash has no field of this kind, and needs none.
    door = html.Details([html.Summary(t("frozen.choose")), form], className="then")
    return html.Div(door, id=ids.text("then"), className="then-place")


def field(kind: str, name: str, value: str | None, **more: Any) -> Tree:
    """A field of a form that the browser sends by itself."""
    return {"type": "Input", "namespace": "html", "props": {"type": kind, "name": name, "value": value, **more}}
