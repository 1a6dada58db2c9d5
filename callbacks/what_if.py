"""What if other counters were open at the entry stage: the fluid queue with one number changed."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.analytics.queueing import counters_that_stop_growth, growth_per_hour, time_to_clear, virtual_wait
from data.types import Sentence, Station
from data.vocabulary import Lane, Stage


def entry_station(stations: tuple[Station, ...], stage: Stage) -> Station | None:
    return next((one for one in stations if one.stage is stage and one.lane is Lane.GENERAL), None)


def answer(station: Station | None, counters: int) -> Sentence:
    """What would follow, or which report is missing for saying it."""
    if station is None or station.waiting is None:
        return Sentence("what_if.no_waiting")
    rate = station.rate_per_counter_hour
    if rate is None:
        return Sentence("what_if.no_rate")
    arriving = arriving_per_hour(station)
    if arriving is None:
        return Sentence("what_if.no_arrivals")
    capacity = counters * rate
    wait = virtual_wait(station.waiting, capacity)
    clear = time_to_clear(station.waiting, capacity, arriving)
    if wait is None:
        return Sentence("what_if.nobody_served", {"counters": counters, "growth": round(arriving)})
    if station.waiting <= 0 and clear == timedelta(0) and capacity >= arriving:
        return Sentence("what_if.empty", {"counters": counters, "capacity": round(capacity)})
    if clear is None or capacity < arriving:
        return Sentence(
            "what_if.grows",
            {
                "counters": counters,
                "growth": round(growth_per_hour(arriving, capacity)),
                "needed": counters + counters_that_stop_growth(arriving, rate, counters),
                "wait_minutes": wait * 60,
            },
        )
    return Sentence(
        "what_if.clears",
        {
            "counters": counters,
            "waiting": round(station.waiting),
            "clear_minutes": clear.total_seconds() / 60,
            "wait_minutes": wait * 60,
        },
    )


def assumption(station: Station | None, now: datetime) -> Sentence | None:
    """What the answer takes for granted; None when there is no answer."""
    if station is None or station.waiting is None or station.rate_per_counter_hour is None:
        return None
    arriving = arriving_per_hour(station)
    if arriving is None:
        return None
    return Sentence(
        "what_if.assumes", {"rate": round(station.rate_per_counter_hour, 1), "arriving": round(arriving), "at": now}
    )


def arriving_per_hour(station: Station) -> float | None:
    """Utilisation is arrivals over what the open counters can serve."""
    if station.utilisation is None or not station.counters_open or station.rate_per_counter_hour is None:
        return None
    return station.utilisation * station.counters_open * station.rate_per_counter_hour
