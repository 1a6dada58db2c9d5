"""One word for many spellings: accents, case, spaces and the other language do not change what a word means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from data.vocabulary import AgeBand, Category, Lane, Measure, Method, Sector, Service, Sex, Stage


def plain(text: object) -> str:
    """The text without accents, case, or differences of spacing and joining signs."""
    bare = str(text)
    if not bare.isascii():
        bare = "".join(sign for sign in unicodedata.normalize("NFKD", bare) if not unicodedata.combining(sign))
    bare = bare.casefold()
    return re.sub(r"[\s_\u2010-\u2015-]+", " ", bare).strip()


def folded(text: str) -> str:
    """The text without accents, case or spare spaces; other signs stay: m² is not m2."""
    bare = "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))
    return " ".join(bare.casefold().split())


# "" and these mean that nothing was reported. Never zero.
BLANK_WORDS = frozenset(
    plain(word)
    for word in (
        *("", "-", "–", "—", "--", ".", "..", "...", "n/a", "#n/a", "na", "n.a.", "n.d.", "n/d", "nd", "s/d", "s.d."),
        *("sin dato", "sin datos", "sin reporte", "sin informacion", "no reporta", "no reportado", "no disponible"),
        *("no data", "no report", "not reported", "not available", "null", "none", "nan"),
    )
)


def is_blank(value: Any) -> bool:
    if not isinstance(value, str) or value == "":
        return value == ""
    # Counts and times are nearly all there is; none of the words begins with a digit.
    return not value[0].isdigit() and len(value) < 20 and plain(value) in BLANK_WORDS


SYNONYMS: Mapping[type[StrEnum], Mapping[str, StrEnum]] = {
    Measure: {
        "llegadas": Measure.ARRIVALS,
        "llegada": Measure.ARRIVALS,
        "atendidos": Measure.SERVED,
        "atendidas": Measure.SERVED,
        "ingresos": Measure.SERVED,
        "entries": Measure.SERVED,
        "se fueron": Measure.LEFT,
        "salidas": Measure.EXITS,
        "salida": Measure.EXITS,
        "continuaciones": Measure.ONWARD,
        "continuan viaje": Measure.ONWARD,
    },
    Stage: {
        "vacunacion": Stage.VACCINATION,
        "control migratorio": Stage.MIGRATION_CONTROL,
        "migraciones": Stage.MIGRATION_CONTROL,
        "refugio": Stage.ASYLUM_CEPR,
        "cepr": Stage.ASYLUM_CEPR,
        "asylum": Stage.ASYLUM_CEPR,
        "upe": Stage.CHILD_PROTECTION_UPE,
        "proteccion de la ninez": Stage.CHILD_PROTECTION_UPE,
        "servicios": Stage.SERVICES,
        "transporte": Stage.TRANSPORT,
    },
    Lane: {
        "preferente": Lane.PRIORITY,
        "preferencial": Lane.PRIORITY,
        "prioritaria": Lane.PRIORITY,
        "prioritario": Lane.PRIORITY,
    },
    Method: {
        "registrado": Method.REGISTERED,
        "contado": Method.COUNTED,
        "muestra": Method.SAMPLED,
        "muestreado": Method.SAMPLED,
        "estimado": Method.ESTIMATED,
        "derivado": Method.DERIVED,
        "modelado": Method.MODELLED,
    },
    # A lone M is left out: it is male in English and woman in half of the Spanish forms.
    Sex: {
        "f": Sex.FEMALE,
        "h": Sex.MALE,
        "femenino": Sex.FEMALE,
        "mujer": Sex.FEMALE,
        "mujeres": Sex.FEMALE,
        "women": Sex.FEMALE,
        "woman": Sex.FEMALE,
        "masculino": Sex.MALE,
        "hombre": Sex.MALE,
        "hombres": Sex.MALE,
        "men": Sex.MALE,
        "man": Sex.MALE,
        "otro": Sex.OTHER,
        "otros": Sex.OTHER,
        "sin clasificar": Sex.UNCLASSIFIED,
    },
    AgeBand: {
        "60 y mas": AgeBand.AGE_60_UP,
        "60 a mas": AgeBand.AGE_60_UP,
        "18 y mas": AgeBand.AGE_18_UP,
        "menores de 18": AgeBand.AGE_UNDER_18,
        "sin clasificar": AgeBand.UNCLASSIFIED,
    },
    Category: {
        "sello migratorio": Category.MIGRATORY_STAMP,
        "solicitud de refugio": Category.ASYLUM_CLAIM,
        "visa humanitaria": Category.HUMANITARIAN_VISA,
        "rechazado": Category.REFUSED,
        "rechazados": Category.REFUSED,
        "transito": Category.TRANSIT,
        "sin clasificar": Category.UNCLASSIFIED,
    },
    Sector: {
        "educacion": Sector.EDUCATION,
        "alimentacion": Sector.FOOD,
        "seguridad alimentaria": Sector.FOOD,
        "salud": Sector.HEALTH,
        "transporte": Sector.TRANSPORT,
        "integracion": Sector.INTEGRATION,
        "nutricion": Sector.NUTRITION,
        "proteccion": Sector.PROTECTION,
        "proteccion de la ninez": Sector.CHILD_PROTECTION,
        "vbg": Sector.GBV,
        "trata": Sector.TRAFFICKING,
        "alojamiento": Sector.SHELTER,
        "albergue": Sector.SHELTER,
        "agua": Sector.WASH,
        "agua y saneamiento": Sector.WASH,
        "agua, saneamiento e higiene": Sector.WASH,
        "conectividad": Sector.CONNECTIVITY,
        "orden": Sector.ORDER,
    },
    Service: {
        "agua": Service.WATER,
        "letrinas": Service.LATRINES,
        "duchas": Service.SHOWERS,
        "kits de higiene": Service.HYGIENE_KITS,
        "comidas": Service.MEALS,
        "raciones": Service.MEALS,
        "plazas de albergue": Service.SHELTER_PLACES,
        "tamizaje de salud": Service.HEALTH_SCREENING,
        "atencion medica": Service.MEDICAL_ATTENTION,
        "vacunacion": Service.VACCINATION,
        "tamizaje nutricional": Service.NUTRITION_SCREENING,
        "apoyo psicosocial": Service.PSYCHOSOCIAL,
        "orientacion legal": Service.LEGAL_ORIENTATION,
        "espacio amigable": Service.CHILD_FRIENDLY_SPACE,
        "conectividad": Service.CONNECTIVITY,
        "informacion": Service.INFORMATION,
        "otro": Service.OTHER,
        "otros": Service.OTHER,
    },
}


@cache
def spellings(vocabulary: type[StrEnum]) -> Mapping[str, str]:
    """Plain spelling to the vocabulary's word."""
    return {
        **{spelling: str(word) for spelling, word in SYNONYMS.get(vocabulary, {}).items()},
        **{plain(word): str(word) for word in vocabulary},
    }


def translated(value: object, words: Mapping[str, str]) -> str | None:
    """The word a partner's wording stands for. `words` has plain keys; one ending in * stands for a beginning.

    The longest beginning wins, so that `*` alone is the answer for whatever is left.
    """
    spelling = plain(value)
    if spelling in words:
        return words[spelling]
    beginnings = [key for key in words if key.endswith("*") and spelling.startswith(key[:-1].strip())]
    return words[max(beginnings, key=len)] if beginnings else None
