"""Which time is shown and what it is compared with: plain links and forms, whose whole state is the address."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dash import html
from dash.development.base_component import Component

from data.vocabulary import Look
from layouts import ids
from layouts.addresses import address, path, query
from layouts.board import Board
from layouts.frozen import field
from layouts.parts import aria
from layouts.translator import Translator

WINDOWS = ("today", "yesterday", "48h", "7d", "30d")
COMPARISONS = ("yesterday", "last-week", "usual")
NO_RANGE: dict[str, str | None] = {"from": None, "to": None}


def window_words(board: Board, t: Translator) -> str:
    """What the window is called; of a range its two ends."""
    if "from" not in board.picks:
        return t(f"window.{board.window}")
    first, last = (_moment(board.picks[name], t) for name in ("from", "to"))
    return t("picker.range", start=first, end=last)


def _moment(said: str, t: Translator) -> str:
    at = datetime.fromisoformat(said)
    local = at if at.tzinfo else at.replace(tzinfo=t.zone)
    return f"{t.full_date(local)}, {t.time(local)}"


def picker(board: Board, look: Look | str, t: Translator) -> Component:
    """Its place is one of words (drawings.py): a browser has the fields for dates, Dash has not."""
    return html.Div([_windows(board, look, t), _comparisons(board, look, t)], id=ids.text("picker"), className="picker")


def _windows(board: Board, look: Look | str, t: Translator) -> Component:
    picked = "from" in board.picks
    links = [
        _link(
            t(f"window.{name}"), address(board, look, 0, window=name, **NO_RANGE), not picked and name == board.window
        )
        for name in WINDOWS
    ]
    fields = [_asked("datetime-local", name, board.picks.get(name), t(f"picker.{name}")) for name in ("from", "to")]
    form = _form(board, look, {**NO_RANGE, "window": None}, fields, t("picker.show"))
    words = window_words(board, t) if picked else t("picker.other_range")
    return _row(t("picker.period"), [*links, _door(words, [form, html.P(t("picker.range_says"))], picked)])


def _comparisons(board: Board, look: Look | str, t: Translator) -> Component:
    chosen = board.picks.get("compare", "")
    links = [_link(t("picker.nothing"), address(board, look, compare=None), not chosen)]
    links += [_link(t(f"picker.{name}"), address(board, look, compare=name), chosen == name) for name in COMPARISONS]
    links += [
        _link(t("picker.surge", day=_day(day, t), name=name), address(board, look, compare=day), chosen == day)
        for day, name in board.past_surges.items()
    ]
    other = bool(chosen) and chosen not in COMPARISONS and chosen not in board.past_surges
    form = _form(
        board,
        look,
        {"compare": None},
        [_asked("date", "compare", chosen if other else None, t("picker.day"))],
        t("picker.compare"),
    )
    return _row(
        t("picker.compare_with"), [*links, _door(_day(chosen, t) if other else t("picker.other_day"), [form], other)]
    )


def _day(day: str, t: Translator) -> str:
    return t.full_date(datetime.fromisoformat(day).replace(hour=12, tzinfo=t.zone))


def _row(name: str, parts: list[Any]) -> Component:
    items = [html.Li(part) for part in parts]
    return html.Nav(
        [html.Span(name, className="picker-name"), html.Ul(items)], className="picker-row", **aria(label=name)
    )


def _link(words: str, href: str, chosen: bool) -> Component:
    return html.A(words, href=href, className="pick", **(aria(current="true") if chosen else {}))


def _door(words: str, inside: list[Any], chosen: bool) -> Component:
    summary = html.Summary(words, className="pick", **(aria(current="true") if chosen else {}))
    return html.Details([summary, html.Div(inside, className="picker-form")], className="picker-door")


def _form(board: Board, look: Look | str, without: dict[str, str | None], fields: list[Any], send: str) -> Component:
    hidden = [field("hidden", name, value) for name, value in query(board, look, **without).items()]
    return html.Form([*hidden, *fields, html.Button(send, type="submit")], action=path(board.page), method="get")


def _asked(kind: str, name: str, value: str | None, words: str) -> Component:
    more: dict[str, Any] = {"required": True}
    if kind == "datetime-local":
        more["step"] = 3600
        value = value[: len("2019-06-14T00:00")] if value else None  # such a field knows no zones
    parts: list[Any] = [html.Span(words), field(kind, name, value, **more)]
    return html.Label(parts)
