"""The records of binary sheets, walked for their size and formulas before a reader takes them: .xls and .xlsb.

[MS-XLS] and [MS-XLSB]: a record is its number, its length and its body; cells begin with their place.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from data.sources.extents import Extent
from data.sources.guards import Limits, refuse

BOF, EOF, FILEPASS, SHEET, FORMULA, STRINGS, DIMENSIONS = 0x809, 0x0A, 0x2F, 0x85, 0x06, 0xFC, 0x200
CELLS = {0x203, 0x27E, 0xFD, 0x204, 0x205, 0x06, 0x206, 0x406, 0xD6, 0x201}
MANY_CELLS = {0xBD, 0xBE}
STRING_LEAST = 3  # bytes of the shortest shared string


def records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Where each record begins, its number and its body. Raises Refused when one is longer than what is left."""
    at, end = 0, len(stream)
    while at + 4 <= end:
        number, length = struct.unpack_from("<HH", stream, at)
        if at + 4 + length > end:
            raise refuse("truncated_workbook")
        yield at, number, stream[at + 4 : at + 4 + length]
        at += 4 + length


def old_sheets(stream: bytes, limits: Limits) -> list[Extent]:
    """The sheets of an .xls in the order of its list of sheets. Raises Refused for one that is locked or too large."""
    begins: list[int] = []
    by_start: dict[int, Extent] = {}
    here = Extent()
    deep, started = 0, False
    for at, number, body in records(stream):
        if number & 0xFF == 0x09 and number in (0x009, 0x209, 0x409, BOF):
            deep, started = deep + 1, True
            if deep == 1:
                here = by_start.setdefault(at, Extent())
        elif not started:
            raise refuse("truncated_workbook")
        elif number == EOF:
            deep = max(0, deep - 1)
        elif number == FILEPASS:
            raise refuse("locked_workbook")
        elif number == SHEET and len(body) >= 4:
            begins.append(struct.unpack_from("<I", body)[0])
        elif number == STRINGS and len(body) >= 8:
            if struct.unpack_from("<I", body, 4)[0] * STRING_LEAST > len(stream):
                raise refuse("truncated_workbook")
        elif deep == 1 and number in CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            here.cell(row, column)
            if number in (FORMULA, 0x206, 0x406):
                here.formulas.append((row, column))
        elif deep == 1 and number in MANY_CELLS and len(body) >= 6:
            row, column = struct.unpack_from("<HH", body)
            last = struct.unpack_from("<H", body, len(body) - 2)[0]
            here.cell(row, max(column, last), max(1, last - column + 1))
    if len(begins) > limits.parts:
        raise refuse("too_many_rows", rows=len(begins), limit=limits.parts)
    sheets = [by_start.get(start, Extent()) for start in begins]
    for sheet in sheets:
        sheet.check(limits)
    return sheets


def with_true_sizes(stream: bytes, sheets: Sequence[Extent]) -> bytes:
    """The stream with every declared size made small: a reader makes room for what a sheet says of itself."""
    most = max((sheet.height for sheet in sheets), default=0), max((sheet.width for sheet in sheets), default=0)
    changed = bytearray(stream)
    for at, number, body in records(stream):
        if number == DIMENSIONS:
            size = (0, most[0], 0, most[1], 0)
            layout = {14: "<IIHHH", 10: "<HHHHH"}.get(len(body))
            if layout is None:
                raise refuse("truncated_workbook")
            struct.pack_into(layout, changed, at + 4, *(min(one, 0xFFFF) for one in size))
    return bytes(changed)


ROW, FIRST_CELL, LAST_CELL, FIRST_FORMULA = 0, 1, 11, 8


def binary_sheet(part: bytes, limits: Limits, strict: bool = True) -> Extent:
    """One part of an .xlsb read as a sheet. Raises Refused when it is too large or, if `strict`, cut off."""
    here, row, at, end = Extent(), 0, 0, len(part)
    while at < end:
        number, at = _short(part, at, 2)
        length, at = _short(part, at, 4)
        if at + length > end:
            if strict:
                raise refuse("truncated_workbook")
            break
        if number == ROW and length >= 4:
            row = struct.unpack_from("<I", part, at)[0]
        elif FIRST_CELL <= number <= LAST_CELL and length >= 4:
            column = struct.unpack_from("<I", part, at)[0]
            here.cell(row, column)
            if number >= FIRST_FORMULA:
                here.formulas.append((row, column))
        at += length
    here.check(limits)
    return here


def _short(part: bytes, at: int, most: int) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    number = 0
    for place in range(most):
        if at >= len(part):
            return number, at
        number |= (part[at] & 0x7F) << (7 * place)
        at += 1
        if not part[at - 1] & 0x80:
            break
    return number, at
