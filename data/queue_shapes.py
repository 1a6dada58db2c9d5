"""Shapes of the hours ahead of a queue: counters needed, people expected to wait; and of a roster that was not kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class HourNeed:
    """One coming hour. `reason`: chance, backlog, too-few. `planned` None: the roster says nothing of it."""

    start: datetime
    counters: int
    reason: str
    waiting: float  # as it begins, were every hour before staffed as told
    arriving: float
    planned: int | None


@dataclass(frozen=True)
class Needs:
    """Counters by hour so that `share` of people wait `target_minutes` at most. Without hours `missing` says which
    report is: waiting, rate, arrivals, or negative where the counts contradict each other."""

    target_minutes: int
    share: float
    hours: tuple[HourNeed, ...] = ()
    arrivals: str = ""  # "forecast", "present-rate"
    open_now: int | None = None
    total: int | None = None
    rate: float | None = None
    missing: str = ""


@dataclass(frozen=True)
class ExpectedHour:
    """People expected to wait at a moment to come: 80 % band and its middle."""

    at: datetime
    low: float
    mid: float
    high: float


@dataclass(frozen=True)
class ExpectedQueue:
    """The queue from now on, under planned counters and forecast arrivals. Without hours `missing` says what lacks:
    forecast, waiting, rate, counters, negative."""

    hours: tuple[ExpectedHour, ...] = ()
    counters: str = ""  # "open", "plan", "plan-then-open"
    missing: str = ""


@dataclass(frozen=True)
class PlanKept:
    """Counters planned against open, over hours for which both are known."""

    steps: tuple[tuple[datetime, int | None], ...] = ()  # planned from each moment on; None: the roster is silent
    compared_minutes: float = 0.0
    short_minutes: float = 0.0  # of those, with fewer open than planned
    most_short: int = 0
    most_short_at: datetime | None = None


NO_NEEDS = Needs(30, 0.8, missing="waiting")
NOTHING_EXPECTED = ExpectedQueue(missing="forecast")
NO_PLAN_KEPT = PlanKept()
