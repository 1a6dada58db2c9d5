"""The address of a page: its state is in the link."""

from __future__ import annotations

from urllib.parse import urlencode

from data.vocabulary import Look
from layouts.board import Board

NAV = (
    ("situation", "/"),
    ("flow", "/flow"),
    ("queue", "/queue"),
    ("coverage", "/coverage"),
    ("alerts", "/alerts"),
    ("reports", "/reports"),
)
PATHS = {**dict(NAV), "wall": "/wall", "lite": "/lite"}
# What an address of a page carries of what somebody picked.
# What one person asks of the queue page: no part of its board, which everybody shares.
ASKS = ("ask_counters", "ask_hours", "ask_arrivals")
PICKS = {
    "flow": ("from", "to", "compare", "by", "presence", "published"),
    "queue": ("from", "to", "target", *ASKS),
    "alerts": ("from", "to", "rule", "level", "outcome"),
}


def path(page: str) -> str:
    return PATHS[page]


def query(board: Board, look: Look | str, page: str | None = None, **other: str | None) -> dict[str, str]:
    """The state of a page with something changed, without what is None. A page of the past leads to others of it.

    Another site keeps what means something there too, so not the day that only this one remembers.
    """
    picks = {name: value for name, value in board.picks.items() if name in PICKS.get(page or board.page, ())}
    if other.get("site", board.site) != board.site and picks.get("compare") in board.past_surges:
        del picks["compare"]
    asked = {
        "site": board.site,
        "lang": board.lang,
        "look": str(look),
        "window": None if board.window in ("today", "range") else board.window,
        "as_of": board.frozen,
        **picks,
        **other,
    }
    return {name: value for name, value in asked.items() if value is not None}


def address(board: Board, look: Look | str, distance: int = 0, **other: str | None) -> str:
    """The address of this page with something changed."""
    page = other.pop("page", None) or board.page
    if other.get("window") == "today":
        other["window"] = None
    far = {"distance": str(distance)} if distance else {}
    return f"{PATHS[page]}?{urlencode({**query(board, look, page, **other), **far})}"
