"""What the invented organisations of Simulacro Norte have at hand through the drill. Every figure is made up.

The kitchen never says what it has: somebody always forgets, and the page has to show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.demo.simulated_services import ALWAYS, PARTNERS, Steps, people
from data.demo.simulation import SITE, Drill, steps
from data.demo.streams import local

SLOTS_PER_HOUR = 4
COLUMNS = ["site", "organisation", "kind", "at", "quantity", "state", "available", "place"]


@dataclass(frozen=True)
class Has:
    """`table`: hours since the drill began, and how many from then on; `free` of them, where the owner says so."""

    source: str
    kind: str
    state: str
    table: Steps
    free: Steps | None = None
    place: str = ""


HELD = (
    Has("simulacro-agua", "camiones cisterna", "operativa", ((ALWAYS, 3), (10.0, 5)), ((ALWAYS, 1), (10.0, 0))),
    Has("simulacro-agua", "camiones cisterna", "averiada", ((ALWAYS, 1),)),
    Has("simulacro-albergue", "carpas", "operativa", ((ALWAYS, 14), (11.0, 26)), place="Patio norte"),
    Has("simulacro-albergue", "carpas", "en camino", ((ALWAYS, 0), (8.0, 12), (11.0, 0)), place="Patio norte"),
    Has("simulacro-albergue", "promotores de albergue", "operativa", ((ALWAYS, 6), (12.0, 10))),
    Has("simulacro-salud", "ambulancias", "operativa", ((ALWAYS, 2),), ((ALWAYS, 1), (6.0, 0))),
    Has("simulacro-salud", "enfermeras", "de turno", ((ALWAYS, 5), (10.0, 9))),
    Has("simulacro-ninez", "promotores de niñez", "de turno", ((ALWAYS, 4), (12.0, 7))),
    Has("simulacro-transporte", "buses", "operativa", ((ALWAYS, 4), (10.0, 9), (72.0, 4)), place="Explanada"),
    Has("simulacro-transporte", "buses", "averiada", ((ALWAYS, 1),), place="Explanada"),
    Has("simulacro-informacion", "intérpretes", "disponible", ((ALWAYS, 2),)),
)


def resource_rows(site: Drill, held: Sequence[Has], ends: Sequence[int]) -> pd.DataFrame:
    """What one organisation has at the end of each shift (hours since the drill's history began)."""
    organisation = next(partner.organisation for partner in PARTNERS if partner.source == held[0].source)
    since = people(site).since
    rows = [
        {
            "site": SITE,
            "organisation": organisation,
            "kind": one.kind,
            "at": local(site.start, np.array([last]) * SLOTS_PER_HOUR)[0],
            "quantity": int(steps(since, one.table)[last - 1]),
            "state": one.state,
            "available": None if one.free is None else int(steps(since, one.free)[last - 1]),
            "place": one.place,
        }
        for last in ends
        for one in held
        if steps(since, one.table)[last - 1]
    ]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"available": "Int64"})
