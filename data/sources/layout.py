"""Where a sheet's table begins: title rows above it, the header, and an HXL tag row wherever it stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import Any

import numpy as np

from data.sources import moments, numbers
from data.sources.guards import refuse
from data.sources.headers import grouped, names_of, parts, pieces, under
from data.sources.iso_times import FIRST_YEAR, LAST_YEAR
from data.sources.sheet import Cells, Grid, Table, shown
from data.sources.spilled import with_counted_cells
from data.sources.swapped import with_doubtful
from data.sources.words import plain

LONGEST_NAME = 500  # letters of a header; what goes on is no name
LOOK = 40  # rows from the top in which the header is looked for
TAG = re.compile(r"#[A-Za-z][A-Za-z0-9_]*(\s*\+\s*[A-Za-z][A-Za-z0-9_]*)*")

Top = list[list[Any]]
# Of the first rows of a sheet: how many columns they name, in which row, and whether the row above holds groups.
Judge = Callable[[Top], tuple[int, int, bool]]


def named(value: Any) -> str:
    return shown(value)[:LONGEST_NAME]


# Columns that Caudal puts beside rejected rows when it gives them back: no part of the report.
GIVEN_BACK = "caudal:"


def is_tag(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME and TAG.fullmatch(value) is not None


def is_tag_row(row: Iterable[Any]) -> bool:
    written = [value for value in row if value != ""]
    return bool(written) and sum(map(is_tag, written)) * 2 > len(written) and is_tag(written[0])


def named_table(grid: Grid, wanted: Collection[str], header_row: int | None = None) -> Table:
    """The table under the row that names most of `wanted` (plain spellings). Rows with nothing written are no rows.

    Without a wanted name anywhere the first row with two or more entries is the header. Raises Refused.
    """
    return table_by(grid, partial(best_header, wanted=frozenset(wanted)), header_row)


def table_by(grid: Grid, judge: Judge, header_row: int | None = None) -> Table:
    """The table under the header that `judge` finds, or that stands in `header_row`. Raises Refused."""
    top = [grid.row(number) for number in range(min(LOOK, grid.height))]
    tag_row = next((number for number, row in enumerate(top) if is_tag_row(row)), None)
    header, is_grouped = _header(top, judge, header_row, tag_row)
    names = [named(value) for value in top[header]] if header < len(top) else []
    groups = [""] * len(names)
    if is_grouped:
        names, groups = grouped(names, [named(value) for value in top[header - 1]])
    tags = [value if is_tag(value) else "" for value in top[tag_row]] if tag_row is not None else [""] * len(names)
    below = np.arange(header + 1, grid.height)
    if tag_row is not None:
        below = below[below != tag_row]
    own = [place for place in range(len(grid.columns)) if not _given_back(names, place)]
    names, groups, tags = ([part[place] for place in own if place < len(part)] for part in (names, groups, tags))
    columns = [with_doubtful(grid.columns[place].rows(below)) for place in own]
    written = np.zeros(len(below), dtype=bool)
    for column in columns:
        written |= ~column.empty()
        if written.all():
            break
    table = Table(names, [column.rows(written) for column in columns], below[written] + 1, tags, groups)
    # A row given back holds its surplus cells before our columns: every line is as long as the header, also in a
    # workbook made of it.
    is_returned = len(own) < len(grid.columns)
    if is_returned or grid.lengths is None:
        return with_counted_cells(table) if is_returned else table
    return with_counted_cells(table, grid.lengths[below[written]], int(grid.lengths[header]))


def _given_back(names: list[str], place: int) -> bool:
    return place < len(names) and plain(names[place]).startswith(GIVEN_BACK)


def best_header(top: Top, wanted: Collection[str]) -> tuple[int, int, bool]:
    """How many of `wanted` the best row names, which row that is, and whether the row above holds its groups."""
    asked = set(wanted)
    best = (0, 0, False)
    for number, row in enumerate(top):
        names = [named(value) for value in row]
        alone = _hits(names, [""] * len(names), asked)
        if alone > best[0]:
            best = (alone, number, False)
        above = top[number - 1] if number else []
        if len([name for name in names if name]) > 1 and heads(above) and heads(row, asked):
            together = _hits(*grouped(names, [named(value) for value in above]), asked)
            if together > max(best[0], alone):
                best = (together, number, True)
    return best


def heads(row: list[Any], asked: Collection[str] = ()) -> bool:
    """Whether a row can stand over or under another as one header: nothing in it is a date or a number but a year.

    A header that is asked for by name is one, whatever it says.
    """
    return not is_tag_row(row) and not any(_is_datum(value) for value in row if plain(shown(value)) not in asked)


def _is_datum(value: Any) -> bool:
    if not isinstance(value, str):
        return not (isinstance(value, float) and value.is_integer() and FIRST_YEAR <= value <= LAST_YEAR)
    if not value[:1].isdigit() or (value.isdigit() and len(value) == 4 and FIRST_YEAR <= int(value) <= LAST_YEAR):
        return False
    return numbers.read(value) is not None or any(moments.read(value, order).at is not None for order in ("dmy", "mdy"))


def _hits(names: list[str], groups: list[str], asked: set[str]) -> int:
    return len(
        {spelling for name, group in zip(names, groups, strict=True) for spelling in names_of(name, group)} & asked
    )


def _header(top: Top, judge: Judge, header_row: int | None, tag_row: int | None) -> tuple[int, bool]:
    hits, header, is_grouped = judge(top)
    if header_row is not None:
        if header_row > len(top):
            raise refuse("only_header", rows=len(top))
        has_groups = header_row > 1 and judge(top[header_row - 2 : header_row])[1:] == (1, True)
        return header_row - 1, has_groups
    if hits:
        return header, is_grouped
    if tag_row is not None:
        return tag_row, False
    return next((number for number, row in enumerate(top) if sum(value != "" for value in row) > 1), 0), False


def column_by_name(table: Table) -> dict[str, Cells]:
    """Columns by the plain spelling of their header, of "group > header", and of one language's part of it.

    The first of a name that stands twice; a part only where its header is one name in several languages.
    """
    found: dict[str, Cells] = {}
    named = [*zip(table.names, _groups(table), table.columns, strict=False)]
    for name, _, cells in named:
        found.setdefault(plain(name), cells)
    for name, group, cells in named:
        if group:
            found.setdefault(under(group, name), cells)
    for name, _, cells in named:
        for part in parts(name):
            found.setdefault(part, cells)
        if several := pieces(name):
            found.setdefault(" / ".join(several), cells)
    return found


def _groups(table: Table) -> list[str]:
    return table.groups or [""] * len(table.names)


def refuse_duplicates(table: Table, used: Collection[str]) -> None:
    """Two columns of the same name leave it open which one counts."""
    whole = [plain(name) for name in table.names if name]
    in_parts = [part for name in table.names for part in parts(name) if part not in whole]
    grouped_names = [under(group, name) for name, group in zip(table.names, _groups(table), strict=False) if group]
    for spellings in (whole, grouped_names, in_parts):
        for name in dict.fromkeys(spellings):
            if name in used and spellings.count(name) > 1:
                header = next((one for one in table.names if plain(one) == name), name)
                raise refuse("duplicate_headers", column=header, header=header, times=spellings.count(name))
