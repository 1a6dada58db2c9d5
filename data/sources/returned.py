"""Rejected rows go back to their sender as they came: same columns, same title rows, and why each was rejected.

Two columns of ours stand behind the sender's own; a file that comes back with them is read as if they were not there.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from typing import Any

import numpy as np
import xlsxwriter

from data.sources import READERS, layout
from data.sources import Mapping as FileMapping
from data.sources.delimited import decoded, delimiter_of
from data.sources.guards import Limits, column_number, kind_of
from data.sources.recognition import CANONICAL_NAMES
from data.sources.sheet import FORMULA_SIGNS, Grid, shown
from data.sources.spilled import spilled
from data.sources.words import plain

BLANK = "…"
NUMBER = re.compile(r"[+-]?\d[\d., ]*%?|-+")
MIME = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".json": "application/json",
}


@dataclass(frozen=True)
class Returned:
    """A file to hand out: its bytes and the ending of its name."""

    content: bytes
    ending: str

    @property
    def mime(self) -> str:
        return MIME[self.ending]


@dataclass(frozen=True)
class _Sheet:
    """Rows as they stand in the file, each with its line, title and header rows first; `offset`: columns before A."""

    rows: list[tuple[int, list[Any]]]
    header: int  # its place in `rows`
    names: list[str]
    offset: int
    beyond: int  # the first column that nobody reads


def rejected_rows(
    content: bytes,
    filename: str,
    mapping: FileMapping | None,
    reasons: Mapping[int, str],
    names: tuple[str, str],
    limits: Limits,
    ending: str | None = None,
) -> Returned:
    """Only the rows of `reasons` (line of the file to what is wrong with it).

    `names`: the headers of the columns for the line and the reason; both begin with `layout.GIVEN_BACK`. `ending`:
    another form than the sender's own (.csv, .xlsx). Raises Refused where the file can no longer be read.
    """
    kind = kind_of(content, filename, limits)
    judge = partial(layout.best_header, wanted=frozenset(mapping.wanted) if mapping else CANONICAL_NAMES)
    grid = READERS[kind](content, mapping, judge, limits, [])
    sheet = _sheet(grid, mapping, reasons)
    own = {"text": ".csv", "json": ".json"}.get(kind, ".xlsx")
    ending = ending or own
    notes = {line: (line, reasons[line]) for line, _ in sheet.rows if line in reasons}
    if ending == ".json":
        return Returned(_json(sheet, notes, names), ending)
    if ending == ".xlsx":
        return Returned(_workbook(sheet, notes, names, mapping), ending)
    delimiter = ","
    if kind == "text":
        delimiter = (mapping.delimiter if mapping else None) or delimiter_of(decoded(content)[0][:65_536])
    return Returned(_csv(sheet, notes, names, delimiter), ending)


def _sheet(grid: Grid, mapping: FileMapping | None, lines: Mapping[int, str]) -> _Sheet:
    wanted = CANONICAL_NAMES if mapping is None else mapping.wanted
    table = layout.named_table(grid, wanted, None if mapping is None else mapping.header_row)
    first_line = int(table.lines[0]) if len(table.lines) else grid.height + 1
    above = range(min(first_line - 1, grid.height))
    header = next((n for n in above if [shown(v) for v in _own(grid.row(n), grid.row(n))] == table.names), 0)
    names = grid.row(header)
    numbers = [*above, *(line - 1 for line in sorted(lines) if first_line <= line <= grid.height)]
    too_long: dict[int, int] = {}
    if table.cells is not None:
        too_long = {int(table.lines[row]): int(table.cells[row]) for row in np.flatnonzero(spilled(table))}
    rows = [(number + 1, _marked(_own(grid.row(number), names), too_long.get(number + 1, 0))) for number in numbers]
    offset, beyond = 0, len(table.names)
    if mapping is not None and mapping.column_range is not None:
        first, _, last = mapping.column_range.partition(":")
        offset = column_number(first) - 1
        beyond = max(offset + beyond, column_number(last or first))
    return _Sheet(rows, header, table.names, offset, beyond)


def _marked(row: list[Any], cells: int) -> list[Any]:
    """A blank cell too many shows in the row that goes back, so that the row stays too long until it is mended."""
    return [*row[: cells - 1], BLANK, *row[cells:]] if 0 < cells <= len(row) and row[cells - 1] == "" else row


def _own(row: list[Any], header: list[Any]) -> list[Any]:
    """The sender's own cells: without what an earlier return put beside them."""
    return [
        value for value, name in zip(row, header, strict=True) if not plain(shown(name)).startswith(layout.GIVEN_BACK)
    ]


def _with_notes(sheet: _Sheet, notes: Mapping[int, tuple[int, str]], names: tuple[str, str]) -> list[list[Any]]:
    """Every row in full width, ours behind the sender's."""
    made = []
    for place, (line, row) in enumerate(sheet.rows):
        full = [""] * sheet.offset + row
        full += [""] * (sheet.beyond - len(full))
        made.append([*full, *(names if place == sheet.header else notes.get(line, ("", "")))])
    return made


def harmless(value: Any) -> str:
    """A cell of text that no spreadsheet runs: what begins like a formula and is no number gets the sign of a text."""
    text = shown(value)
    if text[:1] in ("\t", "\r") or (text.startswith(FORMULA_SIGNS) and not NUMBER.fullmatch(text)):
        return f"'{text}"
    return text


def _csv(sheet: _Sheet, notes: Mapping[int, tuple[int, str]], names: tuple[str, str], delimiter: str) -> bytes:
    out = io.StringIO(newline="")
    rows = _with_notes(sheet, notes, names)
    csv.writer(out, delimiter=delimiter).writerows([harmless(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")  # a spreadsheet takes it for Latin-1 without the mark


def _workbook(
    sheet: _Sheet, notes: Mapping[int, tuple[int, str]], names: tuple[str, str], mapping: FileMapping | None
) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        page = book.add_worksheet(mapping.sheet if mapping is not None and mapping.sheet else None)
        bold, quoted = book.add_format({"bold": True}), book.add_format({"num_format": "@", "quote_prefix": True})
        note = book.add_format({"text_wrap": True, "font_color": "#9B1C1C", "valign": "top"})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        rows = _with_notes(sheet, notes, names)
        for number, row in enumerate(rows):
            for place, value in enumerate(row):
                if place == len(row) - 1 and value != "":
                    page.write_string(number, place, str(value), bold if number == sheet.header else note)
                elif isinstance(value, datetime):
                    page.write_datetime(number, place, value, moment)
                elif isinstance(value, date):
                    page.write_datetime(number, place, value, day)
                elif isinstance(value, time):
                    page.write_string(number, place, value.isoformat(timespec="minutes"))
                elif isinstance(value, int | float):
                    page.write_number(number, place, value)
                elif value != "":
                    risky = str(value).startswith(FORMULA_SIGNS)
                    page.write_string(number, place, str(value), quoted if risky else None)
        page.freeze_panes(sheet.header + 1, 0)
        if rows:
            page.set_column(len(rows[0]) - 1, len(rows[0]) - 1, 70)
    return out.getvalue()


def _json(sheet: _Sheet, notes: Mapping[int, tuple[int, str]], names: tuple[str, str]) -> bytes:
    rows = []
    for line, row in sheet.rows:
        if line in notes:
            said = {name: value for name, value in zip(sheet.names, row, strict=False) if value != ""}
            rows.append({**said, **dict(zip(names, notes[line], strict=True))})
    return json.dumps(rows, ensure_ascii=False, indent=1, default=str).encode()
