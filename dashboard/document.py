"""The HTML document around a page: readable at once, alive when its scripts have come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import orjson

# Scripts are deferred: the page is readable before any of them, and they run in this order.
OWN_SCRIPTS = tuple(
    f"/assets/js/{name}.js"
    for name in ("delta", "told", "age", "words", "paint", "caudal", "reading", "picture", "start")
)


def document(
    *,
    lang: str,
    look: str,
    title: str,
    body: str,
    styles: Sequence[str] = (),
    inline_style: str = "",
    preload: Sequence[tuple[str, str]] = (),
    scripts: Sequence[str] = (),
    facts: Mapping[str, Any] | None = None,
    again_seconds: int | None = None,
) -> str:
    """`preload`: (address, kind) pairs. `facts`: what the scripts read, as JSON elements by id, never as code."""
    head = [
        '<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta name="color-scheme" content="{escape(look)}">',
        f"<title>{escape(title)}</title>",
        *([f'<meta http-equiv="refresh" content="{again_seconds}">'] if again_seconds else []),
        '<link rel="icon" href="data:,">',
        *(f'<link rel="stylesheet" href="{escape(href)}">' for href in styles),
        *([f"<style>{inline_style}</style>"] if inline_style else []),
        *(_preload(href, kind) for href, kind in preload),
    ]
    tail = [
        *(
            f'<script id="{escape(name)}" type="application/json">{_json(value)}</script>'
            for name, value in (facts or {}).items()
        ),
        *(f'<script defer src="{escape(src)}"></script>' for src in scripts),
    ]
    return (
        "<!DOCTYPE html>\n"
        f'<html lang="{escape(lang)}" data-look="{escape(look)}" data-bs-theme="{escape(look)}">\n<head>\n'
        + "\n".join(head)
        + "\n</head>\n<body>\n"
        + body
        + "\n"
        + "\n".join(tail)
        + "\n</body>\n</html>\n"
    )


def entry_point(html: str) -> str:
    """Where Dash draws; until then it holds the same page as text (start.js hands over)."""
    return f'<div id="react-entry-point">{html}</div>'


def _preload(href: str, kind: str) -> str:
    crossorigin = " crossorigin" if kind in ("font", "fetch") else ""
    return f'<link rel="preload" href="{escape(href)}" as="{kind}"{crossorigin}>'


def _json(value: Any) -> str:
    """JSON that cannot end the element it stands in."""
    return orjson.dumps(value).decode().replace("<", "\\u003c").replace("\u2028", "\\u2028")
