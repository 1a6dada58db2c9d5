"""When an alarm opens, is told again because what it tells of grows, and ends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from data.analytics.detection.belief import chance_above, chance_below
from data.analytics.detection.limits import (
    FALLEN_HOURS,
    GROWN,
    GROWN_SURE,
    LEAST_HOURS,
    LEAST_LEVEL,
    MOST_LEVEL,
    QUIET_HOURS,
    Limits,
)
from data.analytics.detection.state import Kind, Open

SETTLED_HOURS = 6.0  # after it opened: until then the level of an alarm is still being found
FORGOTTEN_HOURS = 24.0  # in which the level that was told last gives way to one nearer to the usual


class Event(StrEnum):
    OPENED = "opened"  # ends one of the other kind, if one was on
    GREW = "grew"
    ENDED = "ended"


@dataclass(frozen=True)
class Seen:
    """One reported bucket: how strongly it speaks of a surge and of a collapse, and the level over the usual."""

    surge: float
    fall: float
    level: float
    belief: np.ndarray
    step_hours: float


def fallen_hours(before: float, seen: Seen, limits: Limits) -> float:
    """For how long a collapse has been probable."""
    return before + seen.step_hours if seen.fall >= limits.collapses else 0.0


def opened(alarm: Open | None, seen: Seen, falling: float, limits: Limits) -> Open | None:
    """A new alarm, or none. One that is on gives way to one of the other kind."""
    kind = None if alarm is None else alarm.kind
    if seen.surge >= limits.opens and kind is not Kind.SURGE:
        return Open(Kind.SURGE, seen.step_hours, 0.0, seen.level, 0)
    if falling >= FALLEN_HOURS and kind is not Kind.COLLAPSE:
        return Open(Kind.COLLAPSE, seen.step_hours, 0.0, seen.level, 0)
    return None


def went_on(alarm: Open, seen: Seen, limits: Limits) -> tuple[Open | None, Event | None]:
    """An alarm that was on before this bucket, whose hours are in it already."""
    up = alarm.kind is Kind.SURGE
    strength = seen.surge if up else seen.fall
    quiet = alarm.quiet_hours + seen.step_hours if strength < limits.ends(seen.step_hours) else 0.0
    if quiet >= QUIET_HOURS and alarm.hours >= LEAST_HOURS:
        return None, Event.ENDED
    alarm = replace(alarm, quiet_hours=quiet, reference=_reference(alarm, seen))
    if alarm.hours <= SETTLED_HOURS or not _grown(alarm, seen):
        return alarm, None
    return replace(alarm, reference=seen.level, grown=alarm.grown + 1), Event.GREW


def _reference(alarm: Open, seen: Seen) -> float:
    beyond = seen.level > alarm.reference if alarm.kind is Kind.SURGE else seen.level < alarm.reference
    if beyond:
        return seen.level if alarm.hours <= SETTLED_HOURS else alarm.reference
    return alarm.reference + (seen.level - alarm.reference) * min(1.0, seen.step_hours / FORGOTTEN_HOURS)


def _grown(alarm: Open, seen: Seen) -> bool:
    if alarm.kind is Kind.SURGE:
        to = GROWN * alarm.reference
        return to <= MOST_LEVEL and chance_above(seen.belief, to) >= GROWN_SURE
    to = alarm.reference / GROWN
    return to >= LEAST_LEVEL and chance_below(seen.belief, to) >= GROWN_SURE
