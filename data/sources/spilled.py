"""Lines of a text file with more cells than its header: a separator inside a cell cut it in two.

So 1,234 becomes 1 and 234. Nobody knows which cell it was, and none of the line is read. Blank cells
at the end of every line are no cells; at the end of a few they may be.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np

from data.sources.sheet import Codes, Mask, Table, shown
from data.types import Issue

CODE = "too_many_cells"
THOUSANDS, REST = re.compile(r"[1-9]\d{0,2}"), re.compile(r"\d{3}([.,]\d+)?")


def with_counted_cells(table: Table, lengths: Codes | None = None, header: int = 0) -> Table:
    """The table with its `cells`, where some row has more of them than the header and than it should.

    `lengths`: cells of each row with the blank ones, of which the header's line has `header`. Blank ones at the end
    say nothing in rows as long as usual; in a longer row one of them may have stood in a column.
    """
    width = table.width
    cells = np.zeros(len(table.lines), dtype=np.int64)
    for place, column in enumerate(table.columns[width:] if width else []):
        cells[~column.empty()] = width + place + 1
    if width and lengths is not None:
        longer = _longer_than_usual(table, lengths, max(width, header))
        cells[longer] = np.maximum(cells, lengths)[longer]
    return replace(table, cells=cells) if cells.any() else table


def _longer_than_usual(table: Table, lengths: Codes, width: int) -> Mask:
    """Rows with more cells than most, and those with more than others that seem to hold a number cut in two."""
    whole = lengths[lengths >= width]
    longer = lengths > width
    if not longer.any() or (whole == whole[0]).all():
        return np.zeros(len(lengths), dtype=bool)
    told = np.bincount(whole)
    usual = len(told) - 1 - int(np.argmax(told[::-1]))
    cut = np.zeros(len(lengths), dtype=bool)
    for before, after in pairwise(table.columns[: table.width]):
        rest = after.where(lambda value: REST.fullmatch(shown(value)) is not None)
        if not (rest & ~longer).any():  # else numbers stand in that column anyway
            cut |= rest & before.where(lambda value: THOUSANDS.fullmatch(shown(value)) is not None)
    return (lengths > max(usual, width)) | (longer & cut)


def spilled(table: Table) -> Mask:
    """Which rows have more cells than the header."""
    return np.zeros(len(table.lines), dtype=bool) if table.cells is None else table.cells > table.width


def spilled_issues(table: Table, most: int) -> list[Issue]:
    """One for each such row, the first `most + 1` of them."""
    if table.cells is None:
        return []
    rows = np.flatnonzero(spilled(table))[: most + 1]
    width = table.width
    return [
        Issue(int(table.lines[row]), None, CODE, {"columns": width, "cells": int(table.cells[row])}) for row in rows
    ]


def in_order(first: Iterable[Issue], second: Iterable[Issue], most: int) -> list[Issue]:
    """Both lists by line of the file, at most `most`; then only that there are more."""
    both = [*first, *second]
    named = sorted((issue for issue in both if issue.line is not None), key=lambda issue: issue.line or 0)
    more = len(named) > most or any(issue.code == "more_issues" for issue in both)
    return named[:most] + ([Issue(None, None, "more_issues", {"most": most})] if more else [])
