"""What an alert rule is: what it may look at, and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data.analytics.baseline import History
from data.analytics.buckets import Buckets
from data.analytics.detection.lately import Detection
from data.analytics.lifecycle import Patience, Seen
from data.analytics.observed import Observed
from data.analytics.seen import PresentNow
from data.analytics.stages import StageState
from data.plan_shapes import Activation
from data.request_shapes import ResourceRequest
from data.rhythm import Reporting
from data.types import Pressure, SectorCoverage, Site, StockLeft, Window
from data.vocabulary import Lane, Level, Stage

FALSE_ALARMS = 1.0  # per 30 days and series at most, unless a site wants others


@dataclass(frozen=True)
class Recent:
    """What the rules may look at: one site at one moment, nothing later."""

    site: Site
    now: datetime
    hours: Buckets  # people at the entry stage, the newest day and before
    day: Window  # the operational day of the newest whole hour: just after midnight that is yesterday
    history: History | None  # of that day, with its hours in the last row; None under 14 days
    detection: Detection | None  # of the newest report; None under 7 days of history
    measure: str  # "arrivals", or "served" where nobody counts arrivals: that series is capped by capacity
    source: str | None
    reports: tuple[Reporting, ...]
    pressure: Pressure
    sectors: tuple[SectorCoverage, ...]  # as they are: what is decided on
    shown_sectors: tuple[SectorCoverage, ...]  # as the open audience may see them: alert texts go everywhere
    observed: Mapping[tuple[Stage, Lane], Observed] = field(default_factory=dict)
    states: Mapping[tuple[Stage, Lane], StageState] = field(default_factory=dict)
    present: PresentNow | None = None
    stock: tuple[StockLeft, ...] = ()
    detections: Mapping[float, Detection | None] = field(default_factory=dict)  # by other rates of false alarms
    plan: Activation | None = None  # what runs of the contingency plan
    requests: tuple[ResourceRequest, ...] = ()  # of institutions to each other, those that are not over or only just

    def detected(self, per_month: float) -> Detection | None:
        return self.detection if per_month == FALSE_ALARMS else self.detections[per_month]


@dataclass(frozen=True)
class Upheld:
    """What the series says now of moments that it told something about before. Seconds since 1970."""

    since: float  # of earlier moments nothing is known
    last: float  # the last moment at which there still was what the rule tells of; -inf for none
    until: float  # the newest report
    hours: Buckets  # whole ones; none where the series is told by the day

    def undoes(self, observed: float, since: float, until: float) -> bool:
        """What was told of this stretch is no longer so, because its counts are other ones now."""
        if not self.since < until <= self.until or self.last >= until:
            return False
        if not len(self.hours):
            return True
        if self.hours.start[0] > since:
            return False
        return round(float(self.hours.between(since, until).people.sum())) != observed


@dataclass(frozen=True)
class Finding:
    """What a rule says about one subject. Facts of the evidence fill the alert's sentence.

    Where a subject is judged by several things, `about` is the one that speaks loudest and `unknown` are those nobody
    reports: an alert about one of them is not over because the others are calm. `holds_level`: a graver level stays
    until the lesser one has lasted as long as calm would have to.
    """

    subject: str
    seen: Seen
    level: Level
    evidence: Mapping[str, Any] = field(default_factory=dict)
    about: str | None = None
    unknown: frozenset[str] = frozenset()
    upheld: Upheld | None = None
    holds_level: bool = False


@dataclass(frozen=True)
class Rule:
    """`watches` names every subject there is now: an alert about another one is over, what it watched being gone.

    Of a subject that `find` leaves out nothing is known. Without `watches` none is ever gone.
    """

    name: str
    find: Callable[[Recent], tuple[Finding, ...]]
    patience: Patience
    watches: Callable[[Recent], frozenset[str]] | None = None
