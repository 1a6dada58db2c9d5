"""What a standard asks for: how many units for how many people, by the way it counts them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from data.standard_shapes import Standard as Standard
from data.types import Window

PRESENT_OVER = "present-over"
# Arrivals told apart by age or sex: known only where everybody who came in the span was.
PARTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "arrivals-under-5": ("age_band", ("0-4",)),
    "arrivals-under-18": ("age_band", ("0-4", "5-11", "12-17", "0-17")),
    "arrivals-female": ("sex", ("female",)),
}
# What a standard may count people by; each has its words in `denominator.<name>`.
DENOMINATORS = ("present", "person-hours", "arrivals", "overnight", *PARTS)
# The hours at which who is there stays the night.
NIGHT_HOURS = (0, 5)


@dataclass(frozen=True)
class Denominators:
    """People the standards speak of. None is unreported. `arrivals` counts people in a span of the site's time.

    `present_over` is the mean number of people present in a span: what is consumed by the day follows person-hours,
    so a crowd that has just come does not need the water of the whole morning. `parts` counts the arrivals of a span
    told apart, by name of PARTS.
    """

    present: float | None
    arrivals: Callable[[Window], float | None]
    present_over: Callable[[Window], float | None]
    overnight: float | None = None
    parts: Callable[[str, Window], float | None] = lambda name, span: None

    def of(self, name: str, span: Window) -> float | None:
        if name == "arrivals":
            return self.arrivals(span)
        if name == PRESENT_OVER:
            return self.present_over(span)
        if name == "person-hours":
            mean = self.present_over(span)
            return None if mean is None else mean * ((span.end - span.start) / timedelta(hours=1))
        if name in PARTS:
            return self.parts(name, span)
        return {"present": self.present, "overnight": self.overnight}.get(name)


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


def stayed_overnight(readings: Sequence[tuple[datetime, float]], now: datetime, zone: str) -> float | None:
    """Who stayed the last night that is over: the smallest count of it, for nobody of them was away at any count."""
    local = now.astimezone(ZoneInfo(zone))
    begins, ends = (local.replace(hour=hour, minute=0, second=0, microsecond=0) for hour in NIGHT_HOURS)
    if local < ends:
        begins, ends = begins - timedelta(days=1), ends - timedelta(days=1)
    counted = [people for at, people in readings if begins <= at <= ends]
    return min(counted) if counted else None


# per: (people, value, share of a day) -> units needed
NEED: Mapping[str, Callable[[float, float, float], float]] = {
    "per-person-day": lambda people, value, days: people * value * days,
    "per-person-hour": lambda person_hours, value, days: person_hours * value,
    "per-arrival": lambda people, value, days: people * value,
    "people-per-unit": lambda people, value, days: math.ceil(people / value - 1e-9),
    "units-per-person": lambda people, value, days: people * value,
}
# By what each may count: what is given to whoever comes is not counted by who is there.
COUNTED_BY: Mapping[str, tuple[str, ...]] = {
    "per-person-day": ("present", "overnight"),
    "per-person-hour": ("person-hours",),
    "per-arrival": ("arrivals", *PARTS),
    "people-per-unit": ("present", "overnight", "arrivals", *PARTS),
    "units-per-person": ("present", "overnight", "arrivals", *PARTS),
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
