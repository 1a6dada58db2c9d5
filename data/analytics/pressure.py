"""Queue pressure: the worst of its components, never an average, which would let a calm one hide a critical one.

The limits are a proposal for the local working group to agree on; nobody has published any.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from data.analytics.stages import StageState
from data.types import Pressure, PressureComponent
from data.vocabulary import LEVEL_ORDER, Level


@dataclass(frozen=True)
class Limits:
    """Where watch, alert and critical begin."""

    name: str
    unit: str
    limits: tuple[float, float, float]
    begins: bool = True  # the level begins at its limit; False: only above it ("0" is normal, "more than 200")


LIMITS: tuple[Limits, ...] = (
    Limits("utilisation", "ratio", (0.80, 0.95, 1.10)),
    Limits("wait_general", "minutes", (60, 120, 360)),
    Limits("wait_priority", "minutes", (15, 30, 60)),
    Limits("time_to_clear", "minutes", (120, 360, 720)),
    Limits("waiting_over_12h", "people", (0, 20, 200), begins=False),
    Limits("presence", "ratio", (0.7, 0.9, 1.1)),
)
LIMITS_OF = {row.name: row for row in LIMITS}


def level_of(value: float | None, row: Limits) -> Level:
    """The table's last column reads "more than": critical begins above its limit, the others at theirs."""
    if value is None:
        return Level.NO_DATA
    watch, alert, critical = row.limits
    if value > critical:
        return Level.CRITICAL
    if value > alert or (row.begins and value == alert):
        return Level.ALERT
    if value > watch or (row.begins and value == watch):
        return Level.WATCH
    return Level.NORMAL


def worst(levels: Sequence[Level]) -> Level:
    known = [level for level in levels if level is not Level.NO_DATA]
    return max(known, key=LEVEL_ORDER.index) if known else Level.NO_DATA


def component(name: str, value: float | None, never: bool = False) -> PressureComponent:
    row = LIMITS_OF[name]
    level = Level.CRITICAL if never else level_of(value, row)
    return PressureComponent(name, None if never else value, level, row.limits, row.unit, never)


def pressure(general: StageState, priority: StageState | None, presence: float | None) -> Pressure:
    """Pressure at the entry stage. `presence` is people present over safe capacity; None anywhere is no data."""
    values: dict[str, Callable[[], PressureComponent]] = {
        "utilisation": lambda: component("utilisation", general.utilisation),
        "wait_general": lambda: _wait("wait_general", general),
        "wait_priority": lambda: _wait("wait_priority", priority),
        "time_to_clear": lambda: _time_to_clear(general),
        "waiting_over_12h": lambda: component("waiting_over_12h", general.over_12h),
        "presence": lambda: component("presence", presence),
    }
    parts = tuple(values[row.name]() for row in LIMITS)
    return Pressure(
        level=worst([part.level for part in parts]),
        at_least=any(part.level is Level.NO_DATA for part in parts),
        components=parts,
    )


def stage_level(state: StageState, priority: bool) -> Level:
    """Level of one station from its own wait, load and time to clear."""
    return worst(
        [
            _wait("wait_priority" if priority else "wait_general", state).level,
            component("utilisation", state.utilisation).level if state.stands else Level.NO_DATA,
            _time_to_clear(state).level,
        ]
    )


def _wait(name: str, state: StageState | None) -> PressureComponent:
    """Of whoever joins now. Where people stand at a closed station it never ends."""
    if state is None:
        return component(name, None)
    found = component(name, _minutes(state.best_wait[0]), state.endless and state.never_clears)
    return found if state.wait_counters is None else replace(found, holds_for=str(state.wait_counters))


# A short queue that lasts all day is how a busy counter works: it counts once joining it means this long a wait.
LONG_ENOUGH = LIMITS_OF["wait_general"].limits[0]


def _time_to_clear(state: StageState) -> PressureComponent:
    found = component("time_to_clear", _span_minutes(state.clears_in), state.never_clears)
    if state.clears_counters is not None:
        found = replace(found, holds_for=str(state.clears_counters))
    wait = _minutes(state.best_wait[0])
    if found.level is not Level.NO_DATA and wait is not None and wait < LONG_ENOUGH:
        return replace(found, level=Level.NORMAL)
    return found


def _minutes(hours: float | None) -> float | None:
    return None if hours is None else hours * 60


def _span_minutes(span: timedelta | None) -> float | None:
    return None if span is None else span / timedelta(minutes=1)
