"""One series as CSV for the detector without a store: bucket_start, arrivals, reported and, if there, span_h.

`bucket_start` is local, every 5 to 60 minutes or every day; `arrivals` empty or `reported` 0 is not reported, as is a
bucket without a row; `span_h` 24 says that a row is the total of its day, whose other rows are unreported. Rows go out
as they came in, with `alarm` (1 while a surge is on), `expected` and `upper` of the bucket, `score` (-log10 of the
probability that there is no surge) and `level` (0; 1 a surge, 2 and more one that grew; -1 and less a collapse).
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import numpy as np

from data.analytics.detection.filling import Told
from data.analytics.detection.state import Kind
from data.analytics.seasonal import Past

NEEDED = ("bucket_start", "arrivals")
COLUMNS = (*NEEDED, "reported", "span_h")
WRITTEN = ("bucket_start", "alarm", "expected", "upper", "score", "level")
MINUTES = (5, 10, 15, 20, 30, 60, 1440)
MOST_DAYS = 20_000
WHOLE_DAY = 24.0


class WrongSeries(Exception):
    """What was expected and what came: locale key `detect.wrong.<code>` with its facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


@dataclass(frozen=True)
class SeriesFile:
    """`names`: bucket_start of each row as written, `places`: the bucket of each row, counted from the first day's
    midnight."""

    past: Past
    finer: np.ndarray | None  # (days, buckets a day), where buckets are shorter than an hour
    names: tuple[str, ...]
    places: np.ndarray
    minutes: int

    @property
    def a_day(self) -> int:
        return 1440 // self.minutes

    def with_holidays(self, days: Set[date]) -> SeriesFile:
        special = [self.past.first + timedelta(days=day) in days for day in range(self.past.days)]
        return replace(self, past=replace(self.past, special=np.array(special)))


def series_file(content: bytes) -> SeriesFile:
    """Raises WrongSeries."""
    rows = _rows(content)
    starts = [_moment(row["bucket_start"], row["line"]) for row in rows]
    first = min(starts).date()
    midnight = datetime.combine(first, datetime.min.time())
    minute = np.array([(at - midnight) // timedelta(minutes=1) for at in starts])
    days = int(minute.max()) // 1440 + 1
    if days > MOST_DAYS:
        raise WrongSeries("too_long", days=days, limit=MOST_DAYS)
    minutes = _step(minute, rows)
    places = minute // minutes
    line, totals = np.full(days * 1440 // minutes, np.nan), np.full(days, np.nan)
    for place, row in zip(places, rows, strict=True):
        count = _count(row)
        if count is None:
            continue
        if minutes < 1440 and _span(row) >= WHOLE_DAY:
            totals[place // (1440 // minutes)] = count
        else:
            line[place] = count
    a_day = 1440 // minutes
    people = line.reshape(days, a_day)
    # of a day of which the total is known, nothing else counts
    people[~np.isnan(totals)] = np.nan
    names = tuple(row["bucket_start"] for row in rows)
    none = np.zeros(days, dtype=bool)
    if minutes >= 60:
        return SeriesFile(Past(first, people, totals, none), None, names, places, minutes)
    by_hour = people.reshape(days, 24, a_day // 24).sum(axis=2)  # NaN unless the whole hour was reported
    return SeriesFile(Past(first, by_hour, totals, none), people, names, places, minutes)


def written(file: SeriesFile, told: Iterable[Told]) -> str:
    """CSV of what the detector said, a row for each that came."""
    size = file.past.days * file.a_day
    cells: list[tuple[object, ...]] = [(0, "", "", "", 0)] * size
    last: tuple[object, ...] = (0, "", "", "", 0)
    for day in told:
        first = day.day * file.a_day
        if len(day.verdicts) == file.a_day:
            judged = range(first, first + file.a_day)
        else:  # one verdict on a whole day, whose other rows hold what was on
            judged = range(first + file.a_day - 1, first + file.a_day) if day.verdicts else range(0)
        for place in range(first, first + file.a_day):
            if place not in judged:
                cells[place] = (last[0], "", "", "", last[4])
                continue
            seen = day.verdicts[place - judged.start]
            level = 0 if seen.alarm is None else (1 + seen.grown) * (1 if seen.alarm is Kind.SURGE else -1)
            numbers = (round(seen.expected, 3), round(seen.upper, 1), round(seen.surge, 4))
            last = (int(seen.alarm is Kind.SURGE), *numbers, level)
            cells[place] = last
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(WRITTEN)
    writer.writerows((name, *cells[place]) for name, place in zip(file.names, file.places, strict=True))
    return out.getvalue()


def _rows(content: bytes) -> list[dict[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise WrongSeries("not_text")
    head = text.split("\n", 1)[0]
    try:
        lines = list(csv.reader(text.splitlines(), delimiter=max(",;\t", key=head.count)))
    except csv.Error as wrong:
        raise WrongSeries("not_csv", reason=str(wrong)) from wrong
    told = [(line, cells) for line, cells in enumerate(lines, 1) if any(cell.strip() for cell in cells)]
    if not told:
        raise WrongSeries("empty", expected=", ".join(COLUMNS))
    header = [cell.strip().lower() for cell in told[0][1]]
    if missing := [name for name in NEEDED if name not in header]:
        raise WrongSeries("columns", missing=", ".join(missing), expected=", ".join(COLUMNS), came=", ".join(header))
    rows = [
        {**{name: cell.strip() for name, cell in zip(header, cells, strict=False)}, "line": str(line)}
        for line, cells in told[1:]
    ]
    if not rows:
        raise WrongSeries("rows")
    return rows


def _moment(cell: str, line: str) -> datetime:
    """By the local clock; an offset says nothing more."""
    try:
        return datetime.fromisoformat(cell).replace(tzinfo=None)
    except ValueError:
        raise WrongSeries("start", line=line, came=cell) from None


def _step(minute: np.ndarray, rows: list[dict[str, str]]) -> int:
    """Minutes of a bucket: the shortest step between rows, of which all others are multiples."""
    steps = np.diff(minute)
    if (steps <= 0).any():
        at = int(np.argmax(steps <= 0)) + 1
        raise WrongSeries("order", line=rows[at]["line"], came=rows[at]["bucket_start"])
    shortest = int(steps.min()) if len(steps) else 60
    minutes = max((one for one in MINUTES if one <= shortest), default=0)
    if minutes == 1440 and (minute % 1440).any():
        minutes = 60
    odd = np.ones(len(minute), bool) if minutes == 0 else minute % minutes != 0
    if odd.any():
        row = rows[int(np.argmax(odd))]
        raise WrongSeries("steps", line=row["line"], came=row["bucket_start"], allowed=", ".join(map(str, MINUTES)))
    return minutes


def _count(row: dict[str, str]) -> float | None:
    reported, cell = row.get("reported", "1"), row.get("arrivals", "")
    if reported not in ("0", "1", "0.0", "1.0", ""):
        raise WrongSeries("reported", line=row["line"], came=reported)
    if not cell or reported in ("0", "0.0"):
        return None
    return _number(cell, "arrivals", row["line"])


def _span(row: dict[str, str]) -> float:
    cell = row.get("span_h", "")
    return _number(cell, "span_h", row["line"]) if cell else 1.0


def _number(cell: str, column: str, line: str) -> float:
    try:
        number = float(cell)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number < 0:
        raise WrongSeries("number", line=line, column=column, came=cell)
    return number
