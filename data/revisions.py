"""Which lines count: those of deliveries that were not undone, as known at a moment; of one key the newest."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, select

from data.tables import report
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


def counting(lines: Table, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Condition on a table of lines: received, and not undone, by `as_of` (None: by now)."""
    r = report.c
    undone = select(r.report_id).where(r.undone_at.is_not(None))
    if as_of is None:
        return lines.c.report_id.not_in(undone)
    return and_(
        lines.c.received_at <= as_of,
        lines.c.report_id.not_in(undone.where(r.undone_at <= as_of)),
    )
