"""What is turned away before anything is read out of it: too large, of another kind, broken, or made to hurt."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from data.types import Issue


@dataclass(frozen=True)
class Limits:
    """How much one file may ask of this machine."""

    file_bytes: int = 100 * 2**20
    unpacked_bytes: int = 400 * 2**20
    unpacked_ratio: int = 200  # real sheets pack 5 to 50 times smaller
    parts: int = 2_000
    rows: int = 3_000_000
    columns: int = 2_000
    cells: int = 40_000_000
    issues: int = 5_000  # listed one by one; the rest is only counted


DEFAULT = Limits()


class Refused(Exception):
    """The whole file cannot be read. `issue` holds the code and facts of the sentence for its sender."""

    def __init__(self, issue: Issue) -> None:
        super().__init__(f"{issue.code}: {dict(issue.facts)}")
        self.issue = issue


def refuse(code: str, column: str | None = None, line: int | None = None, **facts: Any) -> Refused:
    return Refused(Issue(line, column, code, facts))


READABLE = {".csv": "text", ".tsv": "text", ".txt": "text", ".xlsx": "workbook", ".xlsm": "workbook", ".json": "json"}
EXPECTED = ".csv, .xlsx, .json"
PLAIN_NAME = {"text": ".csv", "workbook": ".xlsx", "json": ".json"}


def kind_of(content: bytes, filename: str, limits: Limits) -> str:
    """ "text", "workbook" or "json", when name and content agree. Raises Refused otherwise."""
    extension = PurePath(filename).suffix.lower()
    if len(content) > limits.file_bytes:
        raise refuse("file_too_large", megabytes=mebi(len(content)), limit=mebi(limits.file_bytes))
    if not content.strip():
        raise refuse("empty_file", filename=filename)
    if extension not in READABLE:
        raise refuse("wrong_extension", extension=extension or filename, expected=EXPECTED)
    named, found = READABLE[extension], _content_kind(content)
    if found == "html":
        raise refuse("html_file", extension=extension)
    if found == "ole":
        raise refuse("old_excel", extension=extension)
    if found == "binary":
        raise refuse("binary_file", extension=extension, expected=EXPECTED)
    if found == "json" and named == "text":
        found = "text"  # a table may well begin with a bracket
    if found != named:
        raise refuse("extension_mismatch", extension=extension, found=PLAIN_NAME[found])
    return named


def mebi(size: int) -> float:
    return round(size / 2**20, 1)


def _content_kind(content: bytes) -> str:
    head = content[:4096]
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "workbook"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return "ole"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body|table|meta)\b", start, re.DOTALL):
        return "html"
    control = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in head)
    if b"\0" in content or control > len(head) // 20:
        return "binary"
    return "json" if start[:1] in (b"{", b"[") else "text"


DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
CELL = re.compile(rb"<(?:\w+:)?c\s[^>]*?\br=[\"']\$?([A-Za-z]{1,4})\$?(\d{1,10})[\"']")
ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*?\br=[\"'](\d{1,10})[\"']")
CHUNK = 1 << 20
OVERLAP = 512


@dataclass(frozen=True)
class Packed:
    """What the walk through a workbook's parts found."""

    has_formulas: bool


def check_workbook(content: bytes, limits: Limits) -> Packed:
    """Every part unpacked once, in pieces: sizes as they are, not as the file declares them. Raises Refused."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as broken:
        raise refuse("truncated_workbook") from broken
    if not any(entry.filename.lower() == "xl/workbook.xml" for entry in entries):
        raise refuse("not_a_workbook", expected=EXPECTED)
    if len(entries) > limits.parts:
        raise refuse("zip_bomb", limit=mebi(limits.unpacked_bytes))
    left = limits.unpacked_bytes
    formulas = False
    for entry in entries:
        if entry.flag_bits & 1:
            raise refuse("locked_workbook")
        is_sheet = entry.filename.lower().startswith("xl/worksheets/")
        try:
            size, found = _walk(archive, entry, left, is_sheet, limits)
        except Refused:
            raise
        except Exception as broken:  # zlib, struct, EOF, unknown compression: all mean one thing to the sender
            raise refuse("truncated_workbook") from broken
        left -= size
        formulas = formulas or found
    return Packed(has_formulas=formulas)


def _walk(
    archive: zipfile.ZipFile, entry: zipfile.ZipInfo, left: int, is_sheet: bool, limits: Limits
) -> tuple[int, bool]:
    size, formulas, tail = 0, False, b""
    height, width = 0, 0
    is_xml = entry.filename.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(entry) as part:
        while piece := part.read(CHUNK):
            size += len(piece)
            packed = max(entry.compress_size, 1)
            if size > left or (size > 16 * CHUNK and size > packed * limits.unpacked_ratio):
                raise refuse("zip_bomb", limit=mebi(limits.unpacked_bytes))
            if not is_xml:
                continue
            text = tail + piece
            if DOCTYPE.search(text) or text.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise refuse("xml_entities")
            if is_sheet:
                formulas = formulas or b"<f>" in text or b"<f " in text or b":f>" in text
                for column, row in CELL.findall(text):
                    width = max(width, column_number(column.decode()))
                    height = max(height, int(row))
                height = max([height, *map(int, ROW.findall(text))])
                if width > limits.columns:
                    raise refuse("too_many_columns", columns=width, limit=limits.columns)
                if height > limits.rows or height * width > limits.cells:
                    raise refuse("too_many_rows", rows=height, limit=min(limits.rows, limits.cells // max(width, 1)))
            tail = text[-OVERLAP:]
    return size, formulas


def column_number(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
