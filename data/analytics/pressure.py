"""Queue pressure: the worst of its components, never an average, which would let a calm one hide a critical one.

The limits are a proposal for the local working group to agree on; nobody has published any. A site sets its own with
its rule named `pressure`. The level rises at a limit and falls only well under it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
LEAVE_AT = 0.9  # of a limit: a level is entered at it and left well under it


def limits_from(said: Mapping[str, Sequence[float]]) -> tuple[Limits, ...]:
    """The limits with the figures that a site has set; those it does not name stay."""
    return tuple(
        replace(row, limits=(float(said[row.name][0]), float(said[row.name][1]), float(said[row.name][2])))
        if row.name in said
        else row
        for row in LIMITS
    )


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


def component(
    name: str, value: float | None, never: bool = False, rows: Sequence[Limits] = LIMITS
) -> PressureComponent:
    row = next(row for row in rows if row.name == name)
    level = Level.CRITICAL if never else level_of(value, row)
    return PressureComponent(name, None if never else value, level, row.limits, row.unit, never)


def pressure(
    general: StageState,
    priority: StageState | None,
    presence: float | None,
    rows: Sequence[Limits] = LIMITS,
    before: Level | None = None,
    leave_at: float = LEAVE_AT,
) -> Pressure:
    """Pressure at the entry stage. `presence` is people present over safe capacity; None anywhere is no data.

    `before`: the level that was last written down; it holds while a figure is above `leave_at` of its limit.
    """
    values: dict[str, Callable[[], PressureComponent]] = {
        "utilisation": lambda: _load(general, rows),
        "wait_general": lambda: _wait("wait_general", general, rows),
        "wait_priority": lambda: _wait("wait_priority", priority, rows),
        "time_to_clear": lambda: _time_to_clear(general, rows),
        "waiting_over_12h": lambda: component("waiting_over_12h", general.over_12h, rows=rows),
        "presence": lambda: component("presence", presence, rows=rows),
    }
    parts = tuple(values[row.name]() for row in rows)
    level = worst([part.level for part in parts])
    kept = held(parts, level, before, leave_at, rows, {"utilisation"} if _brief(general, rows) else ())
    return Pressure(
        level=kept,
        at_least=any(part.level is Level.NO_DATA for part in parts),
        components=parts,
        held=kept is not level,
    )


def held(
    parts: Sequence[PressureComponent],
    level: Level,
    before: Level | None,
    leave_at: float,
    rows: Sequence[Limits] = LIMITS,
    warning: Collection[str] = (),
) -> Level:
    """The level with its hysteresis: it falls to the next one once every figure is at `leave_at` of the limit.

    `warning`: components that are no more than a warning now, and hold nothing critical up.
    """
    if Level.NO_DATA in (level, before) or before is None:
        return level
    limits = {row.name: row for row in rows}
    # A figure that was judged calm for another reason (a short queue that lasts) holds nothing up.
    own = [part for part in parts if part.value is not None and part.level is level_of(part.value, limits[part.name])]
    steps = range(LEVEL_ORDER.index(before), LEVEL_ORDER.index(level), -1)
    for step in steps:
        speak = [part for part in own if LEVEL_ORDER[step] is not Level.CRITICAL or part.name not in warning]
        if any(part.value is not None and part.value > leave_at * part.limits[step - 1] for part in speak):
            return LEVEL_ORDER[step]
    return level


def stage_level(state: StageState, priority: bool, rows: Sequence[Limits] = LIMITS) -> Level:
    """Level of one station from its own wait, load and time to clear."""
    return worst(
        [
            _wait("wait_priority" if priority else "wait_general", state, rows).level,
            _load(state, rows).level if state.stands else Level.NO_DATA,
            _time_to_clear(state, rows).level,
        ]
    )


def _load(state: StageState, rows: Sequence[Limits]) -> PressureComponent:
    """More come than can be served. While whoever joins waits briefly that is a warning, not yet a crisis."""
    found = component("utilisation", state.utilisation, rows=rows)
    return replace(found, level=Level.ALERT) if found.level is Level.CRITICAL and _brief(state, rows) else found


def _brief(state: StageState, rows: Sequence[Limits]) -> bool:
    wait = _minutes(state.best_wait[0])
    return wait is not None and wait < next(row for row in rows if row.name == "wait_general").limits[0]


def _wait(name: str, state: StageState | None, rows: Sequence[Limits]) -> PressureComponent:
    """Of whoever joins now. Where people stand at a closed station it never ends."""
    if state is None:
        return component(name, None, rows=rows)
    found = component(name, _minutes(state.best_wait[0]), state.endless and state.never_clears, rows)
    return found if state.wait_counters is None else replace(found, holds_for=str(state.wait_counters))


def _time_to_clear(state: StageState, rows: Sequence[Limits] = LIMITS) -> PressureComponent:
    found = component("time_to_clear", _span_minutes(state.clears_in), state.never_clears, rows)
    if state.clears_counters is not None:
        found = replace(found, holds_for=str(state.clears_counters))
    # A short queue that lasts all day is how a busy counter works: it counts once joining it means a long wait.
    return replace(found, level=Level.NORMAL) if found.level is not Level.NO_DATA and _brief(state, rows) else found


def _minutes(hours: float | None) -> float | None:
    return None if hours is None else hours * 60


def _span_minutes(span: timedelta | None) -> float | None:
    return None if span is None else span / timedelta(minutes=1)
