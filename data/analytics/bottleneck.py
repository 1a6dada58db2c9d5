"""The stage that holds back a path of stages in series."""

from __future__ import annotations

from collections.abc import Iterable

from data.analytics.stages import StageState
from data.vocabulary import Lane, Stage


def capacity_ratio(state: StageState) -> float | None:
    """What the open counters can serve over what arrives: under 1 the queue grows. None where either is unknown, or
    nobody arrives."""
    if state.capacity is None or not state.capacity_known or not state.arriving:
        return None
    return state.capacity / state.arriving


def bottleneck(states: Iterable[StageState]) -> Stage | None:
    """The stage with the lowest ratio of capacity to arrivals, of those whose ratio is known; None under two of them.

    The general lanes only: a priority lane is short by design and holds nobody else back.
    """
    known = [(ratio, one) for one in states if one.lane is Lane.GENERAL and (ratio := capacity_ratio(one)) is not None]
    return min(known, key=lambda pair: pair[0])[1].stage if len(known) > 1 else None
