"""Files made to hurt: each costs its maker a few bytes and would cost a careless reader the machine."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterator

from data.sources import compound
from tests.data.old_excel import END, begin, label, number, record, stream
from tests.data.parsing import FLOW, GOOD, workbook

Change = Callable[[str, bytes], bytes]


def book() -> bytes:
    return workbook([FLOW.split(","), GOOD.split(",")])


def repacked(change: Change, more: dict[str, bytes] | None = None) -> bytes:
    saved = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book())) as old, zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, change(entry.filename, old.read(entry)))
        for name, content in (more or {}).items():
            new.writestr(name, content)
    return saved.getvalue()


def in_sheet(old: bytes, new: bytes) -> bytes:
    return repacked(lambda name, part: part.replace(old, new, 1) if "sheet1" in name else part)


def sheet_of(rows: bytes) -> bytes:
    def put(name: str, part: bytes) -> bytes:
        if "sheet1" not in name:
            return part
        return part[: part.index(b"<sheetData>") + 11] + rows + part[part.index(b"</sheetData>") :]

    return repacked(put)


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + place, b"&%c;" % (97 + place) * 10) for place in range(12))
    + b"]>"
)
OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>'


def ods(content: bytes, words: bytes = b"") -> bytes:
    spaces = b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:table="urn:oasis:names:tc:'
    spaces += b'opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    whole = b"<office:document-content %s><office:body><office:spreadsheet>%s</office:spreadsheet></office:body>" % (
        spaces,
        content,
    )
    saved = io.BytesIO()
    with zipfile.ZipFile(saved, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", b"<manifest/>")
        archive.writestr("content.xml", words + whole + b"</office:document-content>")
    return saved.getvalue()


def table(rows: bytes) -> bytes:
    return b'<table:table table:name="x">' + rows + b"</table:table>"


CELL = b'<table:table-cell office:value-type="float" office:value="1"%s/>'


def opendocuments() -> Iterator[tuple[str, bytes]]:
    wide = CELL % b' table:number-columns-repeated="1000000000"'
    yield "columns-repeated.ods", ods(table(b"<table:table-row>" + wide + b"</table:table-row>"))
    tall = b'<table:table-row table:number-rows-repeated="1000000000">' + CELL % b"" + b"</table:table-row>"
    yield "rows-repeated.ods", ods(table(tall))
    gap = b'<table:table-row table:number-rows-repeated="1000000000"><table:table-cell/></table:table-row>'
    yield "empty-rows-repeated.ods", ods(table(gap))
    yield "empty-rows-then-one.ods", ods(table(gap + b"<table:table-row>" + CELL % b"" + b"</table:table-row>"))
    hollow = b'<table:table-row><table:table-cell table:number-columns-repeated="2000000000"/></table:table-row>'
    yield "empty-columns-repeated.ods", ods(table(hollow))
    yield "many-hollow-rows.ods", ods(table(hollow.replace(b"2000000000", b"16384") * 5_000))
    yield "number-too-long.ods", ods(table(hollow.replace(b"2000000000", b"9" * 5_000)))
    yield "negative.ods", ods(table(hollow.replace(b"2000000000", b"-5")))
    yield "many-tables.ods", ods(table(b"") * 50_000)
    yield "deep.ods", ods(b"<table:table>" * 100_000 + b"</table:table>" * 100_000)
    one = b"<table:table-row>" + CELL % b"" + b"</table:table-row>"
    away = b'<table:table-row><table:table-cell table:number-columns-repeated="1500"/>' + CELL % b""
    yield "two-corners.ods", ods(table(one + gap.replace(b"1000000000", b"1000000") + away + b"</table:table-row>"))
    yield "laughs.ods", ods(table(one), words=LAUGHS)
    locked = io.BytesIO()
    with zipfile.ZipFile(locked, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest><manifest:encryption-data/></manifest:manifest>")
        archive.writestr("content.xml", b"\x93\x11" * 100)
    yield "locked.ods", locked.getvalue()


def _wide(words: bytes, name: str, part: bytes) -> bytes:
    return (words + part).decode().encode("utf-16") if "sheet1" in name else part


def workbooks() -> Iterator[tuple[str, bytes]]:
    first = b'<row r="1"><c r="A1"><v>1</v></c></row>'
    yield "bomb.xlsx", repacked(lambda _, part: part, {"xl/media/image1.png": b"\0" * (600 << 20)})
    yield "bomb-sheet.xlsx", sheet_of(b"<row></row>" * 20_000_000)
    strings = b"<sst>" + b"<si><t>a</t></si>" * 9_000_000
    yield "strings-bomb.xlsx", repacked(lambda _, part: part, {"xl/sharedStrings.xml": strings})
    for name, words in (("laughs", LAUGHS), ("outside", OUTSIDE)):
        yield f"{name}.xlsx", repacked(lambda part, raw, words=words: words + raw if "sheet1" in part else raw)
        yield (
            f"{name}-utf16.xlsx",
            repacked(
                lambda part, raw, words=words: (words + raw).decode().encode("utf-16") if "sheet1" in part else raw
            ),
        )
    yield "dimension.xlsx", in_sheet(b'<dimension ref="A1:F2"', b'<dimension ref="A1:XFD1000000000"')
    yield "two-corners.xlsx", sheet_of(first + b'<row r="1048576"><c r="Z1048576"><v>1</v></c></row>')
    yield "far-row.xlsx", sheet_of(b'<row r="4294967295"><c r="A4294967295"><v>1</v></c></row>')
    yield "far-column.xlsx", sheet_of(b'<row r="1"><c r="ZZZZ1"><v>1</v></c></row>')
    yield "hidden-reference.xlsx", sheet_of(b'<row r="1"><c x=">" r="XFD1048576"><v>1</v></c></row>')
    late = b'<row r="1"><c x="' + b"y" * 3_000_000 + b'" r="XFD1048576"><v>1</v></c></row>'
    yield "late-reference.xlsx", sheet_of(late)
    yield "row-without-cells.xlsx", sheet_of(first + b'<row r="1048576" ht="12"></row>')
    yield "cells-without-places.xlsx", sheet_of(b"<row>" + b"<c><v>1</v></c>" * 100_000 + b"</row>")
    yield "many-cells-without-places.xlsx", sheet_of((b"<row>" + b"<c><v>1</v></c>" * 10 + b"</row>") * 900_000)
    yield "place-in-row-alone.xlsx", sheet_of(b'<row r="1048576"><c><v>1</v></c></row>')
    yield "columns.xlsx", workbook([[f"c{place}" for place in range(16_000)], list(range(16_000))])
    yield "sheet-called-picture.xlsx", called_picture(first + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')
    yield "deep.xlsx", sheet_of(b"<row>" * 200_000)
    yield "shared-string-out.xlsx", sheet_of(b'<row r="1"><c r="A1" t="s"><v>4294967295</v></c></row>')
    yield "parts.xlsx", repacked(lambda _, part: part, {f"xl/x{place}.xml": b"<a/>" for place in range(3_000)})
    yield "itself.xlsx", b"PK\x05\x06" + b"\0" * 18


def called_picture(rows: bytes) -> bytes:
    """The list of parts may call any part a sheet."""
    place = (b"worksheets/sheet1.xml", b"other/place.png")
    return repacked(
        lambda name, part: part.replace(*place) if name.endswith(".rels") else part,
        {"xl/other/place.png": b"<worksheet><sheetData>" + rows + b"</sheetData></worksheet>"},
    )


def old_workbooks() -> Iterator[tuple[str, bytes]]:
    good = label(0, 0, "Fecha") + label(0, 1, "Personas") + number(1, 1, 5.0)
    corners = good + number(65_535, 255, 1.0)
    yield "two-corners.xls", compound.alone("Workbook", stream({"a": corners}))
    yield "many-corners.xls", compound.alone("Workbook", stream({f"a{n}": corners for n in range(60)}))
    strings = record(0xFC, struct.pack("<II", 0x7FFFFFFF, 0x7FFFFFFF))
    whole = stream({"a": good})
    yield "strings.xls", compound.alone("Workbook", whole[: len(begin(5))] + strings + whole[len(begin(5)) :])
    minus = record(0xFC, struct.pack("<Ii", 1, -1) + b"\1\0\0a")
    yield "strings-minus.xls", compound.alone("Workbook", whole[: len(begin(5))] + minus + whole[len(begin(5)) :])
    huge = record(0x200, struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0))
    yield "dimension.xls", compound.alone("Workbook", stream({"a": huge + good}))
    merged = record(0xE5, struct.pack("<HHHHH", 65_535, 0, 65_535, 0, 255))
    yield "merged.xls", compound.alone("Workbook", stream({"a": good + merged}))
    yield "locked.xls", compound.alone("Workbook", begin(5) + record(0x2F, b"\0" * 54) + END)
    yield "encrypted.xlsx", compound.alone("EncryptedPackage", b"\x11" * 9_000)
    yield "word.xls", compound.alone("WordDocument", b"\x11" * 9_000)
    disk = bytearray(compound.alone("Workbook", whole))
    first = 512 * (struct.unpack_from("<I", disk, 76)[0] + 1)
    circle = bytearray(disk)
    circle[first : first + 8] = struct.pack("<II", 1, 0)
    yield "circle.xls", bytes(circle)
    lists = bytearray(disk)
    lists[68:76] = struct.pack("<II", 0, 0xFFFF)
    yield "circle-of-lists.xls", bytes(lists)
    yield "cut.xls", bytes(disk[: len(disk) // 2])


def texts() -> Iterator[tuple[str, bytes]]:
    yield "columns.csv", b",".join(b"c%d" % place for place in range(100_000)) + b"\n" + b"1," * 99_999 + b"1\n"
    yield "late-columns.csv", (FLOW + "\n" + GOOD + "\n").encode() * 2_000 + b"1," * 1_000_000
    yield "one-line.csv", b"a" * (50 << 20)
    yield "quotes.csv", b'"' * 1_000_001
    yield "quote-open.csv", (FLOW + "\n").encode() + b'"' + b"a,\n" * 3_000_000
    yield "digits.csv", (FLOW + "\n" + GOOD.replace("312", "9" * 100_000) + "\n").encode()
    yield "spaces.csv", (FLOW + "\n" + GOOD.replace("312", "1" + " 111" * 50_000) + "\n").encode()
    yield "dates.csv", (FLOW + "\n" + GOOD.replace("2018-10-31", "1/" * 50_000) + "\n").encode()
    yield "tags.csv", b"#a" + b"+b" * 100_000 + b",#c\n1,2\n"
    yield "header.csv", b"Fecha / " * 50_000 + b",Personas\n2018-10-31,5\n"
    yield "total.csv", b"Fecha,Personas\n2018-10-31,5\n" + b"TOTAL " * 50_000 + b",5\n"
    yield "deep.json", b"[" * 1_000_000
    yield "deep-rows.json", b'{"rows": [{"a": ' + b"[" * 900 + b"]" * 900 + b"}]}"
    yield "deep-in-row.json", b'[{"a": ' + b'{"a":' * 50_000 + b"1" + b"}" * 50_000 + b"}]"
    yield "keys.json", b"[{" + b",".join(b'"k%d":1' % place for place in range(100_000)) + b"}]"
    yield "digits.json", b'[{"site": ' + b"9" * 1_000_000 + b"}]"
    yield "infinite.json", b'[{"site": Infinity, "people": NaN, "x": -Infinity, "y": 1e999}]'
    yield "surrogate.json", b'[{"site": "\\ud800", "people": "\\udfff"}]'


def crafted() -> Iterator[tuple[str, bytes]]:
    yield from workbooks()
    yield from opendocuments()
    yield from old_workbooks()
    yield from texts()
