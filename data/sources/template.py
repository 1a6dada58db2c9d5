"""The empty file of a dataset for whoever has no wording of their own: header, HXL row, and what each column means."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xlsxwriter

from data.sources.canonical import DATASETS, FLAG, MOMENT, TEXT, Column, DatasetSpec
from data.vocabulary import Dataset

Say = Callable[[str], str | None]
ROWS = 2_000  # rows with a list to choose from
LIST_LIMIT = 255  # letters Excel allows in one


def _own_words(key: str) -> str | None:
    return None


def write_template(dataset: Dataset, path: Path, site: str | None = None, say: Say = _own_words) -> None:
    """Write `path` as CSV or XLSX, by its ending. `say` gives the words of a locale key, None where it has none.

    Raises ValueError for another ending.
    """
    spec = DATASETS[dataset]
    ending = path.suffix.lower()
    if ending == ".csv":
        # Excel reads a CSV as UTF-8 only when it begins with this mark.
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([spec.names, [column.tag for column in spec.columns]])
    elif ending == ".xlsx":
        _write_workbook(spec, path, site, say)
    else:
        raise ValueError(f"{path.name}: expected a name that ends in .csv or .xlsx")


def _write_workbook(spec: DatasetSpec, path: Path, site: str | None, say: Say) -> None:
    with xlsxwriter.Workbook(str(path)) as book:
        bold = book.add_format({"bold": True, "bg_color": "#DCE6EE", "border": 1, "text_wrap": True})
        light = book.add_format({"font_color": "#6B7785", "italic": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(say("template.data") or "data")
        # Text, or Excel turns 2018-10-31T14:00 and 01-02 into what it takes for dates.
        as_text = book.add_format({"num_format": "@"})
        for place, column in enumerate(spec.columns):
            sheet.write_string(0, place, column.name, bold)
            sheet.write_string(1, place, column.tag, light)
            written = as_text if column.holds in (MOMENT, TEXT) else None
            sheet.set_column(place, place, max(14, len(column.name) + 2), written)
            if column.words and len(",".join(column.words)) <= LIST_LIMIT:
                sheet.data_validation(2, place, ROWS, place, {"validate": "list", "source": list(column.words)})
        sheet.freeze_panes(2, 0)
        meaning = book.add_worksheet(say("template.columns") or "columns")
        headers = ("column", "required", "meaning", "words", "example", "tag")
        for place, (header, width) in enumerate(zip(headers, (18, 12, 62, 40, 26, 22), strict=True)):
            meaning.write_string(0, place, say(f"template.{header}") or header, bold)
            meaning.set_column(place, place, width)
        for row, column in enumerate(spec.columns, start=1):
            for place, text in enumerate(_explained(spec, column, site, say)):
                meaning.write_string(row, place, text, wrapped)
        meaning.freeze_panes(1, 1)


def _explained(spec: DatasetSpec, column: Column, site: str | None, say: Say) -> tuple[str, ...]:
    needed = column.required and not column.may_be_empty
    words: list[Any] = list(column.words or (("true", "false") if column.holds == FLAG else ()))
    return (
        column.name,
        say("template.yes" if needed else "template.no") or ("yes" if needed else "no"),
        say(f"column.{spec.dataset}.{column.name}") or say(f"column.{column.name}") or "",
        ", ".join(map(str, words)),
        site if site and column.name == "site" else column.example,
        column.tag,
    )
