"""Ways in which a file goes wrong: bytes flipped, cut, repeated, put together; and parts inside a package."""

from __future__ import annotations

import io
import random
import struct
import warnings
import zipfile
import zlib

from data.sources import compound

DICTIONARY = (
    *(b'<c r="XFD1048576"/>', b'<row r="99999999">', b'<!DOCTYPE a [<!ENTITY b "c">]>', b"&lt;", b"]]>", b"<![CDATA["),
    *(b'table:number-columns-repeated="16384"', b'table:number-rows-repeated="1048576"', b'table:formula="of:=1"'),
    *(b"\0" * 64, b"\xff" * 64, b"\xff\xfe", b"\xef\xbb\xbf", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0"),
    *(b"nan", b"inf", b"-0", b"1e999", b"1.234", b"31/02/2019", b"9999-12-31", b"0001-01-01", b"=1+1", b"#REF!"),
    *(b'"', b"'", b";", b",", b"\t", b"\r", b"\r\n", b"{", b"}", b"[", b"]" * 50, b"[" * 200, b"TOTAL"),
    *("é".encode("cp1252"), "\u202e".encode(), "𝟙𝟚".encode(), "٣".encode(), b"\x80", b"\xc0\x80"),
    *(struct.pack("<I", value) for value in (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)),
)
NAMES = (".csv", ".xlsx", ".xls", ".ods", ".xlsb", ".json", ".txt", ".tsv", ".xlsm")


def mutated(name: str, content: bytes, chance: random.Random) -> tuple[str, bytes]:
    """The file with a few things wrong, and now and then another ending to its name."""
    if content.startswith(b"PK") and chance.random() < 0.7:
        content = _package(content, chance)
    elif content.startswith(compound.MAGIC) and chance.random() < 0.7:
        content = _old(content, chance)
    else:
        if len(content) > 200_000 and chance.random() < 0.8:
            first = chance.randrange(len(content) - 100_000)
            content = content[: content.find(b"\n") + 1] + content[first : first + chance.randrange(1_000, 100_000)]
        content = scratched(content, chance)
    if chance.random() < 0.05:
        name = name.rpartition(".")[0] + chance.choice(NAMES)
    return name, content


def scratched(content: bytes, chance: random.Random) -> bytes:
    raw = bytearray(content)
    for _ in range(chance.choice((1, 1, 2, 3, 5, 10, 40))):
        at = chance.randrange(len(raw) + 1)
        kind = chance.randrange(7)
        if kind == 0 and raw:
            raw[at % len(raw)] ^= 1 << chance.randrange(8)
        elif kind == 1 and raw:
            raw[at % len(raw)] = chance.randrange(256)
        elif kind == 2:
            raw[at:at] = chance.choice(DICTIONARY)
        elif kind == 3:
            piece = chance.choice(DICTIONARY)
            raw[at : at + len(piece)] = piece
        elif kind == 4:
            del raw[at : at + chance.choice((1, 4, 50, 500))]
        elif kind == 5:
            length = chance.choice((1, 20, 500))
            raw[at:at] = raw[at : at + length] * chance.choice((1, 2, 30))
        elif kind == 6 and chance.random() < 0.1:
            del raw[at:]
    return bytes(raw)


def _package(content: bytes, chance: random.Random) -> bytes:
    """Parts of the package changed, and packed again so that the reader gets as far as them."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old:
            parts = [(entry.filename, old.read(entry)) for entry in old.infolist()]
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError):
        return scratched(content, chance)
    for _ in range(chance.choice((1, 1, 2))):
        place = chance.randrange(len(parts))
        name, part = parts[place]
        if chance.random() < 0.1:
            name = chance.choice(parts)[0]
        parts[place] = (name, scratched(part, chance))
    if chance.random() < 0.05:
        del parts[chance.randrange(len(parts))]
    saved = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new:
        warnings.simplefilter("ignore")  # two parts of one name are meant
        for name, part in parts:
            new.writestr(zipfile.ZipInfo(name or "x"), part, zipfile.ZIP_DEFLATED)
    return scratched(saved.getvalue(), chance) if chance.random() < 0.05 else saved.getvalue()


def _old(content: bytes, chance: random.Random) -> bytes:
    """The stream of an old workbook changed, most of the time without breaking the disk around it."""
    try:
        stream = compound.streams(content)["Workbook"]()
    except Exception:  # a seed is whole; what a mutation made of it need not be
        return scratched(content, chance)
    raw = bytearray(stream)
    if chance.random() < 0.3:
        return compound.alone("Workbook", scratched(stream, chance))
    for _ in range(chance.choice((1, 2, 5, 20))):
        at = chance.randrange(len(raw) - 4)
        raw[at : at + 1] = bytes([chance.randrange(256)])
    return compound.alone("Workbook", bytes(raw))
