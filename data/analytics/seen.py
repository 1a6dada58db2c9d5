"""Everything the headlines are made from, at one moment of one site."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.analytics.arrivals import DayTotal
from data.analytics.baseline import History
from data.analytics.buckets import Buckets
from data.analytics.stages import StageState
from data.rhythm import Reporting
from data.types import ClockReading, Kpi, Pressure, SectorCoverage, Sentence, Site, Window
from data.vocabulary import Method, State


@dataclass(frozen=True)
class PresentNow:
    people: float
    safe_capacity: int | None
    at: datetime
    at_least: bool
    method: Method
    source: str


@dataclass(frozen=True)
class Seen:
    site: Site
    now: datetime
    day: Window
    entry: StageState
    arrivals: Buckets
    arrivals_source: str | None
    arrivals_day: DayTotal | None
    served_source: str | None
    served_day: DayTotal | None
    usual_arrivals: History | None
    usual_served: History | None
    pressure: Pressure
    present: PresentNow | None
    sectors: tuple[SectorCoverage, ...]
    reports: tuple[Reporting, ...]
    alerts_open: int
    alerts_checked_at: datetime | None = None  # domain time of the last evaluation; None: never
    rest_of_day: tuple[float, float, float] | None = None  # arrivals still to come today: low, middle, high
    clock: ClockReading | None = None  # None: a real one that says `now`

    def cadence(self, source: str | None, dataset: str) -> timedelta | None:
        """The agreed time between two reports; None where none was agreed."""
        found = (row.every for row in self.reports if (row.source, row.dataset) == (source, dataset))
        return next(found, None)

    @property
    def judged_at(self) -> datetime:
        """The moment ages are counted to: a past day is not stale for being past."""
        return min(self.now, self.day.end)


def missing(name: str, unit: str, note: Sentence | None = None) -> Kpi:
    return Kpi(name, None, State.MISSING, None, unit=unit, note=note)
