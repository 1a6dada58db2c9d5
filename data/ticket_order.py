"""Numbered tickets only go up within a day: of readings that contradict each other, those that do are rejected.

A new roll begins at low numbers: where what is handed out now is less than half of what had been served, and both
numbers fell, it is a new roll and no contradiction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Engine, select

from data.frames import frame
from data.grains import winning
from data.revisions import NATURAL_KEY, counting
from data.sources import Parsed
from data.store import reading
from data.tables import queue_reading
from data.types import Issue, Site
from data.vocabulary import Dataset

NUMBERS = ("ticket_issued", "ticket_served")
REACH = timedelta(days=1)


@dataclass(frozen=True)
class Tickets:
    """One reading: numbers last handed out and last served; None where it does not say."""

    at: datetime
    issued: float | None
    served: float | None

    def before(self, later: Tickets) -> str | None:
        """The column in which a later reading of the same day contradicts this one; None where it does not."""
        if later.at == self.at:
            return None
        fell = {
            name: was is not None and now is not None and now < was
            for name, was, now in (
                ("ticket_issued", self.issued, later.issued),
                ("ticket_served", self.served, later.served),
            )
        }
        if not any(fell.values()):
            return None
        if all(fell.values()) and (later.issued or 0.0) < (self.served or 0.0) / 2:
            return None
        return next(name for name, down in fell.items() if down)

    def after(self, earlier: Tickets) -> Tickets:
        """With what the earlier reading last said of a number that this one leaves out."""
        issued = earlier.issued if self.issued is None else self.issued
        return Tickets(self.at, issued, earlier.served if self.served is None else self.served)


def ordered(engine: Engine, parsed: Parsed, source: str, places: Mapping[str, Site]) -> Parsed:
    """As `in_ticket_order`, by what the store knows now."""
    if parsed.dataset is not Dataset.QUEUE:
        return parsed
    with reading(engine) as conn:
        return in_ticket_order(conn, parsed, source, places)


def in_ticket_order(conn: Connection, parsed: Parsed, source: str, places: Mapping[str, Site]) -> Parsed:
    """Without the rows whose tickets contradict what the same source said of that day, or most of the other rows."""
    if parsed.rows.empty:
        return parsed
    told = parsed.rows[parsed.rows[list(NUMBERS)].notna().any(axis=1)]
    issues: list[Issue] = []
    lost: list[Any] = []
    for (site, stage, lane), part in told.groupby(["site", "stage", "lane"], sort=True):
        for day in _falling_days(part, _known(conn, (site, stage, lane, source), part["at"]), places[str(site)]):
            new = day[~day["known"]]
            tickets, there = _tickets(new), _tickets(day[day["known"] & ~day["at"].isin(new["at"])])
            for place, column, other in contradictions(tickets, there):
                limit = other.issued if column == "ticket_issued" else other.served
                facts = {"value": float(new[column].iloc[place]), "limit": limit, "limit_at": other.at.isoformat()}
                issues.append(Issue(int(new["line"].iloc[place]), column, "ticket_out_of_order", facts))
                lost.append(new.index[place])
    if not lost:
        return parsed
    return replace(
        parsed,
        rows=parsed.rows.drop(index=lost),
        issues=sorted([*parsed.issues, *issues], key=lambda issue: issue.line or 0),
        rejected=parsed.rejected + len(lost),
        rejected_by={**parsed.rejected_by, "ticket_out_of_order": len(lost)},
        rejected_lines=parsed.rejected_lines | {issue.line for issue in issues if issue.line is not None},
    )


def _falling_days(part: pd.DataFrame, known: pd.DataFrame, site: Site) -> list[pd.DataFrame]:
    """Days of one line in which some number falls, each by time; of a year of readings that is hardly any."""
    both = pd.concat([part.assign(known=False), known.assign(known=True)])
    both = both.sort_values("at", kind="stable")
    local = both["at"].dt.tz_convert(site.zone).dt.tz_localize(None) - pd.Timedelta(hours=site.day_start_hour)
    both = both.assign(day=local.dt.normalize(), **{name: both[name].astype(float) for name in NUMBERS})
    so_far = both.groupby("day")[list(NUMBERS)].cummax()
    fell = (both[list(NUMBERS)] < so_far.groupby(both["day"]).ffill()).any(axis=1)
    days = both.loc[fell, "day"].unique()
    return [day for on, day in both[both["day"].isin(days)].groupby("day") if not day["known"].all()]


def _tickets(readings: pd.DataFrame) -> list[Tickets]:
    cells = (readings["at"], readings["ticket_issued"], readings["ticket_served"])
    return [
        Tickets(at.to_pydatetime(), _number(issued), _number(served)) for at, issued, served in zip(*cells, strict=True)
    ]


def contradictions(new: Sequence[Tickets], known: Sequence[Tickets]) -> list[tuple[int, str, Tickets]]:
    """Of the readings of one day, by time: the place of each that cannot stand, in which column, beside which other.

    What is already known stands. Of the rest the most that go together do: one number mistyped does not turn the
    rest of its day away.
    """
    against: dict[int, tuple[str, Tickets]] = {}
    for place, one in enumerate(new):
        for other in known:
            column = other.before(one) if other.at <= one.at else one.before(other)
            if column is not None:
                against[place] = column, other
                break
    free = [place for place in range(len(new)) if place not in against]
    longest: list[int] = []  # of rows that go together, ending at each
    previous: list[int | None] = []
    last_known: list[Tickets] = []
    for here, place in enumerate(free):
        best, link = 1, None
        for before in range(here):
            if last_known[before].before(new[place]) is None and longest[before] + 1 > best:
                best, link = longest[before] + 1, before
        longest.append(best)
        previous.append(link)
        last_known.append(new[place] if link is None else new[place].after(last_known[link]))
    kept: set[int] = set()
    last = int(np.argmax(longest)) if longest else None
    while last is not None:
        kept.add(free[last])
        last = previous[last]
    for place in free:
        if place not in kept:
            other, column = _beside(new, place, sorted(kept))
            against[place] = column, other
    return [(place, *against[place]) for place in sorted(against)]


def _beside(new: Sequence[Tickets], place: int, kept: Sequence[int]) -> tuple[Tickets, str]:
    """A kept reading that this one contradicts."""
    for one in sorted(kept, key=lambda other: abs(other - place)):
        first, second = sorted((one, place))
        column = new[first].before(new[second])
        if column is not None:
            return new[one], column
    return new[kept[0]], NUMBERS[0]


def _known(conn: Connection, place: tuple[Any, ...], at: pd.Series) -> pd.DataFrame:
    """Readings that count with tickets, from a day before the first moment up to a day after the last."""
    q = queue_reading.c
    site, stage, lane, source = place
    first, last = at.min().to_pydatetime() - REACH, at.max().to_pydatetime() + REACH
    read = frame(
        conn,
        select(q.stage, q.lane, q.source, q.at, *(q[name] for name in NUMBERS), q.issued_at, q.received_at, q.line_id)
        .where(q.site == site, q.stage == stage, q.lane == lane, q.source == source)
        .where(q.at >= first, q.at < last, q.ticket_issued.is_not(None) | q.ticket_served.is_not(None))
        .where(counting(queue_reading)),
    )
    return winning(read, NATURAL_KEY[Dataset.QUEUE])[["at", *NUMBERS]]


def _number(cell: Any) -> float | None:
    return None if pd.isna(cell) else float(cell)
