"""The one way in: bytes kept, read outside the lock, then all of the delivery written at once or nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine, insert, update

from data import snapshots
from data.holding import hold_back
from data.lines import (
    LINES,
    begins,
    ends,
    lines_of,
    move_lines,
    rebuild,
    stage_lines,
    write_lines,
    write_reasons,
)
from data.receipts import (
    Receipt,
    Sent,
    already,
    enter,
    key_reused,
    refused_before,
    take_turns,
    told_to_wait,
)
from data.rollups import Touched
from data.sites import sites
from data.sources import DEFAULT, Limits, Parsed, Refused, parse
from data.sources import Mapping as FileMapping
from data.store import lock_sites, reading, writing
from data.tables import report, report_site
from data.types import Clock, Site
from data.undoing import NoSuchReport as NoSuchReport
from data.undoing import undo as undo
from data.versions import raise_version
from data.vocabulary import Dataset

Progress = Callable[[int, int], None]

# SQLite has one writer: a delivery of so many lines is put aside first and moved in one statement.
STAGE_FROM = 50_000

# The one refusal after which the bytes are not kept.
PERSONAL = "personal_column"


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
    limits: Limits = DEFAULT,
    progress: Progress | None = None,
    reason: str | None = None,
    clock: Clock | None = None,
) -> Receipt:
    """Receive one delivery. The same one again changes nothing; a file that cannot be read is refused and listed.

    The same has the same idempotency key, or the same source, bytes and issued_at (where given). A delivery that
    was undone may come again and counts again. `progress` hears rows written and rows to write.
    `reason` says why it differs from what was sent before. `clock` tells when the lines began to count, which
    may be a while after `now`, when they came; without it, `now`.
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
    )
    with reading(engine) as conn:
        known = already(conn, sent)
        wrong_key = key_reused(conn, sent)
        places = {place.site: place for place in sites(conn)}
    if known is not None:
        return known
    if wrong_key is not None:
        return _refuse(engine, sent, _refusal(sent, Refused(wrong_key)))
    try:
        parsed = parse(content, filename, dataset=dataset, mapping=mapping, sites=places, now=now, limits=limits)
    except Refused as refused:
        if refused.issue.code == PERSONAL:
            snapshots.forget(var, sent.sha256)
        return _refuse(engine, sent, _refusal(sent, refused))
    receipt = _receipt(parsed, source)
    if receipt.state == "refused":
        return _refuse(engine, sent, receipt, parsed.rows_in)
    issued = issued_at or parsed.issued_at
    lines = lines_of(parsed.rows, parsed.dataset, source, issued or now, now)
    reasons = parsed.rows.get("reason")
    return _accept(engine, sent, receipt, parsed.rows_in, issued, lines, reasons, places, progress, clock)


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
    return _receipt(parsed, source)


def _receipt(parsed: Parsed, source: str) -> Receipt:
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
    lines: pd.DataFrame,
    reasons: pd.Series | None,
    places: Mapping[str, Site],
    progress: Progress | None,
    clock: Clock | None,
) -> Receipt:
    dataset = Dataset(receipt.dataset)
    tell = None if progress is None else lambda done: progress(done, len(lines))
    staged = engine.dialect.name == "sqlite" and len(lines) >= STAGE_FROM
    before = (lambda conn: stage_lines(conn, dataset, lines, tell)) if staged else None
    with writing(engine, before) as conn:
        take_turns(conn, sent)
        if (known := already(conn, sent)) is not None:  # another process was quicker with the same
            return known
        if (wrong_key := key_reused(conn, sent)) is not None:
            return _enter_refusal(conn, sent, _refusal(sent, Refused(wrong_key)), 0)
        lock_sites(conn, receipt.sites)
        starts, stops = lines[begins(LINES[dataset])], lines[ends(LINES[dataset])]
        period = (starts.min().to_pydatetime(), stops.max().to_pydatetime()) if len(lines) else None
        receipt = enter(conn, sent, receipt, rows, issued, period)
        report_id = receipt.report or 0
        if staged:
            lines = move_lines(conn, dataset, report_id, lines)
            if tell is not None:
                tell(len(lines))
        else:
            lines = write_lines(conn, dataset, report_id, lines, tell)
        if reasons is not None:
            write_reasons(conn, lines, reasons)
        for name in receipt.sites:
            here = lines["site"] == name
            conn.execute(
                insert(report_site).values(
                    site=name,
                    report_id=report_id,
                    source=sent.source,
                    dataset=receipt.dataset,
                    received_at=sent.received_at,
                    period_start=starts[here].min().to_pydatetime(),
                    period_end=stops[here].max().to_pydatetime(),
                    lines=int(here.sum()),
                )
            )
            sender = sent.sent_by or sent.source
            counts = hold_back(conn, dataset, name, report_id, lines[here], sent.received_at, sender)
            rebuild(conn, dataset, Touched(places[name], sent.source, counts, report_id))
        receipt = told_to_wait(conn, receipt)
        if clock is not None:
            conn.execute(update(report).where(report.c.report_id == report_id).values(recorded_at=clock()))
        for name in receipt.sites:
            raise_version(conn, name)
    return receipt


def _refuse(engine: Engine, sent: Sent, receipt: Receipt, rows: int = 0) -> Receipt:
    with writing(engine) as conn:
        take_turns(conn, sent)
        return _enter_refusal(conn, sent, receipt, rows)


def _enter_refusal(conn: Connection, sent: Sent, receipt: Receipt, rows: int) -> Receipt:
    if (known := refused_before(conn, sent, receipt)) is not None:
        return known
    receipt = enter(conn, sent, receipt, rows, sent.issued_at, None)
    # A file nobody could read names no site: every desk lists it.
    for place in sorted(sites(conn), key=lambda place: place.site):
        raise_version(conn, place.site)
    return receipt
