"""A statement's rows as a typed frame, also when there are none; or raw, where a frame costs too much."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np
import pandas as pd
from sqlalchemy import Boolean, Connection, Float, Integer, Select, Table, Text, select, type_coerce

from data.tables import Utc

MOMENT: Final = "datetime64[us, UTC]"
NAIVE: Final = "datetime64[us]"


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
    # Arrays, not series: on a board of a dozen reads, aligning indexes would cost more than the reads.
    return pd.DataFrame({c.key: _typed(list(part), c.type) for c, part in zip(columns, cells, strict=True)}, copy=False)


def _typed(cells: list[Any], kind: Any) -> Any:
    if isinstance(kind, Utc):
        if cells and isinstance(next((cell for cell in cells if cell is not None), None), str):
            return pd.DatetimeIndex(np.array(cells, dtype=NAIVE)).tz_localize("UTC")
        return pd.DatetimeIndex(pd.to_datetime(pd.Series(cells, dtype=object), utc=True)).as_unit("us")
    if isinstance(kind, Boolean):
        return np.array(cells, dtype=bool)
    if isinstance(kind, Float) or (isinstance(kind, Integer) and None in cells):
        return np.array(cells, dtype=float)
    if isinstance(kind, Integer):
        return np.array(cells, dtype="int64")
    return pd.array(cells, dtype="str")


def raw(conn: Connection, table: Table, names: Sequence[str]) -> Select[Any]:
    """Moments as SQLite keeps them: a conversion per cell would cost more than the query."""
    columns = [table.c[name] for name in names]
    if conn.dialect.name != "sqlite":
        return select(*columns)
    return select(*(type_coerce(c, Text).label(c.key) if isinstance(c.type, Utc) else c for c in columns))


def raw_rows(conn: Connection, stmt: Select[Any], bound: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Rows of a `raw` statement as the driver has them: SQLAlchemy looks at each of hundreds, and changes nothing.

    SQLite's truths are 0 and 1.
    """
    with conn.execute(stmt, bound) as result:
        return list(result.cursor.fetchall())


def epochs_of(cells: Sequence[Any]) -> np.ndarray:
    """Moments as seconds since 1970: SQLite's text all at once, PostgreSQL's moments one by one."""
    if cells and isinstance(cells[0], str):
        return np.array(cells, dtype="datetime64[us]").astype(np.int64) / 1e6
    return np.array([cell.timestamp() for cell in cells], dtype=float)
