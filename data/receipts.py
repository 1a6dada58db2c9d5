"""The book of deliveries: each is entered once, with what was wrong with it, whether it counts or was refused."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, insert, select

from data.flags import flags_of_report
from data.holding import waiting
from data.snapshots import all_kept, forget
from data.store import reading, unless_there
from data.tables import report, report_issue, report_mapping, report_site
from data.tables import source as source_table
from data.types import Flag, Issue
from data.vocabulary import Dataset

ISSUES_AT_ONCE = 10_000

# States of a delivery whose lines count.
COUNTS = ("accepted", "partial")


@dataclass(frozen=True)
class Sent:
    """A delivery before it was read."""

    source: str
    filename: str
    sha256: str
    bytes: int
    dataset: Dataset | None
    issued_at: datetime | None
    received_at: datetime
    key: str | None
    sent_by: str | None
    reason: str | None = None
    mapping: tuple[str, str] | None = None  # name and text of the mapping it is read by


@dataclass(frozen=True)
class Receipt:
    """What became of a delivery. `report` None: nothing was written (a dry run).

    Rows of the delivery = `accepted` + `rejected` + `not_reported`.
    """

    report: int | None
    accepted: int
    rejected: int
    already_received: bool
    issues: tuple[Issue, ...]
    dataset: str
    source: str
    state: str  # accepted, partial, refused, undone; held: kept whole, part of it waits
    sites: tuple[str, ...] = ()
    not_reported: int = 0
    notes: tuple[Issue, ...] = ()  # what the sender should know; nothing was lost by it
    flags: tuple[Flag, ...] = ()  # figures that count and are asked about


def receipt_of(conn: Connection, row: Any) -> Receipt:
    """The receipt of a row of `report`, given again."""
    i, s = report_issue.c, report_site.c
    issues = conn.execute(select(report_issue).where(i.report_id == row.report_id).order_by(i.issue))
    places = tuple(conn.execute(select(s.site).where(s.report_id == row.report_id).order_by(s.site)).scalars())
    receipt = Receipt(
        report=row.report_id,
        accepted=row.accepted,
        rejected=row.rejected,
        already_received=True,
        issues=tuple(Issue(x.line, x.column_name, x.code, x.facts) for x in issues),
        dataset=row.dataset,
        source=row.source,
        state=row.state,
        not_reported=row.not_reported,
        sites=places,
        flags=flags_of_report(conn, places, row.report_id),
    )
    return receipt if row.state == "undone" else told_to_wait(conn, receipt)


def told_to_wait(conn: Connection, receipt: Receipt) -> Receipt:
    """The receipt of a delivery that lies in a closed period says so, and which."""
    notes = waiting(conn, receipt.report or 0)
    return replace(receipt, state="held", notes=(*receipt.notes, *notes)) if notes else receipt


def seen(conn: Connection, source: str, sha256: str) -> bool:
    """Whether these bytes ever came from this source, also if they were undone or refused since."""
    r = report.c
    return conn.execute(select(r.report_id).where(r.source == source, r.sha256 == sha256)).first() is not None


def forget_unless_counted(engine: Engine, var: Path, sha256: str) -> None:
    """Bytes with personal data go, unless a delivery that counts was read from them in another way."""
    with reading(engine) as conn:
        r = report.c
        if conn.execute(select(r.report_id).where(r.sha256 == sha256, r.state.in_(COUNTS))).first() is None:
            forget(var, sha256)


def unread(conn: Connection, var: Path) -> list[Path]:
    """Kept bytes that no entry speaks of: their receiving was cut short, and their sender was never answered."""
    known = set(conn.execute(select(report.c.sha256).distinct()).scalars())
    return [path for path in all_kept(var) if path.name not in known]


def enter(
    conn: Connection,
    sent: Sent,
    receipt: Receipt,
    rows: int,
    issued_at: datetime | None,
    period: tuple[datetime, datetime] | None,
) -> Receipt:
    """Write the entry of a delivery and its issues; its receipt with the number it got."""
    conn.execute(unless_there(conn, source_table).values(source=sent.source, name=sent.source))
    report_id = conn.execute(
        insert(report)
        .values(
            source=sent.source,
            dataset=receipt.dataset,
            filename=sent.filename,
            sha256=sent.sha256,
            bytes=sent.bytes,
            # A refused file may come again, put right, under the key of its first try.
            idempotency_key=None if receipt.state == "refused" else sent.key,
            issued_at=issued_at or sent.received_at,
            issued_given=issued_at is not None,
            received_at=sent.received_at,
            period_start=period and period[0],
            period_end=period and period[1],
            rows=rows,
            accepted=receipt.accepted,
            rejected=receipt.rejected,
            not_reported=receipt.not_reported,
            state=receipt.state,
            sent_by=sent.sent_by,
            reason=sent.reason,
        )
        .returning(report.c.report_id)
    ).scalar_one()
    for first in range(0, len(receipt.issues), ISSUES_AT_ONCE):
        conn.execute(
            insert(report_issue),
            [
                {
                    "report_id": report_id,
                    "issue": number,
                    "line": issue.line,
                    "column_name": issue.column,
                    "code": issue.code,
                    "facts": plain_facts(issue),
                }
                for number, issue in enumerate(receipt.issues[first : first + ISSUES_AT_ONCE], start=first + 1)
            ],
        )
    if sent.mapping is not None:
        name, toml = sent.mapping
        conn.execute(insert(report_mapping).values(report_id=report_id, mapping=name[:120], toml=toml))
    return replace(receipt, report=report_id)


def plain_facts(issue: Issue) -> dict[str, Any]:
    """Facts as JSON holds them: moments as ISO 8601 text, words as text."""
    return {name: _plain(value) for name, value in issue.facts.items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_plain(part) for part in value]
    if isinstance(value, bool | int | float | None):
        return value
    return str(value)
