"""Whether a delivery came before: by its key, or by its source, its bytes and what they say as they are read now."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, or_, select

from data.receipts import COUNTS, Receipt, Sent, receipt_of
from data.tables import report, report_mapping, report_site
from data.types import Issue
from data.vocabulary import Dataset


def already(conn: Connection, sent: Sent, read: Receipt | None = None) -> Receipt | None:
    """The receipt of the same delivery, if it came before and counts. `read`: what these bytes say, read now.

    Bytes alone are the same delivery only until a later one of the source speaks of the same time: who then sends the
    first file again takes the later one back, and it counts as new. They are another delivery as well when they are
    read otherwise: by a mapping put right, or because a row that was rejected is understood now. Whether that is so is
    known only with `read`.
    """
    r = report.c
    same = [r.source == sent.source, r.sha256 == sent.sha256, r.state.in_(COUNTS)]
    if sent.dataset is not None:  # one workbook may hold two datasets
        same.append(r.dataset == str(sent.dataset))
    stmt = select(report).where(*same).order_by(r.report_id.desc())
    if sent.key is not None:
        row = conn.execute(stmt.where(r.idempotency_key == sent.key)).first()
        if row is not None:
            return receipt_of(conn, row)
    if sent.issued_at is not None:
        row = conn.execute(stmt.where(r.issued_at == sent.issued_at)).first()
    else:
        row = conn.execute(stmt).first()
        row = None if row is None or _superseded(conn, row) else row
    if row is None or not _read_alike(conn, row, sent, read):
        return None
    return receipt_of(conn, row)


def _read_alike(conn: Connection, row: Any, sent: Sent, read: Receipt | None) -> bool:
    if _mapping_text(conn, row.report_id) != (None if sent.mapping is None else sent.mapping[1]):
        return False
    if read is None:
        return bool(row.rejected == 0)
    return (row.accepted, row.rejected, row.not_reported) == (read.accepted, read.rejected, read.not_reported)


def _mapping_text(conn: Connection, report_id: int) -> str | None:
    m = report_mapping.c
    return conn.execute(select(m.toml).where(m.report_id == report_id)).scalar()


def read_otherwise(conn: Connection, sent: Sent, dataset: Dataset) -> list[Any]:
    """Rows of `report`: deliveries of the same bytes that count as an earlier text of the same mapping read them.

    Another mapping may read another sheet of the same workbook: what it read goes on counting.
    """
    if sent.mapping is None:
        return []
    r, m, (name, toml) = report.c, report_mapping.c, sent.mapping
    stmt = select(report).join(report_mapping, m.report_id == r.report_id)
    asked = (r.source == sent.source, r.sha256 == sent.sha256, r.state.in_(COUNTS), r.dataset == str(dataset))
    return list(conn.execute(stmt.where(*asked, m.mapping == name[:120], m.toml != toml)))


def _superseded(conn: Connection, row: Any) -> bool:
    """Whether a later delivery that counts speaks of some of the same time at one of the same places."""
    r, then, later = report.c, report_site.alias("then").c, report_site.alias("later").c
    return (
        conn.execute(
            select(later.report_id)
            .join_from(then.site.table, later.site.table, then.site == later.site)
            .join(report, r.report_id == later.report_id)
            .where(then.report_id == row.report_id, later.report_id > row.report_id)
            .where(later.source == row.source, later.dataset == row.dataset, r.state.in_(COUNTS))
            .where(later.period_start <= then.period_end, later.period_end >= then.period_start)
            .limit(1)
        ).first()
        is not None
    )


def key_reused(conn: Connection, sent: Sent) -> Issue | None:
    """An idempotency key stands for one content of one dataset. Else it is a mistake of the sender's program."""
    r = report.c
    if sent.key is None:
        return None
    other = r.sha256 != sent.sha256
    if sent.dataset is not None:
        other = or_(other, r.dataset != str(sent.dataset))
    row = conn.execute(select(r.report_id).where(r.source == sent.source, r.idempotency_key == sent.key, other)).first()
    if row is None:
        return None
    return Issue(None, None, "idempotency_key_reused", {"key": sent.key, "report": str(row.report_id)})


def refused_before(conn: Connection, sent: Sent, receipt: Receipt) -> Receipt | None:
    """The receipt of the same file, refused for the same reasons: sending it again adds no entry."""
    r = report.c
    rows = conn.execute(
        select(report).where(r.source == sent.source, r.sha256 == sent.sha256, r.state == "refused")
    ).all()
    for row in rows:
        earlier = receipt_of(conn, row)
        if [_place(x) for x in earlier.issues] == [_place(x) for x in receipt.issues]:
            return earlier
    return None


def _place(issue: Issue) -> tuple[int | None, str | None, str]:
    return issue.line, issue.column, issue.code
