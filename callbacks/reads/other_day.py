"""The curves and hours of a day other than today's, read only where somebody asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from callbacks.reads.ground import Ground
from callbacks.reads.once import once
from data.alert_book import alarm_spans
from data.analytics.baseline import DAYS
from data.analytics.buckets import NO_HOURS, Buckets, seconds
from data.analytics.curves import day_curves
from data.analytics.observed import NO_READINGS, Observed
from data.analytics.stages import stage_state
from data.analytics.windows import local_date
from data.observing import ENTRY_REACH, MOMENT, hours_of, queues
from data.picture import series_key
from data.queries.board import queue_rows
from data.types import DayCurves, Scope, Window
from data.usual import usual
from data.vocabulary import Lane, Measure

READINGS_REACH = timedelta(hours=24)  # from which the queue carried into the day is known


@dataclass(frozen=True)
class OtherDay:
    curves: DayCurves
    came: Buckets
    went: Buckets


def other_day(conn: Connection, scope: Scope, base: Ground, day: Window) -> OtherDay:
    """A day of the entry stage by the sources that are official now; once per version of the data once it is over."""
    if day.end > base.now:
        return _read(conn, scope, base, day)
    asked = ("other-day", scope.site, scope.as_of, day, tuple(sorted(base.picture.official.items())))
    return once(conn, base.frame.version, asked, lambda: _read(conn, scope, base, day))


def _read(conn: Connection, scope: Scope, base: Ground, day: Window) -> OtherDay:
    site, official = base.picture.site, base.picture.official
    until = min(day.end, base.now)
    keys = {m: series_key(site, official, m) for m in (Measure.ARRIVALS, Measure.SERVED)}
    told = [key for key in keys.values() if key is not None]
    flow = hours_of(conn, told, Window(day.start - ENTRY_REACH, until), scope.as_of) if told else {}
    rows = queue_rows(conn, site.site, Window(day.start - READINGS_REACH, until + MOMENT), scope.as_of)
    place = (site.entry_stage, Lane.GENERAL)
    seen = Observed(
        *place,
        flow.get((*place, Measure.ARRIVALS), NO_HOURS),
        flow.get((*place, Measure.SERVED), NO_HOURS),
        queues(rows, official).get(place, NO_READINGS),
    )
    alarms = alarm_spans(conn, scope.site, "surge", day.start - timedelta(days=DAYS + 1), scope.as_of)
    usually = usual(conn, keys[Measure.ARRIVALS], site, local_date(site, day.start), alarms, scope.as_of)
    start, end = seconds(day.start), seconds(until)
    return OtherDay(
        day_curves(site, day, seen, stage_state(seen, until), usually, end),
        seen.arrivals.between(start, end),
        seen.served.between(start, end),
    )
