"""Which lines count: those of deliveries that were not undone, as known at a moment; of one key the newest."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, and_, exists, func, not_, or_, select

from data.tables import Utc, hold, report
from data.vocabulary import Dataset

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
    Dataset.RESOURCE: ["source", "organisation", "kind", "state", "at"],
    Dataset.REFERRAL: [
        *("source", "pathway", "need", "from_organisation", "to_institution", "priority", "start", "end"),
    ],
    Dataset.PRESENT: ["source", "at"],
    Dataset.EVENT: ["source", "at", "title_es"],
}


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
    """Condition: the line speaks of a period, or of a moment, within this one and of nothing outside it."""
    if "at" in lines.c:
        return and_(lines.c.at >= start, lines.c.at < end)
    return and_(lines.c.start >= start, lines.c.end <= end)
