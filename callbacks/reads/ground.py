"""What all pages stand on: the frame they share, the picture of the site, and its headlines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from callbacks.reads.corrections import closed_periods
from callbacks.reads.once import once
from callbacks.reads.sureness import assured
from data import disclosure, queries
from data.alert_book import alarm_spans, evaluated_at, open_alerts
from data.alert_history import alert_spans
from data.analytics.baseline import DAYS
from data.analytics.curves import day_curves
from data.analytics.kpis import kpis
from data.analytics.seen import Seen
from data.analytics.windows import headline_day
from data.closing import Approval
from data.flags import open_flags
from data.forecasting import Forecast, forecast_of
from data.picture import Picture, picture
from data.plan_book import plan_state
from data.queries import SeriesKey
from data.queries.board import events
from data.question_book import questions_beside
from data.sites import site as site_named
from data.sites import sites
from data.tellings import marked
from data.types import (
    AlertCard,
    ClockReading,
    DayCurves,
    Frame,
    Kpi,
    PolicyEvent,
    Scope,
    SectorCoverage,
    Window,
)
from data.versions import version_of
from data.vocabulary import KpiName, Measure, State

EVENTS_BACK = timedelta(days=2)
# Charts show thirty days before now, or a range of their own.
SPANS_BACK = timedelta(days=32)
# Headlines about the day, and the measure whose figures they add up.
DOUBTED = {str(KpiName.ENTRIES_TODAY): Measure.SERVED, str(KpiName.ARRIVALS_TODAY): Measure.ARRIVALS}
EVENTS_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Ground:
    frame: Frame
    picture: Picture
    now: datetime
    alarms: tuple[Window, ...]  # when surges were on; their days are not usual
    sectors: tuple[SectorCoverage, ...]  # masked for the audience
    alerts: tuple[AlertCard, ...]
    kpis: Mapping[str, Kpi]
    forecast: Forecast | None  # of arrivals at the entry, from now on; None: no such series, or under 14 days of it

    @property
    def curves(self) -> DayCurves:
        seen = self.picture
        return day_curves(seen.site, seen.day, seen.entry, seen.entry_state, seen.usual_arrivals, self.now.timestamp())


def moment_of(scope: Scope, clock: ClockReading) -> datetime:
    """The moment a view speaks of: now, or the earlier one it was asked as of."""
    return clock.now if scope.as_of is None else min(clock.now, scope.as_of)


def clock_of(scope: Scope, clock: ClockReading) -> ClockReading:
    """The clock of a view: that of the store, or one that stands at the moment asked for."""
    return clock if scope.as_of is None else replace(clock, now=moment_of(scope, clock), speed=0.0)


def frame_of(conn: Connection, scope: Scope, clock: ClockReading) -> Frame:
    now, then = moment_of(scope, clock), scope.as_of
    everywhere = sites(conn, then)
    place = next((one for one in everywhere if one.site == scope.site), None) or site_named(conn, scope.site, then)
    return Frame(
        site=place,
        sites=everywhere,
        clock=clock_of(scope, clock),
        data_as_of=queries.data_as_of(conn, scope.site, then),
        version=version_of(conn, scope.site),
        scope=scope,
        official_source=queries.official_source(conn, scope.site, place.entry_stage, Measure.SERVED, now, then),
        headline_day=headline_day(scope.window, now, place),
        questions=questions_beside(conn, scope.site, now, then),
    )


def ground(conn: Connection, scope: Scope, clock: ClockReading) -> Ground:
    frame = frame_of(conn, scope, clock)
    now = moment_of(scope, clock)
    alarms = alarm_spans(conn, scope.site, "surge", now - timedelta(days=DAYS + 1), scope.as_of)
    hour = int(now.timestamp() // 3600)

    def forecast(key: SeriesKey | None) -> Forecast | None:
        asked = ("forecast", frame.site, key, hour, scope.as_of)
        return once(conn, frame.version, asked, lambda: forecast_of(conn, frame.site, key, now, scope.as_of))

    day = headline_day(scope.window, now, frame.site)
    seen = picture(conn, frame.site, day, now, scope.as_of, alarms, forecast)
    frame = replace(frame, reports=seen.reports)
    sectors = disclosure.masked_sectors(seen.sectors, scope.audience, scope.mask_below)
    alerts = marked(conn, frame.site, open_alerts(conn, scope.site, scope.as_of), now, scope.as_of)
    since = min(now, now if scope.span is None else scope.span.start) - SPANS_BACK
    spans = alert_spans(conn, scope.site, Window(since, now), now, scope.as_of)
    plan = plan_state(conn, scope.site, alerts, now, scope.as_of)
    frame = replace(frame, alerts=alerts, alarms=spans, plan=plan)
    checked_at = evaluated_at(conn, scope.site, scope.as_of)
    ahead = seen.forecast
    told = headlines(seen, sectors, len(alerts), checked_at, clock_of(scope, clock), rest_of_day(seen, ahead))
    told = vouched(told, closed_periods(conn, scope, seen.day, frame.version), seen.day)
    told = assured(conn, seen, doubted(conn, seen, told, scope.as_of), frame.version, scope.as_of)
    return Ground(frame, seen, now, alarms, sectors, alerts, told, ahead)


def rest_of_day(seen: Picture, ahead: Forecast | None) -> tuple[float, float, float] | None:
    """Arrivals from the newest report to the end of the day: low, middle, high; None for a day that is over."""
    if ahead is None or seen.arrivals_day is None or seen.now >= seen.day.end:
        return None
    return ahead.total(Window(seen.arrivals_day.as_of, seen.day.end))


def vouched(kpis: Mapping[str, Kpi], closed: tuple[Approval, ...], day: Window) -> Mapping[str, Kpi]:
    """The figures of a closed day say who vouches for them; they are neither provisional nor too old any more."""
    who = next((one.who for one in closed if one.window == day), None)
    if who is None:
        return kpis
    of_day = {str(name): kpis[name] for name in (KpiName.ENTRIES_TODAY, KpiName.ARRIVALS_TODAY)}
    approved = {
        name: replace(kpi, approved=who, state=State.OK) for name, kpi in of_day.items() if kpi.value is not None
    }
    return {**kpis, **approved}


def doubted(conn: Connection, seen: Picture, shown: Mapping[str, Kpi], as_of: datetime | None) -> Mapping[str, Kpi]:
    """The day's headlines say when one of their figures waits for an answer."""
    entry = str(seen.site.entry_stage)
    asked = open_flags(conn, seen.site.site, seen.day, as_of)
    flags = Counter(
        flag.key.get("measure")
        for flag in asked
        if flag.key.get("stage") == entry and seen.official.get((entry, flag.key.get("measure", ""))) == flag.source
    )
    open_on = {name: flags[str(measure)] for name, measure in DOUBTED.items() if flags[str(measure)]}
    return {name: replace(kpi, doubts=open_on[name]) if name in open_on else kpi for name, kpi in shown.items()}


def headlines(
    seen: Picture,
    sectors: tuple[SectorCoverage, ...],
    alerts_open: int,
    alerts_checked_at: datetime | None,
    clock: ClockReading,
    rest: tuple[float, float, float] | None = None,
) -> Mapping[str, Kpi]:
    return kpis(
        Seen(
            site=seen.site,
            now=seen.now,
            day=seen.day,
            entry=seen.entry_state,
            arrivals=seen.entry.arrivals,
            arrivals_source=seen.source(Measure.ARRIVALS),
            arrivals_day=seen.arrivals_day,
            served_source=seen.source(Measure.SERVED),
            served_day=seen.served_day,
            usual_arrivals=seen.usual_arrivals,
            usual_served=seen.usual_served,
            pressure=seen.pressure,
            present=seen.present,
            sectors=sectors,
            reports=seen.reports,
            alerts_open=alerts_open,
            alerts_checked_at=alerts_checked_at,
            rest_of_day=rest,
            clock=clock,
        )
    )


def events_around(conn: Connection, scope: Scope, window: Window) -> tuple[PolicyEvent, ...]:
    """What was decided elsewhere, from shortly before the window to a fortnight after it."""
    span = Window(window.start - EVENTS_BACK, window.end + EVENTS_AHEAD)
    return events(conn, scope.site, span, scope.as_of)
