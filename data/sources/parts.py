"""What the parts of a packed workbook say of themselves as they are unpacked: their size, formulas, and what hurts."""

from __future__ import annotations

import re
from xml.parsers import expat

from data.sources.binary_sheets import binary_sheet
from data.sources.extents import Extent
from data.sources.guards import Limits, column_number, refuse
from data.sources.opendocument import Walk

DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
PLACED = re.compile(rb"<(?:\w+:)?c\s+r=[\"']\$?([A-Za-z]{1,4})\$?(\d{1,10})[\"']")
TAG = re.compile(rb"<(?:\w+:)?(c|row)(?=[\s/>])([^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*)>")
REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\s*\$?([A-Za-z]{0,4})\$?(\d{1,10})\s*[\"']")
CELLS = (b"<c", b":c", b"<row", b":row")
FORMULA = (b"<f>", b"<f ", b":f>", b"<f/")
ANY_TAG = re.compile(rb"[^<]*(?:<[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>|\Z)")
LONGEST_TAG = 4 << 20
SLOW_CELLS = 1_000_000  # cells that do not say where they stand, in one sheet


class Seen:
    """What one part says of itself as its pieces go by. This one only counts; a sheet's looks inside."""

    has_formulas = False
    formulas: tuple[tuple[tuple[int, int], ...], ...] = ()

    def piece(self, piece: bytes) -> None:
        pass

    def ends(self) -> None:
        pass


class Xml(Seen):
    def __init__(self) -> None:
        self.tail = b""

    def piece(self, piece: bytes) -> None:
        # UTF-16, as Office writes some parts, is ASCII with a nought beside each sign as far as tags are concerned.
        text = self.tail + piece.replace(b"\0", b"")
        if DOCTYPE.search(text):
            raise refuse("xml_entities")
        # In XML that is well formed "<" only begins a tag, so what stands before the last one is whole.
        whole = max(0, text.rfind(b"<"))
        self.look(piece, text[:whole])
        self.tail = text[whole:]
        if len(self.tail) > LONGEST_TAG:
            if (tag := ANY_TAG.match(self.tail)) is None:
                raise refuse("truncated_workbook")
            self.look(b"", tag[0])
            self.tail = b""  # the rest is the text after it

    def look(self, piece: bytes, tags: bytes) -> None:
        """`piece` as it came; `tags` the text of whole tags since the last call."""

    def ends(self) -> None:
        self.look(b"", self.tail)


class Sheet(Xml):
    """A part that may be a sheet of an .xlsx: its rectangle, from the places its cells name, not from a declaration."""

    def __init__(self, limits: Limits, strict: bool) -> None:
        super().__init__()
        self.limits, self.extent = limits, Extent()
        self.row = self.column = self.tags = 0
        self.in_order = False  # once a cell did not say where it stands
        self.parser = expat.ParserCreate() if strict else None
        self.is_xml = True if strict else None  # None: not known before the first piece

    def piece(self, piece: bytes) -> None:
        if self.is_xml is None:
            self.is_xml = piece.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<")
        if self.is_xml:
            super().piece(piece)

    def _parse(self, piece: bytes, last: bool) -> None:
        try:
            if self.parser is not None:
                self.parser.Parse(piece, last)
        except expat.ExpatError as wrong:
            raise refuse("truncated_workbook") from wrong

    def look(self, piece: bytes, text: bytes) -> None:
        self._parse(piece, False)
        if not any(sign in text for sign in CELLS):
            return
        self.has_formulas = self.has_formulas or any(sign in text for sign in FORMULA)
        placed = PLACED.findall(text)
        if self.in_order or len(placed) != len(CELL.findall(text)):
            self._slowly(text)
        elif placed:
            columns, rows = {letters for letters, _ in placed}, {int(row) for _, row in placed}
            self.extent.cell(max(rows) - 1, max(map(column_of, columns)) - 1, len(placed))
        self.extent.check(self.limits)

    def _slowly(self, text: bytes) -> None:
        """Cells that do not say where they stand: each is right of the one before."""
        self.in_order = True
        for tag in TAG.finditer(text):
            self.tags += 1
            told = REFERENCE.search(tag[2])
            if tag[1] == b"row":
                self.row, self.column = int(told[2]) if told else self.row + 1, 0
            else:
                self.column = column_of(told[1]) if told and told[1] else self.column + 1
                self.extent.cell((int(told[2]) if told else max(1, self.row)) - 1, self.column - 1)
        if self.tags > SLOW_CELLS:
            raise refuse("too_many_rows", rows=self.row, limit=self.limits.rows)

    def ends(self) -> None:
        super().ends()
        self._parse(b"", True)


def column_of(letters: bytes) -> int:
    return column_number(letters.decode("ascii"))


class Document(Xml):
    """content.xml of an .ods."""

    def __init__(self, limits: Limits) -> None:
        super().__init__()
        self.walk = Walk(limits)

    def look(self, piece: bytes, text: bytes) -> None:
        self.walk.feed(piece)

    def ends(self) -> None:
        self.walk.feed(b"", last=True)
        self.formulas = tuple(tuple(sheet.formulas) for sheet in self.walk.sheets)
        self.has_formulas = any(self.formulas)


class Manifest(Xml):
    """META-INF/manifest.xml of an .ods says which parts are encrypted."""

    def look(self, piece: bytes, text: bytes) -> None:
        if b"encryption-data" in text or b"encryption-data" in piece:
            raise refuse("locked_workbook")


class Binary(Seen):
    """A part that may be a sheet of an .xlsb."""

    def __init__(self, limits: Limits, strict: bool) -> None:
        self.limits, self.pieces, self.strict = limits, bytearray(), strict

    def piece(self, piece: bytes) -> None:
        self.pieces += piece

    def ends(self) -> None:
        self.has_formulas = bool(binary_sheet(bytes(self.pieces), self.limits, self.strict).formulas)
