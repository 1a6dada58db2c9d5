"""Counters from now on: what is open, and what the roster plans after the running shift."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from data.analytics.buckets import HOUR
from data.analytics.steps import Steps, steady


class CountersBasis(StrEnum):
    """Which counters an answer about the coming hours rests on."""

    OPEN = "open"  # those open now go on
    PLAN = "plan"  # planned for every hour that the answer needs
    PLAN_THEN_OPEN = "plan-then-open"  # planned for some of them; those open now for the rest
    PACE = "pace"  # nobody reports counters: as many people an hour as lately


@dataclass(frozen=True)
class Plan:
    """Lines of a roster, by their start: counters planned from `start` up to `end` (epoch s). They may leave gaps."""

    start: np.ndarray
    end: np.ndarray
    counters: np.ndarray

    def at(self, moments: np.ndarray) -> np.ndarray:
        """Counters planned at each moment; NaN where nothing is. Of overlapping lines the one begun last counts."""
        planned = np.full(len(moments), np.nan)
        for start, end, counters in zip(self.start, self.end, self.counters, strict=True):
            planned[(moments >= start) & (moments < end)] = counters
        return planned


NO_PLAN = Plan(np.zeros(0), np.zeros(0), np.zeros(0))


@dataclass(frozen=True)
class Ahead:
    """Counters by hours from now; `planned` says of each step whether the roster gives it."""

    counters: Steps
    planned: np.ndarray

    def basis(self, hours: float | None) -> CountersBasis:
        """What an answer rests on that reaches so many hours ahead (None: for good)."""
        used = np.ones(len(self.planned), dtype=bool) if hours is None else self.counters.since < max(hours, 1e-9)
        # What is open now is not the roster's word, but nobody would call the first minutes a departure from it.
        later = self.planned[used][1:]
        if not later.any():
            return CountersBasis.OPEN
        return CountersBasis.PLAN if later.all() else CountersBasis.PLAN_THEN_OPEN


def counters_ahead(open_now: float | None, plan: Plan, now: float) -> Ahead | None:
    """Counters open now hold until the line of the roster that runs now ends; from then on the roster's.

    Where the roster is silent, in a gap or beyond its end, those open now go on. None where nobody reported how many
    are open and the roster says nothing either.
    """
    if not len(plan.start):
        return None if open_now is None else Ahead(steady(open_now), np.zeros(1, dtype=bool))
    edges = np.unique(np.concatenate([plan.start, plan.end]))
    edges = np.append(now, edges[edges > now])
    planned = plan.at(edges)
    if open_now is None:
        open_now = float(planned[0])
    if np.isnan(open_now):
        return None
    known = ~np.isnan(planned)
    known[0] = False
    level = np.where(known, planned, open_now)
    return Ahead(Steps((edges - now) / HOUR, level), known)
