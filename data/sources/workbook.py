"""Workbooks (.xlsx, .xls, .xlsb, .ods): values through calamine, and openpyxl where formulas have to be looked for."""

from __future__ import annotations

import io
import warnings
from typing import Any

import openpyxl
import python_calamine

from data.sources.guards import Limits, column_number, refuse
from data.sources.layout import LOOK, Judge
from data.sources.packages import Packed, check_workbook
from data.sources.sheet import Grid, from_objects, shown, tidy
from data.types import Issue

NOT_READ = "sheets_not_read"


def read(
    content: bytes,
    limits: Limits,
    sheet: str | None,
    column_range: str | None,
    judge: Judge,
    notes: list[Issue],
) -> Grid:
    """The grid of the named sheet, else of the sheet whose first rows `judge` finds best. Raises Refused.

    A formula counts as the value its program saved with it. One saved without a value stays the text of the formula,
    so that the rules reject its row instead of reading it as empty.
    """
    packed = check_workbook(content, limits)
    book = _opened(packed)
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise refuse("sheet_not_found", sheet=sheet, found=", ".join(names))
    name, rows = _rows_of(book, sheet) if sheet is not None else _chosen(book, names, judge, notes)
    if sheet is not None and (others := _alike(book, name, rows, judge)):
        notes.append(Issue(None, None, NOT_READ, {"sheet": name, "others": ", ".join(others)[:300]}))
    if packed.formulas is None and packed.has_formulas and packed.kind == "xlsx":
        marked = _formulas(content, name)
    else:
        places = (packed.formulas or ())[names.index(name) :][:1]
        marked = [(row, column, "=") for here in places for row, column in here]
    if marked:
        _mark_formulas(marked, rows, packed.kind, notes)
    elif packed.kind == "xlsb" and packed.has_formulas:
        notes.append(Issue(None, None, "formula_results_unknown", {"format": ".xlsb"}))
    first, last = _range(column_range)
    rows = [row[first:last] for row in rows]
    width = max((len(row) for row in rows), default=0)
    if width > limits.columns:
        raise refuse("too_many_columns", columns=width, limit=limits.columns)
    if not rows or not width:
        raise refuse("only_header", rows=0)
    columns = [from_objects([row[place] if place < len(row) else "" for row in rows]) for place in range(width)]
    return Grid(columns, len(rows))


Rows = list[list[Any]]


def _opened(packed: Packed) -> python_calamine.CalamineWorkbook:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(packed.content))
        if not isinstance(book.sheet_names, list):
            raise refuse("truncated_workbook")
        return book
    except BaseException as wrong:
        raise _broken(wrong) from wrong


def _broken(wrong: BaseException) -> BaseException:
    """The reader has many ways to say that a part is missing or malformed; one is a panic, which is no Exception."""
    is_panic = type(wrong).__name__ == "PanicException"
    return refuse("truncated_workbook") if isinstance(wrong, Exception) or is_panic else wrong


def _rows_of(book: python_calamine.CalamineWorkbook, name: str, first: int | None = None) -> tuple[str, Rows]:
    try:
        return name, book.get_sheet_by_name(name).to_python(skip_empty_area=False, nrows=first)
    except BaseException as wrong:
        raise _broken(wrong) from wrong


def _alike(book: python_calamine.CalamineWorkbook, name: str, rows: Rows, judge: Judge) -> list[str]:
    """Other sheets that name as many columns as this one and have rows under them: next month's, perhaps."""
    hits = judge([[tidy(value) for value in row] for row in rows[:LOOK]])[0]
    found = []
    for other in book.sheet_names if hits > 1 else ():
        if other != name:
            top = [[tidy(value) for value in row] for row in _rows_of(book, other, LOOK)[1]]
            told, header, _ = judge(top)
            if told >= hits and len(top) > header + 1:
                found.append(other)
    return found


def _chosen(
    book: python_calamine.CalamineWorkbook, names: list[str], judge: Judge, notes: list[Issue]
) -> tuple[str, Rows]:
    """The sheet that names most columns; a hidden one only where it names more than twice as many.

    Raises Refused when two sheets name the same columns with rows under both: nobody would miss what was left unread.
    """
    hidden = {sheet.name for sheet in book.sheets_metadata if str(sheet.visible).rpartition(".")[2] != "Visible"}
    best: tuple[float, str, Rows] | None = None
    equals: list[str] = []
    filled = 0
    for name in names:
        rows = _rows_of(book, name)[1]
        if not any(shown(tidy(value)) for row in rows for value in row):
            continue
        filled += 1
        hits, header, _ = judge([[tidy(value) for value in row] for row in rows[:LOOK]])
        rank = hits / 2 if name in hidden else float(hits)
        if best is None or rank > best[0]:
            best, equals = (rank, name, rows), []
        elif rank == best[0] and hits > 1 and len(rows) > header + 1:
            equals.append(name)
    if best is None:
        raise refuse("only_header", rows=0)
    if equals:
        raise refuse("several_sheets", sheets=", ".join([best[1], *equals]), sheet=best[1])
    if filled > 1:
        others = ", ".join(name for name in names if name != best[1])
        notes.append(Issue(None, None, "sheet_chosen", {"sheet": best[1], "others": others[:300]}))
    return best[1], best[2]


def _formulas(content: bytes, name: str) -> list[tuple[int, int, str]]:
    """Row and column (0-based) and text of the formulas of a sheet."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of drawings and styles it does not know, which hold no figures
            book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
            found = [
                (int(cell.row or 1) - 1, int(cell.column or 1) - 1, str(cell.value))
                for row in book[name].iter_rows()
                for cell in row
                if cell.data_type == "f"
            ]
            book.close()
    except Exception as wrong:
        raise refuse("truncated_workbook") from wrong
    return found


def _mark_formulas(formulas: list[tuple[int, int, str]], rows: Rows, kind: str, notes: list[Issue]) -> None:
    saved = 0
    for row, column, formula in formulas:
        while len(rows) <= row:
            rows.append([])
        cells = rows[row]
        cells.extend([""] * (column + 1 - len(cells)))
        if tidy(cells[column]) == "":
            cells[column] = formula if formula.startswith("=") else f"={formula}"
        else:
            saved += 1
    if saved:
        notes.append(Issue(None, None, "formula_values", {"cells": saved}))
        if kind == "xls":
            notes.append(Issue(None, None, "formula_results_unknown", {"format": ".xls"}))


def _range(columns: str | None) -> tuple[int, int | None]:
    """ "A:I" as a slice of a row."""
    if columns is None:
        return 0, None
    first, _, last = columns.partition(":")
    return column_number(first) - 1, column_number(last or first)
