"""The headline sentence: what is happening, and what would help. Keys of locale `sentence.*`, with plain facts."""

from __future__ import annotations

from datetime import timedelta

from data.analytics.staffing import CountersBasis
from data.analytics.stages import StageState
from data.types import Pressure, Sentence
from data.vocabulary import Level


def situation_sentence(entry: StageState, pressure: Pressure) -> Sentence:
    """One sentence for the entry stage; `stage` is a vocabulary code, names in `_minutes` are durations."""
    stage = str(entry.stage)
    if (other := _elsewhere(pressure, stage)) is not None:
        return other
    if entry.waiting is None:
        return Sentence("sentence.no_queue_data", {"stage": stage})
    if entry.negative:
        return Sentence("sentence.negative_queue", {"stage": stage, "people": round(-entry.waiting)})
    waiting = round(entry.waiting)
    there: dict[str, object] = {"stage": stage, "people": waiting}
    if entry.outdated:
        return Sentence("sentence.outdated", {**there, "seen_at": entry.waiting_at})
    then = ""
    if not entry.counted_now:  # an older count is told with its moment
        then, there["seen_time"] = "_then", entry.waiting_at
    if entry.closed and waiting > 0:
        return Sentence(f"sentence.closed_with_queue{then}", there)
    if entry.endless:
        return Sentence("sentence.closed", {"stage": stage})
    growth = entry.growth
    if entry.stands and growth is not None and round(growth) > 0:
        return _growing(entry, stage, round(growth))
    wait, _ = entry.best_wait
    if wait is None:
        return Sentence(f"sentence.waiting_unknown_rate{then}", there)
    if not entry.stands and pressure.level in (Level.NORMAL, Level.WATCH, Level.NO_DATA):
        return Sentence("sentence.calm", {"stage": stage})
    there["wait_minutes"] = round(wait * 60)
    if entry.clears_in is not None and entry.clears_in > timedelta(0):
        there["basis"] = str(entry.wait_counters or CountersBasis.OPEN)
        there["clear_minutes"] = round(entry.clears_in / timedelta(minutes=1))
        return Sentence(f"sentence.clearing{then}", there)
    if entry.wait_counters is None:
        return Sentence(f"sentence.waiting{then}", there)  # measured, or waited by who is served now
    return Sentence(f"sentence.waiting_holds{then}", {**there, "basis": str(entry.wait_counters)})


def _elsewhere(pressure: Pressure, stage: str) -> Sentence | None:
    """What to say when the level comes from the crowd inside or the priority lane, and the queue is calmer."""
    level = {part.name: part for part in pressure.components}
    if pressure.held or pressure.level not in (Level.ALERT, Level.CRITICAL):
        return None
    if any(part.level is pressure.level for name, part in level.items() if name not in ("presence", "wait_priority")):
        return None
    priority, presence = level["wait_priority"], level["presence"]
    if priority.level is pressure.level and priority.never:
        return Sentence("sentence.priority_closed", {"stage": stage})
    if priority.level is pressure.level and priority.value is not None:
        return Sentence("sentence.priority_wait", {"stage": stage, "wait_minutes": round(priority.value)})
    if presence.level is pressure.level and presence.value is not None:
        return Sentence("sentence.over_capacity", {"ratio": round(presence.value, 1)})
    return None


def _growing(entry: StageState, stage: str, growth: int) -> Sentence:
    facts: dict[str, object] = {"stage": stage, "growth": growth}
    more = entry.counters_to_add
    if more is None or more <= 0:
        return Sentence("sentence.growing", facts)
    facts["counters"] = more
    return Sentence("sentence.growing_counters", facts)
