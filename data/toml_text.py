"""Values as TOML writes them: reading back what was written gives the same."""

from __future__ import annotations

import json
import tomllib
from datetime import datetime
from typing import Any


class NoToml(ValueError):
    """No TOML: what is wrong with it."""


def parsed_toml(text: str) -> dict[str, Any]:
    """Raises NoToml. Editors of some systems put a mark before the first sign: it says nothing."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except RecursionError:
        raise NoToml("nested too deeply") from None
    except ValueError as wrong:  # no TOML, or a number of thousands of digits
        raise NoToml(str(wrong)[:200]) from wrong


def toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        # A JSON text is a TOML text, but for one sign that JSON leaves as it is.
        return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007F")
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return f"[{', '.join(toml_value(one) for one in value)}]"
    return repr(value)
