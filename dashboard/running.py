"""Where the server of a var folder can be reached, noted while it serves, for commands that print a link to it."""

from __future__ import annotations

import os
from pathlib import Path

import orjson

from dashboard.settings import Settings
from dashboard.start_rules import url_of

ANY_ADDRESS = ("0.0.0.0", "::")  # noqa: S104 - compared with, not listened on


def note_address(settings: Settings) -> None:
    """Only an address that a browser can be given: not that of "every address", nor one behind a proxy."""
    if settings.behind_proxy or settings.host in ANY_ADDRESS:
        return
    file = _file(settings.var)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(orjson.dumps({"pid": os.getpid(), "url": url_of(settings)}))


def forget_address(settings: Settings) -> None:
    _file(settings.var).unlink(missing_ok=True)


def address_of_running(var: Path) -> str | None:
    """None where no server of this folder runs, or where it cannot know how others reach it."""
    try:
        noted = orjson.loads(_file(var).read_bytes())
        os.kill(noted["pid"], 0)
    except (OSError, orjson.JSONDecodeError):
        return None
    return str(noted["url"])


def _file(var: Path) -> Path:
    return var / "run" / "address.json"
