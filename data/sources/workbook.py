"""Excel workbooks: values through calamine, and openpyxl where formulas have to be seen."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Collection, Iterable
from typing import Any

import openpyxl
import python_calamine

from data.sources.guards import Limits, check_workbook, column_number, refuse
from data.sources.layout import LOOK
from data.sources.sheet import Grid, from_objects, shown, tidy
from data.sources.words import plain
from data.types import Issue


def read(
    content: bytes,
    limits: Limits,
    sheet: str | None,
    column_range: str | None,
    wanted: Collection[str],
    notes: list[Issue],
) -> Grid:
    """The grid of the named sheet, else of the sheet that names most of `wanted` in its first rows. Raises Refused.

    A formula counts as the value its program saved with it. One saved without a value stays the text of the formula,
    so that the rules reject its row instead of reading it as empty.
    """
    packed = check_workbook(content, limits)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = list(book.sheet_names)
    except Exception as wrong:  # the reader has many ways to say that a part is missing or malformed
        raise refuse("truncated_workbook") from wrong
    if sheet is not None and sheet not in names:
        raise refuse("sheet_not_found", sheet=sheet, found=", ".join(names))
    name, rows = _chosen(book, [sheet] if sheet is not None else names, wanted)
    if packed.has_formulas:
        _mark_formulas(content, name, rows, notes)
    first, last = _range(column_range)
    rows = [row[first:last] for row in rows]
    width = max((len(row) for row in rows), default=0)
    if width > limits.columns:
        raise refuse("too_many_columns", columns=width, limit=limits.columns)
    if not rows or not width:
        raise refuse("only_header", rows=0)
    columns = [from_objects([row[place] if place < len(row) else "" for row in rows]) for place in range(width)]
    return Grid(columns, len(rows))


def _chosen(
    book: python_calamine.CalamineWorkbook, names: Iterable[str], wanted: Collection[str]
) -> tuple[str, list[list[Any]]]:
    best: tuple[int, str, list[list[Any]]] | None = None
    for name in names:
        try:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
        except Exception as wrong:
            raise refuse("truncated_workbook") from wrong
        if not rows:
            continue
        top = [{plain(shown(tidy(value))) for value in row} for row in rows[:LOOK]]
        hits = max(len(row & set(wanted)) for row in top)
        if best is None or hits > best[0]:
            best = (hits, name, rows)
    if best is None:
        raise refuse("only_header", rows=0)
    return best[1], best[2]


def _mark_formulas(content: bytes, name: str, rows: list[list[Any]], notes: list[Issue]) -> None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drawings and styles it does not know, which hold no figures
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            formulas = [
                (cell.row, cell.column, str(cell.value))
                for row in book[name].iter_rows()
                for cell in row
                if cell.data_type == "f"
            ]
            book.close()
    except Exception as wrong:
        raise refuse("truncated_workbook") from wrong
    saved = 0
    for row, column, formula in formulas:
        while len(rows) < row:
            rows.append([])
        cells = rows[row - 1]
        cells.extend([""] * (column - len(cells)))
        if tidy(cells[column - 1]) == "":
            cells[column - 1] = formula if formula.startswith("=") else f"={formula}"
        else:
            saved += 1
    if saved:
        notes.append(Issue(None, None, "formula_values", {"cells": saved}))


def _range(columns: str | None) -> tuple[int, int | None]:
    """ "A:I" as a slice of a row."""
    if columns is None:
        return 0, None
    first, _, last = columns.partition(":")
    return column_number(first) - 1, column_number(last or first)


def is_range(columns: str) -> bool:
    return re.fullmatch(r"[A-Za-z]{1,3}:[A-Za-z]{1,3}", columns) is not None
