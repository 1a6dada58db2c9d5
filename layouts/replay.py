"""A past day shown again as it was known then, minute by minute: the choice of one, and the bar that runs it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.vocabulary import Look
from layouts import ids
from layouts.addresses import address, path, query
from layouts.board import Board
from layouts.frozen import field, moment
from layouts.parts import aria, data
from layouts.translator import Translator

PAGES_REPLAYED = ("flow", "queue")
SPEEDS = (1, 10, 60)
FASTEST = "60"


def chooser(board: Board, look: Look | str, t: Translator) -> list[Component]:
    """Form without a script: a moment by the browser's own picker, and how fast."""
    if board.page not in PAGES_REPLAYED:
        return []
    fields = [field("hidden", name, value) for name, value in query(board, look, as_of=None).items()]
    begins = t.local(moment(board)).strftime("%Y-%m-%dT%H:%M") if board.frozen else None
    when = field("datetime-local", "replay", begins, required=True, **aria(label=t("replay.from")))
    choices = [html.Option(f"{speed}×", value=str(speed)) for speed in reversed(SPEEDS)]
    pace: Any = {
        "type": "Select",
        "namespace": "html",
        "props": {"name": "speed", "children": choices, "aria-label": t("replay.speed")},
    }
    form = html.Form(
        [*fields, html.Span(t("replay.from")), when, pace, html.Button(t("replay.start"), type="submit")],
        action=path(board.page),
        method="get",
        className="then-form",
    )
    known = [
        html.A(name, href=address(board, look, as_of=None, replay=f"{day}T00:00", speed=FASTEST), className="pick")
        for day, name in _remembered(board, t).items()
    ]
    door = html.Details([html.Summary(t("replay.choose")), form, *known], className="then")
    # A place of words: a browser has these fields, Dash has not.
    return [html.Div(door, id=ids.text("replay-choice"), className="then-place")]


def _remembered(board: Board, t: Translator) -> dict[str, str]:
    """Days of the site that everybody remembers, by what they are called."""
    noon = {day: datetime.fromisoformat(day).replace(hour=12, tzinfo=t.zone) for day in board.past_surges}
    return {day: t("picker.surge", day=t.full_date(noon[day]), name=name) for day, name in board.past_surges.items()}


def bar(board: Board, look: Look | str, speed: int, t: Translator) -> Component:
    """Filled and moved by replay.js; without a script the page stands at the moment, and says so."""
    steps = [_button("back", "−5 min", t), _button("pause", t("replay.pause"), t), _button("forth", "+5 min", t)]
    paces = [_button(f"speed-{one}", f"{one}×", t, pressed=one == speed) for one in SPEEDS]
    inside = [
        html.B(t("replay.stamp"), className="stamp stamp-frozen"),
        html.Span(className="replay-clock"),
        html.Span([*steps, *paces], className="replay-keys", role="group", **aria(label=t("replay.keys"))),
        html.Span(className="replay-says", role="status"),
        html.A(t("frozen.back"), href=address(board, look, as_of=None), className="back"),
        html.P(t("replay.how"), className="replay-how"),
    ]
    place: Any = html.Div(inside, className="replay-bar", hidden=True)
    return html.Div(place, id=ids.text("replay"), className="replay-place")


def _button(name: str, words: str, t: Translator, pressed: bool | None = None) -> Component:
    more = {} if pressed is None else aria(pressed="true" if pressed else "false")
    known = t.maybe(f"replay.button.{name}")
    return html.Button(
        words,
        type="button",
        className="replay-key",
        **data(replay=name),
        **more,
        **(aria(label=known) if known else {}),
    )


def words(t: Translator) -> dict[str, str]:
    """What replay.js says."""
    return {
        name: t(f"replay.{name}") for name in ("pause", "resume", "paused", "ended", "loading", "unreachable", "stamp")
    }
