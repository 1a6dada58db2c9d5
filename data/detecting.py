"""Whether the flow of a stored series is special now: the detector on what is reported, kept until that changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from data.analytics.buckets import HOUR, Buckets, seconds
from data.analytics.detection.lately import ALARM_DAYS, BACK, Detection, Midnight, Placed, on_day
from data.analytics.detection.limits import Limits, limits
from data.analytics.windows import day_on, local_date
from data.holidays import holidays
from data.midnights import midnight_of
from data.past import known_hours, places
from data.queries import SeriesKey
from data.types import Site, Window

DAY = timedelta(days=1)


def detection_of(
    conn: Connection,
    site: Site,
    key: SeriesKey | None,
    now: datetime,
    allowed: Limits | None = None,
) -> Detection | None:
    """`allowed`: the limits of the alarm, None for the usual ones.

    None without a series, under 7 days of it, or where nothing was reported lately.
    """
    if key is None:
        return None
    on, allowed = local_date(site, now), allowed or limits()
    special = holidays(conn, site, on, BACK, None)
    known = midnight_of(conn, site, key, on, special, allowed)
    if known is None:
        return None
    told = known_hours(conn, key, Window(day_on(site, on).start, now), None)
    return detection(known, told, site, now, on in special, allowed)


def detection(
    known: Midnight, told: Buckets, site: Site, now: datetime, special: bool, allowed: Limits
) -> Detection | None:
    """`told`: hours of the day that begins at `known`."""
    if known.usual is None:
        return None
    begins, usual_day, days = seconds(day_on(site, known.on).start), float(known.usual.expected.sum()), known.usual.days
    before = [_placed(one, known, site) for one in known.run.alarms]
    since = seconds(day_on(site, known.on - ALARM_DAYS * DAY).start)
    told = told.where(told.whole & (told.end <= seconds(now)) & (told.start >= begins))
    if len(told):
        starts = np.arange(begins, float(told.end[-1]), HOUR)
        people = np.full(len(starts), np.nan)
        people[((told.start - begins) // HOUR).astype(int)] = told.people
        _, slot = places(site, starts, known.on, 1)
        verdicts = on_day(known, slot, people, special, allowed)
        today = [
            Detection(verdict, begins + (place + 1) * HOUR, 1.0, days, usual_day)
            for place, verdict in enumerate(verdicts)
            if verdict.told
        ]
        if today:
            alarms = (*before, *(one for one in today if one.verdict.alarm is not None))
            return replace(today[-1], alarms=alarms, since=since)
    if known.run.newest is None:
        return None
    return replace(_placed(known.run.newest, known, site), alarms=tuple(before), since=since)


def _placed(one: Placed, known: Midnight, site: Site) -> Detection:
    day = day_on(site, known.on - one.back * DAY)
    end = seconds(day.start) + (one.slot + 1) * one.step_hours * HOUR
    days = 0 if known.usual is None else known.usual.days
    return Detection(one.verdict, min(end, seconds(day.end)), one.step_hours, days, one.usual_day)
