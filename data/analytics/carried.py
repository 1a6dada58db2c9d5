"""A queue counted a while ago, carried on to now: Q(now) = Q(then) + arrivals since - served since (conservation).

What was reported in between is taken as it is; where nothing was, the arrivals expected and what the counters serve.
Between two of its steps the queue is a straight line (Newell), and an empty one stays empty until more come.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.analytics.buckets import HOUR, Buckets
from data.analytics.coming import Coming
from data.analytics.observed import Readings
from data.analytics.prospects import Standing, shifted
from data.analytics.rates import Rate
from data.analytics.steps import Steps, minus, queue_after, steady

AT_ONCE = 1.0  # seconds: a count of this second is one of now


@dataclass(frozen=True)
class Since:
    """What was reported from the count on: people who came, were served, and left the line unserved."""

    arrivals: Buckets
    served: Buckets
    left: Buckets


def carried(
    counted: float,
    at: float,
    now: float,
    since: Since,
    coming: Coming | None,
    rate: Rate | None,
    counters: Steps | None,
) -> Standing | None:
    """`counted` people stood there `at` (epoch s). None where nobody can say how many came or were served since.

    `coming`: arrivals expected where none were reported. `counters`: open from the count on, by hours; they serve at
    `rate` where nobody reported how many were served.
    """
    counted = max(0.0, counted)
    hours = (now - at) / HOUR
    if now - at <= AT_ONCE:
        return Standing(counted, counted, counted)
    edges = [np.zeros(1), *(_edges(part, at, hours) for part in (since.arrivals, since.served, since.left))]
    edges += [steps.since for steps in (counters, None if coming is None else coming.steps(at)) if steps is not None]
    starts = np.unique(np.concatenate(edges))
    starts = starts[starts < hours]
    came, gone, left = (_per_hour(part, at, starts) for part in (since.arrivals, since.served, since.left))
    unserved = np.isnan(gone)
    if (coming is None and np.isnan(came).any()) or (unserved.any() and (rate is None or counters is None)):
        return None
    work = Steps(starts, np.where(unserved, (counters or steady(0.0)).at(starts), 0.0))
    reported = Steps(starts, np.nan_to_num(gone) + np.nan_to_num(left))
    low, mid, high = (
        Steps(starts, came if coming is None else np.where(np.isnan(came), coming.steps(at, edge).at(starts), came))
        for edge in ("low", "mid", "high")
    )
    value = 0.0 if rate is None else rate.value
    done = float((work.level * np.diff(np.append(starts, hours))).sum()) * value
    slow, fast = (value, value) if rate is None else rate.of(done, hours)
    changes = (
        minus(mid, work.times(value)),
        shifted(mid, low, work, value, fast, -1.0),
        shifted(mid, high, work, value, slow, 1.0),
    )
    people, few, many = (queue_after(counted, minus(change, reported), hours) for change in changes)
    return Standing(people, min(few, people), max(many, people))


def counters_since(read: Readings, at: float, now: float, first: float | None, holds: float) -> Steps | None:
    """Counters open from `at` on, as read; before the first reading those of at most `holds` hours earlier, else
    `first`. None where nobody said."""
    known = np.flatnonzero(~np.isnan(read.counters_open) & (read.at <= now) & (read.at > at - holds * HOUR))
    when, open_then = np.maximum((read.at[known] - at) / HOUR, 0.0), read.counters_open[known]
    if len(known) == 0:
        return None if first is None else steady(first)
    # Of several before the count the last one speaks.
    kept = np.append(when[1:] > 0, True) | (when > 0)
    when, open_then = when[kept], open_then[kept]
    if when[0] > 0:
        when, open_then = np.append(0.0, when), np.append(open_then[0], open_then)
    return Steps(when, open_then)


def _edges(hours: Buckets, at: float, most: float) -> np.ndarray:
    """Hours from `at` on at which a report begins or ends."""
    both = (np.concatenate([hours.start, hours.end]) - at) / HOUR
    return both[(both > 0) & (both < most)]


def _per_hour(hours: Buckets, at: float, starts: np.ndarray) -> np.ndarray:
    """People per hour as reported from each of `starts` on; NaN where nobody reported."""
    if len(hours) == 0:
        return np.full(len(starts), np.nan)
    moments = at + starts * HOUR + 1e-3
    last = np.maximum(np.searchsorted(hours.start, moments, side="right") - 1, 0)
    inside = (hours.start[last] <= moments) & (moments < hours.end[last])
    return np.where(inside, hours.people[last] / np.maximum(hours.minutes[last], 1e-9) * 60, np.nan)
