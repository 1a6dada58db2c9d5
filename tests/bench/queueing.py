"""The queue engine by itself: an answer, the state of a stage, and a year of quarters of an hour."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import numpy as np

from data.analytics.estimates import Counted, estimates
from data.analytics.observed import Observed
from data.analytics.rates import Rate
from data.analytics.stages import stage_state
from data.analytics.what_if import Asked, what_follows
from data.vocabulary import Lane, Stage
from tests.data.test_queueing import NOON, head_counts, whole_hours


def figures() -> Iterator[dict[str, Any]]:
    asked = Asked(2733, 100, 30, Rate.around(60 / 5.4, 6, 1.0, 0.004, 0.001), 6)
    yield {"figure": "what-if answered", "median_ms": _median_ms(lambda: what_follows(asked))}
    seen = Observed(
        Stage.MIGRATION_CONTROL, Lane.GENERAL, whole_hours([150.0] * 96), whole_hours([110.0] * 96),
        head_counts([40.0 * n for n in range(1, 24)], 11),
    )  # fmt: skip
    yield {"figure": "state of a stage, warm", "median_ms": _median_ms(lambda: stage_state(seen, NOON))}
    ticks = iter(range(10_000))
    later = lambda: stage_state(seen, NOON + timedelta(seconds=next(ticks)))  # noqa: E731
    yield {"figure": "state of a stage as time passes", "median_ms": _median_ms(later)}
    draw = np.random.default_rng(1)
    size = 4 * 24 * 365
    year = Counted(
        np.arange(size) * 900.0, 0.25, draw.poisson(29, size).astype(float), draw.poisson(29, size).astype(float),
        np.full(size, 11.0), np.full(size, np.nan),
    )  # fmt: skip
    began = time.perf_counter()
    estimates(year)
    yield {"figure": "a year of quarters estimated", "seconds": round(time.perf_counter() - began, 2)}


def _median_ms(work: Callable[[], object], rounds: int = 200) -> float:
    work()
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return round(statistics.median(times) * 1000, 3)
