"""What the invented organisations of Simulacro Norte have at hand through the drill. Every figure is made up.

The kitchen never says what it has: somebody always forgets, and the page has to show it.
"""

from __future__ import annotations

from dataclasses import dataclass

from data.demo.simulated_services import ALWAYS, Steps


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
