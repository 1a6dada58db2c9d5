"""Secrets, read where a feed says they are, at the moment they are needed."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dashboard.feeding.trouble import Trouble


def secret(options: Mapping[str, Any], name: str) -> str | None:
    """The text of `<name>_env` or `<name>_file`; None where neither is named. Raises Trouble where it is not there."""
    variable, file = options.get(f"{name}_env"), options.get(f"{name}_file")
    if variable:
        found = os.environ.get(variable, "")
        if not found:
            raise Trouble("secret_missing", where=variable)
        return found
    if file:
        try:
            found = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            found = ""
        if not found:
            raise Trouble("secret_missing", where=file)
        return found
    return None
