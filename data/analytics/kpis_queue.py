"""Headlines about the entry stage's queue and the pressure it makes."""

from __future__ import annotations

from datetime import timedelta

from data.analytics.freshness import state_of
from data.analytics.seen import Seen, missing
from data.analytics.stages import StageState
from data.analytics.stations import minutes, span_minutes
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
    if entry.endless:
        return Kpi(
            "wait_minutes",
            None,
            State.NEVER,
            entry.waiting_at,
            unit="minutes",
            word="sentence.nobody_served",
            source=entry.source,
            note=_at_closing(entry),
        )
    wait, method = entry.best_wait
    if wait is None:
        return missing("wait_minutes", "minutes", _unknown(entry))
    low, high = entry.wait_low, entry.wait_high
    return Kpi(
        "wait_minutes",
        wait * 60,
        _queue_state(seen),
        entry.waiting_at,
        unit="minutes",
        at_least=entry.at_least,
        low=minutes(low),
        high=minutes(high),
        method=method,
        source=entry.source,
        note=_between(minutes(low), minutes(high)),
        holds_for=entry.wait_counters,
    )


def _between(low: float | None, high: float | None) -> Sentence | None:
    """The interval. What it holds for stands beside it (`Kpi.holds_for`): it is not the whole uncertainty."""
    if low is None or high is None or round(high) <= round(low):
        return None
    return Sentence("sentence.between_minutes", {"low_minutes": round(low), "high_minutes": round(high)})


def _at_closing(entry: StageState) -> Sentence:
    waited = entry.waited_at_closing
    if waited is None:
        return Sentence("sentence.station_closed")
    return Sentence("sentence.waited_at_closing", {"waited_minutes": round(waited * 60)})


def _unknown(entry: StageState) -> Sentence:
    if entry.waiting is None:
        return Sentence("sentence.no_head_count")
    if entry.outdated:
        return Sentence("sentence.too_old", {"seen_at": entry.waiting_at})
    if entry.rate is not None and entry.standing is None:
        return Sentence("sentence.not_carried_on")
    return Sentence("sentence.no_rate")


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
            note=Sentence("sentence.station_closed") if entry.endless else None,
            holds_for=entry.clears_counters,
        )
    if entry.clears_in is None:
        return missing(name, "minutes", _unknown(entry))
    low, high = span_minutes(entry.clears_low), span_minutes(entry.clears_high)
    note = _between(low, high)
    if low is not None and high is None:
        note = Sentence("sentence.perhaps_never", {"low_minutes": round(low), "basis": str(entry.clears_counters)})
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
        holds_for=entry.clears_counters,
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
