"""The rows of an answer as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

Answer = dict[str, Any]
# HXL tags of the columns of `series`, so that OCHA's tools read its CSV as it is.
SERIES_TAGS: Mapping[str, str] = {
    "start": "#date+start",
    "value": "#affected",
    "low": "#affected+low",
    "high": "#affected+high",
    "at_least": "#meta+lowerbound",
    "state": "#status",
    "method": "#meta+method",
    "source": "#meta+source",
    "end": "#date+end",
    "revised_from": "#affected+earlier",
    "late": "#meta+late",
    "approved_by": "#meta+approved",
}
USUAL_HEADER = ("start", "value", "low", "high", "at_least", "state", "method", "source")


def as_csv(answer: Answer, tags: Mapping[str, str] | None = None) -> str:
    """The rows of an answer, under a row of HXL `tags` where asked for; nested facts are left out, and no cell can
    start a formula."""
    rows = answer["rows"]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    nested = {c for row in rows for c, cell in row.items() if isinstance(cell, dict) or _holds_dicts(cell)}
    flat = [c for c in columns if c not in nested]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    header = flat or list(USUAL_HEADER)
    writer.writerow(header)
    if tags is not None:
        writer.writerow([tags.get(column, "") for column in header])
    for row in rows:
        writer.writerow([plain_cell(row.get(column)) for column in flat])
    return out.getvalue()


def _holds_dicts(cell: Any) -> bool:
    return isinstance(cell, list) and any(isinstance(part, dict) for part in cell)


def plain_cell(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, list):
        return plain_cell("; ".join(str(part) for part in value))
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value
