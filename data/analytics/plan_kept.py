"""Counters that were open against those the roster had planned, over hours for which both are known."""

from __future__ import annotations

from datetime import datetime

import numpy as np

from data.analytics.buckets import HOUR, moment
from data.analytics.observed import Readings
from data.analytics.staffing import Plan
from data.analytics.stage_queue import READING_HOLDS
from data.types import PlanKept


def plan_kept(read: Readings, plan: Plan, start: float, end: float) -> PlanKept:
    """Over a window (epoch s). A reading holds until the next one, at most as long as it speaks for counters."""
    if not len(plan.start):
        return PlanKept()
    told = ~np.isnan(read.counters_open) & (read.at < end)
    at, opened = read.at[told], read.counters_open[told]
    edges = np.concatenate([[start], plan.start, plan.end, at, at + READING_HOLDS * HOUR])
    edges = np.unique(edges[(edges >= start) & (edges < end)])
    planned = plan.at(edges)
    length = np.diff(np.append(edges, end)) / 60
    last = np.searchsorted(at, edges, side="right") - 1
    known = (last >= 0) & ~np.isnan(planned)
    if len(at):
        known &= edges < at[np.maximum(last, 0)] + READING_HOLDS * HOUR
    short = np.zeros(len(edges))
    if len(at):
        short[known] = planned[known] - opened[last[known]]
    worst = int(np.argmax(short)) if len(short) else 0
    some = bool(len(short)) and short[worst] > 0
    return PlanKept(
        _steps(edges, planned),
        float(length[known].sum()),
        float(length[short > 0].sum()),
        round(float(short[worst])) if some else 0,
        moment(float(edges[worst])) if some else None,
    )


def _steps(edges: np.ndarray, planned: np.ndarray) -> tuple[tuple[datetime, int | None], ...]:
    """Only where the roster says something else than before."""
    said = [None if np.isnan(one) else round(float(one)) for one in planned]
    kept = [place for place, one in enumerate(said) if place == 0 or one != said[place - 1]]
    return tuple((moment(float(edges[place])), said[place]) for place in kept)
