"""What stands in a workbook before anybody reads it: which kind it is, how large it unpacks, where formulas are."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass

from data.sources import compound
from data.sources.binary_sheets import old_sheets, with_true_sizes
from data.sources.guards import EXPECTED, Limits, Refused, mebi, refuse
from data.sources.parts import Binary, Document, Manifest, Seen, Sheet, Xml

CHUNK = 1 << 20


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
