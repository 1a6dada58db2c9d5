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


def path(page: str) -> str:
    return PATHS[page]


def query(board: Board, look: Look | str, **other: str | None) -> dict[str, str]:
    """The state of a page with something changed, without what is None. A page of the past leads to others of it."""
    asked = {
        "site": board.site,
        "lang": board.lang,
        "look": str(look),
        "window": None if board.window == "today" else board.window,
        "as_of": board.frozen,
        **other,
    }
    return {name: value for name, value in asked.items() if value is not None}


def address(board: Board, look: Look | str, distance: int = 0, **other: str | None) -> str:
    """The address of this page with something changed."""
    page = other.pop("page", None) or board.page
    if other.get("window") == "today":
        other["window"] = None
    far = {"distance": str(distance)} if distance else {}
    return f"{PATHS[page]}?{urlencode({**query(board, look, **other), **far})}"
