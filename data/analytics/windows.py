"""Named windows of a site, in its own zone and from its own first hour, wherever the browser is."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from data.days import day_of, day_starting
from data.types import Scope, Site, Window

HOURS_BACK = {"24h": 24, "48h": 48, "72h": 72}
DAYS_BACK = {"7d": 6, "30d": 29}
MOMENT = timedelta(microseconds=1)


def day_on(site: Site, on: date) -> Window:
    return Window(day_starting(site, on), day_starting(site, on + timedelta(days=1)))


def local_date(site: Site, at: datetime) -> date:
    """The date an operational day is named after: before its first hour it is still the day before."""
    return day_of(site, at).start.astimezone(ZoneInfo(site.zone)).date()


def named_window(name: str, now: datetime, site: Site) -> Window:
    """`today` and `yesterday` are whole operational days; `48h` ends now; `7d` and `30d` are whole days with today."""
    if name in HOURS_BACK:
        return Window(now - timedelta(hours=HOURS_BACK[name]), now)
    today = local_date(site, now)
    if name == "yesterday":
        return day_on(site, today - timedelta(days=1))
    if name in DAYS_BACK:
        return Window(day_on(site, today - timedelta(days=DAYS_BACK[name])).start, day_on(site, today).end)
    return day_on(site, today)


def asked_window(scope: Scope, now: datetime, site: Site) -> Window:
    """The span somebody chose, or else the named window."""
    return scope.span or named_window(scope.window, now, site)


def headline_day(name: str, now: datetime, site: Site) -> Window:
    """The day of the headlines: today, or yesterday where that is asked for."""
    return named_window("yesterday" if name == "yesterday" else "today", now, site)


def curve_day(scope: Scope, now: datetime, site: Site) -> Window:
    """The one day whose curves a view shows: the last of its window that has begun."""
    if scope.span is not None:
        return day_of(site, min(scope.span.end - MOMENT, now))
    return headline_day(scope.window, now, site)
