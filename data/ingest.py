"""The one way in: bytes kept, read outside the lock, then all of the delivery written at once or nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine, select

from data import snapshots
from data.bulk import one_valued
from data.delivered import Told, withdraw, write_delivery
from data.holding import closed_for
from data.lines import LINES, lines_of, stage_lines
from data.receipts import (
    Receipt,
    Sent,
    enter,
    forget_unless_counted,
    receipt_of,
)
from data.resent import already, key_reused, read_otherwise, refused_before
from data.sites import sites
from data.sources import DEFAULT, Limits, Parsed, Refused, parse
from data.sources import Mapping as FileMapping
from data.sources.canonical import DATASETS
from data.sources.combining import combined, rule_of
from data.sources.fields import PERSONAL_TEXT
from data.sources.periods import AHEAD
from data.store import lock, lock_sites, reading, writing
from data.tables import report
from data.ticket_order import ordered
from data.types import Clock, Issue, Site
from data.undoing import NoSuchReport as NoSuchReport
from data.undoing import undo as undo
from data.versions import raise_version
from data.vocabulary import Dataset

Progress = Callable[[int, int], None]
# Asked inside the writing transaction as agreed(conn, parsed=, lines=); raises NotAsAgreed to stop it.
Agreed = Callable[..., None]

# SQLite has one writer: a delivery of so many lines is put aside first and moved in one statement.
STAGE_FROM = 50_000

# After these issues the bytes are not kept.
PERSONAL = ("personal_column", PERSONAL_TEXT)


class NotAsAgreed(Exception):
    """What would be written is not what its sender saw and accepted. Nothing was written."""


def ingest(
    engine: Engine,
    content: bytes,
    filename: str,
    *,
    source: str,
    dataset: Dataset | None = None,
    mapping: FileMapping | None = None,
    now: datetime,
    var: Path,
    idempotency_key: str | None = None,
    issued_at: datetime | None = None,
    sent_by: str | None = None,
    only_sites: Collection[str] | None = None,
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
    reason: str | None = None,
    clock: Clock | None = None,
    agreed: Agreed | None = None,
) -> Receipt:
    """Receive one delivery. The same one again changes nothing; a file that cannot be read is refused and listed.

    The same has the same idempotency key, or the same source, bytes and issued_at (where given). A delivery that
    was undone may come again and counts again. Rows about other sites than `only_sites` (None: every one) are unknown
    to this sender and rejected. `progress` hears rows written and rows to write. `reason` says why it differs from what
    was sent before. `clock` tells when the lines began to count, which may be a while after `now`, when they came.
    Raises NotAsAgreed when `agreed` does, or when a delivery that was agreed to would be refused.
    """
    sent = Sent(
        source=source,
        filename=filename,
        sha256=snapshots.keep(var, content),
        bytes=len(content),
        dataset=mapping.dataset if dataset is None and mapping is not None else dataset,
        issued_at=issued_at,
        received_at=now,
        key=idempotency_key,
        sent_by=sent_by,
        reason=reason,
        mapping=None if mapping is None else (mapping.name, mapping.toml),
    )
    with reading(engine) as conn:
        known = already(conn, sent)
        wrong_key = key_reused(conn, sent)
        places = {p.site: p for p in sites(conn) if only_sites is None or p.site in only_sites}
    if known is not None:
        if any(issue.code in PERSONAL for issue in known.issues):
            snapshots.forget(var, sent.sha256)
        return known
    if wrong_key is not None:
        return _refuse(engine, sent, _refusal(sent, Refused(wrong_key)))
    if issued_at is not None and issued_at > now + AHEAD:  # no later correction would ever count
        facts = {"value": issued_at.isoformat(), "now": now.astimezone(issued_at.tzinfo).isoformat(timespec="minutes")}
        return _refuse(engine, sent, _refusal(sent, Refused(Issue(None, "issued_at", "issued_in_future", facts))))
    try:
        parsed = parse(content, filename, dataset=dataset, mapping=mapping, sites=places, now=now, limits=limits)
    except Refused as refused:
        if refused.issue.code in PERSONAL:
            forget_unless_counted(engine, var, sent.sha256)
        if agreed is not None:
            raise NotAsAgreed from refused
        return _refuse(engine, sent, _refusal(sent, refused))
    parsed = ordered(engine, parsed, source, places)
    receipt = receipt_of_parsed(parsed, source)
    if any(issue.code in PERSONAL for issue in receipt.issues):
        snapshots.forget(var, sent.sha256)
    if receipt.state == "refused":
        if agreed is not None:
            raise NotAsAgreed
        return _refuse(engine, sent, receipt, parsed.rows_in)
    issued = issued_at or parsed.issued_at
    rows = rows_to_count(parsed, mapping)
    lines = lines_of(rows, parsed.dataset, source, issued or now, now)
    check = None if agreed is None else partial(agreed, parsed=parsed, lines=lines)
    told = Told(lines, rows.get("reason"), clock)
    return _accept(engine, sent, receipt, parsed.rows_in, issued, told, places, progress, check)


def rows_to_count(parsed: Parsed, mapping: FileMapping | None) -> pd.DataFrame:
    """The accepted rows; submissions of one line are one row."""
    if mapping is None or mapping.submissions is None:
        return parsed.rows
    return combined(parsed.rows, DATASETS[parsed.dataset], rule_of(parsed.dataset, mapping.submissions.combine))


def forget_unentered(engine: Engine, var: Path, sha256: str) -> None:
    """Bytes of a delivery that was not written after all go, unless some entry speaks of them."""
    with reading(engine) as conn:
        entered = conn.execute(select(report.c.report_id).where(report.c.sha256 == sha256)).first()
    if entered is None:
        snapshots.forget(var, sha256)


def preview(
    engine: Engine,
    content: bytes,
    filename: str,
    *,
    source: str,
    dataset: Dataset | None = None,
    mapping: FileMapping | None = None,
    now: datetime,
    limits: Limits = DEFAULT,
) -> Receipt:
    """What `ingest` would say of a new delivery, with nothing kept or written."""
    with reading(engine) as conn:
        places = {place.site: place for place in sites(conn)}
    try:
        parsed = parse(content, filename, dataset=dataset, mapping=mapping, sites=places, now=now, limits=limits)
    except Refused as refused:
        return Receipt(None, 0, 0, False, (refused.issue,), str(dataset or ""), source, "refused")
    return receipt_of_parsed(ordered(engine, parsed, source, places), source)


def receipt_of_parsed(parsed: Parsed, source: str) -> Receipt:
    accepted = len(parsed.rows)
    return Receipt(
        report=None,
        accepted=accepted,
        rejected=parsed.rejected,
        already_received=False,
        issues=tuple(parsed.issues),
        dataset=str(parsed.dataset),
        source=source,
        state="accepted" if not parsed.rejected else "partial" if accepted else "refused",
        not_reported=parsed.not_reported,
        notes=parsed.notes,
        sites=tuple(sorted(parsed.rows["site"].unique())) if accepted else (),
    )


def _refusal(sent: Sent, refused: Refused) -> Receipt:
    return Receipt(None, 0, 0, False, (refused.issue,), str(sent.dataset or ""), sent.source, "refused")


def _accept(
    engine: Engine,
    sent: Sent,
    receipt: Receipt,
    rows: int,
    issued: datetime | None,
    told: Told,
    places: Mapping[str, Site],
    progress: Progress | None,
    check: Callable[[Connection], None] | None,
) -> Receipt:
    dataset, lines = Dataset(receipt.dataset), told.lines
    tell = None if progress is None else lambda done: progress(done, len(lines))
    large = engine.dialect.name == "sqlite" and len(lines) >= STAGE_FROM
    aside = one_valued(LINES[dataset], lines) if large else None
    prepare = None if aside is None else partial(stage_lines, dataset=dataset, lines=lines, same=aside, progress=tell)
    with writing(engine, prepare) as conn:
        _take_turns(conn, sent)
        if (known := already(conn, sent, receipt)) is not None:  # read before, or another process was quicker
            return known
        if (wrong_key := key_reused(conn, sent)) is not None:
            return enter_refusal(conn, sent, _refusal(sent, Refused(wrong_key)), 0)
        # The same bytes count once: as the mapping of now reads them, unless somebody vouches for how they were read.
        before = [row for row in read_otherwise(conn, sent, dataset) if not closed_for(conn, dataset, row.report_id)]
        touched = sorted({*receipt.sites, *(name for row in before for name in receipt_of(conn, row).sites)})
        lock_sites(conn, tuple(touched))
        if check is not None:
            check(conn)
        for row in before:
            withdraw(conn, row, sent.received_at, sent.sent_by or sent.source)
        receipt = write_delivery(conn, sent, receipt, rows, issued, told, places, aside=aside, tell=tell)
        for name in touched:
            raise_version(conn, name)
    return receipt


def _take_turns(conn: Connection, sent: Sent) -> None:
    """Two processes with the same delivery: the second one waits here, and then finds it received."""
    lock(conn, f"delivery:{sent.source}:{sent.sha256}")
    if sent.key is not None:
        lock(conn, f"key:{sent.source}:{sent.key}")


def _refuse(engine: Engine, sent: Sent, receipt: Receipt, rows: int = 0) -> Receipt:
    with writing(engine) as conn:
        _take_turns(conn, sent)
        return enter_refusal(conn, sent, receipt, rows)


def enter_refusal(conn: Connection, sent: Sent, receipt: Receipt, rows: int) -> Receipt:
    if (known := refused_before(conn, sent, receipt)) is not None:
        return known
    receipt = enter(conn, sent, receipt, rows, sent.issued_at, None)
    # A file nobody could read names no site: every desk lists it.
    for place in sorted(sites(conn), key=lambda place: place.site):
        raise_version(conn, place.site)
    return receipt
