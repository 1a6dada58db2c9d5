"""A partner's file described in TOML. What each key means stands at the top of `mappings/README.toml`."""

from __future__ import annotations

import collections.abc as abc
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

from data.sources import numbers
from data.sources.canonical import DATASETS
from data.sources.fields import Style
from data.sources.mapped import Each, Mapping, Only, Submissions, Take
from data.sources.words import plain
from data.vocabulary import Dataset

__all__ = ["Mapping", "WrongMapping", "load_mapping", "packaged", "read_mapping"]

PACKAGED = Path(__file__).parent / "mappings"


FILL_IN = "???"  # what `caudal map` leaves for a person to say


class WrongMapping(ValueError):
    """What is wrong with a mapping, entry by entry, for the person who wrote it."""


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


def fits(mapping: Mapping, headers: abc.Iterable[str]) -> bool:
    """Whether a file with these headers has every column that the mapping needs."""
    present = set(map(plain, headers))
    needed = [accepted for take in mapping.takes.values() if not take.optional for accepted in take.headers]
    needed += [each.headers for each in mapping.each] + [only.headers for only in mapping.only]
    return all(any(plain(header) in present for header in accepted) for accepted in needed)


KEYS = {
    *("name", "dataset", "source", "issued_at", "file", "constants", "columns", "each", "drop", "keep", "words"),
    *("dates", "numbers", "blank", "submissions"),
}
INSIDE = {
    "file": {"sheet", "columns", "header_row", "delimiter"},
    "dates": {"order", "period", "last_day"},
    "numbers": {"decimal", "thousands"},
    "submissions": {"repeat", "combine"},
}


def read_mapping(text: str, name: str = "mapping") -> Mapping:
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise WrongMapping(f"this is not a TOML file: {wrong}") from wrong
    wrongs = [f"unknown entry {key!r}: expected {', '.join(sorted(KEYS))}" for key in told if key not in KEYS]
    wrongs += [f"{where} is still {FILL_IN}: write what it is, or delete the line" for where in _unfilled(told)]
    parts: dict[str, dict[str, Any]] = {}
    for table in ("file", "dates", "numbers", "submissions", "constants", "columns", "words"):
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
        submissions=_submissions(parts["submissions"], wrongs) if "submissions" in told else None,
        toml=text,
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


def _unfilled(told: Any, where: str = "") -> abc.Iterator[str]:
    if isinstance(told, dict):
        for key, value in told.items():
            yield from _unfilled(value, f"{where}.{key}" if where else str(key))
    elif isinstance(told, list):
        for place, value in enumerate(told, start=1):
            yield from _unfilled(value, f"{where} {place}")
    elif told == FILL_IN:
        yield where


def _submissions(part: abc.Mapping[str, Any], wrongs: list[str]) -> Submissions:
    combine = _choice("submissions.combine", part.get("combine"), ("sum", "last"), wrongs)
    return Submissions(repeat=_text(part, "repeat", wrongs), combine=combine)


def _is_range(columns: str) -> bool:
    first, _, last = columns.partition(":")
    return all(part.isascii() and part.isalpha() and len(part) <= 3 for part in (first, last))


def _header_row(value: Any, wrongs: list[str]) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 1):
        return value
    wrongs.append(f"file.header_row = {value!r}: expected the number of a row, from 1")
    return None


def _style(parts: abc.Mapping[str, Any], blank: Any, wrongs: list[str]) -> Style:
    named = parts["numbers"]
    thousands = named.get("thousands", "")
    decimal = named.get("decimal", ("," if thousands == "." else ".") if thousands else numbers.BY_EVIDENCE)
    if (
        decimal not in (".", ",", numbers.BY_EVIDENCE)
        or thousands not in ("", ".", ",", "'", " ")
        or decimal == thousands != ""
    ):
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
