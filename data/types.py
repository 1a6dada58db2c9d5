"""Shapes that travel between the store, the arithmetic and the pages. All times carry a zone; UTC inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from data.vocabulary import (
    AlertState,
    Audience,
    Lane,
    Language,
    Level,
    Method,
    Sector,
    Service,
    SiteKind,
    Stage,
    State,
)

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Window:
    """Half-open span of time, UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Issue:
    """One thing wrong with one place of a delivery. `facts` fill the sentence of locale key `issue.<code>`."""

    line: int | None
    column: str | None
    code: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Site:
    site: str
    name: str
    country: str
    zone: str
    kind: SiteKind
    day_start_hour: int
    entry_stage: Stage
    stages: tuple[Stage, ...]
    sectors: tuple[Sector, ...]
    safe_capacity: int | None
    ubigeo: str | None = None


@dataclass(frozen=True)
class ClockReading:
    """What the domain clock says, and how fast it runs, for the browser to count on."""

    now: datetime
    speed: float  # domain seconds per real second; 1 unless a replay runs
    replay: bool


@dataclass(frozen=True)
class Scope:
    """Who looks at what: everything a read needs to know about the asker."""

    site: str
    language: Language
    audience: Audience
    window: str  # named window: "today", "yesterday", "48h", "7d", "30d"
    as_of: datetime | None = None  # None: as known now
    mask_below: int = 5  # smaller counts of protected cells are hidden from the open audience


@dataclass(frozen=True)
class Sentence:
    """A whole sentence waiting for its language: locale key and facts (numbers unformatted)."""

    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Kpi:
    """One headline. `value` None means missing; a word instead of a number is `word` (a locale key)."""

    name: str
    value: float | None
    state: State
    as_of: datetime | None
    unit: str = "people"  # people, minutes, level, ratio, count
    word: str | None = None
    at_least: bool = False
    low: float | None = None
    high: float | None = None
    usual: float | None = None
    method: Method | str | None = None  # Method, or "virtual" for a virtual wait
    source: str | None = None
    note: Sentence | None = None


@dataclass(frozen=True)
class Station:
    """One stage and lane on the station board. None is no report, never zero."""

    stage: Stage
    lane: Lane
    waiting: float | None
    served_last_hour: float | None
    counters_open: int | None
    counters_total: int | None
    wait_minutes: float | None
    wait_low: float | None
    wait_high: float | None
    wait_method: str | None  # "virtual", "measured", "head-of-line"
    growth_per_hour: float | None
    utilisation: float | None
    time_to_clear_minutes: float | None
    level: Level
    state: State
    as_of: datetime | None
    at_least: bool = False
    closed: bool = False
    never_clears: bool = False
    waiting_method: Method | None = None
    rate_per_counter_hour: float | None = None
    rate_sample_hours: int | None = None


@dataclass(frozen=True)
class PressureComponent:
    name: str  # utilisation, wait_general, wait_priority, time_to_clear, waiting_over_12h, presence
    value: float | None
    level: Level
    limits: tuple[float, float, float]
    unit: str
    never: bool = False


@dataclass(frozen=True)
class Pressure:
    level: Level
    at_least: bool  # some component is missing
    components: tuple[PressureComponent, ...]


@dataclass(frozen=True)
class DayCurves:
    """Cumulative arrivals and served of one operational day at one stage.

    `points`: at (UTC), arrivals, served (people since day start, arrivals starting from the queue carried in;
    NA in an unreported hour; after one the sum is a lower bound), provisional (bool), modelled (bool).
    `usual`: at (UTC), low, mid, high of cumulative arrivals on the same kind of day; empty when history is short.
    """

    stage: Stage
    day: Window
    points: pd.DataFrame
    usual: pd.DataFrame
    carried_in: float | None
    queue_now: float | None
    queue_at_least: bool
    wait_from: datetime | None  # when the person served now had joined (FIFO)
    wait_to: datetime | None
    wait_level: float | None  # height at which the horizontal gap is read
    arrivals_at_least: bool = False
    weekday: int = 0
    served_method: Method | None = None
    arrivals_method: Method | None = None


@dataclass(frozen=True)
class PolicyEvent:
    at: datetime
    title: Mapping[str, str]  # by language
    kind: str
    source_url: str | None = None


@dataclass(frozen=True)
class ServiceCoverage:
    """One service against its standard. `delivered` None is no report; `required` None is no standard."""

    sector: Sector
    service: Service
    delivered: float | None
    required: float | None
    unit: str
    gap: float | None
    ratio: float | None
    state: State
    level: Level
    as_of: datetime | None
    denominator: str | None  # present, arrivals, ...
    denominator_value: float | None
    standard_value: float | None
    standard_per: str | None  # "per-person-day", "people-per-unit", ...
    standard_source: str | None
    phase: str | None
    organisations: tuple[str, ...] = ()
    contacts: float | None = None  # atenciones, never people
    silent_since: datetime | None = None
    masked: bool = False
    # Somebody who reported earlier today has not reported up to the end of the span, or gave no amount: what was
    # delivered is at least `delivered`, and `level` follows `carried_ratio`.
    at_least: bool = False
    carried_ratio: float | None = None  # had those gone on as before; None where nobody can say


@dataclass(frozen=True)
class SectorCoverage:
    """A sector at its worst service; `services` worst first."""

    sector: Sector
    level: Level
    state: State
    worst: ServiceCoverage | None
    services: tuple[ServiceCoverage, ...]


@dataclass(frozen=True)
class AlertCard:
    alert_id: int
    rule: str
    subject: str  # what it watches: "migration-control/arrivals", a source name, a sector
    state: AlertState
    level: Level
    since: datetime
    updated: datetime
    evidence: Mapping[str, Any]  # observed, expected, ratio, ... as the rule found them
    sentence: Sentence
    acknowledged_by: str | None = None
    transitions: tuple[tuple[datetime, AlertState, str], ...] = ()


@dataclass(frozen=True)
class Delivery:
    """One report as the desk lists it."""

    report_id: int
    source: str
    organisation: str | None
    dataset: str
    filename: str
    received_at: datetime
    issued_at: datetime
    rows: int
    accepted: int
    rejected: int
    state: str  # accepted, partial, refused, undone
    sha256: str
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True)
class Frame:
    """What every page says about itself: where, when, how live, how true."""

    site: Site
    sites: tuple[Site, ...]
    clock: ClockReading
    data_as_of: datetime | None
    version: int
    scope: Scope
    official_source: str | None


@dataclass(frozen=True)
class SituationModel:
    frame: Frame
    pressure: Pressure
    sentence: Sentence
    kpis: Mapping[str, Kpi]
    curves: DayCurves
    stations: tuple[Station, ...]
    sectors: tuple[SectorCoverage, ...]
    alerts: tuple[AlertCard, ...]
    events: tuple[PolicyEvent, ...]


@dataclass(frozen=True)
class FlowModel:
    """`hours`: hour, people, served, usual_low, usual_mid, usual_high, provisional, at_least, modelled.

    `days`: day (local midnight UTC), entries, low, high, method, state; arrivals likewise as `arrivals`.
    """

    frame: Frame
    kpis: Mapping[str, Kpi]
    curves: DayCurves
    hours: pd.DataFrame
    days: pd.DataFrame
    events: tuple[PolicyEvent, ...]
    alerts: tuple[AlertCard, ...]


@dataclass(frozen=True)
class QueueModel:
    """`history`: at, stage, waiting, counters_open, at_least, method for the window, entry stage and others."""

    frame: Frame
    kpis: Mapping[str, Kpi]
    pressure: Pressure
    stations: tuple[Station, ...]
    history: pd.DataFrame
    sentence: Sentence
    events: tuple[PolicyEvent, ...]


@dataclass(frozen=True)
class CoverageModel:
    frame: Frame
    kpis: Mapping[str, Kpi]
    sectors: tuple[SectorCoverage, ...]
    window: Window


@dataclass(frozen=True)
class AlertsModel:
    frame: Frame
    kpis: Mapping[str, Kpi]
    open: tuple[AlertCard, ...]
    closed: tuple[AlertCard, ...]
    evaluated_at: datetime | None


@dataclass(frozen=True)
class ReportsModel:
    frame: Frame
    kpis: Mapping[str, Kpi]
    deliveries: tuple[Delivery, ...]
    last_by_source: pd.DataFrame  # source, organisation, dataset, last_received, cadence_minutes, overdue (bool)
