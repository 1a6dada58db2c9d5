"""Dates and times as written, and the moments they name in the zone of a place.

The rules for local times:
- A time with an offset means what it says. Without one it is the wall clock of the site.
- A wall time that the clock jumps over does not exist; its row is rejected. A date alone is the first moment of that
  day that does exist, and a period that ends in the jump ends with it.
- A wall time that happens twice means the first time. Where the same key comes twice with it, the second row means the
  second time, so a night of 25 hours arrives whole.
- A day (`minutes` 1440) ends where the next local day begins, after 23, 24 or 25 hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from data.sources.iso_times import FIRST_YEAR, LAST_YEAR, NEVER, Utc, iso_together
from data.sources.sheet import Cells, Mask, always

ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}([.,]\d{1,9})?)?\s?(Z|z|[+-]\d{2}:?\d{2})?)?")
NUMERIC = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{2,4})(?:[T ,]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
# 31 de octubre de 2018; 31-oct-18; 5 Jan 2019. The day stands first; a text that names its month is never in doubt.
WORDED = re.compile(r"(\d{1,2})[\s./-]+(?:de\s+)?([^\W\d_]{3,12})[\s./-]+(?:del?\s+)?(\d{2,4})")
MONTH_NAMES = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "january february march april may june july august september october november december",
)
MONTHS = {  # whole names and their first three letters
    **{name: number for names in MONTH_NAMES for number, name in enumerate(names.split(), 1)},
    **{name[:3]: number for names in MONTH_NAMES for number, name in enumerate(names.split(), 1)},
    **dict.fromkeys(("setiembre", "set", "sept"), 9),
}
HOUR = re.compile(r"(\d{1,2}):?(\d{2})?\s*h?(?:\s*(?:-|–|a|to)\s*(\d{1,2}):?(\d{2})?\s*h?)?")

NOT_A_TIME, IMPOSSIBLE, NOT_ISO, NONEXISTENT = "not_a_time", "impossible_date", "not_iso_time", "nonexistent_time"
SWAPPED = "swapped_date"
PROBLEMS = (NOT_A_TIME, IMPOSSIBLE, NOT_ISO, NONEXISTENT, SWAPPED)


class Closing(datetime):
    """A wall time at which something ends. Where the clock jumps over it, the jump is what ends it."""


class Doubtful(datetime):
    """A date cell whose day and month a spreadsheet seems to have exchanged (`data.sources.swapped`)."""

    def isoformat(self, sep: str = "T", timespec: str = "auto") -> str:
        return super().isoformat(sep, timespec) if self.time() != time() else self.date().isoformat()


@dataclass(frozen=True)
class Written:
    """One written time. `at` is naive for a wall clock, aware where an offset stands; None with a `problem`."""

    at: datetime | None
    day_only: bool = False
    problem: str = ""


def read(value: Any, order: str = "iso") -> Written:
    """`order`: iso, dmy or mdy, for dates written with slashes, dots or dashes; ISO is understood in all."""
    if isinstance(value, Doubtful):
        return Written(None, problem=SWAPPED)
    if isinstance(value, datetime):
        return _bounded(Written(value))
    if isinstance(value, date):
        return _bounded(Written(datetime.combine(value, time()), day_only=True))
    if not isinstance(value, str):
        return Written(None, problem=NOT_A_TIME)
    if ISO.fullmatch(value):
        try:
            return _bounded(Written(datetime.fromisoformat(_as_python_writes(value)), day_only=len(value) == 10))
        except ValueError:
            return Written(None, problem=IMPOSSIBLE)
    parts = NUMERIC.fullmatch(value)
    if parts is None:
        return _worded(value)
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


def _as_python_writes(iso: str) -> str:
    return iso[:11] + "".join(iso[11:].split()).replace(",", ".").upper()


def _worded(value: str) -> Written:
    parts = WORDED.fullmatch(value.strip().casefold())
    name = parts[2] if parts else ""
    if parts is None or name not in MONTHS:
        return Written(None, problem=NOT_A_TIME)
    year = int(parts[3]) + (2000 if len(parts[3]) == 2 else 0)
    try:
        return _bounded(Written(datetime(year, MONTHS[name], int(parts[1])), day_only=True))  # noqa: DTZ001
    except ValueError:
        return Written(None, problem=IMPOSSIBLE)


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
    if isinstance(day, Doubtful):
        return day
    if written.at is None or parts is None:
        return f"{day} {hour}".strip()
    began = timedelta(hours=int(parts[1]), minutes=int(parts[2] or 0))
    ended = timedelta(hours=int(parts[3]), minutes=int(parts[4] or 0)) if parts[3] else began
    if max(began, ended) > timedelta(hours=24):
        return f"{day} {hour}"
    if ended < began:
        ended += timedelta(days=1)
    if edge == "start":
        return written.at + began
    end = written.at + ended
    return Closing(end.year, end.month, end.day, end.hour, end.minute)


@dataclass(frozen=True)
class Moments:
    """A column of moments. `utc` is NaT where `problem` says why."""

    utc: Utc
    second: Utc  # where a wall time happens twice, the second time
    next_day: Utc  # the first moment of the next local day, same wall time
    day_only: Mask
    problem: npt.NDArray[np.object_]


def utc(moment: datetime) -> np.datetime64:
    return np.datetime64(moment.astimezone(UTC).replace(tzinfo=None), "us")


def moments(
    cells: Cells, zones: Cells, order: str = "iso", day_start: Cells | None = None, closes: bool = False
) -> Moments:
    """The column's moments; `zones` holds each row's zone name, `day_start` the hour at which its day begins.

    `closes`: these are ends of periods.
    """
    walls, fixed, day_only, closing, problems = _distinct(cells.values, order)
    closing |= closes
    first, second, next_day = (np.full(len(cells), NEVER) for _ in range(3))
    problem = problems[cells.codes]
    hours = always(0, len(cells)) if day_start is None else day_start
    for place in np.unique(zones.codes * len(hours.values) + hours.codes):
        zone, hour = zones.values[place // len(hours.values)], hours.values[place % len(hours.values)]
        if not zone:
            continue
        here = (zones.codes == place // len(hours.values)) & (hours.codes == place % len(hours.values))
        codes = cells.codes[here]
        clock = _clock(walls, fixed, day_only, closing, ZoneInfo(zone), hour)
        first[here], second[here], next_day[here] = (part[codes] for part in clock[:3])
        problem[here] = np.where(clock[3][codes], NONEXISTENT, problem[here])
    return Moments(first, second, next_day, day_only[cells.codes], problem)


def _distinct(values: list[Any], order: str) -> tuple[Utc, Utc, Mask, Mask, npt.NDArray[np.object_]]:
    """Each written time read once: wall clock, moment with an offset, whether a day alone, an end, and its problem."""
    count = len(values)
    walls, fixed = np.full(count, NEVER), np.full(count, NEVER)
    day_only, closing = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
    problems = np.full(count, "", dtype=object)
    together = iso_together(values)
    walls[:], fixed[:] = together.wall, together.fixed
    for place in np.flatnonzero(np.isnat(walls) & np.isnat(fixed)):
        written = read(values[place], order)
        problems[place], day_only[place] = written.problem, written.day_only
        closing[place] = isinstance(written.at, Closing)
        if written.at is not None and written.at.tzinfo is None:
            walls[place] = np.datetime64(written.at, "us")
        elif written.at is not None:
            fixed[place] = utc(written.at)
    return walls, fixed, day_only, closing, problems


def _clock(
    walls: Utc, fixed: Utc, day_only: Mask, closing: Mask, zone: ZoneInfo, day_start: int
) -> tuple[Utc, Utc, Utc, Mask]:
    """Distinct written times in one zone: moment, second occurrence, same wall time a day later, jumped over."""
    walls = np.where(day_only, walls + np.timedelta64(day_start, "h"), walls)
    first, second, jumped = localised(walls, zone)
    moved = (day_only | closing) & jumped
    first = np.where(moved, localised(walls, zone, forward=True)[0], first)
    local = pd.DatetimeIndex(fixed).tz_localize("UTC").tz_convert(zone).tz_localize(None).to_numpy()
    tomorrow: Utc = np.where(np.isnat(walls), local, walls) + np.timedelta64(1, "D")  # type: ignore[assignment]
    onward = localised(tomorrow, zone, forward=True)[0]
    return np.where(np.isnat(fixed), first, fixed), second, onward, jumped & ~moved


def localised(walls: Utc, zone: ZoneInfo, forward: bool = False) -> tuple[Utc, Utc, Mask]:
    """UTC of wall times: the first occurrence, the second where there are two, and which do not exist.

    `forward` takes the first moment after the gap for those that do not.
    """
    summer = np.ones(len(walls), dtype=bool)
    missing: Literal["shift_forward", "NaT"] = "shift_forward" if forward else "NaT"
    index = pd.DatetimeIndex(walls)
    early, late = (
        index.tz_localize(zone, ambiguous=which, nonexistent=missing).tz_convert("UTC").tz_localize(None).to_numpy()
        for which in (summer, ~summer)
    )
    twice = (early != late) & ~np.isnat(early)
    return early, np.where(twice, late, NEVER), np.isnat(early) & ~np.isnat(walls)
