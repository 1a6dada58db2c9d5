"""That the file of an embedded store is not where it was. Apart, so that saying it needs no database library."""

from __future__ import annotations

from pathlib import Path


class StoreGone(Exception):
    """The file is no longer there (`gone`) or another one stands in its place (`replaced`): locale `store.<code>`."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(
            f"the store's file {path} is gone" if code == "gone" else f"another file stands in the place of {path}"
        )
        self.code = code
        self.path = path
