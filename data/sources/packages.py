"""What stands in a workbook before anybody reads it: which kind it is, how large it unpacks, where formulas are."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from xml.parsers import expat

from data.sources import compound
from data.sources.binary_sheets import binary_sheet, old_sheets, with_true_sizes
from data.sources.extents import Extent
from data.sources.guards import EXPECTED, Limits, Refused, column_number, mebi, refuse
from data.sources.opendocument import Walk

DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
PLACED = re.compile(rb"<(?:\w+:)?c\s+r=[\"']\$?([A-Za-z]{1,4})\$?(\d{1,10})[\"']")
TAG = re.compile(rb"<(?:\w+:)?(c|row)(?=[\s/>])([^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*)>")
REFERENCE = re.compile(rb"\sr\s*=\s*[\"']\s*\$?([A-Za-z]{0,4})\$?(\d{1,10})\s*[\"']")
CELLS = (b"<c", b":c", b"<row", b":row")
FORMULA = (b"<f>", b"<f ", b":f>", b"<f/")
CHUNK = 1 << 20
ANY_TAG = re.compile(rb"[^<]*(?:<[^>\"']*(?:\"[^\"]*\"[^>\"']*|'[^']*'[^>\"']*)*>|\Z)")
LONGEST_TAG = 4 << 20
SLOW_CELLS = 1_000_000  # cells that do not say where they stand, in one sheet


@dataclass(frozen=True)
class Packed:
    """A workbook fit to be read.

    `content`: the bytes to read. `formulas`: for the sheets in their order the cells that hold one, where the format
    says so before reading; None: they have to be looked for (.xlsx). `has_formulas`: whether there are any at all.
    """

    kind: str  # "xlsx", "xlsb", "xls", "ods"
    content: bytes
    has_formulas: bool
    formulas: tuple[tuple[tuple[int, int], ...], ...] | None = None


def check_workbook(content: bytes, limits: Limits) -> Packed:
    """Every part unpacked once, in pieces: sizes as they are, not as the file declares them. Raises Refused."""
    if content.startswith(compound.MAGIC[:4]):
        return _old(content, limits)
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError) as broken:
        raise refuse("truncated_workbook") from broken
    kind = _kind({entry.filename.lower() for entry in entries})
    if len(entries) > limits.parts:
        raise refuse("zip_bomb", limit=mebi(limits.unpacked_bytes))
    left = limits.unpacked_bytes
    walks: dict[str, Seen] = {}
    for entry in entries:
        if entry.flag_bits & 1:
            raise refuse("locked_workbook")
        seen = seen_of(kind, entry.filename.lower(), limits)
        try:
            left -= _walk(archive, entry, left, seen, limits)
        except Refused:
            raise
        except Exception as broken:  # zlib, struct, EOF, unknown compression: all mean one thing to the sender
            raise refuse("truncated_workbook") from broken
        walks[entry.filename.lower()] = seen
    formulas = any(seen.has_formulas for seen in walks.values())
    told = walks["content.xml"].formulas if kind == "ods" else None
    return Packed(kind, content, formulas, told)


def _kind(names: set[str]) -> str:
    for part, kind in (("xl/workbook.xml", "xlsx"), ("xl/workbook.bin", "xlsb"), ("content.xml", "ods")):
        if part in names and (kind != "ods" or "mimetype" in names):
            return kind
    raise refuse("not_a_workbook", expected=EXPECTED)


def _old(content: bytes, limits: Limits) -> Packed:
    """An .xls, its one stream taken out of its disk and put into a plain one."""
    found = compound.streams(content)
    names = {name.lower(): name for name in found}
    if "encryptedpackage" in names:
        raise refuse("locked_workbook")
    name = next((names[one] for one in ("workbook", "book") if one in names), None)
    if name is None:
        raise refuse("not_a_workbook", expected=EXPECTED)
    stream = found[name]()
    sheets = old_sheets(stream, limits)
    told = tuple(tuple(sheet.formulas) for sheet in sheets)
    return Packed("xls", compound.alone(name, with_true_sizes(stream, sheets)), any(told), told)


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


def seen_of(kind: str, name: str, limits: Limits) -> Seen:
    """A workbook's list of parts may call any part a sheet, so every part that could be one is looked at as one."""
    if kind == "ods" and name == "content.xml":
        return Document(limits)
    if kind == "ods" and name == "meta-inf/manifest.xml":
        return Manifest()
    if kind == "xlsb" and name.endswith(".bin"):
        return Binary(limits, strict="worksheets/" in name)
    if kind == "xlsx":
        return Sheet(limits, strict=name.endswith((".xml", ".rels")))
    return Xml() if name.endswith((".xml", ".rels", ".vml", ".rdf")) else Seen()


def _walk(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, seen: Seen, limits: Limits) -> int:
    size = 0
    with archive.open(entry) as part:
        while piece := part.read(CHUNK):
            size += len(piece)
            packed = max(entry.compress_size, 1)
            if size > left or (size > 16 * CHUNK and size > packed * limits.unpacked_ratio):
                raise refuse("zip_bomb", limit=mebi(limits.unpacked_bytes))
            seen.piece(piece)
    seen.ends()
    return size
