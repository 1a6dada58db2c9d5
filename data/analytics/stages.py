"""One stage and lane as it stands now: its queue, its rate, its waits, from counts corrected by readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from data.analytics import queueing
from data.analytics.buckets import HOUR, Buckets, curve, moment, seconds
from data.analytics.observed import Observed
from data.analytics.rates import Rate, counter_hours, service_rate
from data.vocabulary import Lane, Method, Stage

LOOK_BACK = 24.0  # hours in which a queue's rate is looked for
READING_HOLDS = 2.0  # hours for which a reading of counters speaks for now
THROUGHPUT_HOURS = 3.0  # of a stage that reports no counters: how many it has been serving, not how many it could
SPEAKS_FOR_NOW = 3.0  # hours for which what is known of a queue says anything of who joins now
RATE_WINDOW = 120.0  # minutes over which arrivals per hour are taken
LONG_WAIT = 12.0  # hours
STANDING = 0.25  # hours of work: a shorter queue comes and goes by itself, whatever the rates of two hours say


@dataclass(frozen=True)
class StageState:
    """None is unknown, never zero. Rates are people per hour; waits are hours."""

    stage: Stage
    lane: Lane
    waiting: float | None = None
    waiting_at: datetime | None = None
    at_least: bool = False
    method: Method | None = None
    source: str | None = None
    unexplained: float | None = None  # what the last head count saw and the counts did not
    counters_open: int | None = None
    counters_total: int | None = None
    arriving: float | None = None
    served_last_hour: float | None = None
    served_at: datetime | None = None
    rate: Rate | None = None  # per counter-hour
    capacity: float | None = None  # what the open counters can serve; the throughput if `capacity_known` is False
    capacity_known: bool = True
    capacity_low: float | None = None
    capacity_high: float | None = None
    wait: float | None = None
    wait_low: float | None = None
    wait_high: float | None = None
    measured_wait: float | None = None
    head_wait: float | None = None  # what the person served now has waited
    joined: datetime | None = None  # when the person served now had joined
    over_12h: float | None = None
    clears_in: timedelta | None = None
    never_clears: bool = False
    outdated: bool = False  # the queue is known, but too old to say how long anybody waits now

    @property
    def best_wait(self) -> tuple[float | None, str | None]:
        """Hours of whoever joins now and how they are known; failing that, what was measured or has been waited."""
        known = ((self.wait, "virtual"), (self.measured_wait, "measured"), (self.head_wait, "head-of-line"))
        return next(((wait, method) for wait, method in known if wait is not None), (None, None))

    @property
    def stands(self) -> bool:
        """Whether there is a queue worth a sentence."""
        wait, _ = self.best_wait
        return bool(self.waiting) and (wait is None or wait >= STANDING)

    @property
    def growth(self) -> float | None:
        if self.arriving is None or self.capacity is None:
            return None
        return queueing.growth_per_hour(self.arriving, self.capacity)

    @property
    def utilisation(self) -> float | None:
        if self.arriving is None or self.capacity is None or not self.capacity_known:
            return None
        return queueing.utilisation(self.arriving, self.capacity)

    @property
    def counters_to_add(self) -> int | None:
        """More counters that stop the growth; None when the rate per counter is unknown."""
        if self.arriving is None or self.rate is None or self.counters_open is None:
            return None
        return queueing.counters_that_stop_growth(self.arriving, self.rate.value, self.counters_open)


def stage_state(seen: Observed, now: datetime) -> StageState:
    until = seconds(now)
    read = seen.readings
    arrivals, served = seen.arrivals.unbroken(), seen.served.unbroken()
    queue = _queue(seen, arrivals, served, until)
    open_now = _latest(read.at, read.counters_open, until, READING_HOLDS)
    total = _latest(read.at, read.counters_total, until, LOOK_BACK)
    arriving = _per_hour(arrivals, until)
    last_hour = _last_whole(served, until)
    rate, per_counter = _rate(seen, served, arrivals, until)
    counters = open_now if per_counter else 1.0
    capacity = None if rate is None or counters is None else counters * rate.value
    low = None if rate is None or counters is None else counters * rate.low
    high = None if rate is None or counters is None else counters * rate.high
    waiting = queue.waiting
    # An old queue keeps its number and its age; waits are about people who stand there now.
    standing = waiting if queue.at is not None and queue.at > until - SPEAKS_FOR_NOW * HOUR else None
    clears, never = _clears(standing, capacity, arriving, per_counter)
    joined, over = _joined(arrivals, arriving, standing, queue.at)
    measured = _latest(read.at, read.wait_minutes, until, READING_HOLDS)
    head = None if joined is None or queue.at is None else (queue.at - joined) / HOUR
    return StageState(
        stage=seen.stage,
        lane=seen.lane,
        waiting=waiting,
        waiting_at=None if queue.at is None else moment(queue.at),
        at_least=queue.at_least,
        method=queue.method,
        source=queue.source,
        unexplained=queue.unexplained,
        counters_open=None if open_now is None else round(open_now),
        counters_total=None if total is None else round(total),
        arriving=arriving,
        served_last_hour=last_hour[0] if last_hour else None,
        served_at=moment(last_hour[1]) if last_hour else None,
        rate=rate if per_counter else None,
        capacity_known=per_counter,
        capacity=capacity,
        capacity_low=low,
        capacity_high=high,
        wait=_wait(standing, capacity),
        wait_low=_wait(standing, high),
        wait_high=_wait(standing, low),
        outdated=waiting is not None and standing is None,
        measured_wait=None if measured is None else measured / 60,
        head_wait=head,
        joined=None if joined is None else moment(joined),
        over_12h=over,
        clears_in=clears,
        never_clears=never,
    )


@dataclass(frozen=True)
class _Queue:
    waiting: float | None = None
    at: float | None = None
    at_least: bool = False
    method: Method | None = None
    source: str | None = None
    unexplained: float | None = None


def _queue(seen: Observed, arrivals: Buckets, served: Buckets, until: float) -> _Queue:
    """The newest head count carried on by the counts since, as far as both counts reach without a hole."""
    read = seen.readings
    known = np.flatnonzero(~np.isnan(read.waiting) & (read.at <= until) & (read.at > until - LOOK_BACK * HOUR))
    both = len(arrivals) > 0 and len(served) > 0
    counted_to = min(arrivals.end[-1], served.end[-1], until) if both else None
    if len(known) == 0:
        # Served "at least" leaves a queue that is neither at least nor at most.
        if not both or counted_to is None or served.at_least.any():
            return _Queue()
        bound = queueing.least_queue(curve(arrivals), curve(served), counted_to)
        return _Queue(bound, counted_to, True, Method.DERIVED)
    last = known[-1]
    at, waiting = float(read.at[last]), float(read.waiting[last])
    method, source, low = Method(read.method[last]), str(read.source[last]), bool(read.at_least[last])
    doubtful = served.start[served.at_least & (served.end > at)]
    if counted_to is not None and len(doubtful):
        counted_to = min(counted_to, float(doubtful[0]))  # from there on more may have left than was said
    if counted_to is None or not both or max(arrivals.start[0], served.start[0]) > at or counted_to < at:
        return _Queue(waiting, at, low, method, source)
    path = queueing.queue_path(
        curve(arrivals), curve(served), read.at[known], read.waiting[known], np.array([at, counted_to])
    )
    jump = float(path.unexplained[0]) if len(known) > 1 else None
    if counted_to == at:
        return _Queue(waiting, at, low, method, source, jump)
    since = arrivals.between(at - HOUR + 1, until)
    low = low or bool(since.at_least.any())
    return _Queue(float(path.waiting[1]), counted_to, low, Method.DERIVED, source, jump)


def _joined(
    arrivals: Buckets, arriving: float | None, waiting: float | None, at: float | None
) -> tuple[float | None, float | None]:
    """When whoever is served at `at` had joined, and how many of the queue joined over LONG_WAIT hours before.

    Where arrivals are not reported up to `at` yet, those of the last hours go on at their rate, for READING_HOLDS at
    most. Longer silence leaves both unknown: nobody reported is not nobody came, and the queue would look too old.
    """
    if waiting is None or at is None or len(arrivals) == 0:
        return None, None
    silent = max(0.0, at - float(arrivals.end[-1])) / HOUR
    if silent > READING_HOLDS or (silent > 0 and arriving is None):
        return None, None
    came_since = silent * (arriving or 0.0)
    reported = max(0.0, waiting - came_since)
    came = curve(arrivals)
    over = queueing.waiting_longer_than(came, reported, at, LONG_WAIT)
    if reported == 0.0 and came_since > 0:
        return at - waiting / came_since * silent * HOUR, over
    return queueing.joined_at(came, reported, min(at, float(arrivals.end[-1]))), over


def _rate(seen: Observed, served: Buckets, arrivals: Buckets, until: float) -> tuple[Rate | None, bool]:
    """Rate per counter-hour where counters are reported (True), else what the whole stage lately served (False)."""
    whole = served.where(served.whole & (served.start >= until - LOOK_BACK * HOUR) & (served.end <= until))
    read = seen.readings
    if len(whole) == 0:
        return None, True
    edges = whole.start[:, None] + (np.arange(5) * 900.0)[None, :]
    known = ~np.isnan(read.waiting)
    if not known.any():
        return None, True
    path = queueing.queue_path(
        curve(arrivals), curve(served), read.at[known], read.waiting[known], edges.ravel()
    ).waiting.reshape(edges.shape)
    least = path.min(axis=1)
    staffed = counter_hours(whole.start, read.at, read.counters_open)
    if np.isnan(staffed).all():
        lately = np.where(whole.end > until - THROUGHPUT_HOURS * HOUR, 1.0, np.nan)
        return service_rate(whole.people, lately, least), False
    # As many waiting as counters: every counter was surely busy.
    return service_rate(whole.people, staffed, least - staffed + 1), True


def _clears(
    waiting: float | None, capacity: float | None, arriving: float | None, capacity_known: bool
) -> tuple[timedelta | None, bool]:
    """Time to clear, or True for never. A queue that does not stand is gone once those in it are served.

    Where only the throughput is known nobody can say: it follows the queue as long as there are counters to open.
    """
    wait = _wait(waiting, capacity)
    if waiting is None or wait is None:
        return None, False
    if wait < STANDING:
        return timedelta(hours=wait), False
    if capacity is None or arriving is None or not capacity_known:
        return None, False
    clears = queueing.time_to_clear(waiting, capacity, arriving)
    return clears, clears is None


def _wait(waiting: float | None, capacity: float | None) -> float | None:
    if waiting is None:
        return None
    return queueing.virtual_wait(waiting, capacity or 0.0)


def _per_hour(hours: Buckets, until: float) -> float | None:
    """People per hour over the newest two reported hours, if they are recent."""
    if len(hours) == 0 or hours.end[-1] < until - 3 * HOUR:
        return None
    recent = hours.where(hours.end > hours.end[-1] - RATE_WINDOW * 60)
    covered = float(recent.minutes.sum())
    return float(recent.people.sum()) / covered * 60 if covered > 0 else None


def _last_whole(hours: Buckets, until: float) -> tuple[float, float] | None:
    """People and end of the newest complete hour."""
    whole = hours.where(hours.whole & (hours.end <= until))
    return (float(whole.people[-1]), float(whole.end[-1])) if len(whole) else None


def _latest(at: np.ndarray, values: np.ndarray, until: float, hours: float) -> float | None:
    known = np.flatnonzero(~np.isnan(values) & (at <= until) & (at > until - hours * HOUR))
    return float(values[known[-1]]) if len(known) else None
