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
import pandas as pd

from data.analytics.buckets import Buckets
from data.analytics.windows import day_on, local_date
from data.types import Site, Window

WEEKS = 8
DAYS = WEEKS * 7
LEAST_DAYS = 14  # fewer and there is no usual
LEAST_OF_KIND = 4  # fewer Saturdays than this and all days together are the better guide
OUTLIER = 3.5  # robust standard deviations above the median day
BAND = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Span:
    """Low, middle and high of what is usual, and how many days say so."""

    low: float
    mid: float
    high: float
    spread: float  # robust standard deviation between days
    days: int


@dataclass(frozen=True)
class History:
    """Eight weeks and today as local days by hour: `people` has a row per day, the last is `day`; NaN unreported."""

    day: date
    people: np.ndarray
    reference: np.ndarray  # which rows (never the last) are days to compare `day` with

    @cached_property
    def hourly(self) -> np.ndarray:
        """Three rows (low, mid, high) of 24 local hours; NaN where no reference day reported the hour."""
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

    def hours_before(self, slot: int, hours: int) -> Span | None:
        """Usual people in the `hours` hours that end with local hour `slot` of the day."""
        flat = self.people.ravel()
        end = len(flat) - 24 + slot + 1
        rows = np.flatnonzero(self.reference)
        ends = end - 24 * (len(self.people) - 1 - rows)
        ends = ends[ends >= hours]
        if len(ends) == 0:
            return None
        sums = flat[ends[:, None] - 1 - np.arange(hours)[None, :]].sum(axis=1)
        return span_of(sums[~np.isnan(sums)])

    def with_day(self, hours: Buckets, site: Site) -> History:
        """The same past with the day's own hours in the last row."""
        return replace(self, people=np.concatenate([self.people[:-1], hourly_grid(hours, self.day, site)[-1:]]))

    def seen(self, slot: int, hours: int) -> float | None:
        """People in those hours this time; None when one of them is unreported."""
        flat = self.people.ravel()
        end = len(flat) - 24 + slot + 1
        total = flat[end - hours : end].sum()
        return None if np.isnan(total) else float(total)


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
    return _with_reference(hourly_grid(hours, on, site), on, site, in_alarm, least_hours=20)


def daily_history(
    days: Sequence[date], people: Sequence[float], on: date, site: Site, in_alarm: Sequence[Window] = ()
) -> Span | None:
    """Usual total of local date `on` for a source that reports days only; None under 14 days of history."""
    grid = np.full((DAYS + 1, 1), np.nan)
    for reported, count in zip(days, people, strict=True):
        row = DAYS - (on - reported).days
        if 0 <= row < DAYS:
            grid[row, 0] = count
    known = _with_reference(grid, on, site, in_alarm, least_hours=1)
    if known is None:
        return None
    totals = known.people[:-1, 0][known.reference]
    return span_of(totals[~np.isnan(totals)])


def hourly_grid(hours: Buckets, on: date, site: Site) -> np.ndarray:
    """Whole reported hours placed by local day and hour of the operational day; the newest row is `on`."""
    grid = np.full((DAYS + 1) * 24, np.nan)
    whole = hours.where(hours.whole)
    local = pd.DatetimeIndex((whole.start * 1e6).astype("datetime64[us]"), tz="UTC").tz_convert(site.zone)
    wall = local.tz_localize(None).to_numpy().astype("datetime64[h]").astype(np.int64) - site.day_start_hour
    first = (np.datetime64(on, "h").astype(np.int64)) - DAYS * 24
    place = wall - first
    inside = (place >= 0) & (place < len(grid))
    # Where a clock goes back an hour comes twice; the second stands.
    grid[place[inside]] = whole.people[inside]
    return grid.reshape(DAYS + 1, 24)


def _with_reference(
    people: np.ndarray, on: date, site: Site, in_alarm: Sequence[Window], least_hours: int
) -> History | None:
    past = people[:-1]
    reported = (~np.isnan(past)).sum(axis=1) >= least_hours
    if reported.sum() < LEAST_DAYS:
        return None
    dates = [on - timedelta(days=DAYS - row) for row in range(DAYS)]
    calm = reported & ~_far_above(past, reported) & ~_touched(dates, site, in_alarm)
    if calm.sum() < LEAST_OF_KIND:
        calm = reported
    same = np.array([kind_of_day(d) == kind_of_day(on) for d in dates])
    chosen = calm & same if (calm & same).sum() >= LEAST_OF_KIND else calm
    return History(on, people, chosen)


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
