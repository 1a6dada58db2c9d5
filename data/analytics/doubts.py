"""Soft rules: a figure that is accepted, counts, and is asked about. Pure; each rule says what it compares."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import numpy as np
import pandas as pd

from data.analytics.buckets import HOUR
from data.analytics.usual_of_many import second_lowest, usual_of_cells
from data.grains import BREAKDOWN, SERIES, without_overlapping_bands

# A doubt that nobody can mend: only a reason ends it.
NEEDS_REASON = ("served_over_present",)
READING_REACH = 24 * HOUR
LEAST_SLACK, SLACK = 5.0, 0.05  # people miscounted in good faith
PART_OF_A_PERSON = 0.5


@dataclass(frozen=True)
class Doubt:
    """What is doubted: the figure of one key in one period. The same doubt has the same `name`, whoever finds it."""

    dataset: str
    code: str
    source: str
    key: Mapping[str, str]
    start: datetime
    end: datetime
    facts: Mapping[str, Any]

    def name(self, site: str) -> str:
        words = [site, self.dataset, self.code, self.source, *(f"{k}={v}" for k, v in sorted(self.key.items()))]
        said = "|".join([*words, self.start.isoformat(), self.end.isoformat()])
        return hashlib.sha256(said.encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Limits:
    times_usual: float
    times_highest: float
    smallest_usual: float


@dataclass(frozen=True)
class Odd:
    """Cells of a grid of days by slots that are far from what is usual."""

    row: int
    slot: int
    code: str  # times_usual, outside_history
    facts: Mapping[str, float]


def far_from_usual(
    people: np.ndarray, dates: Sequence[date], judged: np.ndarray, limits: Limits, least_hours: int, complete: bool
) -> list[Odd]:
    """Ten times the usual, or outside the limits of history: several times its upper edge, or a part of its lower one.

    `judged`: which cells to look at. Too few is said of whole days only (`complete`): an hour may well be quiet.
    """
    high_enough = limits.smallest_usual * min(limits.times_usual, limits.times_highest)
    rows, slots = np.nonzero(judged & (people >= high_enough if not complete else ~np.isnan(people)))
    if len(rows) and not complete:
        near = np.maximum(second_lowest(people, rows, slots), limits.smallest_usual)
        kept = people[rows, slots] >= limits.times_usual * near
        rows, slots = rows[kept], slots[kept]
    usual = usual_of_cells(people, dates, rows, slots, least_hours)
    seen = people[rows, slots]
    with np.errstate(invalid="ignore"):
        ten_times = seen >= limits.times_usual * np.maximum(usual.mid, limits.smallest_usual)
        above = complete & (seen > limits.times_highest * np.maximum(usual.high, limits.smallest_usual))
        below = complete & (seen * limits.times_highest < usual.low) & (usual.low >= 2 * limits.smallest_usual)
    found = []
    for place in np.flatnonzero(ten_times | above | below):
        mid, low, high = float(usual.mid[place]), float(usual.low[place]), float(usual.high[place])
        code = "times_usual" if ten_times[place] else "outside_history"
        facts = {"value": float(seen[place]), "usual": round(mid, 1), "low": round(low, 1), "high": round(high, 1)}
        if ten_times[place]:
            facts["ratio"] = round(float(seen[place]) / max(mid, limits.smallest_usual), 1)
        found.append(Odd(int(rows[place]), int(slots[place]), code, facts))
    return found


@dataclass(frozen=True)
class Counts:
    """People of one series by period; seconds since 1970, sorted, without overlap."""

    start: np.ndarray
    end: np.ndarray
    people: np.ndarray
    at_least: np.ndarray

    def within(self, start: float, end: float) -> Counts:
        """The periods that a stretch of time touches."""
        part = slice(*map(int, (np.searchsorted(self.end, start, "right"), np.searchsorted(self.start, end))))
        return Counts(self.start[part], self.end[part], self.people[part], self.at_least[part])


@dataclass(frozen=True)
class Heads:
    """Counts of heads at moments: who waited at the stage, or who was in the centre."""

    at: np.ndarray
    people: np.ndarray
    at_least: np.ndarray

    def within(self, start: float, end: float) -> Heads:
        part = slice(*map(int, np.searchsorted(self.at, (start, end))))
        return Heads(self.at[part], self.people[part], self.at_least[part])


@dataclass(frozen=True)
class Excess:
    """A period in which more were served than there were. `arrived` None: nobody reported arrivals."""

    place: int  # in the served counts
    there: float
    arrived: float | None


def served_over_present(served: Counts, arrived: Counts | None, heads: Heads, waiting: bool) -> list[Excess]:
    """People served who were neither there at the last head count nor arrived since: W + A - S below zero.

    Arrivals of periods that only touch the span are counted whole and head counts that are lower bounds prove
    nothing, so that a doubt is never the rounding of a period. Of a lasting excess the period that made it is named.
    Without arrivals only a count of everybody in the centre (`waiting` False) is compared, and only with the period
    that it stands in or before.
    """
    if len(heads.at) == 0 or len(served.start) == 0:
        return []
    last = np.searchsorted(heads.at, served.start, side="right") - 1
    at, there = heads.at[np.maximum(last, 0)], heads.people[np.maximum(last, 0)]
    away = served.start - at
    known = (last >= 0) & ~heads.at_least[np.maximum(last, 0)] & (away < READING_REACH)
    so_far = np.concatenate([[0.0], np.cumsum(served.people)])
    gone = so_far[1:] - so_far[np.searchsorted(served.start, at, side="left")]
    came = np.full(len(last), np.nan) if arrived is None else _arrived(arrived, at, served.end)
    unreported = np.isnan(came)
    if waiting:
        known &= ~unreported
    else:
        known &= ~unreported | (away < served.end - served.start)
        gone = np.where(unreported, served.people, gone)
    available = there + np.nan_to_num(came)
    over = np.where(known, gone - available, -np.inf)
    found = []
    for place in np.flatnonzero(over > np.maximum(LEAST_SLACK, SLACK * available)):
        first = int(np.searchsorted(last, last[place], side="left"))
        before = max(0.0, float(over[first:place].max(initial=0.0)))
        if over[place] > before + max(LEAST_SLACK, SLACK * available[place]):
            arrivals = None if unreported[place] else float(came[place])
            found.append(Excess(int(place), float(there[place]), arrivals))
    return found


def _arrived(arrived: Counts, since: np.ndarray, until: np.ndarray) -> np.ndarray:
    """People of every period that touches each span; NaN where a part is unreported or only a lower bound."""
    first = np.searchsorted(arrived.end, since, side="right")
    after = np.maximum(np.searchsorted(arrived.start, until, side="left"), first)

    def between(values: np.ndarray) -> np.ndarray:
        so_far = np.concatenate([[0.0], np.cumsum(values)])
        return so_far[after] - so_far[first]

    inside = after > first
    ends = np.maximum(after - 1, 0)
    covered = between(arrived.end - arrived.start)
    if len(arrived.start):
        covered -= np.where(
            inside, np.maximum(0.0, since - arrived.start[np.minimum(first, len(arrived.start) - 1)]), 0
        )
        covered -= np.where(inside, np.maximum(0.0, arrived.end[ends] - until), 0)
    whole = inside & (covered >= until - since - 60) & (between(arrived.at_least.astype(float)) == 0)
    return np.where(whole, between(arrived.people), np.nan)


def parts_that_differ(
    lines: pd.DataFrame, group: Sequence[str], column: str, dimensions: Sequence[str] = tuple(BREAKDOWN)
) -> pd.DataFrame:
    """Totals beside the sum of their parts by one set of dimensions, where the two differ.

    `lines`: those that count, of one key the one that won. Columns: group, value, sum, dimension. A total that is a
    lower bound may be under its parts; one part alone ("of these, Venezuelans") may be under the total.
    """
    broken = np.zeros(len(lines), dtype=int)
    for place, dimension in enumerate(dimensions):
        broken |= (lines[dimension] != "").to_numpy().astype(int) << place
    columns = [*group, "value", "sum", "dimension"]
    if not broken.any() or broken.all():
        return pd.DataFrame(columns=columns)
    totals = lines.loc[broken == 0, [*group, column, "at_least"]].rename(columns={column: "value"})
    parts = lines.assign(broken=broken)[broken > 0]
    parts = without_overlapping_bands(parts, [*group, "broken"], list(dimensions))
    sums = parts.groupby([*group, "broken"], sort=False, dropna=False)[column].agg(["sum", "count", "size"])
    both = sums.reset_index().merge(totals, on=list(group), how="inner")
    gap = both["sum"] - both["value"]
    more = (gap > PART_OF_A_PERSON) & ~both["at_least"].astype(bool)
    less = (gap < -PART_OF_A_PERSON) & (both["size"] > 1) & (both["count"] == both["size"])
    both = both[more | less]
    names = [" + ".join(d for place, d in enumerate(dimensions) if code >> place & 1) for code in both["broken"]]
    return both.assign(dimension=names)[columns]


FLOW_GROUP = [*SERIES, "start", "minutes"]


def more_after_than_before(people: float, through: float) -> bool:
    """A stage after the entry had more people in a day than the entry let through that day and the day before.

    Who entered last night may go on this morning.
    """
    return people > through + max(LEAST_SLACK, SLACK * through)
