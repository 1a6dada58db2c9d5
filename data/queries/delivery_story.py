"""All that is known of one delivery, for its own page."""

from __future__ import annotations

from sqlalchemy import Connection, select

from data.changes import changes_of
from data.queries.deliveries import delivery
from data.tables import report, report_mapping, report_site
from data.types import DeliveryStory, Window
from data.vocabulary import Dataset


def delivery_story(conn: Connection, report_id: int) -> DeliveryStory | None:
    """None when there is no such report. What it changed is told of deliveries that count."""
    found = delivery(conn, report_id)
    if found is None:
        return None
    r, s, m = report.c, report_site.c, report_mapping.c
    row = conn.execute(select(report).where(r.report_id == report_id)).one()
    same = conn.execute(
        select(r.report_id, r.state)
        .where(r.source == found.source, r.sha256 == found.sha256, r.report_id != report_id)
        .order_by(r.report_id)
    ).all()
    counts = found.state in ("accepted", "partial", "held")
    return DeliveryStory(
        delivery=found,
        sites=tuple(conn.execute(select(s.site).where(s.report_id == report_id).order_by(s.site)).scalars()),
        period=None if row.period_start is None else Window(row.period_start, row.period_end),
        bytes=row.bytes,
        issued_given=row.issued_given,
        sent_by=row.sent_by,
        undone_at=row.undone_at,
        undone_by=row.undone_by,
        mapping=conn.execute(select(m.mapping).where(m.report_id == report_id)).scalar_one_or_none(),
        changes=changes_of(conn, Dataset(found.dataset), report_id) if counts else None,
        same=tuple((other.report_id, other.state) for other in same),
    )


def mapping_text(conn: Connection, report_id: int) -> tuple[str, str] | None:
    """Name and text of the mapping by which a delivery was read."""
    m = report_mapping.c
    row = conn.execute(select(m.mapping, m.toml).where(m.report_id == report_id)).one_or_none()
    return None if row is None else (row.mapping, row.toml)


def report_of_bytes(conn: Connection, source: str, sha256: str) -> int | None:
    """The newest delivery of these bytes by this source that counts."""
    r = report.c
    return conn.execute(
        select(r.report_id)
        .where(r.source == source, r.sha256 == sha256, r.state.in_(("accepted", "partial")))
        .order_by(r.report_id.desc())
        .limit(1)
    ).scalar_one_or_none()
