"""The headlines: one row each, with its formula, stage and window. The definition panel is printed from this table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.analytics.arrivals import DayTotal, expected_today, last_hour
from data.analytics.baseline import History
from data.analytics.buckets import Buckets, moment
from data.analytics.freshness import Expected, cadences, confidence, overdue, state_of
from data.analytics.stages import StageState
from data.types import Kpi, Pressure, SectorCoverage, Sentence, Site, Window
from data.vocabulary import LEVEL_ORDER, KpiName, Level, Method, State

NO_OFFICIAL = Sentence("sentence.no_official_source")


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
    """Everything the headlines are made from, at one moment of one site."""

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
    reports: tuple[Expected, ...]
    alerts_open: int

    def cadence(self, source: str | None, dataset: str) -> timedelta | None:
        return None if source is None else cadences(self.reports).get((source, dataset))

    @property
    def judged_at(self) -> datetime:
        """The moment ages are counted to: a past day is not stale for being past."""
        return min(self.now, self.day.end)


@dataclass(frozen=True)
class KpiRow:
    """`formula` is the locale key of its definition; `stage` "entry" is the site's entry stage."""

    name: KpiName
    unit: str
    stage: str
    window: str
    work: Callable[[Seen], Kpi]

    @property
    def formula(self) -> str:
        return f"kpi.{self.name}.formula"


def _missing(name: str, unit: str, note: Sentence | None = None) -> Kpi:
    return Kpi(name, None, State.MISSING, None, unit=unit, note=note)


def _day_kpi(name: str, seen: Seen, total: DayTotal | None, source: str | None, usual: History | None) -> Kpi:
    if source is None:
        return _missing(name, "people", NO_OFFICIAL)
    if total is None:
        return _missing(name, "people", Sentence("sentence.nothing_reported_today"))
    mid = None if usual is None else total.usual_so_far(usual, seen.day)
    note = None
    if mid is not None and mid > 0:
        note = Sentence("sentence.times_usual", {"ratio": round(total.people / mid, 1)})
    return Kpi(
        name,
        total.people,
        state_of(total.as_of, seen.judged_at, seen.cadence(source, "flow")),
        total.as_of,
        at_least=total.at_least,
        low=total.low,
        high=total.high,
        usual=mid,
        method=total.method,
        source=source,
        note=note,
    )


def entries_today(seen: Seen) -> Kpi:
    return _day_kpi("entries_today", seen, seen.served_day, seen.served_source, seen.usual_served)


def arrivals_today(seen: Seen) -> Kpi:
    return _day_kpi("arrivals_today", seen, seen.arrivals_day, seen.arrivals_source, seen.usual_arrivals)


def arrivals_last_hour(seen: Seen) -> Kpi:
    if seen.arrivals_source is None:
        return _missing("arrivals_last_hour", "people", NO_OFFICIAL)
    hour = last_hour(seen.arrivals, seen.judged_at)
    if hour is None:
        return _missing("arrivals_last_hour", "people")
    usual = None if seen.usual_arrivals is None else hour.usual(seen.usual_arrivals, seen.day)
    return Kpi(
        "arrivals_last_hour",
        hour.people,
        # The hour now filling keeps the last whole one fresh.
        state_of(moment(float(seen.arrivals.end[-1])), seen.judged_at, seen.cadence(seen.arrivals_source, "flow")),
        hour.end,
        at_least=hour.at_least,
        usual=usual,
        method=hour.method,
        source=seen.arrivals_source,
        note=None if usual is None else Sentence("sentence.usual_is", {"usual": round(usual)}),
    )


def arrivals_expected_today(seen: Seen) -> Kpi:
    name = "arrivals_expected_today"
    if seen.arrivals_source is None:
        return _missing(name, "people", NO_OFFICIAL)
    if seen.usual_arrivals is None:
        return _missing(name, "people", Sentence("sentence.short_history"))
    if seen.arrivals_day is None:
        return _missing(name, "people", Sentence("sentence.nothing_reported_today"))
    span = expected_today(seen.arrivals_day, seen.usual_arrivals, seen.day)
    if span is None:
        return _missing(name, "people", Sentence("sentence.short_history"))
    low, mid, high = span
    state = state_of(seen.arrivals_day.as_of, seen.judged_at, seen.cadence(seen.arrivals_source, "flow"))
    return Kpi(
        name,
        mid,
        state,
        seen.arrivals_day.as_of,
        at_least=seen.arrivals_day.at_least,
        low=low,
        high=high,
        usual=float(seen.usual_arrivals.cumulative[1][-1]),
        method=Method.MODELLED,
        source=seen.arrivals_source,
        note=Sentence("sentence.between_people", {"low": round(low), "high": round(high)}),
    )


def present(seen: Seen) -> Kpi:
    here = seen.present
    if here is None:
        return _missing("present", "people")
    safe = here.safe_capacity or seen.site.safe_capacity
    return Kpi(
        "present",
        here.people,
        state_of(here.at, seen.judged_at, seen.cadence(here.source, "present")),
        here.at,
        at_least=here.at_least,
        method=here.method,
        source=here.source,
        note=None if safe is None else Sentence("sentence.safe_capacity", {"capacity": safe}),
    )


def queue_len(seen: Seen) -> Kpi:
    entry = seen.entry
    if entry.waiting is None:
        return _missing("queue_len", "people", Sentence("sentence.no_head_count"))
    growth = entry.growth
    note = None
    if growth is not None and round(growth) > 0 and entry.waiting > 0:
        note = Sentence("sentence.grows_per_hour", {"people": round(growth)})
    return Kpi(
        "queue_len",
        entry.waiting,
        _queue_state(seen),
        entry.waiting_at,
        at_least=entry.at_least,
        method=entry.method,
        source=entry.source,
        note=note,
    )


def wait_minutes(seen: Seen) -> Kpi:
    entry = seen.entry
    wait, method = entry.best_wait
    if wait is None:
        unknown = "sentence.no_head_count" if entry.waiting is None else "sentence.no_rate"
        return _missing("wait_minutes", "minutes", Sentence(unknown))
    low, high = entry.wait_low, entry.wait_high
    note = None
    if low is not None and high is not None and high > low:
        note = Sentence("sentence.between_minutes", {"low_minutes": round(low * 60), "high_minutes": round(high * 60)})
    return Kpi(
        "wait_minutes",
        wait * 60,
        _queue_state(seen),
        entry.waiting_at,
        unit="minutes",
        at_least=entry.at_least,
        low=None if low is None else low * 60,
        high=None if high is None else high * 60,
        method=method,
        source=entry.source,
        note=note,
    )


def time_to_clear_minutes(seen: Seen) -> Kpi:
    name, entry = "time_to_clear_minutes", seen.entry
    if entry.never_clears:
        return Kpi(
            name,
            None,
            State.NEVER,
            entry.waiting_at,
            unit="minutes",
            word="sentence.never_clears",
            source=entry.source,
            method=Method.DERIVED,
        )
    if entry.clears_in is None:
        unknown = "sentence.no_head_count" if entry.waiting is None else "sentence.no_rate"
        return _missing(name, "minutes", Sentence(unknown))
    return Kpi(
        name,
        entry.clears_in / timedelta(minutes=1),
        _queue_state(seen),
        entry.waiting_at,
        unit="minutes",
        at_least=entry.at_least,
        method=Method.DERIVED,
        source=entry.source,
    )


def _queue_state(seen: Seen) -> State:
    return state_of(seen.entry.waiting_at, seen.judged_at, seen.cadence(seen.entry.source, "queue"))


def pressure_level(seen: Seen) -> Kpi:
    level = seen.pressure.level
    known = level is not Level.NO_DATA
    return Kpi(
        "pressure_level",
        float(LEVEL_ORDER.index(level)) if known else None,
        _queue_state(seen) if known and seen.entry.waiting_at else (State.OK if known else State.MISSING),
        seen.entry.waiting_at or (seen.present.at if seen.present else None),
        unit="level",
        word=f"level.{level}",
        at_least=known and seen.pressure.at_least,
        method=Method.DERIVED if known else None,
        source=seen.entry.source,
    )


def coverage_worst_sector(seen: Seen) -> Kpi:
    name = "coverage_worst_sector"
    for row in seen.sectors:
        if row.worst is not None and row.worst.ratio is not None:
            return Kpi(
                name,
                row.worst.ratio,
                row.worst.state,
                row.worst.as_of,
                unit="ratio",
                word=f"sector.{row.sector}",
                method=Method.DERIVED,
                note=None
                if row.worst.gap is None
                else Sentence(
                    "sentence.missing_units",
                    {"gap": row.worst.gap, "unit": row.worst.unit, "service": str(row.worst.service)},
                ),
            )
    return _missing(name, "ratio", Sentence("sentence.no_coverage"))


def alerts_open(seen: Seen) -> Kpi:
    return Kpi("alerts_open", float(seen.alerts_open), State.OK, seen.now, unit="count", method=Method.DERIVED)


def reports_missing(seen: Seen) -> Kpi:
    if all(row.every is None for row in seen.reports):
        return _missing("reports_missing", "count", Sentence("sentence.no_cadence"))
    late = overdue(seen.reports, seen.now)
    return Kpi("reports_missing", float(len(late)), State.OK, seen.now, unit="count", method=Method.DERIVED)


def data_confidence(seen: Seen) -> Kpi:
    score = confidence(seen.reports, seen.arrivals, seen.now)
    if score is None:
        return _missing("confidence", "count", Sentence("sentence.no_cadence"))
    return Kpi("confidence", round(score), State.OK, seen.now, unit="count", method=Method.DERIVED)


KPIS: tuple[KpiRow, ...] = (
    KpiRow(KpiName.ENTRIES_TODAY, "people", "entry", "today", entries_today),
    KpiRow(KpiName.ARRIVALS_TODAY, "people", "entry", "today", arrivals_today),
    KpiRow(KpiName.ARRIVALS_LAST_HOUR, "people", "entry", "last-hour", arrivals_last_hour),
    KpiRow(KpiName.ARRIVALS_EXPECTED_TODAY, "people", "entry", "today", arrivals_expected_today),
    KpiRow(KpiName.PRESENT, "people", "site", "now", present),
    KpiRow(KpiName.QUEUE_LEN, "people", "entry", "now", queue_len),
    KpiRow(KpiName.WAIT_MINUTES, "minutes", "entry", "now", wait_minutes),
    KpiRow(KpiName.TIME_TO_CLEAR_MINUTES, "minutes", "entry", "now", time_to_clear_minutes),
    KpiRow(KpiName.PRESSURE_LEVEL, "level", "entry", "now", pressure_level),
    KpiRow(KpiName.COVERAGE_WORST_SECTOR, "ratio", "site", "today", coverage_worst_sector),
    KpiRow(KpiName.ALERTS_OPEN, "count", "site", "now", alerts_open),
    KpiRow(KpiName.REPORTS_MISSING, "count", "site", "now", reports_missing),
    KpiRow(KpiName.CONFIDENCE, "count", "site", "24h", data_confidence),
)


def kpis(seen: Seen) -> Mapping[str, Kpi]:
    return {str(row.name): row.work(seen) for row in KPIS}
