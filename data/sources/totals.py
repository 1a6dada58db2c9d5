"""Sums that stand under a table. They say what its rows say already, and counted with them they count twice."""

from __future__ import annotations

import re

import numpy as np

from data.sources.sheet import Table
from data.sources.words import plain
from data.types import Issue

LOOK = 12  # rows from the bottom; under a sum stand its notes and signatures
SUMS = {"total", "totales", "totals", "subtotal", "subtotales", "suma", "sumas", "sumatoria", "sum", "overall"}
WITH = {
    *("sub", "gran", "grand", "general", "generales", "final", "acumulado", "de", "del", "la", "el", "mes", "semana"),
    *("personas", "people", "atenciones", "atendidos", "llegadas", "arrivals", "month", "week", "of", "year", "ano"),
}


def is_sum(text: str) -> bool:
    """TOTAL, Total general:, SUB-TOTAL; not the name of an organisation that begins so."""
    words = re.findall(r"[^\W_]+", plain(text))
    return bool(SUMS & set(words)) and set(words) <= SUMS | WITH


def without_sums(table: Table, notes: list[Issue]) -> Table:
    """The table without the rows of sums at its end, which a note names.

    Only from the end upwards: above the last rows "Total" may well be a category that the partner reports.
    """
    width = len(table.names)
    found: list[int] = []
    for row in range(len(table.lines) - 1, max(-1, len(table.lines) - 1 - LOOK), -1):
        written = [value for column in table.columns[:width] if (value := column.at(row)) != ""]
        if len(written) > 1 and isinstance(written[0], str) and is_sum(written[0]):
            found.append(row)
        elif len(written) > 1:
            break
    if not found or len(found) == len(table.lines):
        return table
    stays = np.ones(len(table.lines), dtype=bool)
    stays[found] = False
    lines = ", ".join(str(table.lines[row]) for row in sorted(found))
    notes.append(Issue(None, None, "totals_left_out", {"rows": len(found), "lines": lines}))
    return table.rows(stays)
