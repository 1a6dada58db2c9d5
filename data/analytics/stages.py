"""One stage and lane as it stands now: its queue, its rate, its waits, from counts corrected by readings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np

from data.analytics import queueing
from data.analytics.buckets import HOUR, Buckets, moment, seconds
from data.analytics.carried import Since, carried, counters_since
from data.analytics.coming import ArrivalsBasis, Coming, going_on
from data.analytics.observed import Observed, Readings
from data.analytics.prospects import STANDING, Standing, cleared, clearing, virtual_wait
from data.analytics.rates import Rate
from data.analytics.staffing import Ahead, CountersBasis, counters_ahead
from data.analytics.stage_queue import LOOK_BACK, READING_HOLDS, cohorts, queue_now, rate_now, waited_at_closing
from data.analytics.steps import steady
from data.vocabulary import Lane, Method, Stage

SPEAKS_FOR_NOW = 3.0  # hours for which what is known of a queue says anything of who joins now
RATE_WINDOW = 120.0  # minutes over which arrivals per hour are taken
LONG_WAITS = (6.0, 12.0, 24.0)  # hours
NOW = 5 / 60  # hours: how long a count of heads is one of now


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
    counted_ago: float | None = None  # hours since `waiting_at`
    standing: Standing | None = None  # the same queue carried on to now; None where nobody can, or it is too old
    counters_open: int | None = None
    counters_total: int | None = None
    counters_planned: int | None = None  # by the roster, now
    arriving: float | None = None
    served_last_hour: float | None = None
    served_at: datetime | None = None
    left_last_hour: float | None = None  # the line, unserved, as reported
    rate: Rate | None = None  # per counter-hour
    capacity: float | None = None  # what the open counters can serve; the throughput if `capacity_known` is False
    capacity_known: bool = True
    capacity_low: float | None = None
    capacity_high: float | None = None
    wait: float | None = None  # with its 80 % interval
    wait_low: float | None = None
    wait_high: float | None = None
    wait_counters: CountersBasis | None = None  # which counters the wait holds for, or what else it rests on
    measured_wait: float | None = None
    head_wait: float | None = None  # what the person served now has waited
    joined: datetime | None = None  # when the person served now had joined
    over_6h: float | None = None
    over_12h: float | None = None
    over_24h: float | None = None
    clears_in: timedelta | None = None
    clears_low: timedelta | None = None  # 80 % interval
    clears_high: timedelta | None = None  # None beside a known `clears_in`: perhaps never
    clears_counters: CountersBasis | None = None
    clears_arrivals: ArrivalsBasis | None = None
    never_clears: bool = False
    outdated: bool = False  # the queue is known, but too old to say how long anybody waits now
    endless: bool = False  # closed, and no roster says that it opens: who joins now is served by nobody
    waited_at_closing: float | None = None  # hours that whoever was served last had waited
    ahead: Ahead | None = None  # counters from now on, where they are reported
    coming: Coming | None = None  # arrivals from now on

    @property
    def best_wait(self) -> tuple[float | None, str | None]:
        """Hours of whoever joins now and how they are known; failing that, what was measured or has been waited."""
        known = [(self.wait, "virtual")]
        # What its last ones waited says nothing of who joins a line that nobody serves.
        if not self.closed:
            known += [(self.measured_wait, "measured"), (self.head_wait, "head-of-line")]
        return next(((wait, method) for wait, method in known if wait is not None), (None, None))

    @property
    def closed(self) -> bool:
        return self.counters_open == 0

    @property
    def counted_now(self) -> bool:
        """Whether the queue may be told without the moment at which it was counted."""
        return self.counted_ago is None or self.counted_ago <= NOW

    @property
    def stands(self) -> bool:
        """Whether there is a queue worth a sentence."""
        wait, _ = self.best_wait
        return self.waiting is not None and self.waiting > 0 and (wait is None or wait >= STANDING)

    @property
    def negative(self) -> bool:
        """More served than ever were there: a mistake in the data, shown as it is."""
        return self.waiting is not None and self.waiting < -0.5

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
    def nearly_full(self) -> bool:
        """Growth is to be told: from here on a stationary mean would look comfortable up to the edge."""
        return (self.utilisation or 0.0) > queueing.NEARLY_FULL

    @property
    def counters_to_add(self) -> int | None:
        """More counters that stop the growth; None when the rate per counter is unknown."""
        if self.arriving is None or self.rate is None or self.counters_open is None:
            return None
        return queueing.counters_that_stop_growth(self.arriving, self.rate.value, self.counters_open)


def stage_state(seen: Observed, now: datetime, coming: Coming | None = None) -> StageState:
    """`coming`: arrivals expected; without it they go on as in the last two reported hours."""
    until = seconds(now)
    read = seen.readings
    arrivals, served = seen.arrivals.unbroken(), seen.served.unbroken()
    queue = queue_now(seen, arrivals, served, until)
    planned = seen.plan.at(np.array([until]))[0]
    open_now = _open_now(read, planned, until)
    total = _latest(read.at, read.counters_total, until, LOOK_BACK)
    arriving = _per_hour(arrivals, until)
    last_hour, left = _last_whole(served, until), _last_whole(seen.left, until)
    rate, per_counter = rate_now(seen, served, arrivals, until)
    roster = counters_ahead(open_now, seen.plan, until)
    ahead = roster if per_counter else Ahead(steady(1.0), np.zeros(1, dtype=bool))
    endless = open_now == 0 and (roster is None or not (roster.counters.level > 0).any())
    of_counters = None if rate is None else (open_now if per_counter or open_now == 0 else 1.0)
    waiting = queue.waiting
    # An old queue keeps its number and its age; waits are about people who stand there now.
    fresh = queue.at is not None and queue.at > until - SPEAKS_FOR_NOW * HOUR
    then = waiting if fresh and waiting is not None and waiting > -0.5 else None
    if arriving is not None and coming is None:
        coming = going_on(arriving, RATE_WINDOW / 60, until)
    there = None
    if then is not None and queue.at is not None:
        first = None if ahead is None else float(ahead.counters.level[0])
        open_since = (
            counters_since(read, queue.at, until, first, READING_HOLDS) if per_counter or endless else steady(1.0)
        )
        since = Since(arrivals, served, seen.left)
        there = carried(then, queue.at, until, since, coming, rate, open_since)
    wait = clears = None
    if rate is not None and ahead is not None and then is not None and not endless:
        # Where nobody can say who came since, the wait is that of who joined at the count, as its age says.
        wait = virtual_wait(then if there is None else there, rate, ahead)
        # Where only the throughput is known nobody can say when: it follows the queue as long as there are counters.
        if there is not None and coming is not None and per_counter:
            clears = clearing(there, rate, ahead, coming, until)
        clears = cleared(wait, clears)
    never = clears is not None and clears.after is None
    if endless and then is not None:
        never = max(then, 0.0 if there is None else there.people) >= 0.5
    who = cohorts(arrivals, arriving, then, queue.at, LONG_WAITS)
    measured = _latest(read.at, read.wait_minutes, until, READING_HOLDS)
    return StageState(
        stage=seen.stage,
        lane=seen.lane,
        waiting=waiting,
        waiting_at=None if queue.at is None else moment(queue.at),
        counted_ago=None if queue.at is None else (until - queue.at) / HOUR,
        standing=there,
        at_least=queue.at_least,
        method=queue.method,
        source=queue.source,
        unexplained=queue.unexplained,
        counters_open=None if open_now is None else round(open_now),
        counters_total=None if total is None else round(total),
        counters_planned=None if np.isnan(planned) else round(planned),
        arriving=arriving,
        served_last_hour=last_hour[0] if last_hour else None,
        served_at=moment(last_hour[1]) if last_hour else None,
        left_last_hour=left[0] if left else None,
        rate=rate if per_counter else None,
        capacity_known=per_counter,
        capacity=None if of_counters is None or rate is None else of_counters * rate.value,
        capacity_low=None if of_counters is None or rate is None else of_counters * rate.low,
        capacity_high=None if of_counters is None or rate is None else of_counters * rate.high,
        wait=wait.hours if wait else None,
        wait_low=wait.low if wait else None,
        wait_high=wait.high if wait else None,
        wait_counters=(wait.counters if per_counter else CountersBasis.PACE) if wait else None,
        outdated=waiting is not None and not fresh,
        measured_wait=None if measured is None else measured / 60,
        head_wait=None if who.joined is None or queue.at is None else (queue.at - who.joined) / HOUR,
        joined=None if who.joined is None else moment(who.joined),
        over_6h=who.over[6.0],
        over_12h=who.over[12.0],
        over_24h=who.over[24.0],
        clears_in=clears.after if clears else None,
        clears_low=clears.soonest if clears else None,
        clears_high=clears.latest if clears else None,
        clears_counters=clears.counters if clears else None,
        clears_arrivals=clears.arrivals if clears else None,
        never_clears=never,
        endless=endless,
        waited_at_closing=waited_at_closing(read, who, until) if open_now == 0 else None,
        ahead=ahead if per_counter else None,
        coming=coming,
    )


def _open_now(read: Readings, planned: float, until: float) -> float | None:
    """Counters open as read lately. One told closed stays so a while longer: it is silent because nobody is there."""
    found = _latest(read.at, read.counters_open, until, READING_HOLDS)
    if found is None and np.isnan(planned) and _latest(read.at, read.counters_open, until, SPEAKS_FOR_NOW) == 0:
        return 0.0
    return found


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
