"""A writer of .xls for tests: BIFF8 records of plain cells, in the compound file that the product itself makes.

Files of other programs (LibreOffice) stand under samples; this one makes what no program would write.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from typing import Any

from data.sources.compound import alone


def record(number: int, body: bytes) -> bytes:
    return struct.pack("<HH", number, len(body)) + body


def begin(kind: int) -> bytes:
    return record(0x809, struct.pack("<HHHHII", 0x600, kind, 0x0DBB, 1996, 0, 6))


END = record(0x0A, b"")


def label(row: int, column: int, text: str) -> bytes:
    return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))


def number(row: int, column: int, value: float) -> bytes:
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def formula(row: int, column: int, value: float | None) -> bytes:
    """A formula with its saved result, or with the mark of an empty text where nothing was worked out."""
    result = b"\3" + b"\0" * 5 + b"\xff\xff" if value is None else struct.pack("<d", value)
    tokens = b"\x1e\x01\x00"  # the constant 1
    return record(0x06, struct.pack("<HHH", row, column, 0) + result + struct.pack("<HIH", 0, 0, len(tokens)) + tokens)


def stream(sheets: Mapping[str, bytes]) -> bytes:
    """The workbook stream of sheets by name, each given as the records of its cells."""
    listed = b"".join(_listed(name, 0) for name in sheets)
    at = len(begin(5)) + len(listed) + len(END)
    parts, listed = [], b""
    for name, body in sheets.items():
        listed += _listed(name, at)
        parts.append(begin(0x10) + body + END)
        at += len(parts[-1])
    return begin(5) + listed + END + b"".join(parts)


def _listed(name: str, at: int) -> bytes:
    return record(0x85, struct.pack("<IBBBB", at, 0, 0, len(name), 0) + name.encode("latin-1"))


def old_workbook(
    rows: Sequence[Sequence[Any]], formulas: Mapping[tuple[int, int], float | None] | None = None
) -> bytes:
    """An .xls of one sheet; `formulas` stand in their places (0-based row and column) with their saved results."""
    placed = formulas or {}
    body = b"".join(
        formula(row, column, placed[row, column])
        if (row, column) in placed
        else number(row, column, float(value))
        if isinstance(value, int | float)
        else label(row, column, str(value))
        for row, line in enumerate(rows)
        for column, value in enumerate(line)
        if value != ""
    )
    return alone("Workbook", stream({"datos": body}))
