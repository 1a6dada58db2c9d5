"""The question on the queue page: what if other counters were open. Asked by one person, answered by the server."""

from __future__ import annotations

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from layouts import ids
from layouts.board import Board
from layouts.parts import panel, title
from layouts.translator import Translator

MOST_COUNTERS = 200


def question(board: Board, stage: str, t: Translator) -> Component:
    """The answer's place is empty until somebody asks."""
    return panel(
        board,
        "what_if",
        [
            title("what_if", t),
            html.Div(
                [
                    html.Label(t("what_if.counters", stage=stage), htmlFor=ids.ASK_COUNTERS),
                    dbc.Input(
                        id=ids.ASK_COUNTERS,
                        type="number",
                        min=0,
                        max=MOST_COUNTERS,
                        step=1,
                        debounce=True,
                        className="ask-number",
                        style={"maxWidth": "7rem"},
                    ),
                ],
                className="ask d-flex align-items-center flex-wrap gap-3",
            ),
            html.Div(id=ids.ANSWER_COUNTERS, className="answer mt-3", role="status"),
        ],
    )
