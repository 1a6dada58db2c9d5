"""What all pages stand on: the frame they share, the picture of the site, and its headlines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from data import disclosure, queries
from data.alert_book import alarm_spans, evaluated_at, open_alerts
from data.analytics.baseline import DAYS
from data.analytics.curves import day_curves
from data.analytics.kpis import kpis
from data.analytics.seen import Seen
from data.analytics.windows import curve_day
from data.picture import Picture, picture
from data.queries.board import events
from data.sites import site as site_named
from data.sites import sites
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
from data.vocabulary import Measure

EVENTS_BACK = timedelta(days=2)
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

    @property
    def curves(self) -> DayCurves:
        seen = self.picture
        return day_curves(seen.site, seen.day, seen.entry, seen.entry_state, seen.usual_arrivals, self.now.timestamp())


def moment_of(scope: Scope, clock: ClockReading) -> datetime:
    """The moment a view speaks of: now, or the earlier one it was asked as of."""
    return clock.now if scope.as_of is None else min(clock.now, scope.as_of)


def frame_of(conn: Connection, scope: Scope, clock: ClockReading) -> Frame:
    everywhere = sites(conn)
    place = next((one for one in everywhere if one.site == scope.site), None) or site_named(conn, scope.site)
    now = moment_of(scope, clock)
    return Frame(
        site=place,
        sites=everywhere,
        clock=clock,
        data_as_of=queries.data_as_of(conn, scope.site),
        version=version_of(conn, scope.site),
        scope=scope,
        official_source=queries.official_source(conn, scope.site, place.entry_stage, Measure.SERVED, now),
    )


def ground(conn: Connection, scope: Scope, clock: ClockReading) -> Ground:
    frame = frame_of(conn, scope, clock)
    now = moment_of(scope, clock)
    alarms = alarm_spans(conn, scope.site, "surge", now - timedelta(days=DAYS + 1))
    seen = picture(conn, frame.site, curve_day(scope.window, now, frame.site), now, scope.as_of, alarms)
    sectors = disclosure.masked_sectors(seen.sectors, scope.audience, scope.mask_below)
    alerts = open_alerts(conn, scope.site)
    checked_at = evaluated_at(conn, scope.site)
    return Ground(frame, seen, now, alarms, sectors, alerts, headlines(seen, sectors, len(alerts), checked_at, clock))


def headlines(
    seen: Picture,
    sectors: tuple[SectorCoverage, ...],
    alerts_open: int,
    alerts_checked_at: datetime | None,
    clock: ClockReading,
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
            clock=clock,
        )
    )


def events_around(conn: Connection, scope: Scope, window: Window) -> tuple[PolicyEvent, ...]:
    """What was decided elsewhere, from shortly before the window to a fortnight after it."""
    span = Window(window.start - EVENTS_BACK, window.end + EVENTS_AHEAD)
    return events(conn, scope.site, span, scope.as_of)
