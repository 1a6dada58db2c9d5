"""How fast the counters really serve, learned from departures while people were waiting, never from a nominal time.

The rate per counter is a level that may wander, seen through counts: the local level model of Harvey, Forecasting,
structural time series models and the Kalman filter (1989), chapter 4, with both of its variances weighed over a grid
by how well they foretold each bucket from those before it (West and Harrison, Bayesian forecasting and dynamic
models, 1997, chapter 12). In words: each bucket moves the estimate the more, the more people it counts and the more
the rate has been seen to change, so that old hours do not hide a new rate.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

HOUR = 3600.0
ROW = 24  # bytes of three floats
MOST = 200  # buckets at once; each rests on the one before
HOLDS = 24.0  # hours for which a rate seen last is still told, ever less surely
Z80 = 1.2816  # of the normal distribution, 80 % in the middle
# How counts scatter around the rate: variance over mean, 1 where service times are exponential.
SCATTER = np.array([0.25, 0.5, 1.0, 2.0, 4.0, 8.0])
SCATTER_PRIOR = np.array([1.0, 2.0, 3.0, 2.0, 1.0, 0.5])
# How the rate wanders: its relative change in an hour, standard deviation. At most posts it hardly does.
DRIFT = np.array([0.003, 0.015, 0.05, 0.15, 0.3])
DRIFT_PRIOR = np.array([12.0, 3.0, 1.0, 0.5, 0.2])
FADING = 0.99  # of what earlier buckets said of scatter and drift, at each bucket
AT_ONCE = 4096  # rates told together
FAR = 2.5  # standard deviations: a bucket further off than this pulls no harder


@dataclass(frozen=True)
class Rate:
    """People per counter-hour (or per hour of the whole stage when counters are unreported), with its 80 % interval.

    `hours`: counted with a queue, of which the estimate is made. `scatter`: variance over mean of the counts.
    `unsure`: variance of the logarithm of the rate now. `drift`: that variance's growth in an hour.
    """

    value: float
    low: float
    high: float
    hours: float
    scatter: float = 1.0
    unsure: float = 0.0
    drift: float = 0.0

    @staticmethod
    def around(value: float, hours: float, scatter: float, unsure: float, drift: float) -> Rate:
        reach = _reach(unsure)
        return Rate(value, value / reach, value * reach, hours, scatter, unsure, drift)

    def later(self, seconds: float) -> Rate:
        """The same rate, so many seconds after it was last seen."""
        unsure = self.unsure + self.drift * max(0.0, seconds) / HOUR
        return Rate.around(self.value, self.hours, self.scatter, unsure, self.drift)

    def of(self, people: float, hours: float) -> tuple[float, float]:
        """80 % interval of the mean rate over the next `people` served within `hours`.

        Their own service times scatter too, and the rate wanders meanwhile: a third of the drift of a random walk
        reaches its mean.
        """
        variance = self.unsure + self.scatter / max(people, 1.0) + self.drift * hours / 3
        reach = _reach(variance)
        return self.value / reach, self.value * reach


def service_rates(
    start: np.ndarray,
    hours: np.ndarray,
    served: np.ndarray,
    counters: np.ndarray,
    queue: np.ndarray,
    done: Callable[[int], None] = lambda _: None,
) -> list[Rate | None]:
    """mu = departures while Q > 0 / counter-hours while Q > 0, as it stood at the end of each bucket.

    Arrays by bucket of any length, oldest first: start (epoch s), hours long, people served, counters open on
    average, smallest queue seen; NaN where unknown. Buckets without a queue say how many came, not how fast the
    counters are, and are left out. None up to the first one that qualifies, and a day after the last one. `done` is
    told now and then how many buckets are.
    """
    usable = _usable(hours, served, counters, queue)
    ends = start + hours * HOUR
    # How many hours of the last day it rests on.
    so_far = np.concatenate([[0.0], np.cumsum(np.where(usable, hours, 0.0))])
    rests_on = so_far[1:] - so_far[np.searchsorted(ends, ends - HOLDS * HOUR, side="right")]
    told: list[Rate | None] = [None] * len(start)
    level: Level | None = None
    held: list[tuple[int, Level]] = []
    middles, works = (start + hours * HOUR / 2).tolist(), (counters * hours).tolist()
    people, recent = served.tolist(), rests_on.tolist()
    for place, useful in enumerate(usable.tolist()):
        if useful:
            level = _after(level, people[place], works[place], middles[place])
        if level is not None and recent[place] > 0:
            held.append((place, level))
        if len(held) == AT_ONCE or place + 1 == len(start):
            places = [at for at, _ in held]
            for at, rate in zip(places, _rates([one for _, one in held], ends[places], rests_on[places]), strict=True):
                told[at] = rate
            held = []
            done(place + 1)
    return told


def service_rate(
    start: np.ndarray, hours: np.ndarray, served: np.ndarray, counters: np.ndarray, queue: np.ndarray, now: float
) -> Rate | None:
    """As `service_rates`, of the last day as it stands at `now` (epoch s)."""
    usable = _usable(hours, served, counters, queue) & (start > now - HOLDS * HOUR)
    if not usable.any():
        return None
    middle, work = (start + hours * HOUR / 2)[usable], (counters * hours)[usable]
    level = _level(np.column_stack([served[usable], work, middle])[-MOST:].tobytes())
    return None if level is None else level.rate(now, float(hours[usable].sum()))


def _usable(hours: np.ndarray, served: np.ndarray, counters: np.ndarray, queue: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return (queue > 0) & (counters > 0) & (served >= 0) & (hours > 0)


@lru_cache(maxsize=4096)
def _level(buckets: bytes) -> Level | None:
    """Of rows of people, counter-hours and middle. Remembered row by row: each new bucket is one step, not all."""
    if not buckets:
        return None
    people, work, at = np.frombuffer(buckets[-ROW:]).tolist()
    return _after(_level(buckets[:-ROW]), people, work, at)


def _after(level: Level | None, people: float, work: float, at: float) -> Level | None:
    if level is not None:
        return level.after(people, work, at)
    return Level.first(people, work, at) if people >= 1 else None


@dataclass(frozen=True)
class Level:
    """What is known of the rate after some buckets, for each pair of scatter and drift of the grid."""

    log: np.ndarray
    unsure: np.ndarray
    weight: np.ndarray  # logarithms
    at: float  # epoch s

    @staticmethod
    def first(people: float, work: float, at: float) -> Level:
        return Level(np.full(len(SCATTERS), np.log(people / work)), SCATTERS / people, PRIOR, at)

    def after(self, people: float, work: float, at: float) -> Level:
        """Moved by one more bucket, at its middle `at`."""
        unsure = self.unsure + DRIFTS * (max(0.0, at - self.at) / HOUR)
        expected = np.exp(self.log) * work
        noise = SCATTERS / np.maximum(expected, 0.5)
        both = unsure + noise
        spread = np.sqrt(both)
        off = (people / expected - 1.0) / spread
        near = np.minimum(np.maximum(off, -FAR), FAR)
        weight = FADED + FADING * self.weight - np.log(spread) - near * (off - near / 2)
        step = np.minimum(np.maximum(unsure / spread * near, -1.0), 1.0)
        return Level(self.log + step, unsure * noise / both, weight, at)

    def rate(self, now: float, hours: float) -> Rate:
        """Mean over the grid, each pair weighing as well as it foretold."""
        [rate] = _rates([self], np.array([now]), np.array([hours]))
        return rate


def _rates(levels: list[Level], now: np.ndarray, hours: np.ndarray) -> list[Rate]:
    """One of each level as it stands at its `now`; together, since a small array costs as much as a large one."""
    if not levels:
        return []
    log, unsure, weight = (np.array([getattr(one, name) for one in levels]) for name in ("log", "unsure", "weight"))
    share = np.exp(weight - weight.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    mean = (share * log).sum(axis=1)
    variance = _middle(share, unsure) + (share * (log - mean[:, None]) ** 2).sum(axis=1)
    scatter, drift = _middle(share, SCATTERS), _middle(share, DRIFTS)
    since = np.maximum(now - np.array([one.at for one in levels]), 0.0)
    variance += drift * since / HOUR
    value, reach = np.exp(mean), np.exp(np.minimum(Z80 * np.sqrt(variance), FARTHEST))
    columns = (value, value / reach, value * reach, hours, scatter, variance, drift)
    return [Rate(*row) for row in zip(*(column.tolist() for column in columns), strict=True)]


def _middle(share: np.ndarray, values: np.ndarray) -> np.ndarray:
    """A variance by the mean of the standard deviations: the far end of the grid is large and weighs little, and an
    interval of 80 % is not about it."""
    return (share * np.sqrt(values)).sum(axis=1) ** 2


def _reach(variance: float) -> float:
    """Factor between the middle and either end of the interval; a hundredfold is as good as unknown."""
    return math.exp(min(Z80 * math.sqrt(variance), FARTHEST))


FARTHEST = math.log(100.0)
SCATTERS, DRIFTS = (grid.ravel() for grid in np.meshgrid(SCATTER, DRIFT**2))
PRIOR = np.log(np.outer(DRIFT_PRIOR, SCATTER_PRIOR).ravel())
FADED = (1 - FADING) * PRIOR


def mean_counters(
    start: np.ndarray, hours: np.ndarray, read_at: np.ndarray, counters: np.ndarray, carry: float = 7200.0
) -> np.ndarray:
    """Counters open on average in each bucket, from readings; a reading holds for at most `carry` seconds.

    `start` epoch s, `hours` how long each is; NaN where no reading speaks for the bucket.
    """
    known = ~np.isnan(counters)
    read_at, counters = read_at[known], counters[known]
    if len(read_at) == 0:
        return np.full(len(start), np.nan)
    # Four looks an hour follow 15-minute readings exactly and cost nothing.
    looks = start[:, None] + hours[:, None] * (np.arange(4) * 900.0)[None, :]
    last = np.searchsorted(read_at, looks, side="right") - 1
    following = np.minimum(last + 1, len(read_at) - 1)
    # A bucket whose first reading comes after its start takes that reading from the start on.
    use = np.where(last >= 0, last, following)
    fresh = np.abs(looks - read_at[use]) <= carry
    values = np.where(fresh, counters[use], np.nan)
    seen = np.isfinite(values)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(seen.any(axis=1), np.nansum(values, axis=1) / seen.sum(axis=1), np.nan)
