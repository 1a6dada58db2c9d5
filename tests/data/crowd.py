"""A border post event by event: people one by one, counters that open and close, a priority lane that goes first.

Nothing of the engine is used here: what it works out from counts is compared with what happened to each person.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

HOUR = 3600.0
OfTime = Callable[[float], float]


@dataclass(frozen=True)
class Post:
    """What happens at a post. Hours since its start; people per hour; minutes per person."""

    hours: int
    arriving: OfTime
    counters: OfTime  # changes on whole quarters of an hour
    minutes: OfTime = lambda hour: 5.4
    shape: float = 1.0  # of the gamma service times: 1 exponential, 4 even, 0.5 uneven
    priority: float = 0.0  # share of people in a lane that goes first at the same counters


@dataclass(frozen=True)
class Crowd:
    """Everybody in the order of joining, seconds since the start: joined, called to a counter, done there."""

    joined: np.ndarray
    called: np.ndarray
    done: np.ndarray
    first: np.ndarray  # in the priority lane

    def lane(self, first: bool) -> Crowd:
        of = self.first == first
        return Crowd(self.joined[of], self.called[of], self.done[of], self.first[of])


def happened(post: Post, seed: int) -> Crowd:
    """Served in the order of joining, priority lane first; nobody is interrupted. Runs until everybody is done."""
    draw = np.random.default_rng(seed)
    joined = arrivals(post, draw)
    first = draw.random(len(joined)) < post.priority
    called, done = np.full(len(joined), np.nan), np.full(len(joined), np.nan)
    lines: tuple[deque[int], deque[int]] = (deque(), deque())
    busy, free_at = 0, []
    events = [(at, 1, place) for place, at in enumerate(joined)]
    quarters = np.arange(0, post.hours * 4 + 1) * 900.0
    events += [(at, 0, 0) for at in quarters]
    heapq.heapify(events)
    last = post.hours * HOUR
    while events or free_at:
        if free_at and (not events or free_at[0] <= events[0][0]):
            now = heapq.heappop(free_at)
            busy -= 1
        else:
            now, kind, place = heapq.heappop(events)
            if kind == 1:
                lines[0 if first[place] else 1].append(place)
        open_now = post.counters(min(now, last - 1) / HOUR)
        while busy < open_now and (lines[0] or lines[1]):
            who = (lines[0] or lines[1]).popleft()
            mean = post.minutes(now / HOUR) * 60
            called[who] = now
            done[who] = now + draw.gamma(post.shape, mean / post.shape)
            heapq.heappush(free_at, done[who])
            busy += 1
    return Crowd(joined, called, done, first)


def arrivals(post: Post, draw: np.random.Generator) -> np.ndarray:
    """Poisson arrivals whose rate follows the hour, by thinning (Lewis and Shedler 1979)."""
    most = max(post.arriving(hour) for hour in np.arange(0, post.hours, 0.05))
    at = np.cumsum(draw.exponential(HOUR / most, int(most * post.hours * 1.2) + 200))
    at = at[at < post.hours * HOUR]
    kept = draw.random(len(at)) * most < np.array([post.arriving(one / HOUR) for one in at])
    return at[kept]
