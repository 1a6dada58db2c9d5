"""The published figures of CEBAF Tumbes, as carried in `facts/*.csv` with one source per figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo

import pandas as pd

from data.vocabulary import Method

LIMA = ZoneInfo("America/Lima")

# The press gives no hour for the 4,861 of 31 October 2018, only "this evening". Evening in Lima is after sunset (18:10)
# and before the last edition closes (about 20:00): the middle of the two is taken.
EVENING = "19:00"

METHOD_OF_STATUS = {
    "published": Method.REGISTERED,
    "derived": Method.DERIVED,
    "modelled": Method.MODELLED,
    "range": Method.ESTIMATED,
}


@dataclass(frozen=True)
class Day:
    """Entries (`served` at migration control) of one local day. `low` and `high` only where sources disagree."""

    day: date
    entries: int
    method: Method
    low: int | None = None
    high: int | None = None


def table(name: str) -> pd.DataFrame:
    with files("data.demo").joinpath("facts", f"{name}.csv").open(encoding="utf-8") as text:
        return pd.read_csv(text)


@lru_cache
def daily_entries() -> tuple[Day, ...]:
    """Every day of the reference series, in order, with the range where the sources leave one."""
    printed = {str(row["date"]): row for row in table("cebaf_daily_anchors").to_dict("records")}
    days = []
    for row in table("cebaf_daily_reference").itertuples():
        status = str(row.status)
        method = METHOD_OF_STATUS[status.split()[0]]
        low = high = None
        if method is Method.ESTIMATED:
            low, high = (int(part) for part in status.split()[1].split("-"))
        elif method is Method.DERIVED:
            low, high = (int(printed[str(row.date)][end]) for end in ("low", "high"))
        days.append(Day(date.fromisoformat(str(row.date)), int(str(row.entries)), method, low, high))
    return tuple(days)


def moment(day: date, clock: str = "00:00") -> datetime:
    """A local wall-clock time of the centre; `24:00` is the end of the day."""
    hours, minutes = (int(part) for part in clock.split(":"))
    return datetime(day.year, day.month, day.day, tzinfo=LIMA) + timedelta(hours=hours, minutes=minutes)


@lru_cache
def entries_within_days() -> tuple[tuple[datetime, int], ...]:
    """Published cumulative entries since local midnight, at their moments (day totals are in `daily_entries`)."""
    points = []
    for row in table("cebaf_intraday_anchors").itertuples():
        clock = EVENING if str(row.local_time).startswith("evening") else str(row.local_time)
        if clock != "24:00":
            points.append((moment(date.fromisoformat(str(row.date)), clock), int(str(row.cumulative_entries))))
    return tuple(points)
