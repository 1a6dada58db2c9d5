"""A statement's rows as a typed frame, also when there are none."""

from __future__ import annotations

from typing import Any, Final

import pandas as pd
from sqlalchemy import Boolean, Connection, Float, Integer, Select, Text, type_coerce

from data.tables import Utc

MOMENT: Final = "datetime64[us, UTC]"


def frame(conn: Connection, stmt: Select[Any]) -> pd.DataFrame:
    """Columns as selected: moments aware in UTC, numbers float (NaN where missing), truths bool, text str."""
    columns = list(stmt.selected_columns)
    if conn.dialect.name == "sqlite":
        # Moments come as text and are converted together: a call per cell would cost more than the query.
        stmt = stmt.with_only_columns(
            *(type_coerce(c, Text).label(c.key) if isinstance(c.type, Utc) else c for c in columns),
            maintain_column_froms=True,
        )
    rows = conn.execute(stmt).all()
    cells = zip(*rows, strict=True) if rows else ([] for _ in columns)
    return pd.DataFrame({c.key: _typed(list(part), c.type) for c, part in zip(columns, cells, strict=True)})


def _typed(cells: list[Any], kind: Any) -> pd.Series[Any]:
    if isinstance(kind, Utc):
        if cells and isinstance(cells[0], str):
            return pd.Series(pd.to_datetime(cells, format="%Y-%m-%d %H:%M:%S.%f", utc=True)).astype(MOMENT)
        return pd.Series(pd.to_datetime(pd.Series(cells, dtype=object), utc=True)).astype(MOMENT)
    if isinstance(kind, Boolean):
        return pd.Series(cells, dtype=bool)
    if isinstance(kind, Float) or (isinstance(kind, Integer) and None in cells):
        return pd.Series(cells, dtype=float)
    if isinstance(kind, Integer):
        return pd.Series(cells, dtype="int64")
    return pd.Series(cells, dtype="str")
