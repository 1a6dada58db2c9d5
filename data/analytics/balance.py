"""Where the people of a line went between two head counts: served, left, or nobody knows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np

from data.analytics.buckets import curve, moment, reported_curve, seconds
from data.analytics.observed import Observed


@dataclass(frozen=True)
class Balance:
    """waiting_first + came - served - left + unexplained = waiting_last, between two head counts.

    `left` None: nobody reported who left. `unexplained` below zero is people who were in line by the counts and were
    not there: who left unseen, for the most part. It is never added to served.
    """

    since: datetime
    until: datetime
    waiting_first: float
    waiting_last: float
    came: float
    served: float
    left: float | None
    unexplained: float
    at_least: bool  # some of the counts are lower bounds, or who left was reported for a part of the time


def balance(seen: Observed, start: datetime, end: datetime) -> Balance | None:
    """Between the first and the last head count from `start` up to `end` that the counts join without a hole."""
    arrivals, served = seen.arrivals.unbroken(), seen.served.unbroken()
    if not len(arrivals) or not len(served):
        return None
    first_known = max(arrivals.start[0], served.start[0], seconds(start))
    last_known = min(arrivals.end[-1], served.end[-1], seconds(end))
    read = seen.readings
    usable = np.flatnonzero(~np.isnan(read.waiting) & (read.at >= first_known) & (read.at <= last_known))
    if len(usable) < 2:
        return None
    since, until = float(read.at[usable[0]]), float(read.at[usable[-1]])
    before, after = float(read.waiting[usable[0]]), float(read.waiting[usable[-1]])
    came = curve(arrivals).count(until) - curve(arrivals).count(since)
    went = curve(served).count(until) - curve(served).count(since)
    told = seen.left.where((seen.left.end > since) & (seen.left.start < until))
    line = reported_curve(told)
    left = None if line is None else line.count(until) - line.count(since)
    inside = (part.where((part.end > since) & (part.start < until)) for part in (arrivals, served, told))
    bounded = any(bool(part.at_least.any()) for part in inside) or bool(read.at_least[usable[[0, -1]]].any())
    covered = float((np.minimum(told.end, until) - np.maximum(told.start, since)).sum())
    return Balance(
        since=moment(since),
        until=moment(until),
        waiting_first=before,
        waiting_last=after,
        came=came,
        served=went,
        left=left,
        unexplained=after - (before + came - went - (left or 0.0)),
        at_least=bounded or (left is not None and covered < until - since - 1),
    )
