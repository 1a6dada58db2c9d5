"""How a table writes its times: which end of a date stands first, how long a row is, what its last day means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise
from typing import Any

import numpy as np

from data.sources import moments
from data.sources.proposing.columns import Seen

DAY = 1440


@dataclass(frozen=True)
class Order:
    """`order`: iso, dmy, mdy, or "" where every date could be both; `example` shows why."""

    order: str
    example: str = ""


def order_of(values: Iterable[Any]) -> Order:
    """A first number above 12 is a day, a second one above 12 makes the first a month."""
    first = second = either = ""
    for value in values:
        parts = moments.NUMERIC.fullmatch(value) if isinstance(value, str) else None
        if parts is None or len(parts[1]) == 4:
            continue
        either = either or value
        if int(parts[1]) > 12:
            first = first or value
        elif int(parts[2]) > 12:
            second = second or value
    if not either:
        return Order("iso")
    if bool(first) == bool(second):
        return Order("", either)
    return Order("dmy", first) if first else Order("mdy", second)


def days_of(column: Seen, order: str) -> list[date]:
    """The distinct days of a column, in order."""
    read = (moments.read(value, order or "dmy").at for value in column.values)
    return sorted({at.date() for at in read if at is not None})


def has_hours(column: Seen, order: str) -> bool:
    read = (moments.read(value, order or "dmy") for value in column.values)
    return any(written.at is not None and not written.day_only and written.at.time() != _MIDNIGHT for written in read)


_MIDNIGHT = time()


def period_of(days: list[date]) -> str:
    """Whether rows that begin on these days run for a day, a week or a month."""
    if len(days) > 1 and all(day.day == 1 for day in days):
        return "month"
    steps = Counter((later - earlier).days for earlier, later in pairwise(days))
    if steps and steps.most_common(1)[0][0] == 7:
        return "week"
    return "day"


def grain_of(column: Seen, order: str) -> int | None:
    """Minutes between the times of a column that has hours: 15, 60, or None when neither."""
    told = (moments.read(value, order or "dmy").at for value in column.values)
    read = sorted({at for at in told if at is not None and at.tzinfo is None})
    if len(read) < 2:
        return None
    step = min(int((later - earlier).total_seconds() // 60) for earlier, later in pairwise(read))
    return step if step in (15, 60, DAY) else None


def last_day(start: Seen, end: Seen, order: str) -> bool | None:
    """Whether `end` names the last day itself: a row that begins and ends on one day says so. None: cannot be known."""
    if has_hours(end, order):
        return False
    begins = [moments.read(value, order or "dmy").at for value in start.cells.values]
    ends = [moments.read(value, order or "dmy").at for value in end.cells.values]
    pairs = np.unique(start.cells.codes * len(ends) + end.cells.codes)
    if any((began := begins[pair // len(ends)]) is not None and began == ends[pair % len(ends)] for pair in pairs):
        return True
    days = [at.date() for at in ends if at is not None]
    closing = sum((date.fromordinal(day.toordinal() + 1)).day == 1 for day in days)
    opening = sum(day.day == 1 for day in days)
    return True if closing > opening else False if opening > closing else None
