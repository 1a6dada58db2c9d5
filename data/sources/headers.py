"""Under which names a column can be asked for: its header, its group and header, or one language's part of it."""

from __future__ import annotations

import re
from functools import lru_cache

from data.sources.lexicon import meaning_of
from data.sources.words import plain

UNDER = " > "  # "Mujeres > 0-17": the header 0-17 under the group Mujeres
LANGUAGES = re.compile(r"\s*[/|\n()\[\]]\s*|\s+[-–—·•]\s+")  # Fecha / Date; Fecha (Date); Date, a line below Fecha


@lru_cache(maxsize=10_000)
def pieces(header: str) -> tuple[str, ...]:
    """Plain spellings of the pieces of a header that may be one name in several languages."""
    found = dict.fromkeys(plain(piece) for piece in LANGUAGES.split(header))
    found.pop("", None)
    return tuple(found) if len(found) > 1 else ()


@lru_cache(maxsize=10_000)
def parts(header: str) -> tuple[str, ...]:
    """The pieces, where they are known to mean the same: "Fecha / Date", but not "Personas (rechazadas)"."""
    found = pieces(header)
    meanings = {meaning_of(piece) for piece in found}
    return found if len(meanings) == 1 and None not in meanings else ()


def under(group: str, header: str) -> str:
    return plain(group) + UNDER + plain(header)


def names_of(header: str, group: str) -> set[str]:
    """Every plain spelling under which a column might be asked for."""
    return {plain(header), *pieces(header), *([under(group, header)] if group else [])} - {""}


def grouped(headers: list[str], above: list[str]) -> tuple[list[str], list[str]]:
    """Headers and their groups, from a row and the row above it. A group stands in the first of its merged cells.

    Where only the row above names a column (cells merged downwards), that is its header.
    """
    names, groups, group = [], [], ""
    above = above + [""] * (len(headers) - len(above))
    for place, header in enumerate(headers):
        group = above[place] or group
        names.append(header or above[place])
        groups.append(group if header else "")
    return names, groups
