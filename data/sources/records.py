"""Reports as JSON: a list of objects, or an object with `rows` and, if wished, `dataset` and `issued_at`."""

from __future__ import annotations

import json
from typing import Any

from data.sources.guards import Limits, refuse
from data.sources.sheet import Grid, from_objects


def read(content: bytes, limits: Limits) -> tuple[Grid, dict[str, str]]:
    """The rows as a grid with the names on top, and what the envelope says. Raises Refused."""
    try:
        told = json.loads(content)
    except (ValueError, RecursionError) as wrong:
        raise refuse("broken_json", position=getattr(wrong, "pos", 0)) from wrong
    rows = told.get("rows") if isinstance(told, dict) else told
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise refuse("broken_json", position=0)
    envelope = {k: v for k, v in told.items() if isinstance(v, str)} if isinstance(told, dict) else {}
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    if len(names) > limits.columns:
        raise refuse("too_many_columns", columns=len(names), limit=limits.columns)
    if len(rows) > limits.rows or len(rows) * len(names) > limits.cells:
        raise refuse("too_many_rows", rows=len(rows), limit=limits.rows)
    columns = [from_objects([name, *(_flat(row.get(name)) for row in rows)]) for name in names]
    return Grid(columns, len(rows) + 1), envelope


def _flat(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float | bool) else json.dumps(value)
