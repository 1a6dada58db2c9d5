"""How many wait at a stage, since when, and how fast they are served: counts corrected by readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data.analytics import queueing
from data.analytics.buckets import HOUR, Buckets, curve, joined_by_time, reported_curve
from data.analytics.observed import Observed, Readings
from data.analytics.rates import Rate, mean_counters, service_rate
from data.vocabulary import Method

LOOK_BACK = 24.0  # hours in which a queue's rate is looked for
READING_HOLDS = 2.0  # hours for which a reading of counters speaks for now
RATE_STEP = 6.0  # hours by which the beginning of what it is learned from moves on
THROUGHPUT_HOURS = 3.0  # of a stage that reports no counters: how many it has been serving, not how many it could


@dataclass(frozen=True)
class Queue:
    """`at` epoch s. `unexplained`: what the last head count saw and the counts did not."""

    waiting: float | None = None
    at: float | None = None
    at_least: bool = False
    method: Method | None = None
    source: str | None = None
    unexplained: float | None = None


def queue_now(seen: Observed, arrivals: Buckets, served: Buckets, until: float) -> Queue:
    """The newest head count carried on by the counts since, as far as both counts reach without a hole."""
    read = seen.readings
    known = np.flatnonzero(~np.isnan(read.waiting) & (read.at <= until) & (read.at > until - LOOK_BACK * HOUR))
    both = len(arrivals) > 0 and len(served) > 0
    counted_to = min(arrivals.end[-1], served.end[-1], until) if both else None
    left = reported_curve(seen.left)
    if len(known) == 0:
        # Served "at least" leaves a queue that is neither at least nor at most.
        if not both or counted_to is None or served.at_least.any():
            return Queue()
        bound = queueing.least_queue(curve(arrivals), curve(served), counted_to, left)
        return Queue(bound, counted_to, True, Method.DERIVED)
    last = known[-1]
    at, waiting = float(read.at[last]), float(read.waiting[last])
    method, source, low = Method(read.method[last]), str(read.source[last]), bool(read.at_least[last])
    doubtful = served.start[served.at_least & (served.end > at)]
    if counted_to is not None and len(doubtful):
        counted_to = min(counted_to, float(doubtful[0]))  # from there on more may have left than was said
    if counted_to is None or not both or max(arrivals.start[0], served.start[0]) > at or counted_to < at:
        return Queue(waiting, at, low, method, source)
    path = queueing.queue_path(
        curve(arrivals), curve(served), read.at[known], read.waiting[known], np.array([at, counted_to]), left
    )
    # Across an unreported hour nobody can say what the counts would have made of it.
    joined = len(known) > 1 and read.at[known[-2]] >= max(arrivals.start[0], served.start[0])
    jump = float(path.unexplained[0]) if joined else None
    if counted_to == at:
        return Queue(waiting, at, low, method, source, jump)
    since = arrivals.between(at - HOUR + 1, until)
    low = low or bool(since.at_least.any())
    return Queue(float(path.waiting[1]), counted_to, low, Method.DERIVED, source, jump)


@dataclass(frozen=True)
class Cohorts:
    """Who stands in the queue, first in first out. `joined`: when whoever is served now had (epoch s).

    `over`: people who joined more than so many hours before, by those hours; None where nobody can say.
    """

    joined: float | None
    over: dict[float, float | None]


def cohorts(
    arrivals: Buckets, arriving: float | None, waiting: float | None, at: float | None, hours: tuple[float, ...]
) -> Cohorts:
    """Where arrivals are not reported up to `at` yet, those of the last hours go on at their rate, for READING_HOLDS
    at most. Longer silence leaves all unknown: nobody reported is not nobody came, and the queue would look too old.
    """
    unknown = Cohorts(None, dict.fromkeys(hours))
    if waiting is None or waiting < 0 or at is None or len(arrivals) == 0:
        return unknown
    silent = max(0.0, at - float(arrivals.end[-1])) / HOUR
    if silent > READING_HOLDS or (silent > 0 and arriving is None):
        return unknown
    came_since = silent * (arriving or 0.0)
    reported = max(0.0, waiting - came_since)
    came = curve(arrivals)
    over = {one: queueing.waiting_longer_than(came, reported, at, one) for one in hours}
    if reported == 0.0 and came_since > 0:
        return Cohorts(at - waiting / came_since * silent * HOUR, over)
    return Cohorts(queueing.joined_at(came, reported, min(at, float(arrivals.end[-1]))), over)


def waited_at_closing(read: Readings, who: Cohorts, until: float) -> float | None:
    """Hours that whoever was next in line had waited at the first reading without an open counter."""
    known = ~np.isnan(read.counters_open) & (read.at <= until)
    at, open_then = read.at[known], read.counters_open[known]
    served = np.flatnonzero(open_then > 0)
    if who.joined is None or len(served) == 0 or served[-1] + 1 >= len(at):
        return None
    closed_at = float(at[served[-1] + 1])
    return (closed_at - who.joined) / HOUR if who.joined < closed_at else None


def rate_now(seen: Observed, served: Buckets, arrivals: Buckets, until: float) -> tuple[Rate | None, bool]:
    """Rate per counter-hour where counters are reported (True), else what the whole stage lately served (False).

    Where less than hours were reported they are used: counters change within an hour, and a queue vanishes.
    """
    used = _used(seen.fine, served, until)
    read = seen.readings
    known = ~np.isnan(read.waiting)
    if len(used) == 0 or len(arrivals) == 0 or not known.any():
        return None, True
    hours = used.minutes / 60
    edges = used.start[:, None] + hours[:, None] * (np.arange(5) * 900.0)[None, :]
    path = queueing.queue_path(
        curve(arrivals), curve(served), read.at[known], read.waiting[known], edges.ravel(), reported_curve(seen.left)
    ).waiting.reshape(edges.shape)
    least = path.min(axis=1)
    staffed = mean_counters(used.start, hours, read.at, read.counters_open)
    if np.isnan(staffed).all():
        lately = np.where(used.end > until - THROUGHPUT_HOURS * HOUR, 1.0, np.nan)
        return service_rate(used.start, hours, used.people, lately, least, until), False
    # As many waiting as counters: every counter was surely busy.
    return service_rate(used.start, hours, used.people, staffed, least - staffed + 1, until), True


def _used(fine: Buckets, served: Buckets, until: float) -> Buckets:
    """Of the last day, in steps of some hours so that what was learned of them stays learned: whole hours, the
    newest as far as it is reported, and in place of both what is finer."""
    since = (until - LOOK_BACK * HOUR) // (RATE_STEP * HOUR) * (RATE_STEP * HOUR) + RATE_STEP * HOUR
    newest = np.arange(len(served)) == len(served) - 1
    hourly = served.where((served.whole | newest) & (served.start >= since) & (served.end <= until))
    quarters = fine.where((fine.start >= since) & (fine.end <= until))
    if len(quarters) == 0:
        return hourly
    rest = hourly.where(~np.isin(hourly.start // HOUR, quarters.start // HOUR))
    return joined_by_time(rest, quarters)
