"""Operational days and hours: where a site's day and hour begin, also when the clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from data.types import Site, Window


def day_starting(site: Site, day: date) -> datetime:
    """The moment (UTC) the operational day named after this local date begins."""
    return datetime.combine(day, time(site.day_start_hour), tzinfo=ZoneInfo(site.zone)).astimezone(UTC)


def day_of(site: Site, at: datetime) -> Window:
    """The operational day in which a moment falls; 23 or 25 hours long where the zone's clocks change."""
    day = at.astimezone(ZoneInfo(site.zone)).date()
    if at < day_starting(site, day):
        day -= timedelta(days=1)
    return Window(day_starting(site, day), day_starting(site, day + timedelta(days=1)))


def days_of(site: Site, window: Window) -> tuple[Window, ...]:
    """The operational days that overlap a window, in order."""
    days = [day_of(site, window.start)]
    while days[-1].end < window.end:
        days.append(day_of(site, days[-1].end))
    return tuple(days)


def week_of(site: Site, at: datetime) -> Window:
    """The seven operational days, from Monday, in which a moment falls."""
    day = day_of(site, at).start.astimezone(ZoneInfo(site.zone)).date()
    monday = day - timedelta(days=day.weekday())
    return Window(day_starting(site, monday), day_starting(site, monday + timedelta(days=7)))


def weeks_of(site: Site, window: Window) -> tuple[Window, ...]:
    """The weeks that overlap a window, in order."""
    weeks = [week_of(site, window.start)]
    while weeks[-1].end < window.end:
        weeks.append(week_of(site, weeks[-1].end))
    return tuple(weeks)


def hour_starts(site: Site, starts: pd.Series) -> pd.Series:
    """The start (UTC) of the site's clock hour of each moment; zones with a half-hour offset have theirs."""
    local = starts.dt.tz_convert(site.zone).dt.tz_localize(None)
    return starts - (local - local.dt.floor("h"))
