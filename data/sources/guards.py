"""What is turned away before anything is read out of it: too large, of another kind, broken, or made to hurt."""

from __future__ import annotations

import re
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


READABLE = {
    **dict.fromkeys((".csv", ".tsv", ".txt"), "text"),
    **dict.fromkeys((".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"), "workbook"),
    ".json": "json",
}
EXPECTED = ".csv, .xlsx, .xls, .ods, .json"
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
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return "workbook"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "text"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if re.match(rb"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype html|html|head|body|table|meta)\b", start, re.DOTALL):
        return "html"
    control = sum(byte < 32 and byte not in (9, 10, 12, 13) for byte in head)
    if b"\0" in content or control > len(head) // 20:
        return "binary"
    return "json" if start[:1] in (b"{", b"[") else "text"


def column_number(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number
