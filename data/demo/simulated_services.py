"""What the invented organisations of Simulacro Norte deliver through the drill, hour by hour. Every figure is made up.

Deliveries follow need until an organisation can do no more, so that coverage falls as the crowd grows: water and meals
to about two thirds, latrines and covered space below half; health screening screens some people twice (over 100 %).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache

import numpy as np

from data.demo.shape import Floats, Ints
from data.demo.simulation import Drill, steps
from data.vocabulary import AgeBand, Sector, Service, Sex

Steps = tuple[tuple[float, int], ...]
ALWAYS = -1e6


@dataclass(frozen=True, eq=False)
class People:
    """Per hour of the drill: people there at its end, arrivals, leaving by bus."""

    since: Floats  # hours since the drill began, at the hour's end
    present: Ints
    arrivals: Ints
    boarding: Ints


@lru_cache(maxsize=4)
def people(drill: Drill) -> People:
    hours = drill.slots // 4
    begins = (drill.begins - drill.start) / timedelta(hours=1)
    return People(
        since=np.arange(1, hours + 1) - begins,
        present=drill.present[4::4],
        arrivals=drill.vaccination.arrivals.reshape(-1, 4).sum(axis=1),
        boarding=drill.transport.served.reshape(-1, 4).sum(axis=1),
    )


@dataclass(frozen=True, eq=False)
class Offer:
    """One service of one organisation. `amount` gives its quantity per hour; `standing` its quantity on the ground."""

    service: Service
    sector: Sector
    unit: str
    hours: int  # reported for each hour, or for each shift of eight
    amount: Callable[[People], Ints]
    standing: bool = False
    counts_people: bool = False
    capacity: Steps | None = None
    split: Mapping[tuple[Sex, AgeBand], float] = field(default_factory=dict)


@dataclass(frozen=True)
class Partner:
    source: str
    organisation: str
    offers: tuple[Offer, ...]


def _up_to(need: Callable[[People], Floats], most: Steps) -> Callable[[People], Ints]:
    """What is needed, as far as it goes."""
    return lambda p: np.rint(np.minimum(need(p), steps(p.since, most))).astype(np.int64)


def _standing(table: Steps) -> Callable[[People], Ints]:
    return lambda p: steps(p.since, table)


WATER: Steps = ((ALWAYS, 900), (10.0, 1400), (20.0, 1900))
MEALS: Steps = ((ALWAYS, 150), (8.0, 240), (18.0, 330))
SCREENED: Steps = ((ALWAYS, 520),)
DOSES: Steps = ((ALWAYS, 210), (9.0, 270))
SEATS: Steps = ((ALWAYS, 88), (10.0, 184), (72.0, 88))

CHILDREN_BY_SEX = {(Sex.FEMALE, AgeBand.AGE_UNDER_18): 0.52, (Sex.MALE, AgeBand.AGE_UNDER_18): 0.48}

PARTNERS = (
    Partner(
        "simulacro-agua",
        "Aguas del Norte (simulada)",
        (
            Offer(Service.WATER, Sector.WASH, "litros", 1, _up_to(lambda p: p.present * 15 / 24 * 1.1, WATER)),
            Offer(Service.LATRINES, Sector.WASH, "letrinas", 8, _standing(((ALWAYS, 22), (11.0, 34))), standing=True),
            Offer(Service.SHOWERS, Sector.WASH, "duchas", 8, _standing(((ALWAYS, 16), (19.0, 24))), standing=True),
        ),
    ),
    Partner(
        "simulacro-comedor",
        "Comedor del Paso (simulado)",
        (Offer(Service.MEALS, Sector.FOOD, "raciones", 1, _up_to(lambda p: p.present * 3 / 24 * 1.02, MEALS)),),
    ),
    Partner(
        "simulacro-albergue",
        "Techo Abierto (simulada)",
        (
            Offer(
                *(Service.SHELTER_PLACES, Sector.SHELTER, "m²", 8),
                _standing(((ALWAYS, 1900), (11.0, 2600), (19.0, 4200))),
                standing=True,
            ),
        ),
    ),
    Partner(
        "simulacro-salud",
        "Salud en Camino (simulada)",
        (
            Offer(
                *(Service.HEALTH_SCREENING, Sector.HEALTH, "tamizajes", 1),
                _up_to(lambda p: p.arrivals * 1.16, SCREENED),
            ),
            Offer(Service.VACCINATION, Sector.HEALTH, "dosis", 1, _up_to(lambda p: p.arrivals * 0.94, DOSES)),
            Offer(
                *(Service.MEDICAL_ATTENTION, Sector.HEALTH, "atenciones", 8),
                _up_to(lambda p: p.present * 0.011, ((ALWAYS, 26),)),
                counts_people=True,
            ),
            Offer(
                *(Service.NUTRITION_SCREENING, Sector.NUTRITION, "tamizajes", 8),
                _up_to(lambda p: p.arrivals * 0.10, ((ALWAYS, 22),)),
                counts_people=True,
            ),
        ),
    ),
    Partner(
        "simulacro-ninez",
        "Ronda de la Niñez (simulada)",
        (
            Offer(
                *(Service.CHILD_FRIENDLY_SPACE, Sector.CHILD_PROTECTION, "atenciones", 8),
                _up_to(lambda p: p.present * 0.02, ((ALWAYS, 24), (11.0, 40))),
                counts_people=True,
                capacity=((ALWAYS, 190), (11.0, 320)),
                split=CHILDREN_BY_SEX,
            ),
        ),
    ),
    Partner(
        "simulacro-transporte",
        "Buses del Desierto (simulada)",
        (Offer(Service.TRANSPORT_SEATS, Sector.TRANSPORT, "asientos", 1, _standing(SEATS)),),
    ),
    Partner(
        "simulacro-informacion",
        "Punto Claro (simulada)",
        (
            Offer(
                *(Service.INFORMATION, Sector.PROTECTION, "atenciones", 8),
                _up_to(lambda p: p.arrivals * 0.3, ((ALWAYS, 60),)),
                counts_people=True,
            ),
            Offer(
                *(Service.LEGAL_ORIENTATION, Sector.PROTECTION, "atenciones", 8),
                _up_to(lambda p: p.arrivals * 0.08, ((ALWAYS, 14),)),
                counts_people=True,
            ),
            Offer(
                *(Service.CONNECTIVITY, Sector.CONNECTIVITY, "conexiones", 8),
                _up_to(lambda p: p.present * 0.06, ((ALWAYS, 70),)),
                counts_people=True,
            ),
        ),
    ),
)

# Stock: item, unit, owner's source, what is on the shelf at a delivery of goods every third day, use per hour.
Use = Callable[[People], Floats]


@dataclass(frozen=True)
class Item:
    source: str
    item: str
    unit: str
    full: int
    use: Use


STOCK = (
    Item("simulacro-agua", "agua en tanques", "litros", 42_000, lambda p: np.minimum(p.present * 15 / 24, 1400)),
    Item("simulacro-comedor", "raciones", "raciones", 4_800, lambda p: np.minimum(p.present * 3 / 24, 240)),
    Item("simulacro-salud", "dosis de vacuna SPR", "dosis", 5_400, lambda p: np.minimum(p.arrivals * 0.94, 240)),
    Item("simulacro-albergue", "kits de higiene", "kits", 2_600, lambda p: p.arrivals * 0.3),
)
RESTOCK_HOURS = 72


def left_in_stock(item: Item, p: People) -> Ints:
    """At the end of each hour; filled up every third day, and never below nothing."""
    used = np.cumsum(item.use(p))
    hour = np.arange(len(used))
    filled = hour - hour % RESTOCK_HOURS
    since = used - np.concatenate([[0.0], used])[filled]
    return np.maximum(np.rint(item.full - since), 0).astype(np.int64)
