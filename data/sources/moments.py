"""Dates and times as written, and the moments they name in the zone of a place.

The rules for local times:
- A time with an offset means what it says. Without one it is the wall clock of the site.
- A wall time that the clock jumps over does not exist; its row is rejected. A date alone is the first moment of that
  day that does exist.
- A wall time that happens twice means the first time. Where the same key comes twice with it, the second row means the
  second time, so a night of 25 hours arrives whole.
- A day (`minutes` 1440) ends where the next local day begins, after 23, 24 or 25 hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from data.sources.sheet import Cells, Mask

FIRST_YEAR, LAST_YEAR = 1970, 2200
ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?(Z|z|[+-]\d{2}:?\d{2})?)?")
NUMERIC = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{2,4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
HOUR = re.compile(r"(\d{1,2}):?(\d{2})?\s*h?(?:\s*(?:-|–|a|to)\s*(\d{1,2}):?(\d{2})?\s*h?)?")

NOT_A_TIME, IMPOSSIBLE, NOT_ISO = "not_a_time", "impossible_date", "not_iso_time"


@dataclass(frozen=True)
class Written:
    """One written time. `at` is naive for a wall clock, aware where an offset stands; None with a `problem`."""

    at: datetime | None
    day_only: bool = False
    problem: str = ""


def read(value: Any, order: str = "iso") -> Written:
    """`order`: iso, dmy or mdy, for dates written with slashes, dots or dashes; ISO is understood in all."""
    if isinstance(value, datetime):
        return _bounded(Written(value))
    if isinstance(value, date):
        return _bounded(Written(datetime.combine(value, time()), day_only=True))
    if not isinstance(value, str):
        return Written(None, problem=NOT_A_TIME)
    if ISO.fullmatch(value):
        try:
            return _bounded(Written(datetime.fromisoformat(value.replace(",", ".")), day_only=len(value) == 10))
        except ValueError:
            return Written(None, problem=IMPOSSIBLE)
    parts = NUMERIC.fullmatch(value)
    if parts is None:
        return Written(None, problem=NOT_A_TIME)
    if len(parts[1]) == 4:
        year, month, day = int(parts[1]), int(parts[2]), int(parts[3])
    elif order == "iso":
        return Written(None, problem=NOT_ISO)
    else:
        first, second, year = int(parts[1]), int(parts[2]), int(parts[3])
        day, month = (first, second) if order == "dmy" else (second, first)
        year += 2000 if year < 100 else 0
    try:
        at = datetime(year, month, day, int(parts[4] or 0), int(parts[5] or 0), int(parts[6] or 0))  # noqa: DTZ001
    except ValueError:
        return Written(None, problem=IMPOSSIBLE)
    return _bounded(Written(at, day_only=parts[4] is None))


def _bounded(written: Written) -> Written:
    if written.at is None or not FIRST_YEAR <= written.at.year <= LAST_YEAR:
        return Written(None, problem=IMPOSSIBLE)
    return written


def with_hour(day: Any, hour: Any, order: str, edge: str) -> Any:
    """A date cell and an hour cell ("0000 - 0100", "14", "14:30") as one wall time; the text when they cannot be.

    `edge` "end" takes the end of the range; midnight there is the next day's.
    """
    written = read(day, order)
    if isinstance(hour, float) and hour.is_integer():
        hour = f"{int(hour):02d}" if hour < 24 else f"{int(hour):04d}"
    if isinstance(hour, time):
        hour = hour.strftime("%H:%M")
    parts = HOUR.fullmatch(hour) if isinstance(hour, str) else None
    if written.at is None or parts is None:
        return f"{day} {hour}".strip()
    began = timedelta(hours=int(parts[1]), minutes=int(parts[2] or 0))
    ended = timedelta(hours=int(parts[3]), minutes=int(parts[4] or 0)) if parts[3] else began
    if max(began, ended) > timedelta(hours=24):
        return f"{day} {hour}"
    if ended < began:
        ended += timedelta(days=1)
    return written.at + (ended if edge == "end" else began)


@dataclass(frozen=True)
class Moments:
    """A column of moments. `utc` is NaT where `problem` says why."""

    utc: pd.DatetimeIndex
    second: pd.DatetimeIndex  # where a wall time happens twice, the second time; else NaT
    next_day: pd.DatetimeIndex  # the first moment of the next local day, same wall time
    day_only: Mask
    problem: np.ndarray[Any, np.dtype[np.object_]]


def moments(cells: Cells, zones: Cells, order: str = "iso", day_start: Cells | None = None) -> Moments:
    """The column's moments; `zones` holds each row's zone name, `day_start` the hour at which its day begins."""
    written = [read(value, order) for value in cells.values]
    walls = pd.DatetimeIndex([w.at if w.at is not None and w.at.tzinfo is None else pd.NaT for w in written]).as_unit(
        "us"
    )
    fixed = pd.DatetimeIndex(
        [
            w.at.astimezone(UTC).replace(tzinfo=None) if w.at is not None and w.at.tzinfo is not None else pd.NaT
            for w in written
        ]
    ).as_unit("us")
    day_only = np.array([w.day_only for w in written], dtype=bool)
    distinct_problem = np.array([w.problem for w in written], dtype=object)
    rows = len(cells)
    utc, second, next_day = (np.full(rows, np.datetime64("NaT", "us")) for _ in range(3))
    problem = distinct_problem[cells.codes] if rows else np.zeros(0, dtype=object)
    starts = zones if day_start is None else day_start
    for zone_code, zone in enumerate(zones.values):
        for start_code, hour in enumerate(starts.values if day_start is not None else [0]):
            here = zones.codes == zone_code
            if day_start is not None:
                here &= day_start.codes == start_code
            if not zone or not here.any():
                continue
            clock = _clock(walls, fixed, day_only, ZoneInfo(zone), int(hour))
            codes = cells.codes[here]
            utc[here], second[here], next_day[here] = (part[codes] for part in clock[:3])
            problem[here] = np.where(clock[3][codes], "nonexistent_time", problem[here])
    return Moments(
        *(pd.DatetimeIndex(part).tz_localize("UTC") for part in (utc, second, next_day)),
        day_only=day_only[cells.codes] if rows else np.zeros(0, bool),
        problem=problem,
    )


def _clock(
    walls: pd.DatetimeIndex, fixed: pd.DatetimeIndex, day_only: Mask, zone: ZoneInfo, day_start: int
) -> tuple[Any, Any, Any, Mask]:
    """Distinct written times in one zone: moment, second occurrence, same wall time a day later, jumped over."""
    walls = pd.DatetimeIndex(np.where(day_only, walls + pd.Timedelta(hours=day_start), walls))
    local = fixed.tz_localize("UTC").tz_convert(zone).tz_localize(None)
    walls_all = pd.DatetimeIndex(np.where(walls.isna(), local, walls))
    first, later, jumped = localised(walls, zone)
    onward, _, _ = localised(walls_all + pd.Timedelta(days=1), zone, forward=True)
    shifted, _, _ = localised(walls, zone, forward=True)
    first = np.where(day_only & jumped, shifted, first)
    jumped &= ~day_only
    moment = np.where(fixed.isna(), first, fixed.to_numpy())
    return moment, later, onward, jumped


def localised(walls: pd.DatetimeIndex, zone: ZoneInfo, forward: bool = False) -> tuple[Any, Any, Mask]:
    """Naive UTC of wall times: the first occurrence, the second where there are two (else NaT), which do not exist."""
    summer = np.ones(len(walls), dtype=bool)
    missing = "shift_forward" if forward else "NaT"
    early = walls.tz_localize(zone, ambiguous=summer, nonexistent=missing).tz_convert("UTC").tz_localize(None)
    late = walls.tz_localize(zone, ambiguous=~summer, nonexistent=missing).tz_convert("UTC").tz_localize(None)
    twice = (early != late) & ~early.isna()
    second = np.where(twice, late.to_numpy(), np.datetime64("NaT", "us"))
    return early.to_numpy(), second, np.asarray(early.isna() & ~walls.isna())
