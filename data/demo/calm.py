"""Days without a crowd, worked through like a real post: counters follow yesterday's hour, queues come and go.

Counters of an hour = arrivals of the hour before x 1.3 x 4.5 min / 60, rounded up, at least two: the post opens a
counter when it has seen the need, with a margin. So a short line forms in the steep hours of the morning and clears by
itself, and everybody of a day is served in that day, which keeps the published and modelled days exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from data.demo.shape import SLOTS_PER_DAY, Floats, Ints, slots_between

MINUTES_PER_PERSON = 4.5
MARGIN = 1.3
FEWEST = 2
SLOTS_PER_HOUR = 4


def staffed(arrivals: Ints, most: Ints) -> Ints:
    """Counters open in each slot, changing on the hour, by what came in the hour before."""
    hourly = arrivals.reshape(-1, SLOTS_PER_HOUR).sum(axis=1)
    before = np.concatenate([hourly[:1], hourly[:-1]])
    needed = np.ceil(before * MARGIN * MINUTES_PER_PERSON / 60 - 1e-9).astype(np.int64)
    return np.minimum(np.maximum(np.repeat(needed, SLOTS_PER_HOUR), FEWEST), most)


def capacity(counters: Ints) -> Ints:
    """People per slot that so many counters let in, whole ones: what a slot leaves over the next one gets."""
    can: Floats = np.concatenate([[0.0], np.cumsum(counters * (15 / MINUTES_PER_PERSON))])
    return np.diff(np.floor(can + 1e-9)).astype(np.int64)


def worked_through(
    start: datetime, arrived: Ints, entered: Ints, crowded: Sequence[tuple[datetime, datetime]], counters: Ints
) -> Ints:
    """Cumulative entries with the calm stretches served slot by slot; crowded ones stay as they are."""
    slots = len(arrived) - 1
    calm = np.ones(slots, dtype=bool)
    for first, last in crowded:
        calm[max(slots_between(start, first), 0) : max(slots_between(start, last), 0)] = False
    can = capacity(counters)
    # The last hour of a day, and of a stretch, serves whoever is there.
    ends = np.flatnonzero(calm & ~np.append(calm[1:], False)) + 1
    clears = np.zeros(slots, dtype=bool)
    for end in [*range(SLOTS_PER_DAY, slots + 1, SLOTS_PER_DAY), *ends.tolist()]:
        clears[end - SLOTS_PER_HOUR : end] = True
    result = entered.copy()
    for slot in np.flatnonzero(calm).tolist():
        there = int(arrived[slot + 1] - result[slot])
        result[slot + 1] = result[slot] + (there if clears[slot] else min(there, int(can[slot])))
    return result
