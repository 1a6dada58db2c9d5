"""What a standard asks for: how many units for how many people, by the way it counts them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from data.types import Window
from data.vocabulary import Service


@dataclass(frozen=True)
class Denominators:
    """People the standards speak of. None is unreported. `arrivals` counts people in a span of the site's time."""

    present: float | None
    arrivals: Callable[[Window], float | None]
    overnight: float | None = None

    def of(self, name: str, span: Window) -> float | None:
        if name == "arrivals":
            return self.arrivals(span)
        return {"present": self.present, "overnight": self.overnight}.get(name)


@dataclass(frozen=True)
class Standard:
    service: Service
    value: float
    per: str
    denominator: str
    unit: str
    source: str
    phase: str
    provisional: bool


# per: (people, value, share of a day) -> units needed
NEED: Mapping[str, Callable[[float, float, float], float]] = {
    "per-person-day": lambda people, value, days: people * value * days,
    "per-arrival": lambda people, value, days: people * value,
    "people-per-unit": lambda people, value, days: math.ceil(people / value - 1e-9),
    "units-per-person": lambda people, value, days: people * value,
}
STANDING = ("people-per-unit", "units-per-person")
# Units that come in pieces; litres and square metres do not.
DIVISIBLE = ("l", "litres", "litros", "m2", "m²", "kcal", "kg")
