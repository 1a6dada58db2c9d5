"""Which lines count: those of deliveries that were not undone, as known at a moment; of one key the newest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Table, and_, exists, extract, func, not_, or_, select

from data import tables
from data.tables import Utc, hold, report
from data.vocabulary import Dataset

TABLE: dict[Dataset, str] = {
    Dataset.FLOW: "flow_line",
    Dataset.QUEUE: "queue_reading",
    Dataset.ROSTER: "roster_line",
    Dataset.SERVICE: "service_line",
    Dataset.STOCK: "stock_reading",
    Dataset.RESOURCE: "resource_reading",
    Dataset.REFERRAL: "referral_line",
    Dataset.PRESENT: "present_reading",
    Dataset.EVENT: "policy_event",
}

# What makes two lines of one site speak of the same thing, so that the newer one replaces the older.
NATURAL_KEY: dict[Dataset, list[str]] = {
    Dataset.FLOW: [
        *("stage", "measure", "lane", "source", "start", "minutes"),
        *("category", "sex", "age_band", "nationality"),
    ],
    Dataset.QUEUE: ["stage", "lane", "source", "at"],
    Dataset.ROSTER: ["stage", "lane", "source", "start", "end"],
    Dataset.SERVICE: [
        *("source", "organisation", "sector", "service", "activity", "place", "shift", "unit"),
        *("start", "end", "sex", "age_band", "need"),
    ],
    Dataset.STOCK: ["source", "organisation", "item", "unit", "at"],
    Dataset.RESOURCE: ["source", "organisation", "kind", "state", "place", "at"],
    Dataset.REFERRAL: [
        *("source", "pathway", "need", "from_organisation", "to_institution", "priority", "start", "end"),
    ],
    Dataset.PRESENT: ["source", "at"],
    Dataset.EVENT: ["source", "at", "title_es"],
}

# Where and when a line came from; everything else of it is what it says.
ORIGIN = ("site", "line_id", "report_id", "issued_at", "received_at", "end", "minutes")


def value_columns(dataset: Dataset) -> list[str]:
    """What a line of the dataset says about its key."""
    table = tables.metadata.tables[TABLE[dataset]]
    return [c.name for c in table.c if c.name not in ORIGIN and c.name not in NATURAL_KEY[dataset]]


def differing(one: pd.DataFrame, other: pd.DataFrame, columns: Sequence[str]) -> pd.Series:
    """Rows in which two frames of one index say different things; missing on both sides is the same."""
    found = pd.Series(False, index=one.index)
    for column in columns:
        a, b = one[column].astype(object), other[column].astype(object)
        found |= ~((a.isna() & b.isna()) | (a == b).fillna(False).astype(bool))
    return found


def counting(lines: Table, as_of: Any = None) -> ColumnElement[bool]:
    """Condition on a table of lines or of deliveries: it counts now, or, with `as_of`, it counted then.

    That is: received and recorded, not undone, and not waiting because it lies in a closed period.
    """
    if as_of is None:
        r = report.c
        undone = select(r.report_id).where(r.undone_at.is_not(None))
        waits = hold.c.released_at.is_(None)
        # Hardly ever is anything held: this asks once, and of each line only where there is something.
        free = lines.c.report_id.not_in(select(hold.c.report_id).where(waits))
        counts = lines.c.report_id.not_in(undone)
        return and_(counts, or_(free, not_(_held(lines, waits)))) if "line_id" in lines.c else counts
    known = report.alias()
    came = func.coalesce(known.c.recorded_at, known.c.received_at, type_=Utc())
    counted = exists(
        select(known.c.report_id)
        .where(known.c.report_id == lines.c.report_id, came <= as_of)
        .where(or_(known.c.undone_at.is_(None), known.c.undone_at > as_of))
        .correlate(lines)
    )
    then = and_(lines.c.received_at <= as_of, counted)
    if "line_id" not in lines.c:
        return then
    h = hold.c
    return and_(then, not_(_held(lines, and_(h.held_at <= as_of, or_(h.released_at.is_(None), h.released_at > as_of)))))


def _held(lines: Table, waits: ColumnElement[bool]) -> ColumnElement[bool]:
    h = hold.c
    return exists(
        select(h.report_id)
        .where(h.site == lines.c.site, h.report_id == lines.c.report_id, waits, inside(lines, h.start, h.end))
        .correlate(lines)
    )


def inside(lines: Table, start: Any, end: Any) -> ColumnElement[bool]:
    """Condition: the line speaks of a period, as its figures do: it begins in it and is no longer than it is.

    A night shift belongs to the day on which it begins; a week belongs to no day. `start`, `end`: moments or columns.
    """
    if "at" in lines.c:
        return and_(lines.c.at >= start, lines.c.at < end)
    within = and_(lines.c.start >= start, lines.c.start < end)
    return and_(within, _seconds(lines.c.start, lines.c.end) <= _seconds(start, end))


def _seconds(start: Any, end: Any) -> Any:
    if isinstance(start, datetime):
        return (end - start).total_seconds()
    return extract("epoch", end) - extract("epoch", start)
