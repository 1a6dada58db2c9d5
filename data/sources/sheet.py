"""A file's cells, each column as its distinct values and, for each row, which of them stands there.

Reported tables say the same few words again and again. Reading a word once for all the rows that hold it is what
makes a million rows a matter of seconds, and leaves the rules free to be plain Python.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from itertools import zip_longest
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

# A text that begins with one of these is run by a spreadsheet as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@")


@dataclass(frozen=True)
class Cells:
    """`values[codes[i]]` is what row i holds: str, float, date, datetime or time; "" where nothing is written."""

    codes: Codes
    values: list[Any]

    def __len__(self) -> int:
        return len(self.codes)

    def at(self, row: int) -> Any:
        return self.values[self.codes[row]]

    def rows(self, which: Any) -> Cells:
        return Cells(self.codes[which], self.values)

    def where(self, test: Callable[[Any], bool]) -> Mask:
        """Which rows hold a value that passes; the test sees each distinct value once."""
        return np.fromiter((test(value) for value in self.values), bool, len(self.values))[self.codes]

    def map(self, change: Callable[[Any], Any]) -> Cells:
        return Cells(self.codes, [change(value) for value in self.values])

    def array(self, dtype: Any = object) -> npt.NDArray[Any]:
        distinct = np.empty(len(self.values), dtype=dtype)
        for place, value in enumerate(self.values):
            distinct[place] = value
        return distinct[self.codes]

    def empty(self) -> Mask:
        return self.where(lambda value: value == "")


def always(value: Any, rows: int) -> Cells:
    return Cells(np.zeros(rows, dtype=np.int64), [value])


def from_strings(column: npt.NDArray[Any]) -> Cells:
    """A column of text as pandas reads it: missing fields of short rows are empty."""
    codes, distinct = pd.factorize(column, use_na_sentinel=True)
    values = [tidy(value) for value in distinct.tolist()]
    if (codes < 0).any():
        codes = np.where(codes < 0, len(values), codes)
        values.append("")
    return Cells(codes.astype(np.int64), values)


def from_objects(column: Sequence[Any]) -> Cells:
    """A column of typed cells. 1 and True and a date and its midnight stay apart."""
    seen: dict[tuple[type, Any], int] = {}
    codes = np.fromiter((seen.setdefault((type(value), value), len(seen)) for value in column), np.int64, len(column))
    return Cells(codes, [tidy(value) for _, value in seen])


def tidy(value: Any) -> Any:
    if isinstance(value, str):
        text = value.strip(" \t\r\n\f\v\u00a0\u200b\ufeff")
        # The sign by which a spreadsheet is told that a text is no formula; rejected rows go back with it.
        return text[1:] if text[:1] == "'" and text[1:2] in FORMULA_SIGNS else text
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return "" if value != value else float(value)
    if isinstance(value, timedelta):
        return float(value.total_seconds() / 86_400)
    if isinstance(value, date | datetime | time):
        return value
    return str(value)


def shown(value: Any) -> str:
    """A cell as its sender sees it."""
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    return str(value)


def paired(first: Cells, second: Cells, join: Callable[[Any, Any], Any]) -> Cells:
    """Two columns made one, each distinct pair joined once."""
    pairs = first.codes * len(second.values) + second.codes
    distinct, codes = np.unique(pairs, return_inverse=True)
    values = [
        join(first.values[pair // len(second.values)], second.values[pair % len(second.values)]) for pair in distinct
    ]
    return Cells(codes.astype(np.int64), values)


def either(first: Cells, second: Cells) -> Cells:
    """The first column where something is written, else the second."""
    codes = np.where(first.empty(), second.codes + len(first.values), first.codes)
    return Cells(codes, first.values + second.values)


def stacked(blocks: Sequence[Cells]) -> Cells:
    """Blocks of rows, one under the other."""
    offset, codes, values = 0, [], []
    for block in blocks:
        codes.append(block.codes + offset)
        values.extend(block.values)
        offset += len(block.values)
    return Cells(np.concatenate(codes) if codes else np.zeros(0, np.int64), values or [""])


@dataclass(frozen=True)
class Grid:
    """A sheet before anybody knows which row is the header. Row i of the grid is line i + 1 of the file.

    `lengths`: into how many cells each line of text was cut, where one too many shifts what follows it; None where
    nothing was cut, or every line into as many, so that none of them holds one too many.
    """

    columns: list[Cells]
    height: int
    lengths: Codes | None = None

    def row(self, number: int) -> list[Any]:
        return [column.at(number) for column in self.columns]


@dataclass(frozen=True)
class Table:
    """Named columns. `lines` are 1-based rows of the sheet as a spreadsheet shows them.

    `groups`: what stands over a header in the row above it, as over merged cells; "" where nothing does. `cells`: in
    each row the number of its cells, kept where some row has more than the header and they say something; else None.
    """

    names: list[str]
    columns: list[Cells]
    lines: Codes
    tags: list[str]
    groups: list[str] = field(default_factory=list)
    cells: Codes | None = None

    def rows(self, which: Any) -> Table:
        return replace(
            self,
            columns=[column.rows(which) for column in self.columns],
            lines=self.lines[which],
            cells=None if self.cells is None else self.cells[which],
        )

    @property
    def width(self) -> int:
        """Columns up to the last one with a header, a group or a tag."""
        named = [*zip_longest(self.names, self.groups, self.tags, fillvalue="")]
        return max((place + 1 for place, written in enumerate(named) if any(written)), default=0)
