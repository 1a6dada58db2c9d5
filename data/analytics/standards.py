"""What a standard asks for: how many units for how many people, by the way it counts them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from data.types import Window
from data.vocabulary import Service


@dataclass(frozen=True)
class Denominators:
    """People the standards speak of. None is unreported. `arrivals` counts people in a span of the site's time.

    `present_over` is the mean number of people present in a span: what is consumed by the day follows person-hours,
    so a crowd that has just come does not need the water of the whole morning.
    """

    present: float | None
    arrivals: Callable[[Window], float | None]
    present_over: Callable[[Window], float | None]
    overnight: float | None = None

    def of(self, name: str, span: Window) -> float | None:
        if name == "arrivals":
            return self.arrivals(span)
        if name == PRESENT_OVER:
            return self.present_over(span)
        return {"present": self.present, "overnight": self.overnight}.get(name)


PRESENT_OVER = "present-over"


def mean_present(readings: Sequence[tuple[datetime, float]], span: Window) -> float | None:
    """Time-weighted mean over the span; a count holds until the next one, and the first one also before itself."""
    ordered = sorted(readings)
    known = [(at, people) for at, people in ordered if at <= span.end] or ordered[:1]
    if not known:
        return None
    if span.end <= span.start:
        return known[-1][1]
    starts = [max(at, span.start) for at, _ in known]
    starts[0] = span.start
    ends = [*starts[1:], span.end]
    hours = [(end - start).total_seconds() for start, end in zip(starts, ends, strict=True)]
    return sum(people * held for (_, people), held in zip(known, hours, strict=True)) / sum(hours)


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

# Spellings of one unit, and how many of the first one each is.
SPELLINGS: Mapping[str, Mapping[str, float]] = {
    "l": {"l": 1, "lt": 1, "lts": 1, "litro": 1, "litros": 1, "litre": 1, "litres": 1, "liter": 1, "liters": 1}
    | dict.fromkeys(("m3", "m³", "metros cúbicos", "metros cubicos", "cubic metres"), 1000),
    "m2": dict.fromkeys(("m2", "m²", "metros cuadrados", "square metres"), 1),
    "kg": {"kg": 1, "kilo": 1, "kilos": 1, "kilogramos": 1, "t": 1000, "toneladas": 1000, "tonnes": 1000},
}


def in_unit(amount: float, unit: str, wanted: str) -> float | None:
    """The amount in the standard's unit; None where the two cannot be compared. No unit is the standard's."""
    said, asked = unit.strip().lower(), wanted.strip().lower()
    if not said or said == asked:
        return amount
    for spellings in SPELLINGS.values():
        if said in spellings and asked in spellings:
            return amount * spellings[said] / spellings[asked]
    return None
