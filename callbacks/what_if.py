"""What if other counters were open at the entry stage, or others arrived: the fluid queue with that changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from data.analytics.coming import ArrivalsBasis
from data.analytics.expects import Expects
from data.analytics.queueing import counters_that_stop_growth
from data.analytics.staffing import CountersBasis
from data.analytics.what_if import Asked, Follows, exactly, rate_within, what_follows
from data.types import Sentence, Station
from data.vocabulary import Lane, Stage


@dataclass(frozen=True)
class Question:
    """Counters open; over how many hours (None: nobody asks); arrivals per hour (None: as many as now)."""

    counters: int
    hours: float | None = None
    arriving: float | None = None


class Queued(Protocol):
    """What is asked about: a Station, or as much of one as the answer needs."""

    @property
    def stage(self) -> Stage: ...
    @property
    def waiting(self) -> float | None: ...
    @property
    def negative(self) -> bool: ...
    @property
    def outdated(self) -> bool: ...
    @property
    def counters_open(self) -> int | None: ...
    @property
    def utilisation(self) -> float | None: ...
    @property
    def arriving_per_hour(self) -> float | None: ...
    @property
    def rate_per_counter_hour(self) -> float | None: ...
    @property
    def rate_low(self) -> float | None: ...
    @property
    def rate_high(self) -> float | None: ...


def entry_station(stations: tuple[Station, ...], stage: Stage) -> Station | None:
    return next((one for one in stations if one.stage is stage and one.lane is Lane.GENERAL), None)


def told(
    station: Queued | None, question: Question, now: datetime, expects: Expects | None = None
) -> tuple[Sentence, ...]:
    """Everything there is to say, in order; where a report is missing, which one."""
    found = follows(station, question, expects)
    if isinstance(found, Sentence):
        return (found,)
    said = [said_of(found)]
    if found.counters_basis in (CountersBasis.PLAN, CountersBasis.PLAN_THEN_OPEN):
        said.append(Sentence("what_if.by_plan", {"counters": question.counters}))
    if found.grows and found.clears is not None and found.utilisation is not None:
        said.append(Sentence("what_if.grows_first", {"growth": max(1, round(found.growth))}))
    if found.asked.hours is not None and found.after is not None:
        hours = {"after_minutes": found.asked.hours * 60}
        said.append(Sentence("what_if.after", {**hours, "people": round(found.after)}))
        if found.counters_needed is not None and found.asked.waiting > 0:
            said.append(Sentence("what_if.needed_within", {**hours, "counters": found.counters_needed}))
    if found.nearly_full and not found.grows:
        facts = {"load_share": found.utilisation, "people": max(0, round(-found.growth))}
        said.append(Sentence("what_if.nearly_full", facts))
    assumed = assumption(station, now, question, expects)
    return tuple(said) if assumed is None else (*said, assumed)


def answer(
    station: Queued | None, counters: int, hours: float | None = None, arriving: float | None = None
) -> Sentence:
    """What would follow, or which report is missing for saying it."""
    found = follows(station, Question(counters, hours, arriving))
    return found if isinstance(found, Sentence) else said_of(found)


def follows(station: Queued | None, question: Question, expects: Expects | None = None) -> Follows | Sentence:
    """In numbers; or the sentence that says which report is missing for them.

    `expects`: what the headlines are worked out from. As many counters as are open now change nothing of it, and
    neither do arrivals that nobody states: then the answer is the headline's own. Without it all goes on as it is.
    """
    if station is None or station.waiting is None:
        return Sentence("what_if.no_waiting")
    if station.negative:
        return Sentence("what_if.negative", {"stage": station.stage, "people": round(-station.waiting)})
    if station.outdated:
        return Sentence("what_if.too_old")
    value = station.rate_per_counter_hour
    if value is None:
        return Sentence("what_if.no_rate")
    arriving = arriving_per_hour(station) if question.arriving is None else question.arriving
    if arriving is None:
        return Sentence("what_if.no_arrivals")
    if expects is not None:
        there = expects.standing
        return what_follows(
            Asked(
                there.people,
                arriving,
                question.counters,
                expects.rate,
                question.hours,
                standing=there,
                ahead=expects.ahead if question.counters == station.counters_open else None,
                coming=expects.coming if question.arriving is None else None,
                now=expects.now,
            )
        )
    low, high = station.rate_low, station.rate_high
    rate = exactly(value) if low is None or high is None else rate_within(value, low, high)
    return what_follows(Asked(max(0.0, station.waiting), arriving, question.counters, rate, question.hours))


def said_of(found: Follows) -> Sentence:
    """For a station, with its wait and the interval of the time to clear."""
    asked, wait = found.asked, found.wait
    counters = round(asked.counters)
    if found.utilisation is None and (wait is None or found.clears is None):
        return Sentence("what_if.nobody_served", {"counters": counters, "growth": round(asked.arriving)})
    if asked.waiting <= 0 and not found.grows and not (found.after or 0.0) > 0.5:
        return Sentence("what_if.empty", {"counters": counters, "capacity": round(found.capacity)})
    facts: dict[str, object] = {"counters": counters, "wait_minutes": None if wait is None else wait * 60}
    if found.grows and found.clears is None:
        needed = counters + counters_that_stop_growth(asked.arriving, asked.rate.value, counters)
        return Sentence("what_if.grows", {**facts, "growth": max(1, round(found.growth)), "needed": needed})
    facts["waiting"] = round(asked.waiting)
    if found.clears is None:
        # A surplus so small that it would take more than a year empties nothing.
        needed = max(found.counters_needed or 0, counters + 1)
        return Sentence("what_if.stays", {**facts, "needed": needed})
    facts["clear_minutes"] = found.clears * 60
    if found.clears_high is None:
        return Sentence("what_if.clears_perhaps", {**facts, "low_minutes": (found.clears_low or 0.0) * 60})
    low, high = (found.clears_low or 0.0) * 60, found.clears_high * 60
    if round(low) == round(high):
        return Sentence("what_if.clears", facts)
    return Sentence("what_if.clears_between", {**facts, "low_minutes": low, "high_minutes": high})


def said_shortly(found: Follows) -> Sentence:
    """One short sentence for a command line: whether, and when, the queue is gone."""
    asked = found.asked
    counters, growth = round(asked.counters), max(1, round(found.growth))
    facts = {"counters": counters, "needed": found.counters_needed}
    if found.utilisation is None and (asked.waiting > 0 or asked.arriving > 0):
        return Sentence("queue.whatif.nobody", {"counters": counters, "growth": round(asked.arriving)})
    if found.grows:
        return Sentence("queue.whatif.grows", {**facts, "growth": growth})
    if found.clears is None:
        return Sentence("queue.whatif.stays", facts)
    if asked.waiting <= 0:
        return Sentence("queue.whatif.empty", {"counters": counters})
    return Sentence("queue.whatif.clears", {"counters": counters, "clear_minutes": found.clears * 60})


def assumption(
    station: Queued | None, now: datetime, question: Question | None = None, expects: Expects | None = None
) -> Sentence | None:
    """What the answer takes for granted; None when there is no answer."""
    if station is None or station.waiting is None or station.rate_per_counter_hour is None:
        return None
    asked = None if question is None else question.arriving
    arriving = arriving_per_hour(station) if asked is None else asked
    if arriving is None:
        return None
    key = "what_if.assumes" if asked is None else "what_if.assumes_arrivals"
    if asked is None and expects is not None and expects.coming.basis is ArrivalsBasis.FORECAST:
        key = "what_if.assumes_forecast"
    return Sentence(key, {"rate": round(station.rate_per_counter_hour, 1), "arriving": round(arriving), "at": now})


def arriving_per_hour(station: Queued) -> float | None:
    """As told, or utilisation times what the open counters can serve."""
    if station.arriving_per_hour is not None:
        return station.arriving_per_hour
    if station.utilisation is None or not station.counters_open or station.rate_per_counter_hour is None:
        return None
    return station.utilisation * station.counters_open * station.rate_per_counter_hour
