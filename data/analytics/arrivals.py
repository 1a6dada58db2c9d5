"""People so far in a day, in its last whole hour, and by its end, from the hours reported."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from data.analytics.baseline import History
from data.analytics.buckets import HOUR, Buckets, moment, seconds
from data.types import Window
from data.vocabulary import Method

# Hours of usual arrivals that the day's own level must outweigh before it is believed.
PRIOR_HOURS = 3.0


@dataclass(frozen=True)
class DayTotal:
    people: float
    as_of: datetime  # end of the newest report it contains
    at_least: bool
    method: Method | None
    low: float | None = None
    high: float | None = None
    general: float | None = None  # those of the general lane alone, where there are others
    hours: float | None = None  # reported
    filling: bool = False  # not all reports of an hour it contains have come

    def usual_so_far(self, usual: History, day: Window) -> float:
        """Usual people by the same moment of the same kind of day."""
        middle = usual.cumulative[1]
        return float(np.interp(_hours_in(self.as_of, day), np.arange(len(middle)), middle))


def reported_day(days: pd.DataFrame, day: Window) -> DayTotal | None:
    """A day that is over, as `queries.flow_by_day` gives it; None where its reports do not cover it whole."""
    if days.empty or days["minutes"].iloc[0] < (day.end - day.start).total_seconds() / 60:
        return None
    row = days.iloc[0]
    return DayTotal(
        float(row["people"]),
        min(day.end, row["received_at"].to_pydatetime()),
        bool(row["at_least"]),
        Method(row["method"]),
        _known(row["low"]),
        _known(row["high"]),
        hours=float(row["minutes"]) / 60,
    )


def part_of_day(days: pd.DataFrame, until: datetime | None) -> DayTotal | None:
    """A day known only by reports longer than an hour that leave a part of it out, such as two of three shifts."""
    if days.empty or until is None:
        return None
    row = days.iloc[0]
    return DayTotal(float(row["people"]), until, True, Method(row["method"]))


def day_total(hours: Buckets, day: Window, now: datetime) -> DayTotal | None:
    """The day so far by its hours; None when none was reported.

    A day with an unreported hour before its newest one is at least its sum; a day that is over, with any.
    """
    today = hours.between(seconds(day.start), seconds(min(day.end, now)))
    if len(today) == 0:
        return None
    covered = float(today.minutes.sum()) * 60
    told_to = seconds(day.end) if now >= day.end else float(today.end[-1])
    holes = covered < told_to - seconds(day.start) - 1
    names, counts = np.unique(today.method.astype(str), return_counts=True)
    return DayTotal(
        float(today.people.sum()),
        moment(min(float(today.end[-1]), seconds(now))),
        bool(today.at_least.any()) or holes,
        Method(str(names[counts.argmax()])),
        filling=not bool(today.whole.all()),
        hours=covered / 3600,
    )


def with_other_lanes(general: DayTotal | None, others: list[DayTotal]) -> DayTotal | None:
    """The day of every lane; as far as the lane that was reported last goes."""
    if general is None or not others:
        return general
    parts = [general, *others]
    return DayTotal(
        sum(part.people for part in parts),
        max(part.as_of for part in parts),
        any(part.at_least for part in parts) or len({part.as_of for part in parts}) > 1,
        general.method,
        general=general.people,
    )


@dataclass(frozen=True)
class LastHour:
    people: float
    end: datetime
    at_least: bool
    method: Method

    @property
    def start(self) -> datetime:
        return self.end - timedelta(hours=1)

    def usual(self, usual: History, day: Window) -> float | None:
        slot = math.ceil(_hours_in(self.end, day) - 1e-9) - 1
        middle = usual.hourly[1]
        if not 0 <= slot < len(middle) or np.isnan(middle[slot]):
            return None
        return float(middle[slot])


def last_hour(hours: Buckets, now: datetime) -> LastHour | None:
    """The newest hour that is over and was reported whole. What was reported of a later one in part is not an hour."""
    whole = hours.where(hours.whole & (hours.start + HOUR <= seconds(now)))
    if len(whole) == 0:
        return None
    return LastHour(
        float(whole.people[-1]), moment(float(whole.end[-1])), bool(whole.at_least[-1]), Method(whole.method[-1])
    )


def expected_today(
    so_far: DayTotal, usual: History, day: Window, rest: tuple[float, float, float] | None = None
) -> tuple[float, float, float] | None:
    """Low, middle and high of the day's arrivals: those so far, and the forecast `rest` of the day.

    The forecast is of the general lane: others are taken to come in the share they had. Where there is no forecast,
    the usual rest of the day at today's own level: people so far over usual so far, drawn towards 1 by three usual
    hours, so that a busy first half-hour does not triple the day.
    """
    if rest is not None:
        lanes = so_far.people / so_far.general if so_far.general else 1.0
        least, middle, most = (so_far.people + lanes * part for part in rest)
        return least, middle, most
    low, mid, high = usual.cumulative
    if np.isnan(mid[-1]):
        return None
    at, end = _hours_in(so_far.as_of, day), _hours_in(day.end, day)  # 23 where the clocks go forward
    prior = mid[-1] / 24 * PRIOR_HOURS
    level = (so_far.people + prior) / (so_far.usual_so_far(usual, day) + prior)
    parts = [float(np.diff(np.interp([at, end], np.arange(len(band)), band))[0]) for band in (low, mid, high)]
    least, middle, most = sorted(max(0.0, part) for part in parts)
    return so_far.people + level * least, so_far.people + level * middle, so_far.people + level * most


def _hours_in(at: datetime, day: Window) -> float:
    return (seconds(at) - seconds(day.start)) / HOUR


def _known(value: float | None) -> float | None:
    return None if value is None or pd.isna(value) else float(value)
