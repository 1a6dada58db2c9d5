"""Shapes that travel between the store, the arithmetic and the pages. All times carry a zone; UTC inside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data.alert_shapes import Act as Act
from data.alert_shapes import AlertSpan as AlertSpan
from data.alert_shapes import Assessed as Assessed
from data.alert_shapes import Channel as Channel
from data.alert_shapes import DeskFigures as DeskFigures
from data.alert_shapes import EscalationStep as EscalationStep
from data.alert_shapes import Silence as Silence
from data.alert_shapes import Silenced as Silenced
from data.alert_shapes import Taken as Taken
from data.alert_shapes import Telling as Telling
from data.backtested import Backtest as Backtest
from data.backtested import BacktestRow as BacktestRow
from data.backtested import KeptBacktest as KeptBacktest
from data.backtested import Lag as Lag
from data.backtested import Lead as Lead
from data.backtested import SeriesTried as SeriesTried
from data.flow_shapes import Breakdown as Breakdown
from data.flow_shapes import BreakdownDay as BreakdownDay
from data.flow_shapes import Comparison as Comparison
from data.flow_shapes import Flowing as Flowing
from data.flow_shapes import HeadCount as HeadCount
from data.flow_shapes import PastSurge as PastSurge
from data.flow_shapes import Presence as Presence
from data.flow_shapes import Window as Window
from data.plan_shapes import Activation as Activation
from data.plan_shapes import LevelAct as LevelAct
from data.plan_shapes import Plan as Plan
from data.plan_shapes import PlanAction as PlanAction
from data.plan_shapes import PlanLevel as PlanLevel
from data.plan_shapes import PlanTask as PlanTask
from data.plan_shapes import PlanTrigger as PlanTrigger
from data.plan_shapes import PlanVersion as PlanVersion
from data.plan_shapes import TaskEvent as TaskEvent
from data.plan_shapes import in_language as in_language
from data.plan_signs import PlanState as PlanState
from data.plan_signs import Proposal as Proposal
from data.plan_signs import Reason as Reason
from data.plan_signs import Sign as Sign
from data.published_shapes import Beside as Beside
from data.published_shapes import PublishedFigure as PublishedFigure
from data.published_shapes import by_the_hour as by_the_hour
from data.question_shapes import Answer as Answer
from data.question_shapes import FigureName as FigureName
from data.question_shapes import FigureQuestions as FigureQuestions
from data.question_shapes import Question as Question
from data.question_shapes import Seen as Seen
from data.question_shapes import figure_named as figure_named
from data.question_shapes import seen_of as seen_of
from data.queue_shapes import NO_NEEDS as NO_NEEDS
from data.queue_shapes import NO_PLAN_KEPT as NO_PLAN_KEPT
from data.queue_shapes import NOTHING_EXPECTED as NOTHING_EXPECTED
from data.queue_shapes import ExpectedHour as ExpectedHour
from data.queue_shapes import ExpectedQueue as ExpectedQueue
from data.queue_shapes import HourNeed as HourNeed
from data.queue_shapes import Needs as Needs
from data.queue_shapes import PlanKept as PlanKept
from data.referral_shapes import REFERRAL_WINDOWS as REFERRAL_WINDOWS
from data.referral_shapes import REFERRALS_BY as REFERRALS_BY
from data.referral_shapes import Referrals as Referrals
from data.referral_shapes import ShownPeriod as ShownPeriod
from data.referral_shapes import Sum as Sum
from data.referral_shapes import Tally as Tally
from data.request_shapes import Asked as Asked
from data.request_shapes import Offer as Offer
from data.request_shapes import RequestAct as RequestAct
from data.request_shapes import ResourceRequest as ResourceRequest
from data.resource_shapes import Holding as Holding
from data.resource_shapes import KindTotal as KindTotal
from data.resource_shapes import Register as Register
from data.rhythm import Cadence as Cadence
from data.rhythm import Contact as Contact
from data.rhythm import Expectation as Expectation
from data.rhythm import Rates as Rates
from data.rhythm import Reporting as Reporting
from data.rule_shapes import Episode as Episode
from data.rule_shapes import PressureChange as PressureChange
from data.rule_shapes import Rehearsal as Rehearsal
from data.rule_shapes import RuleField as RuleField
from data.rule_shapes import SetRule as SetRule
from data.scenario_shapes import CounterRate as CounterRate
from data.scenario_shapes import NeedAt as NeedAt
from data.scenario_shapes import NoNeed as NoNeed
from data.scenario_shapes import Offered as Offered
from data.scenario_shapes import Scenario as Scenario
from data.scenario_shapes import ScenarioLine as ScenarioLine
from data.scenario_shapes import ScenarioTable as ScenarioTable
from data.scenario_shapes import StayBasis as StayBasis
from data.scenario_shapes import Stays as Stays
from data.standard_shapes import HeldStandard as HeldStandard
from data.standard_shapes import Published as Published
from data.standard_shapes import Reference as Reference
from data.standard_shapes import Standard as Standard
from data.standard_shapes import Turn as Turn
from data.sure_shapes import Checked as Checked
from data.sure_shapes import Sureness as Sureness
from data.vocabulary import (
    AlertState,
    Assessment,
    Audience,
    FeedStanding,
    Lane,
    Language,
    Level,
    Measure,
    Method,
    NoticeKind,
    Sector,
    Service,
    SiteKind,
    Stage,
    State,
)
from data.who_shapes import Cell as Cell
from data.who_shapes import Partner as Partner
from data.who_shapes import SectorRows as SectorRows
from data.who_shapes import ServiceRow as ServiceRow
from data.who_shapes import WhoAsk as WhoAsk
from data.who_shapes import WhoMatrix as WhoMatrix

if TYPE_CHECKING:
    import pandas as pd  # frames are passed on here, never made: a command that has none starts without it

Clock = Callable[[], datetime]


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
    lanes: tuple[Lane, ...] = ()  # empty: nobody said; those that report are shown
    services: tuple[Service, ...] = ()
    shifts: tuple[int, ...] = ()  # local hours at which shifts begin
    upstream: tuple[str, ...] = ()  # sites whose people come here next
    past_surges: tuple[PastSurge, ...] = ()  # days to compare with, oldest first
    published: tuple[PublishedFigure, ...] = ()  # what others printed about the site, oldest first


@dataclass(frozen=True)
class ClockReading:
    """What the domain clock says, and how fast it runs, for the browser to count on."""

    now: datetime
    speed: float  # domain seconds per real second; 1 unless a replay runs, 0 where a page stands still
    replay: bool


@dataclass(frozen=True)
class Scope:
    """Who looks at what: everything a read needs to know about the asker."""

    site: str
    language: Language
    audience: Audience
    window: str  # named window: "today", "yesterday", "48h", "7d", "30d"; "range": that of `span`
    as_of: datetime | None = None  # None: as known now
    mask_below: int = 5  # smaller counts of protected cells are hidden from the open audience
    span: Window | None = None
    compare: str = ""  # "yesterday", "last-week", "usual", or a local date such as "2018-10-31"
    by: str = ""  # the dimension by which people are told apart; "": none
    presence: bool = False  # whether who is in the centre is asked for
    published: bool = False  # whether what others published is to stand beside
    target: int = 30  # minutes that people shall wait at most
    rule: str = ""  # of the history of alerts, only these
    level: str = ""
    outcome: str = ""


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
    approved: str | None = None  # who vouches for it
    hours: float | None = None  # observed, of `hours_asked`
    hours_asked: float | None = None
    doubts: int = 0  # open flags on the figure
    holds_for: str | None = None  # the condition of value and interval: `Station.wait_counters`
    sure: Sureness | None = None  # None: it is made of no reports


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
    rate_low: float | None = None  # 80 % interval
    rate_high: float | None = None
    arriving_per_hour: float | None = None
    counters_planned: int | None = None  # by the roster, now
    # What the wait and its interval hold for: the counters "open" now, the "plan", "plan-then-open"; "pace": as many
    # served an hour as lately, where nobody reports counters. None: it was measured or has been waited.
    wait_counters: str | None = None
    clear_low_minutes: float | None = None  # 80 % interval
    clear_high_minutes: float | None = None  # None beside a known time to clear: perhaps never
    clear_counters: str | None = None  # as `wait_counters`
    clear_arrivals: str | None = None  # "present-rate", "forecast"
    over_6h: float | None = None  # people who have waited longer
    over_12h: float | None = None
    over_24h: float | None = None
    left_last_hour: float | None = None  # the line, unserved, as reported
    unexplained: float | None = None  # what the last head count saw and the counts did not
    negative: bool = False  # more served than ever were there: a mistake in the data
    capacity_ratio: float | None = None  # capacity over arrivals
    bottleneck: bool = False  # the lowest ratio of the path
    endless: bool = False  # closed, and nothing says when it opens: who joins now is served by nobody
    waited_at_closing_minutes: float | None = None  # by whoever was served last before it closed
    outdated: bool = False  # the queue is too old to speak of now
    waiting_now: float | None = None  # carried on from `as_of` to now, with its 80 % interval
    waiting_now_low: float | None = None
    waiting_now_high: float | None = None


@dataclass(frozen=True)
class PressureComponent:
    name: str  # utilisation, wait_general, wait_priority, time_to_clear, waiting_over_12h, presence
    value: float | None
    level: Level
    limits: tuple[float, float, float]
    unit: str
    never: bool = False
    holds_for: str | None = None  # the condition of a wait or a time to clear: `Station.wait_counters`


@dataclass(frozen=True)
class Pressure:
    level: Level
    at_least: bool  # some component is missing
    components: tuple[PressureComponent, ...]
    held: bool = False  # its figures are under the limits of the level, and not yet well under them


@dataclass(frozen=True)
class DayCurves:
    """Cumulative arrivals and served of one operational day at one stage.

    `points`: at (UTC), arrivals, served (people since day start, arrivals starting from the queue carried in;
    NA in an unreported hour; after one the sum is a lower bound), provisional (bool), modelled (bool),
    arrivals_soft and served_soft (bool: estimated or modelled, drawn dashed).
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
    queue_at: datetime | None = None  # the moment of `queue_now`; None: it is that of who asks
    closed: bool = False  # no counter is open
    waited_at_closing: float | None = None  # hours, by whoever was served last
    readings: pd.DataFrame | None = None  # queue and wait at each quarter of an hour (`data.analytics.curve_reading`)


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
    standard_provisional: bool = False  # nobody has approved it, or it is the one for short stays
    standard_since: datetime | None = None
    transit: bool = False  # the standard is the one for people who stay less than a day
    since: datetime | None = None  # of what need and delivery speak of; None for what stands
    until: datetime | None = None
    needed_per_hour: float | None = None  # of what is given to whoever comes: to keep up with the last hours
    done_per_hour: float | None = None


@dataclass(frozen=True)
class SectorCoverage:
    """A sector at its worst service; `services` worst first."""

    sector: Sector
    level: Level
    state: State
    worst: ServiceCoverage | None
    services: tuple[ServiceCoverage, ...]


@dataclass(frozen=True)
class CoverageStretch:
    """A span in which a sector stood alike. `state`: a level, "missing", "none" (no standard) or "masked"."""

    start: datetime
    end: datetime
    state: str


@dataclass(frozen=True)
class SectorTimeline:
    sector: Sector
    stretches: tuple[CoverageStretch, ...]


@dataclass(frozen=True)
class StockLeft:
    """One item of an organisation. `use_per_hour` None: unknown; `hours_left` None: unknown, or `idle`, not used.

    Use is the fall between counts with no delivery between them, over `hours_seen` hours.
    """

    organisation: str
    item: str
    unit: str
    source: str
    quantity: float
    at: datetime
    state: State
    use_per_hour: float | None
    hours_left: float | None
    runs_out: datetime | None
    hours_seen: float = 0.0
    idle: bool = False


@dataclass(frozen=True)
class EquityGroup:
    """Contacts for each arrival of one group; None where it is not told or `masked`."""

    part: str
    contacts: float | None
    arrivals: float | None
    rate: float | None
    masked: bool = False


@dataclass(frozen=True)
class Equity:
    """One service of a day told apart. `gap`: worst rate less the average one; None where fewer than two are known."""

    sector: Sector
    service: Service
    by: str
    groups: tuple[EquityGroup, ...]
    average: float | None
    worst: str | None
    gap: float | None


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
    acts: tuple[Act, ...] = ()
    taken: Taken | None = None
    assessed: Assessed | None = None
    silenced: Silenced | None = None
    tellings: tuple[Telling, ...] = ()

    @property
    def is_open(self) -> bool:
        return self.state is not AlertState.RESOLVED

    @property
    def fired_at(self) -> datetime | None:
        """When it was first told, None while it never was."""
        told = (at for at, state, _ in self.transitions if state not in (AlertState.PENDING, AlertState.RESOLVED))
        return next(told, None)

    @property
    def ended_at(self) -> datetime | None:
        return next((at for at, state, _ in self.transitions if state is AlertState.RESOLVED), None)

    @property
    def takes_over(self) -> bool:
        """A critical alert that nobody has taken or found false stands before everything else on a display."""
        firing = self.state is AlertState.FIRING and self.level is Level.CRITICAL
        false_alarm = self.assessed is not None and self.assessed.outcome is Assessment.DISCARD
        return firing and self.taken is None and self.silenced is None and not false_alarm


@dataclass(frozen=True)
class ToldAlert:
    """One alert as a notice tells it: as it stood when the notice was written."""

    alert_id: int
    rule: str
    subject: str
    state: AlertState
    level: Level
    since: datetime
    sentence: Sentence


@dataclass(frozen=True)
class Notice:
    """What people are told of one alert or of several at once."""

    notice_id: int
    kind: NoticeKind
    step: int  # of the escalation; 0: none
    at: datetime
    facts: Mapping[str, Any]
    site: Site
    alerts: tuple[ToldAlert, ...]


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
    state: str  # accepted, partial, refused, undone, held
    sha256: str
    issues: tuple[Issue, ...] = ()
    sent_by: str | None = None
    reason: str | None = None
    not_reported: int = 0  # rows = accepted + rejected + not_reported


@dataclass(frozen=True)
class Revision:
    """A figure that says something else than it had said. `old` or `new` None: nothing counts, or `masked`."""

    at: datetime  # when readers saw it change
    kind: str  # correction, undo, release
    stage: str
    measure: str
    lane: str
    source: str
    start: datetime
    end: datetime
    old: float | None
    new: float | None
    report_id: int  # the delivery that came, went or was let through
    who: str | None
    issued_at: datetime
    reason: str | None
    broken_down: bool = False  # a part of a figure, by sex, age or nationality
    masked: bool = False


@dataclass(frozen=True)
class FeedState:
    """A feed as the desk lists it. Times are the machine's, not those of a replay.

    `failed_at`: since when it fails, None while its last try succeeded; `error` is then locale key
    `feed.trouble.<error>` with `error_facts`. `submissions`: those that count now.
    """

    name: str
    kind: str  # kobo, odk, sql, push
    source: str
    dataset: str
    every_seconds: int | None
    paused: bool
    succeeded_at: datetime | None
    failed_at: datetime | None
    failures: int
    error: str | None
    error_facts: Mapping[str, Any]
    next_at: datetime | None
    last_report: int | None
    submissions: int
    cursor: Mapping[str, Any] = field(default_factory=dict)
    tried_at: datetime | None = None
    held_until: datetime | None = None  # a process reads it now
    standing: FeedStanding = FeedStanding.FINE
    organisation: str | None = None
    last_state: str | None = None  # what became of `last_report`


@dataclass(frozen=True)
class Flag:
    """A figure that counts and is asked about; words are `flag.<code>`. Ended by a reason, or because it was mended."""

    site: str
    flag: str
    code: str
    dataset: str
    source: str
    key: Mapping[str, str]  # stage, measure, lane; or sector, service, organisation, unit
    start: datetime
    end: datetime
    facts: Mapping[str, Any]
    report_id: int
    raised_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    why: str | None = None


@dataclass(frozen=True)
class SourceFigure:
    """One source's figure of an indicator in a window, never added to another's. None: nothing reported.

    `difference`: it less the official one, over the periods that both report (`compared` of its `periods`).
    """

    source: str
    organisation: str | None
    official: bool
    value: float | None
    at_least: bool
    method: Method | None
    definition: str | None
    first: datetime | None  # of what was reported inside the window
    last: datetime | None
    hours: float  # reported
    hours_asked: float  # of the window, up to now
    grain_minutes: int | None
    reports: int
    as_of: datetime | None
    periods: int = 0
    compared: int = 0
    difference: float | None = None
    difference_share: float | None = None
    flagged: bool = False


@dataclass(frozen=True)
class Reconciliation:
    """The sources of one indicator side by side. `official` None: nobody chose one."""

    stage: Stage
    measure: Measure
    window: Window
    official: str | None
    reason: str | None
    set_by: str | None
    since: datetime | None
    limit_share: float
    figures: tuple[SourceFigure, ...]


@dataclass(frozen=True)
class Duplicate:
    """Two who may have reported the same: day, service and place, and what each said. `verdict` "open": undecided."""

    site: str
    flag: str
    pair: str
    day: datetime
    sector: str
    service: str
    place: str
    first: tuple[str, str]  # source, organisation
    second: tuple[str, str]
    facts: Mapping[str, Any]
    raised_at: datetime
    verdict: str = "open"
    reason: str | None = None
    who: str | None = None
    decided_at: datetime | None = None
    onwards: bool = False


@dataclass(frozen=True)
class ColumnRead:
    """What was understood of one column of a file. `into`: canonical columns it fills, none when it is not used.

    `header` is empty for what a mapping says itself. `written`: a cell of the first accepted row, fit to be shown;
    `read`: what became of it (moments aware, in UTC). `chooses`: the column decides which rows count. `meaning`: words
    that the mapping adds to each of its values.
    """

    header: str
    into: tuple[str, ...] = ()
    written: str = ""
    read: Any = None
    chooses: bool = False
    meaning: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Changes:
    """Of the accepted lines: `new` speak of something nobody of the source had reported; `revised` replace a value;
    `equal` repeat it; `older` were written before the line that counts, which stays."""

    new: int = 0
    revised: int = 0
    equal: int = 0
    older: int = 0


@dataclass(frozen=True)
class DeliveryStory:
    """One delivery with all that its page tells. `same`: other entries of the same bytes, as (report, state)."""

    delivery: Delivery
    sites: tuple[str, ...]
    period: Window | None
    bytes: int
    issued_given: bool
    sent_by: str | None
    undone_at: datetime | None
    undone_by: str | None
    mapping: str | None
    changes: Changes | None
    same: tuple[tuple[int, str], ...] = ()


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
    reports: tuple[Reporting, ...] = ()  # how each source keeps its rhythm
    alerts: tuple[AlertCard, ...] = ()  # open, the gravest first
    alarms: tuple[AlertSpan, ...] = ()  # when alerts were on, for the charts
    plan: PlanState | None = None  # of the contingency plan; None: not asked for
    headline_day: Window | None = None  # the day that the headlines speak of
    questions: tuple[FigureQuestions, ...] = ()  # figures that somebody asked about


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
class LongReport:
    """A report of a week, a month or another long span, of a series that says nothing finer about that time."""

    stage: str
    measure: str
    source: str
    start: datetime
    end: datetime
    people: float
    at_least: bool
    method: str


@dataclass(frozen=True)
class FlowModel:
    """`hours`: hour, people, served, usual_low, usual_mid, usual_high, provisional, at_least, modelled, and people_soft
    and served_soft (estimated or modelled); late (bool), people_was and served_was (what a corrected hour had said,
    else missing).

    `days`: day (local midnight UTC), entries, low, high, method, state; arrivals likewise as `arrivals`;
    entries_was, arrivals_was; approved (who closed the day, else missing).
    """

    frame: Frame
    kpis: Mapping[str, Kpi]
    curves: DayCurves
    hours: pd.DataFrame
    days: pd.DataFrame
    events: tuple[PolicyEvent, ...]
    alerts: tuple[AlertCard, ...]
    sources: tuple[Reconciliation, ...] = ()
    doubts: tuple[Flag, ...] = ()  # about the figures drawn
    long: tuple[LongReport, ...] = ()  # of sources that report no finer grain
    revisions: tuple[Revision, ...] = ()
    window: Window | None = None  # what the hours show
    comparison: Comparison | None = None  # only where somebody asked
    breakdown: Breakdown | None = None
    presence: Presence | None = None
    beside: tuple[Beside, ...] | None = None  # None: not asked for


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
    needs: Needs = NO_NEEDS
    kept: PlanKept = NO_PLAN_KEPT
    expected: ExpectedQueue = NOTHING_EXPECTED
    expects: Mapping[str, Any] | None = None  # plain values of `data.analytics.expects`, of the entry stage


@dataclass(frozen=True)
class CoverageModel:
    frame: Frame
    kpis: Mapping[str, Kpi]
    sectors: tuple[SectorCoverage, ...]
    window: Window
    duplicates: tuple[Duplicate, ...] = ()
    before: Mapping[tuple[Sector, Service], float] = field(default_factory=dict)  # ratios a day earlier
    timeline: tuple[SectorTimeline, ...] = ()
    timeline_window: Window | None = None
    stock: tuple[StockLeft, ...] = ()
    equity: tuple[Equity, ...] = ()
    equity_day: Window | None = None


@dataclass(frozen=True)
class AlertsModel:
    frame: Frame
    kpis: Mapping[str, Kpi]
    open: tuple[AlertCard, ...]
    closed: tuple[AlertCard, ...]
    evaluated_at: datetime | None
    silences: tuple[Silence, ...] = ()
    channels: tuple[Channel, ...] = ()
    unsent: tuple[Telling, ...] = ()  # what did not reach its channel lately
    figures: DeskFigures | None = None
    escalation: tuple[EscalationStep, ...] = ()
    proposes: Mapping[int, PlanLevel] = field(default_factory=dict)  # level of the plan that an open alert proposes


@dataclass(frozen=True)
class ReportsModel:
    frame: Frame
    kpis: Mapping[str, Kpi]
    deliveries: tuple[Delivery, ...]
    reports: tuple[Reporting, ...]  # the worst first; without a cadence at the end
    doubts: tuple[Flag, ...] = ()
    duplicates: tuple[Duplicate, ...] = ()
    revisions: Mapping[int, tuple[Revision, ...]] = field(default_factory=dict)  # what a delivery changed
    feeds: tuple[FeedState, ...] = ()  # in trouble first
