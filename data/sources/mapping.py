"""A partner's file described in TOML. What each key means stands at the top of `mappings/README.toml`."""

from __future__ import annotations

import collections.abc as abc
import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import reduce
from pathlib import Path
from typing import Any

import numpy as np

from data.sources import moments
from data.sources.canonical import AMOUNT, COUNT, DATASETS, MINUTES, PEOPLE
from data.sources.fields import Style
from data.sources.guards import refuse
from data.sources.layout import column_by_name, refuse_duplicates
from data.sources.sheet import Cells, Codes, Table, always, either, paired, shown, stacked
from data.sources.words import plain
from data.vocabulary import Dataset

PACKAGED = Path(__file__).parent / "mappings"


class WrongMapping(ValueError):
    """What is wrong with a mapping, entry by entry, for the person who wrote it."""


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

    @property
    def wanted(self) -> frozenset[str]:
        """Plain spellings of every header this mapping reads."""
        taken = [header for take in self.takes.values() for accepted in take.headers for header in accepted]
        return frozenset(map(plain, taken + [h for each in self.each for h in each.headers]))

    @property
    def counted(self) -> frozenset[str]:
        """Plain spellings of the headers that hold numbers of people or things."""
        spec = DATASETS[self.dataset]
        numeric = {c.name for c in spec.columns if c.holds in (PEOPLE, COUNT, AMOUNT, MINUTES)}
        taken = [h for name, take in self.takes.items() if name in numeric for many in take.headers for h in many]
        return frozenset(map(plain, taken + [h for each in self.each for h in each.headers]))


def load_mapping(path_or_name: Path | str) -> Mapping:
    """A mapping file, or the packaged one of that name. Raises WrongMapping naming every wrong entry."""
    path = Path(path_or_name)
    if not path.suffix:
        path = PACKAGED / f"{path.name}.toml"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as wrong:
        raise WrongMapping(f"{path}: cannot be read; packaged are {', '.join(packaged())}") from wrong
    return read_mapping(text, path.stem)


def packaged() -> list[str]:
    return sorted(path.stem for path in PACKAGED.glob("*.toml") if path.stem != "README")


KEYS = {
    *("name", "dataset", "source", "issued_at", "file", "constants", "columns", "each", "drop", "keep", "words"),
    *("dates", "numbers", "blank"),
}
INSIDE = {
    "file": {"sheet", "columns", "header_row", "delimiter"},
    "dates": {"order", "period", "last_day"},
    "numbers": {"decimal", "thousands"},
}


def read_mapping(text: str, name: str = "mapping") -> Mapping:
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise WrongMapping(f"this is not a TOML file: {wrong}") from wrong
    wrongs = [f"unknown entry {key!r}: expected {', '.join(sorted(KEYS))}" for key in told if key not in KEYS]
    parts: dict[str, dict[str, Any]] = {}
    for table in ("file", "dates", "numbers", "constants", "columns", "words"):
        part = told.get(table, {})
        if not isinstance(part, dict):
            wrongs.append(f"{table}: expected a table")
            part = {}
        wrongs += [f"{table}.{key}: unknown entry" for key in part if key not in INSIDE.get(table, part)]
        parts[table] = part
    if told.get("dataset") not in list(Dataset):
        wrongs.append(f"dataset = {told.get('dataset')!r}: expected one of {', '.join(Dataset)}")
        raise WrongMapping("; ".join(wrongs))
    spec = DATASETS[Dataset(told["dataset"])]
    takes = {key: _take(key, value, wrongs) for key, value in parts["columns"].items()}
    each = tuple(_each(entry, wrongs) for entry in _tables(told, "each", wrongs))
    only = tuple(
        _only(entry, kind == "keep", wrongs) for kind in ("keep", "drop") for entry in _tables(told, kind, wrongs)
    )
    words = {key: _words(key, table, wrongs) for key, table in parts["words"].items()}
    filled = {*parts["constants"], *takes, *words, *(e.into for e in each), *(key for e in each for key in e.set)}
    wrongs += [f"{key}: {spec.dataset} has no such column" for key in sorted(filled) if key not in spec.names]
    issued = told.get("issued_at")
    mapping = Mapping(
        name=str(told.get("name", name)),
        dataset=spec.dataset,
        source=_text(told, "source", wrongs),
        constants={key: _constant(value) for key, value in parts["constants"].items()},
        takes={key: take for key, take in takes.items() if take is not None},
        each=each,
        only=only,
        words=words,
        style=_style(parts, told.get("blank", []), wrongs),
        period=_choice("dates.period", parts["dates"].get("period"), ("day", "week", "month"), wrongs),
        sheet=_text(parts["file"], "sheet", wrongs),
        column_range=_text(parts["file"], "columns", wrongs),
        header_row=_header_row(parts["file"].get("header_row"), wrongs),
        delimiter=_text(parts["file"], "delimiter", wrongs),
        issued_at=issued if isinstance(issued, datetime) and issued.tzinfo else None,
    )
    from_period = {"end"} if mapping.period else set()
    given = {*mapping.constants, *mapping.takes, *(e.into for e in each), *from_period}
    given |= {key for key in (each[0].set if each else ()) if all(key in e.set for e in each)}
    needed = [c.name for c in spec.columns if c.required and not c.may_be_empty and c.name not in given]
    wrongs += [f"{key}: nothing in the mapping fills it" for key in needed if not (key == "minutes" and "end" in given)]
    if issued is not None and mapping.issued_at is None:
        wrongs.append("issued_at: expected a time with its offset, such as 2021-07-01T12:00:00-05:00")
    if mapping.column_range is not None and not _is_range(mapping.column_range):
        wrongs.append(f"file.columns = {mapping.column_range!r}: expected letters such as 'A:I'")
    if mapping.delimiter is not None and len(mapping.delimiter) != 1:
        wrongs.append("file.delimiter: expected one sign")
    if wrongs:
        raise WrongMapping("; ".join(wrongs))
    return mapping


def _is_range(columns: str) -> bool:
    first, _, last = columns.partition(":")
    return all(part.isascii() and part.isalpha() and len(part) <= 3 for part in (first, last))


def _header_row(value: Any, wrongs: list[str]) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    wrongs.append(f"file.header_row = {value!r}: expected the number of a row, from 1")
    return None


def _style(parts: abc.Mapping[str, Any], blank: Any, wrongs: list[str]) -> Style:
    decimal = parts["numbers"].get("decimal", ".")
    thousands = parts["numbers"].get("thousands", "")
    if decimal not in (".", ",") or thousands not in ("", ".", ",", "'", " ") or decimal == thousands:
        wrongs.append("numbers: decimal is '.' or ',', thousands another of '.', ',', a quote, a space or nothing")
        decimal, thousands = ".", ""
    order = _choice("dates.order", parts["dates"].get("order", "iso"), ("iso", "dmy", "mdy"), wrongs)
    return Style(
        order=order or "iso",
        decimal=decimal,
        thousands=thousands,
        blanks=frozenset(plain(word) for word in (blank if isinstance(blank, list) else [blank])),
        last_day=bool(parts["dates"].get("last_day", False)),
    )


def _choice(key: str, value: Any, among: tuple[str, ...], wrongs: list[str]) -> str | None:
    if value is not None and value not in among:
        wrongs.append(f"{key} = {value!r}: expected one of {', '.join(among)}")
        return None
    return value


def _text(table: abc.Mapping[str, Any], key: str, wrongs: list[str]) -> str | None:
    value = table.get(key)
    if value is not None and not isinstance(value, str):
        wrongs.append(f"{key} = {value!r}: expected a text")
        return None
    return value


def _constant(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, date) else str(value)


def _tables(told: abc.Mapping[str, Any], key: str, wrongs: list[str]) -> list[dict[str, Any]]:
    entries = told.get(key, [])
    if isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries):
        return entries
    wrongs.append(f"{key}: expected tables, written [[{key}]]")
    return []


def _headers(value: Any, where: str, wrongs: list[str]) -> tuple[str, ...]:
    headers = [value] if isinstance(value, str) else value
    if isinstance(headers, list) and headers and all(isinstance(header, str) for header in headers):
        return tuple(headers)
    wrongs.append(f"{where}: expected a header or a list of accepted headers")
    return ()


def _take(key: str, value: Any, wrongs: list[str]) -> Take | None:
    where = f"columns.{key}"
    if not isinstance(value, dict):
        return Take("one", (_headers(value, where, wrongs),))
    optional = bool(value.get("optional", False))
    if "column" in value:
        return Take("one", (_headers(value["column"], where, wrongs),), optional=optional)
    if "date" in value and "hours" in value:
        edge = _choice(f"{where}.edge", value.get("edge", "start"), ("start", "end"), wrongs)
        both = (_headers(value["date"], where, wrongs), _headers(value["hours"], where, wrongs))
        return Take("hours", both, edge=edge or "start", optional=optional)
    for how in ("first", "join"):
        if isinstance(value.get(how), list) and value[how]:
            headers = tuple(_headers(one, where, wrongs) for one in value[how])
            return Take(how, headers, sign=str(value.get("with", " ")), optional=optional)
    wrongs.append(f"{where}: expected a header, {{column=}}, {{first=[]}}, {{join=[]}} or {{date=, hours=}}")
    return None


def _each(entry: abc.Mapping[str, Any], wrongs: list[str]) -> Each:
    wrongs += [
        f"each.{key}: unknown entry" for key in entry if key not in ("column", "into", "set", "without", "total")
    ]
    settings = entry.get("set", {})
    if not isinstance(settings, dict):
        wrongs.append("each.set: expected a table")
        settings = {}
    without = entry.get("without", [])
    return Each(
        headers=_headers(entry.get("column"), "each.column", wrongs),
        into=str(entry.get("into", "people")),
        set={key: _constant(value) for key, value in settings.items()},
        without=tuple(map(str, without if isinstance(without, list) else [without])),
        total=bool(entry.get("total", False)),
    )


def _only(entry: abc.Mapping[str, Any], keep: bool, wrongs: list[str]) -> Only:
    words = entry.get("is", [])
    return Only(
        headers=_headers(entry.get("column"), "keep/drop.column", wrongs),
        words=frozenset(plain(word) for word in (words if isinstance(words, list) else [words])),
        keep=keep,
    )


def _words(key: str, table: Any, wrongs: list[str]) -> dict[str, str]:
    if not isinstance(table, dict) or not all(isinstance(word, str) for word in table.values()):
        wrongs.append(f"words.{key}: expected wording = word")
        return {}
    return {plain(wording): word for wording, word in table.items()}


def applied(mapping: Mapping, table: Table) -> tuple[dict[str, Cells], Codes, int]:
    """Canonical columns, the line of each of their rows, and how many rows the mapping leaves out. Raises Refused."""
    refuse_duplicates(table, mapping.wanted)
    table, left_out = _chosen_rows(mapping, table)
    named = column_by_name(table)
    _refuse_missing(mapping, named, table)
    rows = len(table.lines)
    columns = {name: always(value, rows) for name, value in mapping.constants.items()}
    for name, take in mapping.takes.items():
        if cells := _taken(mapping, take, named):
            columns[name] = cells
    if mapping.period and "end" not in columns:
        columns["end"] = columns["start"].map(lambda value: _period_end(value, mapping.style.order, mapping.period))
    if not mapping.each:
        return columns, table.lines, left_out
    return *_unfolded(mapping, columns, named, table.lines), left_out


def _column(named: abc.Mapping[str, Cells], headers: abc.Iterable[str]) -> Cells | None:
    return next((named[plain(header)] for header in headers if plain(header) in named), None)


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
        named = cells.where(lambda value, words=only.words: plain(shown(value)) in words)
        stays &= named if only.keep else ~named
    return (table, 0) if stays.all() else (table.rows(stays), int((~stays).sum()))


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
        return reduce(lambda one, two: paired(one, two, lambda a, b: _joined(a, b, take.sign)), columns)
    if take.how == "hours":
        order = mapping.style.order
        return paired(columns[0], columns[1], lambda day, hour: moments.with_hour(day, hour, order, take.edge))
    return columns[0]


def _joined(first: Any, second: Any, sign: str) -> str:
    return sign.join(shown(part) for part in (first, second) if part != "")


def _period_end(value: Any, order: str, period: str | None) -> Any:
    """The first day after the period that begins on a written day; the text itself when it names no day."""
    at = moments.read(value, order).at
    if at is None:
        return value
    day = at.date()
    if period == "month":
        return date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return date.fromordinal(day.toordinal() + (7 if period == "week" else 1))


def _unfolded(
    mapping: Mapping, columns: abc.Mapping[str, Cells], named: abc.Mapping[str, Cells], lines: Codes
) -> tuple[dict[str, Cells], Codes]:
    """One block of rows for each value column, back in the order of the file."""
    rows = len(lines)
    names = {*columns, *(each.into for each in mapping.each), *(key for each in mapping.each for key in each.set)}
    values = [cells for each in mapping.each if (cells := _column(named, each.headers)) is not None]
    silent = _silent_parts(mapping, values)
    order = np.argsort(np.tile(lines, len(mapping.each)), kind="stable")
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
    return unfolded, np.tile(lines, len(mapping.each))[order]


def _silent_parts(mapping: Mapping, values: list[Cells]) -> Any:
    """Rows whose parts are all nought beside a total that is not: nobody broke the total down, nobody counted 0."""
    if not any(each.total for each in mapping.each):
        return None
    numbers = [cells.map(lambda value: shown(value)) for cells in values]
    nought = np.ones(len(values[0]), dtype=bool)
    total = np.zeros(len(values[0]), dtype=bool)
    for each, cells in zip(mapping.each, numbers, strict=True):
        zero = cells.where(lambda text: text in ("", "0"))
        total |= ~zero if each.total else False
        nought &= True if each.total else zero
    return nought & total


def _emptied(cells: Cells, where: Any) -> Cells:
    return Cells(np.where(where, len(cells.values), cells.codes), [*cells.values, ""])


__all__ = ["Mapping", "WrongMapping", "applied", "load_mapping", "packaged", "read_mapping"]
