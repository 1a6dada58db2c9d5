"""A mapping at work: the partner's table under the canonical names."""

from __future__ import annotations

import collections.abc as abc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial, reduce
from typing import Any

import numpy as np

from data.sources import moments
from data.sources.canonical import AMOUNT, COUNT, DATASETS, MINUTES, MOMENT, PEOPLE, Column
from data.sources.fields import Style
from data.sources.guards import refuse
from data.sources.headers import pieces
from data.sources.layout import column_by_name, refuse_duplicates
from data.sources.sheet import Cells, Codes, Table, always, either, paired, shown, stacked
from data.sources.words import plain
from data.vocabulary import Dataset


@dataclass(frozen=True)
class Take:
    """Where a canonical column comes from: the one column of the file, or several made one."""

    how: str  # "one", "first", "join", "hours", "period_end"
    headers: tuple[tuple[str, ...], ...]  # of each column needed, its accepted headers
    sign: str = " "  # between joined texts
    edge: str = "start"  # which end of an hour range
    optional: bool = False


@dataclass(frozen=True)
class Each:
    """A value column of a wide table: every row of the file gives one line for it."""

    headers: tuple[str, ...]
    into: str
    set: abc.Mapping[str, str]
    without: tuple[str, ...]
    total: bool


@dataclass(frozen=True)
class Only:
    """Rows that stay (`keep`) or go, by what stands in a column."""

    headers: tuple[str, ...]
    words: frozenset[str]
    keep: bool


@dataclass(frozen=True)
class Submissions:
    """The file is one of submissions of KoboToolbox or ODK; several of them may speak of one line."""

    repeat: str | None = None  # path of the group of which each entry is a row
    combine: str | None = None  # "sum" or "last" of a line's submissions; None: as its dataset usually is


@dataclass(frozen=True)
class Mapping:
    name: str
    dataset: Dataset
    source: str | None
    constants: abc.Mapping[str, str]
    takes: abc.Mapping[str, Take]
    each: tuple[Each, ...] = ()
    only: tuple[Only, ...] = ()
    words: abc.Mapping[str, abc.Mapping[str, str]] = field(default_factory=dict)
    style: Style = Style()  # noqa: RUF009 - frozen
    period: str | None = None  # "day", "week", "month": `end` is that long after `start`
    sheet: str | None = None
    column_range: str | None = None
    header_row: int | None = None
    delimiter: str | None = None
    issued_at: datetime | None = None
    submissions: Submissions | None = None
    toml: str = ""  # what it was read from

    @property
    def wanted(self) -> frozenset[str]:
        """Plain spellings of every header this mapping reads."""
        taken = [header for take in self.takes.values() for accepted in take.headers for header in accepted]
        return frozenset(map(plain, taken + [h for each in self.each for h in each.headers]))

    @property
    def counted(self) -> frozenset[str]:
        """Plain spellings of the headers that hold numbers of people or things."""
        numeric = self._headers(lambda column: column.holds in (PEOPLE, COUNT, AMOUNT, MINUTES))
        return numeric | frozenset(plain(h) for each in self.each for h in each.headers)

    @property
    def times(self) -> frozenset[str]:
        """Plain spellings of the headers that hold moments."""
        return self._headers(lambda column: column.holds == MOMENT)

    @property
    def texts(self) -> frozenset[str]:
        """Plain spellings of the headers that hold free text."""
        return self._headers(lambda column: column.is_prose)

    def _headers(self, of: Callable[[Column], bool]) -> frozenset[str]:
        names = {column.name for column in DATASETS[self.dataset].columns if of(column)}
        return frozenset(
            plain(h) for name, take in self.takes.items() if name in names for many in take.headers for h in many
        )


@dataclass(frozen=True)
class Applied:
    """Canonical columns, the line of each of their rows, their headers in the file, and how many rows were left out."""

    columns: dict[str, Cells]
    lines: Codes
    headers: dict[str, Cells]
    left_out: int


def applied(mapping: Mapping, table: Table) -> Applied:
    """The partner's table in canonical columns. Raises Refused when columns are missing or stand twice."""
    refuse_duplicates(table, mapping.wanted)
    table, left_out = _chosen_rows(mapping, table)
    named = column_by_name(table)
    _refuse_missing(mapping, named, table)
    rows = len(table.lines)
    columns = {name: always(value, rows) for name, value in mapping.constants.items()}
    headers: dict[str, Cells] = {}
    for name, take in mapping.takes.items():
        if (cells := _taken(mapping, take, named)) is not None:
            columns[name] = cells
            headers[name] = always(" + ".join(one_of[0] for one_of in take.headers), rows)
    if mapping.period and "end" not in columns:
        columns["end"] = columns["start"].map(partial(_period_end, style=mapping.style, period=mapping.period))
    if not mapping.each:
        return Applied(columns, table.lines, headers, left_out)
    order = np.argsort(np.tile(table.lines, len(mapping.each)), kind="stable")
    columns = _unfolded(mapping, columns, named, rows, order)
    headers = {name: stacked([cells] * len(mapping.each)).rows(order) for name, cells in headers.items()}
    for into in {each.into for each in mapping.each}:
        blocks = [always(each.headers[0] if each.into == into else into, rows) for each in mapping.each]
        headers[into] = stacked(blocks).rows(order)
    return Applied(columns, np.tile(table.lines, len(mapping.each))[order], headers, left_out)


def _column(named: abc.Mapping[str, Cells], headers: abc.Iterable[str]) -> Cells | None:
    """The column under the first of these headers that stands in the file, else under several of them together."""
    accepted = [plain(header) for header in headers]
    found = next((named[header] for header in accepted if header in named), None)
    if found is not None or len(accepted) < 2:
        return found
    together = [cells for name, cells in named.items() if (said := pieces(name)) and set(said) <= set(accepted)]
    return together[0] if len(together) == 1 else None


def _chosen_rows(mapping: Mapping, table: Table) -> tuple[Table, int]:
    stays = np.ones(len(table.lines), dtype=bool)
    for only in mapping.only:
        cells = _column(column_by_name(table), only.headers)
        if cells is None:
            raise refuse(
                "missing_columns",
                dataset=str(mapping.dataset),
                missing=only.headers[0],
                expected=" / ".join(only.headers),
                found=", ".join(name for name in table.names if name)[:300],
            )
        named = cells.where(partial(_stands_in, only.words))
        stays &= named if only.keep else ~named
    return (table, 0) if stays.all() else (table.rows(stays), int((~stays).sum()))


def _stands_in(words: frozenset[str], value: Any) -> bool:
    return plain(shown(value)) in words


def _refuse_missing(mapping: Mapping, named: abc.Mapping[str, Cells], table: Table) -> None:
    needed = [accepted for take in mapping.takes.values() if not take.optional for accepted in take.headers]
    needed += [each.headers for each in mapping.each]
    missing = [accepted for accepted in needed if _column(named, accepted) is None]
    if missing:
        raise refuse(
            "missing_columns",
            dataset=str(mapping.dataset),
            missing=", ".join(" / ".join(accepted) for accepted in missing),
            expected=", ".join(accepted[0] for accepted in needed),
            found=", ".join(name for name in table.names if name)[:300] or "—",
        )


def _taken(mapping: Mapping, take: Take, named: abc.Mapping[str, Cells]) -> Cells | None:
    columns = [cells for accepted in take.headers if (cells := _column(named, accepted)) is not None]
    if len(columns) < len(take.headers):
        return None
    if take.how == "first":
        return reduce(either, columns)
    if take.how == "join":
        return reduce(partial(paired, join=partial(_joined, sign=take.sign)), columns)
    if take.how == "hours":
        order = mapping.style.order
        return paired(columns[0], columns[1], lambda day, hour: moments.with_hour(day, hour, order, take.edge))
    return columns[0]


def _joined(first: Any, second: Any, sign: str) -> str:
    return sign.join(shown(part) for part in (first, second) if part != "")


def _period_end(value: Any, style: Style, period: str | None) -> Any:
    """As the mapping writes ends, its last day or the first day after it, of the period that begins on a written day;
    the text itself when it names no day."""
    at = moments.read(value, style.order).at
    if at is None:
        return value
    day = at.date()
    if period == "month":
        after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    else:
        after = date.fromordinal(day.toordinal() + (7 if period == "week" else 1))
    return date.fromordinal(after.toordinal() - 1) if style.last_day else after


def _unfolded(
    mapping: Mapping, columns: abc.Mapping[str, Cells], named: abc.Mapping[str, Cells], rows: int, order: Codes
) -> dict[str, Cells]:
    """One block of rows for each value column, put back into the order of the file."""
    names = {*columns, *(each.into for each in mapping.each), *(key for each in mapping.each for key in each.set)}
    values = [cells for each in mapping.each if (cells := _column(named, each.headers)) is not None]
    silent = _silent_parts(mapping, values)
    unfolded: dict[str, Cells] = {}
    for name in sorted(names):
        blocks = []
        for each, cells in zip(mapping.each, values, strict=True):
            if name == each.into:
                part = cells if each.total or silent is None else _emptied(cells, silent)
            elif name in each.set:
                part = always(each.set[name], rows)
            elif name in each.without:
                part = always("", rows)
            else:
                part = columns.get(name, always("", rows))
            blocks.append(part)
        unfolded[name] = stacked(blocks).rows(order)
    return unfolded


def _silent_parts(mapping: Mapping, values: list[Cells]) -> Any:
    """Rows whose parts are all nought beside a total that is not: nobody broke the total down, nobody counted 0."""
    if not any(each.total for each in mapping.each):
        return None
    numbers = [cells.map(shown) for cells in values]
    nought = np.ones(len(values[0]), dtype=bool)
    total = np.zeros(len(values[0]), dtype=bool)
    for each, cells in zip(mapping.each, numbers, strict=True):
        zero = cells.where(lambda text: text in ("", "0"))
        total |= ~zero if each.total else False
        nought &= True if each.total else zero
    return nought & total


def _emptied(cells: Cells, where: Any) -> Cells:
    return Cells(np.where(where, len(cells.values), cells.codes), [*cells.values, ""])
