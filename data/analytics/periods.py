"""The periods of a rhythm in a site's own time: months, weeks, operational days, shifts, hours, minutes.

Half-open and in UTC. They fill time without gap or overlap, also where a day has 23 or 25 hours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from data.days import day_of, day_starting, days_of
from data.rhythm import Cadence
from data.types import Site, Window
from data.vocabulary import Rhythm

DAY_MINUTES = 1440
MONTH_MINUTES = 30 * DAY_MINUTES
DAY = timedelta(days=1)

# The usual length of each rhythm; a shift's depends on how many a day has.
USUAL_MINUTES = {
    Rhythm.MONTHLY: MONTH_MINUTES,
    Rhythm.WEEKLY: 7 * DAY_MINUTES,
    Rhythm.DAILY: DAY_MINUTES,
    Rhythm.HOURLY: 60,
    Rhythm.NONE: 0,
}


def periods(site: Site, cadence: Cadence, window: Window) -> list[Window]:
    """The periods that overlap a window, whole, in order."""
    starts = _starts(site, cadence, window)
    return [
        Window(start, end) for start, end in pairwise(sorted(set(starts))) if start < window.end and end > window.start
    ]


def _starts(site: Site, cadence: Cadence, window: Window) -> Iterable[datetime]:
    """Moments at which periods begin, from the one that holds the window's start to one after its end."""
    if cadence.kind is Rhythm.NONE:
        return ()
    if cadence.kind is Rhythm.MONTHLY:
        return _months(site, window)
    if cadence.kind is Rhythm.SHIFT:
        return _shifts(site, cadence.shifts, window)
    if cadence.minutes < DAY_MINUTES:
        return _steps(site, timedelta(minutes=cadence.minutes), window)
    return _day_groups(site, cadence.minutes // DAY_MINUTES, window)


def _named(site: Site, at: datetime) -> date:
    """The date after which the operational day of a moment is named."""
    return day_of(site, at).start.astimezone(ZoneInfo(site.zone)).date()


def _months(site: Site, window: Window) -> Iterator[datetime]:
    first = _named(site, window.start).replace(day=1)
    while (start := day_starting(site, first)) < window.end:
        yield start
        first = (first + 31 * DAY).replace(day=1)
    yield start


def _day_groups(site: Site, days: int, window: Window) -> Iterator[datetime]:
    """Every so many operational days, counted from a Monday, so that weeks are weeks."""
    monday = date(1, 1, 1).toordinal()
    ordinal = _named(site, window.start).toordinal()
    first = date.fromordinal(ordinal - (ordinal - monday) % days)
    while (start := day_starting(site, first)) < window.end:
        yield start
        first += days * DAY
    yield start


def _shifts(site: Site, hours: tuple[int, ...], window: Window) -> Iterator[datetime]:
    zone = ZoneInfo(site.zone)
    day = window.start.astimezone(zone).date() - DAY
    last = window.end.astimezone(zone).date() + DAY
    while day <= last:
        for hour in hours:
            yield datetime.combine(day, time(hour), tzinfo=zone).astimezone(UTC)
        day += DAY


def _steps(site: Site, step: timedelta, window: Window) -> Iterator[datetime]:
    """From the start of each operational day; the last period of a day is cut short where the day is."""
    for day in days_of(site, window):
        at = day.start
        while at < day.end:
            yield at
            at += step
    yield day.end
