"""Columns that hold persons instead of counts. They are refused; what they hold is never shown back.

A header gives a column away by its words, its content by shapes: documents, telephone numbers, e-mail addresses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np

from data.sources.guards import Refused, refuse
from data.sources.sheet import Cells, Table, shown
from data.sources.words import plain

SAMPLE = 2_000  # distinct values whose shape is looked at, per column
FEWEST = 3  # one odd value is a typing slip; three of one shape are a column

# Words that make a header personal wherever they stand in it.
PERSONAL = (
    *("apellido", "apellidos", "surname", "last name", "first name", "full name", "given name", "family name"),
    *("dni", "pasaporte", "pasaportes", "passport", "passports", "cedula", "carne de extranjeria", "carnet"),
    *("numero de documento", "nro documento", "n documento", "no documento", "documento de identidad", "id number"),
    *("document number", "tipo de documento", "document type", "national id", "identity card", "numero de ptp"),
    *("telefono", "telefonos", "celular", "whatsapp", "phone", "telephone", "mobile", "movil"),
    *("correo", "correo electronico", "email", "e mail", "mail"),
    *("fecha de nacimiento", "fecha nacimiento", "f nacimiento", "nacimiento", "birth date", "date of birth", "dob"),
    *("domicilio", "home address", "direccion de la persona", "firma", "signature", "huella", "fingerprint"),
    *("foto", "photo", "fotografia", "biometric", "biometrico", "latitud persona"),
)
# A name is personal unless the header says whose: a project, a place and an organisation have names too.
NAMES = {"nombre", "nombres", "name", "names"}
OF_PERSONS = {
    *("persona", "personas", "beneficiario", "beneficiaria", "beneficiarios", "madre", "padre", "tutor", "titular"),
    *("jefe", "jefa", "menor", "nino", "nina", "paciente", "solicitante", "caso", "completo", "person", "beneficiary"),
    *("mother", "father", "guardian", "patient", "applicant", "child", "head", "case", "full", "contact", "contacto"),
}
CODES = {"pcode", "pcode1", "pcode2", "pcode3", "ubigeo", "adm1", "adm2", "adm3", "admin", "codigo postal"}

# Of a long text so much is looked at; of an address, its parts are at most so long (RFC 5321).
LONGEST_LOOKED_AT, LONGEST_NAME, LONGEST_HOST, MOST_SIGNS = 200, 65, 256, 100

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
LETTERED = re.compile(r"(?P<prefix>[A-Za-z]{1,3})[\s.-]?\d{6,9}[A-Za-z]?")
PHONE = re.compile(r"(\+|00)\d[\d\s().-]{7,16}|9\d{2}[\s-]?\d{3}[\s-]?\d{3}")
NUMBERED = re.compile(r"\d{7,12}|\d{1,3}(\.\d{3}){2,3}")


def shape(value: object) -> str:
    """What a value looks like, without saying it: AB123 is AA999. Long values are cut."""
    pattern = re.sub(r"\d", "9", str(value)[:LONGEST_LOOKED_AT])
    pattern = "".join("A" if s.isupper() else "a" if s.isalpha() else s for s in pattern)
    return pattern if len(pattern) <= 40 else pattern[:40] + "…"


def safe(value: Any) -> str:
    """A cell fit for a message: cut when long, only its shape when it may say something about a person."""
    text = shown(value)[:LONGEST_LOOKED_AT]
    looks = EMAIL.search(text) or LETTERED.search(text) or re.search(r"\d[\d\s.-]{5,}\d", text)
    if looks and not re.match(r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}", text):
        return shape(text)
    return text if len(text) <= 60 else text[:60] + "…"


def personal_header(header: str) -> bool:
    if header.startswith("#"):
        parts = set(re.split(r"[+#\s]+", header.lower()))
        return bool(parts & {"contact", "email", "phone", "birth", "document"})
    words = re.sub(r"[^\w\s]", " ", plain(header)).split()
    phrase = f" {' '.join(words)} "
    if any(f" {given} " in phrase for given in PERSONAL):
        return True
    if NAMES & set(words):
        return len(words) == 1 or bool(OF_PERSONS & set(words)) or "y" in words or "and" in words
    return False


def personal_shape(header: str, values: Iterable[Any]) -> str | None:
    """The shape most of a column's values share when they look like documents or telephones."""
    texts = [shown(value) for value in values if value != ""]
    words = set(plain(header).split())
    if len(texts) < FEWEST or words & CODES:
        return None
    lettered = [m for text in texts if (m := LETTERED.fullmatch(text))]
    # Place codes carry their country in front (CO05120, HN160101), all the same; documents of many people differ,
    # save where one kind of document fills the column, and those have one letter in front.
    prefixes = Counter(m["prefix"].upper() for m in lettered)
    if len(lettered) * 2 > len(texts) and (len(prefixes) > 2 or all(len(prefix) == 1 for prefix in prefixes)):
        return shape(lettered[0].group())
    phones = [text for text in texts if PHONE.fullmatch(text)]
    if len(phones) * 2 > len(texts):
        return shape(phones[0])
    return None


def refuse_personal(table: Table, counted: Iterable[str] = ()) -> None:
    """Raises Refused for the first column that looks personal. `counted` are plain headers known to hold numbers."""
    known = set(counted)
    for name, cells in zip(table.names, table.columns, strict=False):
        if personal_header(name):
            example = next((shape(shown(value)) for value in _standing(cells) if value != ""), "")
            raise _refusal(name, example)
    for name, cells in zip(table.names, table.columns, strict=False):
        values = _standing(cells)
        address = next((found for value in values if (found := _address(value))), None)
        if address is not None:
            raise _refusal(name, shape(address))
        if plain(name) in known:
            continue
        values = values[:SAMPLE]
        found = personal_shape(name, values)
        if found is None and _numbered(name, values):
            found = shape(next(shown(value) for value in values if value != ""))
        if found is not None:
            raise _refusal(name, found)


def _numbered(header: str, values: list[Any]) -> bool:
    """Long whole numbers that are no running number, no round sum of money and no date."""
    texts = [shown(value) for value in values if value != ""]
    if len(texts) < FEWEST or set(plain(header).split()) & CODES:
        return False
    found = [int(text.replace(".", "")) for text in texts if NUMBERED.fullmatch(text)]
    if len(found) * 10 < 9 * len(texts):
        return False
    running = max(found) - min(found) < 50 * len(found)
    round_sums = sum(number % 100 == 0 for number in found) * 2 > len(found)
    dates = all(19_000_101 <= number <= 22_001_231 and number % 10_000 <= 1_231 for number in found)
    return not (running or round_sums or dates)


def _address(value: Any) -> str | None:
    """An e-mail address, wherever it stands in a text."""
    if not isinstance(value, str):
        return None
    # Only what stands around each sign: a search from every letter of a long text would take minutes.
    for sign in islice(re.finditer("@", value), MOST_SIGNS):
        around = value[max(0, sign.start() - LONGEST_NAME) : sign.start() + LONGEST_HOST]
        if found := EMAIL.search(around):
            return found.group()
    return None


def _standing(cells: Cells) -> list[Any]:
    """Distinct values that stand in the rows, not those of title rows above them."""
    return [cells.values[code] for code in np.flatnonzero(np.bincount(cells.codes, minlength=len(cells.values)))]


def _refusal(header: str, example: str) -> Refused:
    return refuse("personal_column", column=header, header=header, shape=example)
