"""What the alert rules may look at: read from the store at one moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from data import disclosure
from data.alert_book import alarm_spans
from data.analytics.baseline import DAYS, history
from data.analytics.buckets import HOUR, buckets, moment, seconds
from data.analytics.rules import Recent
from data.analytics.windows import day_on, local_date
from data.days import day_of
from data.picture import picture, series_key
from data.queries import flow_by_hour
from data.sites import site as site_named
from data.types import Window
from data.vocabulary import Audience, Measure


def recent(conn: Connection, name: str, now: datetime) -> Recent:
    """`arrivals` at the entry stage; `served` only where no arrivals are official, and the alert says so."""
    site = site_named(conn, name)
    spans = alarm_spans(conn, name, "surge", now - timedelta(days=DAYS + 1))
    seen = picture(conn, site, day_of(site, now), now, in_alarm=spans)
    measure = Measure.ARRIVALS if seen.source(Measure.ARRIVALS) else Measure.SERVED
    hours = seen.entry.arrivals if measure is Measure.ARRIVALS else seen.entry.served
    whole = hours.where(hours.whole & (hours.end <= seconds(now)))
    newest = moment(float(whole.start[-1])) if len(whole) else now - timedelta(seconds=HOUR)
    on = local_date(site, newest)
    day = day_on(site, on)
    key = series_key(site, seen.official, measure)
    known = None
    if key is not None:
        reach = Window(day_on(site, on - timedelta(days=DAYS)).start, day.end)
        known = history(buckets(flow_by_hour(conn, key, reach)), on, site, spans)
    return Recent(
        site=site,
        now=now,
        hours=hours,
        day=day,
        history=known,
        measure=str(measure),
        source=seen.source(measure),
        reports=seen.reports,
        pressure=seen.pressure,
        sectors=disclosure.masked_sectors(seen.sectors, Audience.OPEN),
    )
