"""Why a feed could not be read: a code, and facts in which no secret can stand."""

from __future__ import annotations

from typing import Any


class Trouble(Exception):
    """Locale key `feed.trouble.<code>` and its facts. `lasting`: trying again at once cannot help."""

    def __init__(self, code: str, *, lasting: bool = True, after: float | None = None, **facts: Any) -> None:
        super().__init__(f"{code}: {facts}")
        self.code = code
        self.lasting = lasting
        self.after = after  # seconds the server asks to be left alone
        self.facts = facts
