"""What is usual: the one baseline behind every expected value, on every page and in every rule.

Median and 10-90 band of the same kind of day (weekdays, Saturdays, Sundays) over the last eight weeks. A median
bears a quarter of surge days; days far above the rest and days in alarm are left out besides, so that yesterday's
surge never makes today's look usual. A day of the upper side only: a new, lower level must be learned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from data.analytics.buckets import HOUR, Buckets, seconds
from data.analytics.windows import day_on, local_date
from data.types import Site, Window

WEEKS = 8
DAYS = WEEKS * 7
LEAST_DAYS = 14  # fewer and there is no usual
LEAST_OF_KIND = 4  # fewer Saturdays than this and all days together are the better guide
OUTLIER = 3.5  # robust standard deviations above the median day
BAND = (0.1, 0.5, 0.9)
FILLED_FROM = 0.75  # share of a past window's hours that must have been reported


@dataclass(frozen=True)
class Span:
    """Low, middle and high of what is usual, and how many days say so."""

    low: float
    mid: float
    high: float
    spread: float  # robust standard deviation between days
    days: int


@dataclass(frozen=True)
class Compared:
    """Some hours that were reported, against the same hours of the days to compare with."""

    observed: float
    usual: Span  # of the hours that were reported this time
    whole: Span  # of all hours of the window that are usually reported
    covered: int  # hours reported this time
    expected: int  # hours usually reported


@dataclass(frozen=True)
class History:
    """Eight weeks and today, hour by hour since the first of these days began; NaN unreported.

    Hours are counted as they pass: a day is 23 or 25 of them long where the clocks change.
    """

    day: date
    line: np.ndarray
    starts: np.ndarray  # where each day begins on the line, the last is `day`; one more for its end
    reference: np.ndarray  # which days (never the last) are days to compare `day` with

    @property
    def people(self) -> np.ndarray:
        """A row per day, its first 24 hours; NaN where a day is shorter."""
        return _days(self.line, self.starts)

    @cached_property
    def hourly(self) -> np.ndarray:
        """Three rows (low, mid, high) of the first 24 hours of the day; NaN where no reference day reported one."""
        return _quantiles(self.people[:-1][self.reference])

    @cached_property
    def cumulative(self) -> np.ndarray:
        """Three rows of 25 (day start included), from the reference days that reported every hour."""
        whole = self.people[:-1][self.reference]
        whole = whole[~np.isnan(whole).any(axis=1)]
        if len(whole) < LEAST_OF_KIND:
            return np.concatenate([np.zeros((3, 1)), np.cumsum(self.hourly, axis=1)], axis=1)
        sums = np.concatenate([np.zeros((len(whole), 1)), np.cumsum(whole, axis=1)], axis=1)
        return np.quantile(sums, BAND, axis=0)

    def compared(self, slot: int, hours: int) -> Compared | None:
        """The `hours` hours that end with hour `slot` of the day; None where they have no usual, or none of them was
        reported. An unreported hour is left out on both sides."""
        ends = self.starts[:-1] + slot + 1
        now = self.line[ends[-1] - hours : ends[-1]]
        ends = ends[:-1][self.reference]
        past = self.line[ends[ends >= hours][:, None] - hours + np.arange(hours)]
        told = ~np.isnan(past)
        usually = told.sum(axis=0) >= max(LEAST_OF_KIND, len(past) / 2)
        reported = usually & ~np.isnan(now)
        whole, usual = _sums(past[:, usually]), _sums(past[:, reported])
        if whole is None or usual is None:
            return None
        return Compared(float(now[reported].sum()), usual, whole, int(reported.sum()), int(usually.sum()))

    def usually_told(self, first: int, last: int) -> bool:
        """Whether any of the hours from slot `first` up to `last` is one that is usually reported."""
        return bool((~np.isnan(self.hourly[1][np.arange(first, last) % 24])).any())

    def with_day(self, hours: Buckets, site: Site) -> History:
        """The same past with the day's own hours at the end of the line."""
        line, starts = _line(hours, self.day, site)
        return replace(self, line=np.concatenate([self.line[: starts[-2]], line[starts[-2] :]]))


def span_of(sums: np.ndarray) -> Span | None:
    if len(sums) < LEAST_OF_KIND:
        return None
    low, mid, high = (float(x) for x in np.quantile(sums, BAND))
    return Span(low, mid, high, 1.4826 * float(np.median(np.abs(sums - mid))), len(sums))


def kind_of_day(on: date) -> int:
    """0 weekday, 1 Saturday, 2 Sunday."""
    return max(0, on.weekday() - 4)


def history(hours: Buckets, on: date, site: Site, in_alarm: Sequence[Window] = ()) -> History | None:
    """The usual of local date `on` from reported hours before and on it; None under 14 days of history."""
    line, starts = _line(hours, on, site)
    reference = _reference(_days(line, starts)[:-1], on, site, in_alarm, least_hours=20)
    return None if reference is None else History(on, line, starts, reference)


def daily_history(
    days: Sequence[date], people: Sequence[float], on: date, site: Site, in_alarm: Sequence[Window] = ()
) -> Span | None:
    """Usual total of local date `on` for a source that reports days only; None under 14 days of history."""
    past = np.full((DAYS, 1), np.nan)
    for reported, count in zip(days, people, strict=True):
        row = DAYS - (on - reported).days
        if 0 <= row < DAYS:
            past[row, 0] = count
    reference = _reference(past, on, site, in_alarm, least_hours=1)
    if reference is None:
        return None
    totals = past[:, 0][reference]
    return span_of(totals[~np.isnan(totals)])


def _line(hours: Buckets, on: date, site: Site) -> tuple[np.ndarray, np.ndarray]:
    """Whole reported hours, one place for each hour that passed up to the end of `on`; and where each day begins."""
    days = [seconds(day_on(site, on - timedelta(days=DAYS - row)).start) for row in range(DAYS + 1)]
    moments = np.array([*days, seconds(day_on(site, on).end)])
    starts = np.floor((moments - moments[0]) / HOUR).astype(np.int64)
    line = np.full(starts[-1], np.nan)
    whole = hours.where(hours.whole & (hours.start >= moments[0]) & (hours.start < moments[-1]))
    line[np.minimum(((whole.start - moments[0]) // HOUR).astype(np.int64), len(line) - 1)] = whole.people
    return line, starts


def _days(line: np.ndarray, starts: np.ndarray) -> np.ndarray:
    place = starts[:-1, None] + np.arange(24)
    return np.where(place < starts[1:, None], line[np.minimum(place, len(line) - 1)], np.nan)


def _reference(
    past: np.ndarray, on: date, site: Site, in_alarm: Sequence[Window], least_hours: int
) -> np.ndarray | None:
    """Which of the days before `on` to compare it with; None under 14 days of history."""
    reported = (~np.isnan(past)).sum(axis=1) >= least_hours
    if reported.sum() < LEAST_DAYS:
        return None
    dates = [on - timedelta(days=DAYS - row) for row in range(DAYS)]
    calm = reported & ~_far_above(past, reported) & ~_touched(dates, site, in_alarm)
    if calm.sum() < LEAST_OF_KIND:
        calm = reported
    same = np.array([kind_of_day(d) == kind_of_day(on) for d in dates])
    return calm & same if (calm & same).sum() >= LEAST_OF_KIND else calm


def _sums(past: np.ndarray) -> Span | None:
    """Span of the rows' sums. A row with a hole or two is filled with the usual of these hours; a poorer one is out."""
    told = ~np.isnan(past)
    past = past[told.sum(axis=1) >= FILLED_FROM * past.shape[1]]
    if past.shape[1] == 0 or len(past) < LEAST_OF_KIND:
        return None
    if np.isnan(past).any():
        if np.isnan(past).all(axis=0).any():
            return None
        past = np.where(np.isnan(past), np.nanmedian(past, axis=0), past)
    return span_of(past.sum(axis=1))


def _far_above(past: np.ndarray, reported: np.ndarray) -> np.ndarray:
    """Days far above the others, judged by people per reported hour."""
    with np.errstate(invalid="ignore"):
        level = np.nansum(past, axis=1) / np.maximum((~np.isnan(past)).sum(axis=1), 1)
    middle = np.median(level[reported])
    spread = 1.4826 * np.median(np.abs(level[reported] - middle))
    return level > middle + OUTLIER * max(spread, 0.05 * middle)


def _touched(dates: Sequence[date], site: Site, in_alarm: Sequence[Window]) -> np.ndarray:
    touched = np.zeros(len(dates), dtype=bool)
    for window in in_alarm:
        first = local_date(site, window.start)
        for row, on in enumerate(dates):
            touched[row] |= on >= first and day_on(site, on).start < window.end
    return touched


def _quantiles(days: np.ndarray) -> np.ndarray:
    if not np.isnan(days).any():
        return np.quantile(days, BAND, axis=0)
    band = np.full((3, days.shape[1]), np.nan)
    for slot in range(days.shape[1]):
        known = days[:, slot][~np.isnan(days[:, slot])]
        if len(known):
            band[:, slot] = np.quantile(known, BAND)
    return band
