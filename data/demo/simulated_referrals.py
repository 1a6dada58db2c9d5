"""Referrals to State services in the drill, and who the people of the drill are. Every figure is made up.

Referrals follow arrivals until an institution can answer no more: on the day of the surge more of them pass their
limit. One organisation never says how many were closed, and one of its reports contradicts itself, as happens.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.shape import Ints, slots_between, whole
from data.demo.simulation import SITE, Drill
from data.demo.streams import local
from data.types import Window
from data.vocabulary import AgeBand, Measure, Sex, Stage

SLOTS_PER_DAY = 96


@dataclass(frozen=True)
class Route:
    """One way of a referral. `share` of the day's arrivals; of those referred the shares accepted, closed, overdue."""

    source: str
    organisation: str
    pathway: str
    need: str
    institution: str
    priority: str
    share: float
    accepted: float
    closed: float | None
    per_day: int  # what the institution can answer


CHILDREN, HEALTH, ADVICE = "simulacro-ninez", "simulacro-salud", "simulacro-informacion"
RONDA, SALUD, CLARO = "Ronda de la Niñez (simulada)", "Salud en Camino (simulada)", "Punto Claro (simulada)"
UPE, REGION, COMMISSION = "UPE (simulada)", "DIRESA (simulada)", "CEPR (simulada)"
WOMEN, OMBUDSMAN = "CEM (simulado)", "Defensoría (simulada)"

ROUTES = (
    Route(CHILDREN, RONDA, "Protección de la niñez", "SC", UPE, "alta", 0.0062, 0.94, 0.62, 12),
    Route(CHILDREN, RONDA, "Protección de la niñez", "CR", UPE, "media", 0.0051, 0.88, 0.55, 10),
    Route(CHILDREN, RONDA, "Reunificación familiar", "FU", OMBUDSMAN, "media", 0.0034, 0.81, 0.48, 6),
    Route(HEALTH, SALUD, "Atención en salud", "SM", REGION, "alta", 0.0105, 0.97, 0.84, 26),
    Route(HEALTH, SALUD, "Atención en salud", "gestante", REGION, "media", 0.0082, 0.95, 0.79, 20),
    Route(HEALTH, SALUD, "Atención en salud", "DS", REGION, "baja", 0.0037, 0.86, 0.6, 8),
    Route(HEALTH, SALUD, "Violencia basada en género", "SV", WOMEN, "alta", 0.0022, 0.93, 0.5, 5),
    Route(ADVICE, CLARO, "Protección internacional", "LP", COMMISSION, "media", 0.0124, 0.83, None, 16),
    Route(ADVICE, CLARO, "Protección internacional", "ER", COMMISSION, "baja", 0.0029, 0.8, None, 6),
    Route(ADVICE, CLARO, "Trata de personas", "trata", OMBUDSMAN, "alta", 0.0008, 0.9, None, 3),
)
# Days since the drill's history began on which an organisation wrote more accepted than referred.
SLIPS = frozenset({(ADVICE, 17)})

# Of everybody served at migration control; the rest said neither.
PEOPLE: dict[tuple[Sex, AgeBand], float] = {
    (Sex.FEMALE, AgeBand.AGE_0_4): 0.052,
    (Sex.MALE, AgeBand.AGE_0_4): 0.054,
    (Sex.FEMALE, AgeBand.AGE_5_11): 0.061,
    (Sex.MALE, AgeBand.AGE_5_11): 0.064,
    (Sex.FEMALE, AgeBand.AGE_12_17): 0.044,
    (Sex.MALE, AgeBand.AGE_12_17): 0.043,
    (Sex.FEMALE, AgeBand.AGE_18_59): 0.305,
    (Sex.MALE, AgeBand.AGE_18_59): 0.318,
    (Sex.FEMALE, AgeBand.AGE_60_UP): 0.017,
    (Sex.MALE, AgeBand.AGE_60_UP): 0.014,
    (Sex.OTHER, AgeBand.AGE_18_59): 0.0084,
}


def referral_rows(site: Drill, source: str, window: Window) -> pd.DataFrame:
    """One row per route and day that ends in the window; what became of them as it stood when it was written."""
    days = _days(site, window)
    arrivals = _by_day(site.vaccination.arrivals)
    rows = [_route(site, route, day, arrivals) for route in ROUTES if route.source == source for day in days]
    columns = [
        *("site", "start", "end", "pathway", "need", "from_organisation", "to_institution", "priority"),
        *("referred", "accepted", "closed", "overdue"),
    ]
    return pd.DataFrame(rows, columns=columns).astype(dict.fromkeys(columns[8:], "Int64"))


def _route(site: Drill, route: Route, day: int, arrivals: Ints) -> dict[str, object]:
    referred = int(_counts(arrivals, route.share)[day])
    accepted = min(round(referred * route.accepted), route.per_day)
    closed = None if route.closed is None else min(round(referred * route.closed), accepted)
    late = max(0, referred - route.per_day) if route.priority == "alta" else 0
    if (route.source, day) in SLIPS and route.need == "LP":
        accepted = referred + 2
    start, end = local(site.start, np.array([day, day + 1]) * SLOTS_PER_DAY)
    return {
        "site": SITE,
        "start": start,
        "end": end,
        "pathway": route.pathway,
        "need": route.need,
        "from_organisation": route.organisation,
        "to_institution": route.institution,
        "priority": route.priority,
        "referred": referred,
        "accepted": accepted,
        "closed": closed,
        "overdue": late if route.priority == "alta" else None,
    }


def people_rows(site: Drill, window: Window) -> pd.DataFrame:
    """Everybody served at migration control on a day that ends in the window, by sex and age band."""
    served = _by_day(site.control.served)
    apart = {who: _counts(served, share) for who, share in PEOPLE.items()}
    rows = []
    for day in _days(site, window):
        [start] = local(site.start, np.array([day]) * SLOTS_PER_DAY)
        told = {who: int(counts[day]) for who, counts in apart.items()}
        told[Sex.UNCLASSIFIED, AgeBand.UNCLASSIFIED] = int(served[day]) - sum(told.values())
        rows += [
            {
                **{"site": SITE, "stage": str(Stage.MIGRATION_CONTROL), "measure": str(Measure.SERVED)},
                **{"start": start, "minutes": 1440, "people": people, "method": "counted"},
                **{"sex": str(sex), "age_band": str(age)},
            }
            for (sex, age), people in told.items()
        ]
    columns = ["site", "stage", "measure", "start", "minutes", "people", "method", "sex", "age_band"]
    return pd.DataFrame(rows, columns=columns)


def _days(site: Drill, window: Window) -> range:
    """Days of the drill's history that end in the window, by number."""
    first = max(0, slots_between(site.start, window.start) // SLOTS_PER_DAY)
    return range(first, min(slots_between(site.start, window.end), site.slots) // SLOTS_PER_DAY)


def _by_day(people: Ints) -> Ints:
    return people.reshape(-1, SLOTS_PER_DAY).sum(axis=1)


def _counts(people: Ints, share: float) -> Ints:
    return np.diff(whole(np.concatenate([[0.0], np.cumsum(people * share)])))
