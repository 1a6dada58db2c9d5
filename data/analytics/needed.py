"""Counters needed by hour so that people wait no longer than a target.

Below saturation waits come from chance alone and Erlang-C gives the fewest counters. Where people already stand, or
too few counters exist, chance is small beside the queue itself and the fluid model (Newell) gives them: whoever joins
in the hour finds at most as many before them as the counters serve within the target.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from data.analytics.erlang import counters_for_target


class NeedReason(StrEnum):
    """Which of the two binds in an hour."""

    CHANCE = "chance"  # nobody waits over: Erlang-C
    BACKLOG = "backlog"  # people already wait: the fluid model, and at least what chance alone would take
    TOO_FEW = "too-few"  # more are needed than there are; the queue goes over into the next hour


SOMEBODY = 0.5  # people: less is nobody


@dataclass(frozen=True)
class Target:
    """`share` of people wait at most `hours`."""

    hours: float
    share: float = 0.8


@dataclass(frozen=True)
class Need:
    """One coming hour: `counters` that keep the target, `backlog` at its start, `arriving` in it."""

    counters: int
    reason: NeedReason
    backlog: float
    arriving: float


def counters_needed(
    waiting: float, arriving: Sequence[float], rate: float, target: Target, most: int | None = None
) -> list[Need]:
    """For each coming hour, by the arrivals expected in it. `rate`: people per counter-hour, above zero.

    Each hour starts from the queue that the hours before leave when staffed as told, with `most` counters at the
    utmost (None: as many as it takes).
    """
    needs = []
    for people in arriving:
        calm, crowded = _for_chance(people, rate, target), _for_backlog(waiting, people, rate, target)
        counters = max(calm, crowded)
        # With people standing there it is not chance alone, even where the target is so long that they fit in it.
        reason = NeedReason.BACKLOG if crowded > calm or waiting >= SOMEBODY else NeedReason.CHANCE
        opened = counters if most is None else min(counters, most)
        if opened < counters:
            reason = NeedReason.TOO_FEW
        needs.append(Need(counters, reason, waiting, people))
        waiting = max(0.0, waiting + people - opened * rate)
    return needs


def counters_needed_now(waiting: float, arriving: float, rate: float, target: Target) -> Need:
    return counters_needed(waiting, [arriving], rate, target)[0]


def _for_chance(arriving: float, rate: float, target: Target) -> int:
    return counters_for_target(arriving, rate, target.hours, target.share) if arriving > 0 else 0


def _for_backlog(waiting: float, arriving: float, rate: float, target: Target) -> int:
    """Fewest c so that the first and the last to join in the hour wait at most T: Q / (c mu) <= T and
    (Q + lambda - c mu) / (c mu) <= T. Between them the queue is a straight line."""
    if waiting <= 0:
        return 0
    first = waiting / (rate * target.hours)
    last = (waiting + arriving) / (rate * (1 + target.hours))
    return math.ceil(max(first, last) - 1e-9)
