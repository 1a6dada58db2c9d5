"""A frame into a table with as little per cell as the driver allows, inside the transaction it is given."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Boolean, Column, Connection, Float, Integer, Table

from data.tables import Utc

CHUNK = 20_000
STAGED = "temp.staged"
SEPARATOR = len("2018-10-31")  # where the time begins


Tell = Callable[[int], None]


def insert_frame(conn: Connection, table: Table, rows: pd.DataFrame, progress: Tell | None = None) -> None:
    """Insert rows; missing is null. `progress` hears how many are in after each chunk."""
    _insert(conn, table, table.name, rows, progress)


def one_valued(table: Table, rows: pd.DataFrame) -> dict[str, Any]:
    """Columns that hold one value throughout, with it as SQLite takes it: of most columns of a long file that is so."""
    found = {}
    for name in map(str, rows.columns):
        values = rows[name]
        first, last = values.iloc[0], values.iloc[-1]
        if (pd.isna(first) and pd.isna(last) and values.isna().all()) or (first == last and (values == first).all()):
            found[name] = _cells(values.iloc[:1], table.c[name], as_text=True)[0]
    return found


def stage(conn: Connection, table: Table, rows: pd.DataFrame, progress: Tell | None = None) -> None:
    """Rows into a temporary SQLite table of this connection, which no other writer has to wait for."""
    unstage(conn)
    conn.exec_driver_sql(f"CREATE TEMPORARY TABLE {STAGED} ({', '.join(_names(conn, rows))})")
    _insert(conn, table, STAGED, rows, progress)


def insert_staged(
    conn: Connection, table: Table, columns: list[str], same: dict[str, Any], added: dict[str, str]
) -> None:
    """Move the staged rows in one statement. `same`: columns of one value, not put aside; `added`: further columns,
    each an SQL expression over the row."""
    into = ", ".join([*_names(conn, columns), *added])
    taken = ", ".join([*("?" if name in same else _names(conn, [name])[0] for name in columns), *added.values()])
    given = tuple(same[name] for name in columns if name in same) or None
    statement = f"INSERT INTO {table.name} ({into}) SELECT {taken} FROM {STAGED} ORDER BY rowid"  # noqa: S608
    conn.exec_driver_sql(statement, given)


def unstage(conn: Connection) -> None:
    conn.exec_driver_sql(f"DROP TABLE IF EXISTS {STAGED}")


def _names(conn: Connection, columns: Iterable[Hashable]) -> list[str]:
    return [conn.dialect.identifier_preparer.quote(str(column)) for column in columns]


def _insert(conn: Connection, table: Table, into: str, rows: pd.DataFrame, progress: Tell | None) -> None:
    sqlite = conn.dialect.name == "sqlite"
    columns = [table.c[str(name)] for name in rows.columns]
    names = ", ".join(_names(conn, rows))
    for first in range(0, len(rows), CHUNK):
        part = rows.iloc[first : first + CHUNK]
        cells = [_cells(part[column.name], column, as_text=sqlite) for column in columns]
        tuples = list(zip(*cells, strict=True))
        if sqlite:
            marks = ", ".join("?" * len(columns))
            conn.exec_driver_sql(f"INSERT INTO {into} ({names}) VALUES ({marks})", tuples)  # noqa: S608
        else:
            _copy(conn, f"COPY {into} ({names}) FROM STDIN", tuples)
        if progress is not None:
            progress(first + len(part))


def _copy(conn: Connection, statement: str, tuples: list[tuple[Any, ...]]) -> None:
    with conn.connection.cursor() as cursor, cursor.copy(statement) as copy:  # type: ignore[attr-defined]
        for row in tuples:
            copy.write_row(row)


def _cells(values: pd.Series[Any], column: Column[Any], as_text: bool) -> list[Any]:
    if isinstance(column.type, Utc):
        return _moments(values, as_text)
    if isinstance(column.type, Boolean):
        return list(values.to_numpy(dtype=bool).tolist())
    missing = values.isna().to_numpy()
    if isinstance(column.type, Float):
        cells = values.to_numpy(dtype=float).astype(object)
    elif isinstance(column.type, Integer) and missing.any():
        cells = np.array([None if gap else int(value) for value, gap in zip(values, missing, strict=True)], object)
    elif isinstance(column.type, Integer):
        cells = values.to_numpy(dtype="int64").astype(object)
    else:
        cells = values.to_numpy(dtype=object, copy=True)
    if missing.any():
        cells[missing] = None
    return list(cells)


def _moments(values: pd.Series[Any], as_text: bool) -> list[Any]:
    """Written as text: in SQLite as SQLAlchemy writes a moment, so that texts compare as times do."""
    codes, distinct = pd.factorize(values)  # most moments of a file come again and again
    stamps = pd.DatetimeIndex(distinct).as_unit("us")
    stamps = stamps if stamps.tz is None else stamps.tz_convert("UTC").tz_localize(None)
    signs = np.datetime_as_string(stamps.to_numpy(), unit="us").astype("U26").view(np.uint32).reshape(-1, 26)
    signs[:, SEPARATOR] = ord(" ")
    written = np.empty(len(distinct) + 1, dtype=object)  # the last stays None, for code -1
    written[:-1] = (
        signs.view("U26").ravel().tolist() if as_text else [f"{text}+00" for text in signs.view("U26").ravel()]
    )
    return list(written[codes])
