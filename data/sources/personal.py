"""Columns that hold persons instead of counts. They are refused; what they hold is never shown back.

A header gives a column away by its words, its content by shapes: documents, telephone numbers, e-mail addresses.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from data.sources.guards import Refused, refuse
from data.sources.personal_text import CEDULA, EMAIL, HOME, POINT, TELEPHONE, address_in, found_in, looks_like_a_name
from data.sources.sheet import Cells, Table, shown
from data.sources.words import plain

SAMPLE = 2_000  # distinct values whose shape is looked at, per column
FEWEST = 3  # one odd value is a typing slip; three of one shape are a column

# Words that make a header personal wherever they stand in it.
PERSONAL = (
    *("apellido", "apellidos", "surname", "last name", "first name", "full name", "given name", "family name"),
    *(
        "ptp",
        "cpp",
        "numero de cpp",
        "rut",
        "n documento de identidad",
        "permiso temporal de permanencia",
        "doc identidad",
    ),
    *("numero ce", "nro ce", "cedula de identidad", "carne de permiso temporal", "identity document", "nro dni"),
    *("fecha nac", "fec nac", "f nac", "birthdate", "birthday", "date birth", "geopoint", "geolocation"),
    *("geolocalizacion", "coordenadas gps", "coordenadas de la persona", "direccion domiciliaria", "direccion exacta"),
    *("direccion actual", "direccion de residencia", "lugar exacto de residencia", "street address", "postal address"),
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

# Of a long value so much is looked at.
LONGEST_LOOKED_AT = 200

LETTERED = re.compile(r"(?P<prefix>[A-Za-z]{1,3})[\s.-]?\d{6,9}[A-Za-z]?")
PHONE = re.compile(r"(\+|00)\d[\d\s().-]{7,16}|9\d{2}[\s-]?\d{3}[\s-]?\d{3}")
DATE = re.compile(r"(\d{1,2}[/.-]\d{1,2}[/.-])?(?P<year>(19|20)\d{2})([/.-]\d{1,2}[/.-]\d{1,2})?([ T]00:00(:00)?)?")
FINE = re.compile(r"-?\d{1,3}\.\d{4,}")
GENERATION = 15  # years between the oldest and the youngest
MOST_BIRTHDAYS_IN_ORDER = 4  # dates of fewer persons may stand in order by chance
MOST_POSTS = 5
PLACED = ("lat", "lon", "gps", "coord", "geo")
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
    for looks in (PHONE.fullmatch, TELEPHONE.fullmatch, CEDULA.fullmatch, HOME.search, looks_like_a_name):
        found = [text for text in texts if looks(text)]
        if len(found) * 2 > len(texts):
            return shape(found[0])
    return None


def birth_dates(header: str, values: Sequence[Any]) -> str | None:
    """The shape of dates that spread over more than a generation in no order: birthdays, not days of a report."""
    texts = [shown(value) for value in values if value != ""]
    years = [int(match["year"]) for text in texts if (match := DATE.fullmatch(text))]
    if len(years) < MOST_BIRTHDAYS_IN_ORDER or len(years) * 10 < 9 * len(texts):
        return None
    spread = max(years) - min(years) >= GENERATION and max(years) - sorted(years)[len(years) // 2] >= 5
    steps = [after - before for before, after in pairwise(years)]
    in_order = all(step >= 0 for step in steps) or all(step <= 0 for step in steps)
    return shape(texts[0]) if spread and not in_order else None


def exact_points(header: str, values: Sequence[Any], rows: int) -> str | None:
    """The shape of points finer than ten metres, nearly every row its own: where persons are, not where posts are."""
    texts = [shown(value) for value in values if value != ""]
    of_place = any(word.startswith(PLACED) for word in plain(header).split())
    found = [text for text in texts if POINT.fullmatch(text) or (of_place and FINE.fullmatch(text))]
    if len(found) < MOST_POSTS or len(found) * 2 < len(texts) or len(found) * 2 < rows:
        return None
    return shape(found[0])


def refuse_personal(
    table: Table, counted: Iterable[str] = (), times: Iterable[str] = (), texts: Iterable[str] = ()
) -> None:
    """Raises Refused for the first column that looks personal.

    Plain headers known to hold numbers are `counted`, moments `times`; a free text (`texts`) is looked at cell by
    cell where it is read, and refused as a column only when most of it speaks of persons.
    """
    known, moments, prose = set(counted), set(times), set(texts)
    for name, cells in zip(table.names, table.columns, strict=False):
        if personal_header(name):
            example = next((shape(shown(value)) for value in _standing(cells) if value != ""), "")
            raise _refusal(name, example)
    for name, cells in zip(table.names, table.columns, strict=False):
        values = _standing(cells)
        address = next((found for value in values if (found := address_in(value))), None)
        if plain(name) in prose:
            if (found := _mostly_persons(values)) is not None:
                raise _refusal(name, shape(found))
            continue
        if address is not None:
            raise _refusal(name, shape(address))
        if plain(name) in known:
            continue
        values = values[:SAMPLE]
        found = personal_shape(name, values)
        if found is None and _numbered(name, values):
            found = shape(next(shown(value) for value in values if value != ""))
        if found is None and plain(name) not in moments:
            found = birth_dates(name, values) or exact_points(name, values, len(cells))
        if found is not None:
            raise _refusal(name, found)


def _mostly_persons(values: list[Any]) -> str | None:
    """A piece of a free text when more than half of its distinct cells hold one."""
    texts = [value for value in values if isinstance(value, str) and value]
    found = [piece for text in texts[:SAMPLE] if (piece := found_in(text))]
    return found[0] if len(texts) >= FEWEST and len(found) * 2 > len(texts[:SAMPLE]) else None


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


def _standing(cells: Cells) -> list[Any]:
    """Distinct values that stand in the rows, not those of title rows above them."""
    return [cells.values[code] for code in np.flatnonzero(np.bincount(cells.codes, minlength=len(cells.values)))]


def _refusal(header: str, example: str) -> Refused:
    return refuse("personal_column", column=header, header=header, shape=example)
