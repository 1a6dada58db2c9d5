"""A table of counts by bucket as CSV, for the queue engine without a store: start, arrivals, served, counters_open.

`waiting` may be there too, and `wait_minutes`, a mean wait that somebody measured. An empty cell is not reported, never
zero; a bucket without a row likewise.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum

import numpy as np

from data.analytics.buckets import HOUR
from data.analytics.estimates import Counted

NEEDED = ("start", "arrivals", "served", "counters_open")
OPTIONAL = ("waiting", "wait_minutes")
MOST_BUCKETS = 500_000
DAY = 86400.0


class ReadAt(StrEnum):
    """When in its bucket `waiting` was counted."""

    START = "start"
    END = "end"


class WrongTable(Exception):
    """What was expected and what came: locale key `queue.wrong.<code>` with its facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class CountedFile:
    """`names`: the start of each bucket as the file writes it; None where the file has no row for it."""

    counted: Counted
    names: tuple[str | None, ...]
    hour_of_day: np.ndarray  # local, of each bucket's start
    measured_minutes: np.ndarray  # mean wait; NaN where nobody measured it
    read_at: ReadAt | None  # None: nobody counted heads


def counted_file(content: bytes, read_at: ReadAt | None = None) -> CountedFile:
    """`read_at` None: as the counts agree with the head counts best. Raises WrongTable."""
    rows, comma = _rows(content)
    starts = [_start(row["start"], row["line"]) for row in rows]
    if len({(at.tzinfo is None) for at in starts}) > 1:
        raise WrongTable("mixed_times")
    at = np.array([(one if one.tzinfo else one.replace(tzinfo=UTC)).timestamp() for one in starts])
    order = np.argsort(at, kind="stable")
    at, rows = at[order], [rows[place] for place in order]
    seconds = _bucket(at, rows)
    places = np.round((at - at[0]) / seconds).astype(int)
    size = int(places[-1]) + 1
    if size > MOST_BUCKETS:
        raise WrongTable("too_long", buckets=size, limit=MOST_BUCKETS)
    cells = {name: np.full(size, np.nan) for name in (*NEEDED[1:], *OPTIONAL)}
    names: list[str | None] = [None] * size
    offset = starts[0].utcoffset()
    local = at[0] + np.arange(size) * seconds + (offset.total_seconds() if offset else 0.0)
    for place, row in zip(places, rows, strict=True):
        names[place] = row["start"].strip()
        for name, column in cells.items():
            column[place] = _number(row.get(name, ""), name, row["line"], comma)
    counted = Counted(
        at[0] + np.arange(size) * seconds, seconds / 3600, cells["arrivals"], cells["served"], cells["counters_open"],
        cells["waiting"],
    )  # fmt: skip
    said = (tuple(names), (local // HOUR % 24).astype(int), cells["wait_minutes"])
    if np.isnan(counted.waiting).all():
        return CountedFile(counted, *said, None)
    chosen = read_at or _read_at(counted)
    return CountedFile(at_ends(counted) if chosen is ReadAt.START else counted, *said, chosen)


def at_ends(counted: Counted) -> Counted:
    """Heads counted at the start of each bucket are those at the end of the one before."""
    later = np.append(counted.waiting[1:], np.nan)
    return replace(counted, waiting=later, waiting_before=float(counted.waiting[0]))


def _rows(content: bytes) -> tuple[list[dict[str, str]], bool]:
    """Each row by its header; and whether a comma in a number is its decimal, as in files that part cells otherwise."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise WrongTable("not_text")
    separator = _separator(text)
    found = enumerate(_cells(text, separator), 1)
    lines = [(line, cells) for line, cells in found if any(cell.strip() for cell in cells)]
    if not lines:
        raise WrongTable("empty", expected=", ".join(NEEDED))
    _, first = lines[0]
    header = [cell.strip().lower() for cell in first]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise WrongTable("columns", missing=", ".join(missing), expected=", ".join(NEEDED), came=", ".join(header))
    twice = sorted({name for name in (*NEEDED, *OPTIONAL) if header.count(name) > 1})
    if twice:
        raise WrongTable("column_twice", column=", ".join(twice))
    rows = []
    for line, cells in lines[1:]:
        if cells[0].strip().startswith("#"):
            continue  # an HXL tag row
        if any(cell.strip() for cell in cells[len(header) :]):
            raise WrongTable("cells", line=line, expected=len(header), came=len(cells))
        rows.append({**dict(zip(header, cells, strict=False)), "line": str(line)})
    if len(rows) < 2:
        raise WrongTable("rows", came=len(rows))
    return rows, separator != ","


def _separator(text: str) -> str:
    return max(",;\t", key=text.split("\n", 1)[0].count)


def _cells(text: str, separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(text.splitlines(), delimiter=separator))
    except csv.Error as wrong:
        raise WrongTable("not_csv", reason=str(wrong)) from wrong


def _start(cell: str, line: str) -> datetime:
    try:
        return datetime.fromisoformat(cell.strip())
    except ValueError:
        raise WrongTable("start", line=line, came=cell.strip()) from None


DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")  # 1,204 may be either; nobody shall guess


def _number(cell: str | None, name: str, line: str, comma: bool) -> float:
    told = (cell or "").strip()
    if not told:
        return math.nan
    decimal = comma and DECIMAL_COMMA.fullmatch(told) and not THOUSANDS.fullmatch(told)
    try:
        number = float(told.replace(",", ".") if decimal else told)
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise WrongTable("number", line=line, column=name, came=told)
    if number < 0:
        raise WrongTable("negative", line=line, column=name, came=told)
    return number


def _bucket(at: np.ndarray, rows: Sequence[Mapping[str, str]]) -> float:
    """Seconds of one bucket: the shortest step between rows, of which every other step is a multiple."""
    steps = np.diff(at)
    same = np.flatnonzero(steps == 0)
    if len(same):
        raise WrongTable("twice", line=rows[int(same[0]) + 1]["line"], came=rows[int(same[0])]["start"].strip())
    seconds = float(steps.min())
    off = np.flatnonzero(np.abs(steps / seconds - np.round(steps / seconds)) > 1e-6)
    if len(off) or seconds > DAY:
        place = int(off[0]) + 1 if len(off) else 1
        came = f"{rows[place - 1]['start'].strip()} → {rows[place]['start'].strip()}"
        raise WrongTable("steps", line=rows[place]["line"], came=came, bucket_minutes=seconds / 60)
    return seconds


def _read_at(counted: Counted) -> ReadAt:
    """At the start or the end of its bucket, whichever the counts between head counts explain better."""
    change = counted.arrivals - counted.served
    steps = np.diff(counted.waiting)
    at_end, at_start = np.abs(steps - change[1:]), np.abs(steps - change[:-1])
    both = ~np.isnan(at_end) & ~np.isnan(at_start)
    return ReadAt.START if at_start[both].sum() < at_end[both].sum() else ReadAt.END
