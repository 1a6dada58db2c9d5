"""The queue engine against a border post simulated person by person: what it reads off counts is what happened.

The simulation knows nothing of the engine and is itself held to Erlang-C where that holds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from data.analytics import erlang
from data.analytics.estimates import Counted, Estimate, estimates
from tests.data.crowd import HOUR, Crowd, Post, happened

QUARTER, WHOLE = 900.0, 3600.0
SEEDS = range(6)


def surge(hour: float) -> float:
    """Over capacity from six in the morning to six in the evening."""
    return 350.0 if 6 <= hour < 18 else 100.0


def wave(hour: float) -> float:
    return 110 + 60 * math.sin(hour / 24 * 2 * math.pi)


POSTS = {
    "eleven counters under a surge": Post(36, surge, lambda hour: 11),
    "thirty after the first hours": Post(36, surge, lambda hour: 11 if hour < 14 else 30),
    "full and not full by turns": Post(48, wave, lambda hour: 11),
    "counters by shift": Post(
        36, lambda hour: 200 + 80 * math.sin(hour / 24 * 2 * math.pi), lambda hour: (8, 20, 14, 26)[int(hour // 4) % 4]
    ),
    "counters within the hour": Post(36, surge, lambda hour: 12 + 8 * (int(hour * 4) % 3)),
    "even service": Post(36, surge, lambda hour: 16, shape=4),
    "uneven service": Post(36, surge, lambda hour: 16, shape=0.4),
    "slower and faster by the hour": Post(
        36, surge, lambda hour: 20, minutes=lambda hour: 5.4 * (1 + 0.15 * math.sin(hour / 12 * 2 * math.pi))
    ),
    "slower from an hour on": Post(36, surge, lambda hour: 20, minutes=lambda hour: 5.4 if hour < 14 else 8.0),
    "two counters": Post(48, lambda hour: 20 if 6 <= hour < 16 else 6, lambda hour: 2, minutes=lambda hour: 8.0),
}


@dataclass(frozen=True)
class Seen:
    """Counts of a lane by bucket, as the engine is given them, and how it went."""

    counted: Counted
    rows: list[Estimate]
    queue: np.ndarray  # at the ends
    head: np.ndarray  # hours that the first in line has waited
    virtual: np.ndarray  # hours until everybody there at the end was counted


@cache
def crowd(name: str, seed: int) -> Crowd:
    return happened(POSTS[name], seed)


def seen(post: Post, people: Crowd, bucket: float, completed: bool) -> Seen:
    """`completed`: served are those done at a counter; else those called to one."""
    counted_at = people.done if completed else people.called
    went = np.sort(counted_at)
    edges = np.arange(0, post.hours * HOUR + 1, bucket)
    came_by, went_by = (np.searchsorted(moments, edges, side="right") for moments in (people.joined, went))
    quarters = np.array([post.counters(hour) for hour in np.arange(0, post.hours, 0.25)], dtype=float)
    counters = quarters.reshape(len(edges) - 1, -1).mean(axis=1)
    # Somebody counted the line once, after the first bucket: without that it is "at least", and no interval closes.
    once = np.where(np.arange(len(edges) - 1) == 0, (came_by - went_by)[1:], np.nan)
    counted = Counted(
        edges[:-1], bucket / HOUR, np.diff(came_by).astype(float), np.diff(went_by).astype(float), counters, once
    )
    ends, waiting = edges[1:], (came_by - went_by)[1:]
    first = np.minimum(went_by[1:], len(people.joined) - 1)
    head = np.where(waiting > 0, (ends - people.joined[first]) / HOUR, 0.0)
    virtual = np.array([(went[max(here - 1, 0)] - end) / HOUR for here, end in zip(came_by[1:], ends, strict=True)])
    return Seen(counted, estimates(counted), waiting, head, np.maximum(virtual, 0.0))


def judged(post: Post, one: Seen) -> np.ndarray:
    """Relative error and whether the interval holds the truth (n, 2), where a queue stands: as many as counters."""
    found = []
    for row, waiting, truth, counters in zip(one.rows, one.queue, one.virtual, one.counted.counters, strict=True):
        if waiting < counters or row.wait is None or row.low is None or row.high is None or truth <= 0:
            continue
        found.append((abs(row.wait - truth) / truth, row.low <= truth <= row.high))
    return np.array(found, dtype=float).reshape(-1, 2)


def test_the_simulation_agrees_with_erlang_c_where_that_holds():
    post = Post(1000, lambda hour: 110, lambda hour: 11)
    people = happened(post, 7)
    settled = people.joined > 20 * HOUR
    waits = (people.called - people.joined)[settled] / 60
    rate = 60 / 5.4
    assert (waits > 0).mean() == pytest.approx(erlang.erlang_c(110 / rate, 11), abs=0.03)
    assert waits.mean() == pytest.approx(erlang.mean_wait_hours(110, rate, 11) * 60, rel=0.1)


@pytest.mark.parametrize("completed", [False, True], ids=["called", "completed"])
@pytest.mark.parametrize("bucket", [QUARTER, WHOLE], ids=["quarters", "hours"])
@pytest.mark.parametrize("name", POSTS)
def test_queue_and_first_in_first_out_wait_are_what_happened(name, bucket, completed):
    one = seen(POSTS[name], crowd(name, 0), bucket, completed)
    told = np.array([row.queue for row in one.rows])
    assert np.abs(told - one.queue).max() <= 1
    waits = np.array([math.nan if row.head_wait is None else row.head_wait for row in one.rows])
    assert not np.isnan(waits).any()
    assert np.abs(waits - one.head).max() <= bucket / HOUR


@pytest.mark.parametrize("bucket", [QUARTER, WHOLE], ids=["quarters", "hours"])
def test_the_virtual_wait_is_near_and_its_interval_holds_as_often_as_it_says(bucket):
    """Figures are printed with `pytest -s`. Of a rate that changes steadily all day no interval can know."""
    errors, covered = {}, {}
    for name, post in POSTS.items():
        parts = [judged(post, seen(post, crowd(name, seed), bucket, completed=bool(seed % 2))) for seed in SEEDS]
        every = np.concatenate(parts)
        errors[name], covered[name] = float(np.median(every[:, 0])), float(every[:, 1].mean())
        print(f"{bucket / 60:.0f} min, {name}: n={len(every)} error={errors[name]:.3f} covered={covered[name]:.2f}")
    mean = float(np.mean(list(covered.values())))
    print(f"{bucket / 60:.0f} min: worst median error {max(errors.values()):.3f}, covered {mean:.3f}")
    assert max(errors.values()) <= 0.20
    assert 0.75 <= mean <= 0.85
    assert min(covered.values()) >= 0.5


@pytest.mark.parametrize("bucket", [QUARTER, WHOLE], ids=["quarters", "hours"])
def test_a_priority_lane_that_goes_first_is_read_apart(bucket):
    """Both lanes at the same counters: each has its own counts, and so its own queue, waits and rate."""
    post = Post(36, surge, lambda hour: 18, priority=0.15)
    parts = []
    for seed in SEEDS:
        people = happened(post, seed)
        general, first = (seen(post, people.lane(lane), bucket, completed=False) for lane in (False, True))
        for lane in (general, first):
            told = np.array([row.queue for row in lane.rows])
            assert np.abs(told - lane.queue).max() <= 1
            waits = np.array([row.head_wait for row in lane.rows], dtype=float)
            assert np.abs(waits - lane.head).max() <= bucket / HOUR
        assert np.nanmax(first.head) < np.nanmax(general.head) / 4
        parts.append(judged(post, general))
    every = np.concatenate(parts)
    print(f"{bucket / 60:.0f} min, priority: error={np.median(every[:, 0]):.3f} covered={every[:, 1].mean():.2f}")
    assert np.median(every[:, 0]) <= 0.20
    assert every[:, 1].mean() >= 0.5
