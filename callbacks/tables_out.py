"""Tables as files: the one way out for pages, as CSV or XLSX, under HXL tags, with what there is to know of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from callbacks.csv_form import plain_cell

MIMES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
About = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Sheet:
    """A table: its header, the HXL tag of each column, its rows; None is an empty cell."""

    name: str
    header: tuple[str, ...]
    tags: tuple[str, ...]
    rows: Sequence[Sequence[Any]]


def csv_bytes(sheet: Sheet, about: About = ()) -> bytes:
    """One table, and under an empty line what there is to know of it. No cell can start a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(sheet.header)
    writer.writerow(sheet.tags)
    for row in sheet.rows:
        writer.writerow([plain_cell(cell) for cell in row])
    if about:
        writer.writerow([])
        for name, says in about:
            writer.writerow([plain_cell(name), plain_cell(says)])
    return out.getvalue().encode("utf-8-sig")


def xlsx_bytes(sheets: Sequence[Sheet], about: tuple[str, About]) -> bytes:
    """Every table a sheet, the last one what there is to know of them. Texts are texts: none is taken for a formula."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True, "bg_color": "#DCE6EE", "border": 1})
        light = book.add_format({"font_color": "#6B7785", "italic": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        for one in sheets:
            sheet = book.add_worksheet(one.name)
            for place, (name, tag) in enumerate(zip(one.header, one.tags, strict=True)):
                sheet.write_string(0, place, name, bold)
                sheet.write_string(1, place, tag, light)
                sheet.set_column(place, place, max(10, min(30, len(name) + 3)))
            for number, row in enumerate(one.rows, start=2):
                for place, cell in enumerate(row):
                    _write(sheet, number, place, cell)
            sheet.freeze_panes(2, 0)
        name, facts = about
        sheet = book.add_worksheet(name)
        sheet.set_column(0, 0, 26)
        sheet.set_column(1, 1, 96)
        for number, (what, says) in enumerate(facts):
            sheet.write_string(number, 0, what, bold)
            sheet.write_string(number, 1, says, wrapped)
    return out.getvalue()


def _write(sheet: Any, row: int, place: int, cell: Any) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        sheet.write_number(row, place, int(cell))
    elif isinstance(cell, int | float):
        sheet.write_number(row, place, cell)
    else:
        sheet.write_string(row, place, str(cell))
