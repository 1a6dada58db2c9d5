"""What the alert rules may look at: read from the store at one moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from data import disclosure
from data.alert_book import alarm_spans
from data.alert_rules import own_rules
from data.analytics.baseline import DAYS
from data.analytics.buckets import HOUR, moment, seconds
from data.analytics.detection.limits import limits
from data.analytics.kinds import other_rates
from data.analytics.rule import Recent
from data.analytics.windows import day_on, local_date
from data.days import day_of
from data.detecting import detection_of
from data.picture import picture, series_key
from data.plan_book import running
from data.request_book import open_requests
from data.sites import site as site_named
from data.stocking import WATCHED, stock_now
from data.usual import usual
from data.vocabulary import Audience, Measure

# What is over is looked at for as long, so that an alert about it ends as what it is: answered.
OVER_STAYS = timedelta(days=1)


def recent(conn: Connection, name: str, now: datetime, mask_below: int = disclosure.INSIDE) -> Recent:
    """`arrivals` at the entry stage; `served` only where no arrivals are official, and the alert says so."""
    site = site_named(conn, name)
    spans = alarm_spans(conn, name, "surge", now - timedelta(days=DAYS + 1))
    seen = picture(conn, site, day_of(site, now), now, in_alarm=spans)
    measure = Measure.ARRIVALS if seen.source(Measure.ARRIVALS) else Measure.SERVED
    hours = seen.entry.arrivals if measure is Measure.ARRIVALS else seen.entry.served
    whole = hours.where(hours.whole & (hours.end <= seconds(now)))
    newest = moment(float(whole.start[-1])) if len(whole) else now - timedelta(seconds=HOUR)
    on = local_date(site, newest)
    key = series_key(site, seen.official, measure)
    known = usual(conn, key, site, on, spans, None)
    return Recent(
        site=site,
        now=now,
        hours=hours,
        day=day_on(site, on),
        history=None if known is None else known.with_day(hours, site),
        detection=detection_of(conn, site, key, now),
        measure=str(measure),
        source=seen.source(measure),
        reports=seen.reports,
        pressure=seen.pressure,
        sectors=seen.sectors,
        shown_sectors=disclosure.masked_sectors(seen.sectors, Audience.OPEN, mask_below),
        observed=seen.observed,
        states=seen.states,
        present=seen.present,
        stock=stock_now(conn, site, now, back=WATCHED),
        detections={
            rate: detection_of(conn, site, key, now, allowed=limits(rate))
            for rate in other_rates(own_rules(conn, name, now))
        },
        plan=running(conn, name),
        requests=open_requests(conn, name, over_since=now - OVER_STAYS),
    )
