"""Nationalities as partners write them, by the name of a country or its people or by a code, in one spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from data.sources.words import plain

# The country's two letters and three, then its names and those of its people; Spanish, then English. A word that ends
# in -o or -a, or in -es or -esa, stands once. Sources of the codes: ISO 3166-1.
COUNTRIES: Mapping[str, str] = {
    "AR": "ARG, argentina, argentino, argentine, argentinian",
    "BO": "BOL, bolivia, boliviano, estado plurinacional de bolivia, bolivian",
    "BR": "BRA, brasil, brasileño, brasilero, brazil, brazilian",
    "CA": "CAN, canadá, canadiense, canada, canadian",
    "CL": "CHL, chile, chileno, chilean",
    "CN": "CHN, china, chino, chinese",
    "CO": "COL, colombia, colombiano, colombian",
    "CR": "CRI, costa rica, costarricense, costa rican",
    "CU": "CUB, cuba, cubano, cuban",
    "DO": "DOM, república dominicana, dominicano, dominican republic, dominican",
    "EC": "ECU, ecuador, ecuatoriano, ecuadorian, ecuadorean",
    "ES": "ESP, españa, español, española, spain, spanish, spaniard",
    "GT": "GTM, guatemala, guatemalteco, guatemalan",
    "GY": "GUY, guyana, guyanés, guyanese",
    "HN": "HND, honduras, hondureño, honduran",
    "HT": "HTI, haití, haitiano, haitian",
    "MX": "MEX, méxico, méjico, mexicano, mejicano, mexico, mexican",
    "NI": "NIC, nicaragua, nicaragüense, nicaraguan",
    "PA": "PAN, panamá, panameño, panamanian",
    "PE": "PER, perú, peruano, peruvian",
    "PY": "PRY, paraguay, paraguayo, paraguayan",
    "SR": "SUR, surinam, surinamés, suriname, surinamese",
    "SV": "SLV, el salvador, salvador, salvadoreño, salvadoran, salvadorean",
    "US": "USA, estados unidos, estados unidos de américa, EE. UU., EEUU, EE.UU., estadounidense, united states, "
    "united states of america, american",
    "UY": "URY, uruguay, uruguayo, uruguayan",
    "VE": "VEN, venezuela, venezolano, república bolivariana de venezuela, venezuela (república bolivariana de), "
    "venezuelan",
}


def nationality(written: str) -> str:
    """The country's two letters; of what is no country known here, the words without case, accents or spare spaces.

    Two letters stay a code, of whatever country: VE, ve.
    """
    spelling = plain(written)
    if re.fullmatch(r"[a-z]{2}", spelling):
        return spelling.upper()
    return _codes().get(spelling, spelling)


@cache
def _codes() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, names in COUNTRIES.items():
        for name in map(plain, names.split(", ")):
            found |= dict.fromkeys((name, *_forms(name)), code)
    return found


def _forms(name: str) -> list[str]:
    """Its feminine, and the plurals of both."""
    feminine = name[:-1] + "a" if name.endswith("o") else name + "a" if name.endswith("es") else ""
    one = [form for form in (name, feminine) if form]
    return [*one, *(form + ("s" if form[-1] in "aeo" else "es") for form in one), *(form + "s" for form in one)]
