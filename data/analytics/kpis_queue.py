"""Headlines about the entry stage's queue and the pressure it makes."""

from __future__ import annotations

from datetime import timedelta

from data.analytics.freshness import state_of
from data.analytics.seen import Seen, missing
from data.analytics.stations import span_minutes
from data.types import Kpi, Sentence
from data.vocabulary import LEVEL_ORDER, Level, Method, State


def queue_len(seen: Seen) -> Kpi:
    entry = seen.entry
    if entry.waiting is None:
        return missing("queue_len", "people", Sentence("sentence.no_head_count"))
    growth = entry.growth
    note = None
    if growth is not None and round(growth) > 0 and entry.waiting > 0:
        note = Sentence("sentence.grows_per_hour", {"people": round(growth)})
    return Kpi(
        "queue_len",
        entry.waiting,
        _queue_state(seen),
        entry.waiting_at,
        at_least=entry.at_least,
        method=entry.method,
        source=entry.source,
        note=note,
    )


def wait_minutes(seen: Seen) -> Kpi:
    entry = seen.entry
    wait, method = entry.best_wait
    if wait is None:
        unknown = "sentence.no_head_count" if entry.waiting is None else "sentence.no_rate"
        return missing("wait_minutes", "minutes", Sentence(unknown))
    low, high = entry.wait_low, entry.wait_high
    note = None
    if low is not None and high is not None and high > low:
        note = Sentence("sentence.between_minutes", {"low_minutes": round(low * 60), "high_minutes": round(high * 60)})
    return Kpi(
        "wait_minutes",
        wait * 60,
        _queue_state(seen),
        entry.waiting_at,
        unit="minutes",
        at_least=entry.at_least,
        low=None if low is None else low * 60,
        high=None if high is None else high * 60,
        method=method,
        source=entry.source,
        note=note,
    )


def time_to_clear_minutes(seen: Seen) -> Kpi:
    name, entry = "time_to_clear_minutes", seen.entry
    if entry.never_clears:
        return Kpi(
            name,
            None,
            State.NEVER,
            entry.waiting_at,
            unit="minutes",
            word="sentence.never_clears",
            source=entry.source,
            method=Method.DERIVED,
        )
    if entry.clears_in is None:
        unknown = "sentence.no_head_count" if entry.waiting is None else "sentence.no_rate"
        return missing(name, "minutes", Sentence(unknown))
    low, high = span_minutes(entry.clears_low), span_minutes(entry.clears_high)
    note = None
    if low is not None and high is not None and round(high) > round(low):
        note = Sentence("sentence.between_minutes", {"low_minutes": round(low), "high_minutes": round(high)})
    elif low is not None and high is None:
        note = Sentence("sentence.perhaps_never", {"low_minutes": round(low)})
    return Kpi(
        name,
        entry.clears_in / timedelta(minutes=1),
        _queue_state(seen),
        entry.waiting_at,
        unit="minutes",
        at_least=entry.at_least,
        low=low,
        high=high,
        method=Method.DERIVED,
        source=entry.source,
        note=note,
    )


def _queue_state(seen: Seen) -> State:
    return state_of(seen.entry.waiting_at, seen.judged_at, seen.cadence(seen.entry.source, "queue"))


def pressure_level(seen: Seen) -> Kpi:
    level = seen.pressure.level
    known = level is not Level.NO_DATA
    return Kpi(
        "pressure_level",
        float(LEVEL_ORDER.index(level)) if known else None,
        _queue_state(seen) if known and seen.entry.waiting_at else (State.OK if known else State.MISSING),
        seen.entry.waiting_at or (seen.present.at if seen.present else None),
        unit="level",
        word=f"level.{level}",
        at_least=known and seen.pressure.at_least,
        method=Method.DERIVED if known else None,
        source=seen.entry.source,
    )
