"""CSV as it comes: UTF-8 or Windows Latin, commas, semicolons or tabs, short rows and long ones."""

from __future__ import annotations

import codecs
import csv
import io

import numpy as np
import pandas as pd

from data.sources.guards import Limits, refuse
from data.sources.sheet import Cells, Grid, from_strings

DELIMITERS = (",", ";", "\t", "|")
SAMPLE = 65_536


def decoded(content: bytes) -> tuple[str, str]:
    """The text, and the name of the encoding it was written in. Raises Refused for bytes that are no text."""
    for mark, encoding in ((codecs.BOM_UTF8, "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                text = content.decode(encoding)
            except UnicodeDecodeError as wrong:
                raise refuse("binary_file", extension=".csv", expected="UTF-8") from wrong
            if "\0" in text:
                raise refuse("binary_file", extension=".csv", expected="UTF-8")
            return text, encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError as wrong:
        raise refuse("binary_file", extension=".csv", expected="UTF-8") from wrong


def delimiter_of(sample: str) -> str:
    """The sign that cuts most of the sample's rows into the same number of fields, and into most of them."""

    def fit(delimiter: str) -> float:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter) if row]
        except csv.Error:
            return 0.0
        wide = [width for width in widths if width > 1]
        if not wide:
            return 0.0
        usual = max(set(wide), key=wide.count)
        return usual * wide.count(usual) / len(widths)

    return max(DELIMITERS, key=fit)


def _sample(text: str) -> str:
    """The first lines, cut at a line end so that no row looks short."""
    if len(text) <= SAMPLE:
        return text
    cut = text.rfind("\n", 0, SAMPLE)
    return text[: cut if cut > 0 else SAMPLE]


def read(content: bytes, limits: Limits, delimiter: str | None = None) -> tuple[Grid, str]:
    """The grid of a text file and its encoding. Raises Refused."""
    text, encoding = decoded(content)
    sample = _sample(text)
    delimiter = delimiter or delimiter_of(sample)
    try:
        widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=delimiter)]
    except csv.Error:
        widths = []
    width = max(widths, default=0)
    if width > limits.columns:
        raise refuse("too_many_columns", columns=width, limit=limits.columns)
    columns = _read_evenly(text, delimiter, width) if width else None
    if columns is None:
        columns, widths = _read_by_row(text, delimiter, limits)
    height = len(columns[0]) if columns else 0
    if height > limits.rows or height * len(columns) > limits.cells:
        raise refuse("too_many_rows", rows=height, limit=limits.rows)
    # A title stands alone in its line; of a long file the first lines tell how its writer ends a line.
    if len({width for width in widths if width > 1}) < 2:
        return Grid(columns, height), encoding
    if len(widths) < height:
        widths = [len(row) for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)]
    lengths = np.zeros(height, dtype=np.int64)
    lengths[: len(widths)] = widths[:height]
    return Grid(columns, height, lengths), encoding


def _read_evenly(text: str, delimiter: str, width: int) -> list[Cells] | None:
    """The fast way, for files whose rows are no longer than the first ones. None when they are not."""
    try:
        frame = pd.read_csv(
            io.StringIO(text),
            sep=delimiter,
            header=None,
            names=range(width),
            dtype=object,
            na_filter=False,
            skip_blank_lines=False,
            on_bad_lines="error",
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError, ValueError):
        return None
    return [from_strings(frame[name].to_numpy()) for name in frame.columns]


def _read_by_row(text: str, delimiter: str, limits: Limits) -> tuple[list[Cells], list[int]]:
    """The slow way, which says where a file is broken, and how many cells each row has."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) > limits.rows or len(row) > limits.columns:
                raise refuse("too_many_columns", columns=len(row), limit=limits.columns)
    except csv.Error as wrong:
        raise refuse("broken_csv", line=len(rows) + 1, row=len(rows) + 1) from wrong
    width = max((len(row) for row in rows), default=0)
    if len(rows) * width > limits.cells:
        raise refuse("too_many_rows", rows=len(rows), limit=limits.cells // max(width, 1))
    columns = []
    for place in range(width):
        column = np.empty(len(rows), dtype=object)
        column[:] = [row[place] if place < len(row) else "" for row in rows]
        columns.append(from_strings(column))
    return columns, [len(row) for row in rows]
