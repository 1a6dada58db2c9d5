"""An answer of the API as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import Any


def as_csv(answer: dict[str, Any]) -> str:
    """The rows of an answer; nested facts are left out, and no cell can start a formula."""
    rows = answer["rows"]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    nested = {c for row in rows for c, cell in row.items() if isinstance(cell, dict) or _holds_dicts(cell)}
    flat = [c for c in columns if c not in nested]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(flat or ["start", "value", "low", "high", "at_least", "state", "method", "source"])
    for row in rows:
        writer.writerow([_cell(row.get(column)) for column in flat])
    return out.getvalue()


def _holds_dicts(cell: Any) -> bool:
    return isinstance(cell, list) and any(isinstance(part, dict) for part in cell)


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, list):
        return _cell("; ".join(str(part) for part in value))
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
