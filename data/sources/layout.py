"""Where a sheet's table begins: title rows above it, the header, and an HXL tag row wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Any

import numpy as np

from data.sources.guards import refuse
from data.sources.sheet import Cells, Grid, Table, shown
from data.sources.words import plain

LOOK = 40  # rows from the top in which the header is looked for
TAG = re.compile(r"#[A-Za-z][A-Za-z0-9_]*(\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*")


def is_tag(value: Any) -> bool:
    return isinstance(value, str) and TAG.fullmatch(value) is not None


def is_tag_row(row: Iterable[Any]) -> bool:
    written = [value for value in row if value != ""]
    return bool(written) and sum(map(is_tag, written)) * 2 > len(written) and is_tag(written[0])


def named_table(grid: Grid, wanted: Collection[str], header_row: int | None = None) -> Table:
    """The table under the row that names most of `wanted` (plain spellings). Rows with nothing written are no rows.

    Without a wanted name anywhere the first row with two or more entries is the header. Raises Refused.
    """
    top = [grid.row(number) for number in range(min(LOOK, grid.height))]
    tag_row = next((number for number, row in enumerate(top) if is_tag_row(row)), None)
    header = _header(top, wanted, header_row, tag_row)
    names = [shown(value) for value in top[header]] if header < len(top) else []
    tags = [value if is_tag(value) else "" for value in top[tag_row]] if tag_row is not None else [""] * len(names)
    below = np.arange(header + 1, grid.height)
    if tag_row is not None:
        below = below[below != tag_row]
    columns = [column.rows(below) for column in grid.columns]
    written = np.zeros(len(below), dtype=bool)
    for column in columns:
        written |= ~column.empty()
        if written.all():
            break
    return Table(names, [column.rows(written) for column in columns], below[written] + 1, tags)


def _header(top: list[list[Any]], wanted: Collection[str], header_row: int | None, tag_row: int | None) -> int:
    if header_row is not None:
        if header_row > len(top):
            raise refuse("only_header", rows=len(top))
        return header_row - 1
    hits = [len({plain(shown(value)) for value in row if value != ""} & set(wanted)) for row in top]
    if hits and max(hits) > 0:
        return hits.index(max(hits))
    if tag_row is not None:
        return tag_row
    return next((number for number, row in enumerate(top) if sum(value != "" for value in row) > 1), 0)


def column_by_name(table: Table) -> dict[str, Cells]:
    """Columns by the plain spelling of their header; the first of a name that stands twice."""
    found: dict[str, Cells] = {}
    for name, cells in zip(table.names, table.columns, strict=False):
        found.setdefault(plain(name), cells)
    return found


def refuse_duplicates(table: Table, used: Collection[str]) -> None:
    """Two columns of the same name leave it open which one counts."""
    spellings = [plain(name) for name in table.names if name]
    for name in table.names:
        spelling = plain(name)
        if spelling in used and spellings.count(spelling) > 1:
            raise refuse("duplicate_headers", column=name, header=name, times=spellings.count(spelling))
