"""The question on the queue page: what if other counters were open, or others arrived. Asked by one person, answered
by the server; it stands in the address, so that a link shows the same answer and no script is needed for one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import dash_bootstrap_components as dbc
from dash import html
from dash.development.base_component import Component

from data.types import Sentence
from data.vocabulary import Look
from layouts import ids
from layouts.addresses import ASKS, path, query
from layouts.board import Board
from layouts.parts import panel, title
from layouts.translator import Translator

MOST_COUNTERS = 200
MOST_HOURS = 72
MOST_ARRIVALS = 5000
# A question changes while somebody types; it is asked once they pause.
PAUSE_MS = 400
FIELDS = {
    "ask_counters": (ids.ASK_COUNTERS, "1"),
    "ask_hours": (ids.ASK_HOURS, "any"),
    "ask_arrivals": (ids.ASK_ARRIVALS, "1"),
}


def question(board: Board, look: Look | str, said: Sequence[str], stage: str, t: Translator) -> Component:
    """`said`: the sentences that answer what the address asks; none where it asks nothing."""
    hidden = [
        dbc.Input(type="hidden", id=f"keep-{name}", name=name, value=value)
        for name, value in query(board, look, **dict.fromkeys(ASKS)).items()
    ]
    return panel(
        board,
        "what_if",
        [
            title("what_if", t),
            html.Form(
                [
                    *hidden,
                    *(_field(name, board, stage, t) for name in ASKS),
                    html.Button(t("what_if.answer"), type="submit", className="ask-send"),
                ],
                action=path("queue"),
                method="get",
                className="ask",
                id=ids.ASK_FORM,
            ),
            html.P(t("what_if.how"), className="ask-how"),
            html.Div(id=ids.ASK_WRONG, className="ask-wrong", role="alert"),
            html.Div(
                answer(said),
                id=ids.ANSWER_COUNTERS,
                className="answer",
                role="status",
            ),
        ],
    )


def answer(said: Sequence[str]) -> list[Any]:
    """What would follow first, then what it rests on."""
    return [html.P(sentence, className="" if place == 0 else "answer-more") for place, sentence in enumerate(said)]


def complaint(wrong: Sentence, t: Translator) -> list[Any]:
    """What was expected, and that the answer below is not to this."""
    return [html.B(t.sentence(wrong)), html.Span([" ", t("what_if.kept")], className="ask-kept")]


def _now(board: Board, word: str, t: Translator) -> str:
    """As many as there are, which is what an empty field stands for."""
    about = board.asked_about or {}
    found = about.get({"counters": "counters_open", "arrivals": "arriving_per_hour"}.get(word, ""))
    return "" if found is None else t("what_if.now", people=round(found))


def _field(name: str, board: Board, stage: str, t: Translator) -> Component:
    place, step = FIELDS[name]
    word = name.removeprefix("ask_")
    # A component of Dash's own: its value is what the callback is asked with.
    box: Any = dbc.Input(
        id=place,
        name=name,
        # As text: a field of numbers keeps what it thinks wrong to itself, and nobody would say what was expected.
        type="text",
        inputmode="decimal" if step == "any" else "numeric",
        maxlength=20,
        autocomplete="off",
        value=board.picks.get(name),
        placeholder=_now(board, word, t),
        debounce=PAUSE_MS,
        className="ask-number",
        style={"maxWidth": "7.5rem"},
    )
    return html.Div(
        [html.Label(t(f"what_if.{word}", stage=stage), htmlFor=place), box],
        className="ask-field",
    )
