"""The file inside an old Excel file: an OLE compound file is a small disk of sectors, and chains of them can lie.

[MS-CFB]: header of 512 bytes, a table of which sector follows which, a directory of 128-byte entries.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from data.sources.guards import refuse

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
END, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
SHORT_UNDER = 4096  # shorter streams stand in the short sectors of the root's stream
SHORT = 64
ENTRY = 128
LAST = 0xFFFFFFFA


def streams(content: bytes) -> dict[str, Callable[[], bytes]]:
    """The streams by name, each read when called. Raises Refused, then or when called, for a chain that leads astray.

    No chain is followed further than the file has sectors, so that a circle ends.
    """
    if len(content) < 512 or not content.startswith(MAGIC):
        raise refuse("truncated_workbook")
    size = 1 << min(struct.unpack_from("<H", content, 30)[0], 20)
    if size not in (512, 4096):
        raise refuse("truncated_workbook")
    first_directory, first_short, first_list = (struct.unpack_from("<I", content, at)[0] for at in (48, 60, 68))

    def sector(number: int) -> bytes:
        if number > LAST or (number + 1) * size >= len(content):
            raise refuse("truncated_workbook")
        return content[(number + 1) * size : (number + 2) * size].ljust(size, b"\0")

    most = len(content) // size + 1
    holders = [number for number in struct.unpack_from("<109I", content, 76) if number <= LAST]
    for number in _linked(first_list, most, lambda number: struct.unpack_from("<I", sector(number), size - 4)[0]):
        holders += [n for n in struct.unpack_from(f"<{size // 4 - 1}I", sector(number)) if n <= LAST]
    if len(holders) > most:
        raise refuse("truncated_workbook")
    follows = _numbers(b"".join(map(sector, holders)))

    def chain(first: int) -> bytes:
        return b"".join(map(sector, _linked(first, most, lambda number: _follows(follows, number))))

    directory = chain(first_directory)
    entries = [directory[at : at + ENTRY] for at in range(0, len(directory) - ENTRY + 1, ENTRY)]
    short_follows = _numbers(chain(first_short))
    root = next((entry for entry in entries if entry[66] == 5), None)

    def stream(entry: bytes) -> bytes:
        first, length = struct.unpack_from("<II", entry, 116)
        if length >= SHORT_UNDER or root is None:
            return chain(first)[:length]
        shorts = chain(struct.unpack_from("<I", root, 116)[0])
        places = _linked(first, len(shorts) // SHORT + 1, lambda number: _follows(short_follows, number))
        return b"".join(shorts[place * SHORT : (place + 1) * SHORT] for place in places)[:length]

    found: dict[str, Callable[[], bytes]] = {}
    for entry in entries:
        if entry[66] == 2:
            letters = entry[: max(0, min(64, struct.unpack_from("<H", entry, 64)[0]) - 2)]
            found.setdefault(letters.decode("utf-16-le", "replace"), lambda entry=entry: stream(entry))  # type: ignore[misc]
    return found


def _numbers(raw: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(raw) // 4}I", raw[: len(raw) // 4 * 4])


def _follows(table: tuple[int, ...], number: int) -> int:
    if number >= len(table):
        raise refuse("truncated_workbook")
    return table[number]


def _linked(first: int, most: int, follow: Callable[[int], int]) -> list[int]:
    """Numbers from the first to the end of the chain."""
    numbers: list[int] = []
    while first <= LAST:
        if len(numbers) >= most:
            raise refuse("truncated_workbook")
        numbers.append(first)
        first = follow(first)
    return numbers


def alone(name: str, stream: bytes) -> bytes:
    """A compound file that holds one stream and nothing else: no macros, no chain that goes in a circle."""
    size = 512
    body = stream.ljust(max(len(stream), SHORT_UNDER), b"\0")
    body += b"\0" * (-len(body) % size)
    count = len(body) // size
    tables = 1
    while tables * 128 < count + 1 + tables + _lists(tables):
        tables += 1
    lists = _lists(tables)
    first_table, first_list = count + 1, count + 1 + tables
    follows = [*range(1, count), END, END, *[TABLE] * tables, *[TABLE - 1] * lists]
    follows += [FREE] * (tables * 128 - len(follows))
    holders = list(range(first_table, first_table + tables))
    header = MAGIC + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 10
    header += struct.pack("<8I", tables, count, 0, SHORT_UNDER, END, 0, first_list if lists else END, lists)
    header += struct.pack("<109I", *(holders[:109] + [FREE] * max(0, 109 - len(holders))))
    entries = _entry("Root Entry", 5, END, 0, child=1) + _entry(name, 2, 0, len(body)) + b"\0" * (2 * ENTRY)
    spare = b""
    for place in range(lists):
        part = holders[109 + place * 127 : 109 + (place + 1) * 127]
        onward = first_list + place + 1 if place + 1 < lists else END
        spare += struct.pack("<128I", *part, *[FREE] * (127 - len(part)), onward)
    return header + body + entries + struct.pack(f"<{len(follows)}I", *follows) + spare


def _lists(tables: int) -> int:
    """Sectors that say where the further tables stand: the header names 109 of them, each such sector 127."""
    return max(0, -(-(tables - 109) // 127))


def _entry(name: str, kind: int, first: int, length: int, child: int = FREE) -> bytes:
    letters = (name + "\0").encode("utf-16-le")
    head = letters.ljust(64, b"\0") + struct.pack("<HBB", len(letters), kind, 1)
    links = struct.pack("<III", FREE, FREE, child)
    return (head + links + b"\0" * 36 + struct.pack("<III", first, length, 0)).ljust(ENTRY, b"\0")
