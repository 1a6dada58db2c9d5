"""Lines of a text file with more cells than its header: a separator inside a cell cut it in two.

So 1,234 becomes 1 and 234. Nobody knows which cell it was, and none of the line is read. Blank cells at the end of a
line are no cells.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from data.sources.sheet import Mask, Table
from data.types import Issue

CODE = "too_many_cells"


def with_counted_cells(table: Table) -> Table:
    """The table with its `cells`, where some row has more of them than the header."""
    width = table.width
    cells = np.zeros(len(table.lines), dtype=np.int64)
    for place, column in enumerate(table.columns[width:] if width else []):
        cells[~column.empty()] = width + place + 1
    return replace(table, cells=cells) if cells.any() else table


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
