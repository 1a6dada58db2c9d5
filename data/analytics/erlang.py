"""Stationary M/M/c queues. A check on calm hours only: at utilisation 1 or more there is no stationary mean at all."""

from __future__ import annotations

import math


def erlang_b(load: float, counters: int) -> float:
    """Share of people who would find every counter busy if nobody could wait.

    B(0) = 1, B(k) = a B(k-1) / (k + a B(k-1)): the stable recursion, no factorials. `load` a = lambda / mu.
    """
    blocked = 1.0
    for k in range(1, counters + 1):
        blocked = load * blocked / (k + load * blocked)
    return blocked


def erlang_c(load: float, counters: int) -> float | None:
    """Share of people who must wait, C = B / (1 - rho (1 - B)); None when saturated (load >= counters).

    Formula: https://neoprimate.github.io/IEOR/operations-research/queuing-theory/erlang-c/index.html (its printed
    values for a = 2.5 are not all right; the tests hold the recomputed ones).
    """
    if load < 0 or counters <= 0 or load >= counters:
        return None
    blocked = erlang_b(load, counters)
    return blocked / (1 - load / counters * (1 - blocked))


def mean_wait_hours(arriving: float, rate: float, counters: int) -> float | None:
    """Wq = C / (c mu - lambda), in hours; `rate` people per counter-hour. None when saturated."""
    waits = erlang_c(arriving / rate, counters)
    return None if waits is None else waits / (counters * rate - arriving)


def served_within(arriving: float, rate: float, counters: int, hours: float) -> float | None:
    """P(W <= t) = 1 - C exp(-(c mu - lambda) t). None when saturated."""
    waits = erlang_c(arriving / rate, counters)
    if waits is None:
        return None
    return 1 - waits * math.exp(-(counters * rate - arriving) * hours)


def counters_for_target(arriving: float, rate: float, hours: float, share: float) -> int:
    """Fewest counters with which `share` (under 1) of people wait at most `hours`."""
    if not (rate > 0 and hours >= 0 and 0 <= share < 1):
        raise ValueError(f"rate above 0, hours from 0 on and a share under 1 were expected: {rate}, {hours}, {share}")
    counters = math.floor(arriving / rate) + 1
    while (served := served_within(arriving, rate, counters, hours)) is None or served < share:
        counters += 1
    return counters


def counters_by_root_rule(arriving: float, rate: float, beta: float = 1.0) -> int:
    """Quick square-root staffing: a + beta sqrt(a); beta 1 leaves about 80-90 % with a short wait."""
    load = arriving / rate
    return math.ceil(load + beta * math.sqrt(load))
