"""Persons inside a text: documents, telephones, addresses and names, found by how they are written.

Used cell by cell on free texts, which are kept where they speak of things, and on whole columns of short values.
A given name alone is a saint, a school or a street; it counts with a surname after it and no place before it.
"""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from itertools import islice
from typing import Any

from data.sources.words import plain

_WORDS = tomllib.loads((files("data.sources") / "names.toml").read_text("utf-8"))
GIVEN, SURNAMES = frozenset(_WORDS["given"].split()), frozenset(_WORDS["surnames"].split())
# What stands before a name that is a place's, a saint's or an institution's.
OF_THINGS = frozenset(_WORDS["things"].split())

LONGEST_PROSE = 2_000
# Parts of an address are at most so long (RFC 5321).
LONGEST_NAME, LONGEST_HOST, MOST_SIGNS = 65, 256, 100

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
DOCUMENT = re.compile(
    r"\b(dni|c\.?\s?i\.?|c\.?\s?e\.?|ptp|cpp|rut|run|ppt|pep|c[eé]dula|pasaporte|passport|carn[eé]t?(\s+de\s+extranjer[ií]a)?"
    r"|documento(\s+de\s+identidad)?|doc|identity\s+card|id)"
    r"(\s*(n[.°ºro]*\.?|no\.?|num\.?|n[uú]mero|number|#))?\s*[:#-]?\s*(?P<number>[VEPvep]?[\s.-]?\d[\d.-]{5,12}[\dkK])\b",
    re.IGNORECASE,
)
CEDULA = re.compile(r"\b[VEve][\s.-]{0,2}\d{1,2}\.?\d{3}\.?\d{3}\b")
TELEPHONE = re.compile(
    r"(?<![\w.,])(\+\d{1,3}[\s().-]*\d[\d\s().-]{6,14}\d|9\d{2}[\s-]\d{3}[\s-]\d{3}|\(?0?4(12|14|16|24|26)\)?[\s.-]?\d{3}[\s.-]?\d{4}"
    r"|\(0\d{1,3}\)\s?\d{3}[\s-]?\d{3,4}|09\d[\s-]?\d{3}[\s-]?\d{4})(?![\w])"
)
CALLED = re.compile(
    r"\b(tel|telf|tel[eé]fono|cel|celular|whatsapp|wsp|fono|m[oó]vil|llamar al|phone|mobile|call)\b"
    r"[^\d\n]{0,12}(?P<number>\d[\d\s-]{6,13}\d)",
    re.IGNORECASE,
)
BORN = re.compile(
    r"\b(nacid[oa]s?|naci[oó]|f\.?\s?nac|fecha de nacimiento|date of birth|born|dob)\b"
    r"[^\d\n]{0,14}\d{1,4}[/.\s-]\s?\w{1,10}[/.\s-]\s?\d{2,4}",
    re.IGNORECASE,
)
HOME = re.compile(
    r"\b(calle|jr\.?|jir[oó]n|av\.?|avenida|pasaje|psje\.?|carrera|street|st\.|road|mz\.?|manzana)\s+[\w.áéíóúñ]+(\s+[\w.áéíóúñ]+){0,3}"
    r"[\s,]*(n[.°ºro]*\s*|#\s*|lt\.?\s*|lote\s*|dpto\.?\s*)\d+",
    re.IGNORECASE,
)
POINT = re.compile(r"-?\d{1,2}\.\d{4,}\s*[,;/ ]\s*-?\d{1,3}\.\d{4,}")
WORD = re.compile(r"[^\W\d_]+", re.UNICODE)


def found_in(text: str) -> str | None:
    """The piece of a text that speaks of a person; None where nothing does. It is never shown, only its shape."""
    text = text[:LONGEST_PROSE]
    if (address := address_in(text)) is not None:
        return address
    if any(sign.isdigit() for sign in text):
        for pattern in (DOCUMENT, CEDULA, TELEPHONE, CALLED, BORN, HOME, POINT):
            if match := pattern.search(text):
                return match.group()
    return name_in(text)


def address_in(value: Any) -> str | None:
    """An e-mail address, wherever it stands in a text."""
    if not isinstance(value, str) or "@" not in value:
        return None
    # Only what stands around each sign: a search from every letter of a long text would take minutes.
    for sign in islice(re.finditer("@", value), MOST_SIGNS):
        around = value[max(0, sign.start() - LONGEST_NAME) : sign.start() + LONGEST_HOST]
        if found := EMAIL.search(around):
            return found.group()
    return None


def name_in(text: str) -> str | None:
    """A given name written with a capital, and a surname after it: of "Ana Pérez" both, of "Santa Ana" none."""
    words = WORD.findall(text)
    for place, word in enumerate(words[:-1]):
        if not word[:1].isupper() or plain(word) not in GIVEN:
            continue
        if any(plain(before) in OF_THINGS for before in words[max(0, place - 3) : place]):
            continue
        after = [plain(one) for one in words[place + 1 : place + 4] if one[:1].isupper()]
        if any(one in SURNAMES for one in after):
            return " ".join(words[place : place + 3])
    return None


def looks_like_a_name(text: str) -> bool:
    """A whole cell that is a person's name: two to five words, a given one among them, none of a thing."""
    words = [plain(word) for word in WORD.findall(text)]
    if not 2 <= len(words) <= 5 or any(sign.isdigit() for sign in text) or OF_THINGS & set(words):
        return False
    given, family = bool(GIVEN & set(words)), bool(SURNAMES & set(words))
    return given and (family or len(words) <= 3)
