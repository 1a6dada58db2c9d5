"""The one way in: bytes kept, read outside the lock, then all of the delivery written at once or nothing of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from pathlib import Path

import pandas as pd
from sqlalchemy import Connection, Engine, insert, select, update

from data import snapshots
from data.lines import LINES, begins, ends, lines_of, move_lines, rebuild, stage_lines, touched_by, write_lines
from data.receipts import COUNTS, Receipt, Sent, already, enter, key_reused, receipt_of, refused_before
from data.rollups import Touched
from data.sites import sites
from data.sources import DEFAULT, Limits, Parsed, Refused, parse
from data.sources import Mapping as FileMapping
from data.sources.periods import AHEAD
from data.store import lock, lock_sites, reading, writing
from data.tables import report, report_site
from data.types import Issue, Site
from data.versions import raise_version
from data.vocabulary import Dataset

Progress = Callable[[int, int], None]

# SQLite has one writer: a delivery of so many lines is put aside first and moved in one statement.
STAGE_FROM = 50_000

# The one refusal after which the bytes are not kept.
PERSONAL = "personal_column"


class NoSuchReport(LookupError):
    """No delivery of this number that counts."""


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
) -> Receipt:
    """Receive one delivery. The same one again changes nothing; a file that cannot be read is refused and listed.

    The same has the same idempotency key, or the same source, bytes and issued_at (where given). A delivery that
    was undone may come again and counts again. Rows about other sites than `only_sites` (None: every one) are unknown
    to this sender and rejected. `progress` hears rows written and rows to write.
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
    )
    with reading(engine) as conn:
        known = already(conn, sent)
        wrong_key = key_reused(conn, sent)
        places = {p.site: p for p in sites(conn) if only_sites is None or p.site in only_sites}
    if known is not None:
        return known
    if wrong_key is not None:
        return _refuse(engine, sent, _refusal(sent, Refused(wrong_key)))
    if issued_at is not None and issued_at > now + AHEAD:  # no later correction would ever count
        facts = {"value": issued_at.isoformat(), "now": now.astimezone(issued_at.tzinfo).isoformat(timespec="minutes")}
        return _refuse(engine, sent, _refusal(sent, Refused(Issue(None, "issued_at", "issued_in_future", facts))))
    try:
        parsed = parse(content, filename, dataset=dataset, mapping=mapping, sites=places, now=now, limits=limits)
    except Refused as refused:
        if refused.issue.code == PERSONAL:
            _forget(engine, var, sent.sha256)
        return _refuse(engine, sent, _refusal(sent, refused))
    receipt = _receipt(parsed, source)
    if receipt.state == "refused":
        return _refuse(engine, sent, receipt, parsed.rows_in)
    issued = issued_at or parsed.issued_at
    lines = lines_of(parsed.rows, parsed.dataset, source, issued or now, now)
    return _accept(engine, sent, receipt, parsed.rows_in, issued, lines, places, progress)


def _forget(engine: Engine, var: Path, sha256: str) -> None:
    """Bytes with personal data go, unless a delivery that counts was read from them in another way."""
    with reading(engine) as conn:
        r = report.c
        if conn.execute(select(r.report_id).where(r.sha256 == sha256, r.state.in_(COUNTS))).first() is None:
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
    places: Mapping[str, Site],
    progress: Progress | None,
) -> Receipt:
    dataset = Dataset(receipt.dataset)
    tell = None if progress is None else lambda done: progress(done, len(lines))
    staged = engine.dialect.name == "sqlite" and len(lines) >= STAGE_FROM
    before = (lambda conn: stage_lines(conn, dataset, lines, tell)) if staged else None
    with writing(engine, before) as conn:
        _take_turns(conn, sent)
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
            rebuild(conn, dataset, Touched(places[name], sent.source, lines[here], report_id))
        for name in receipt.sites:
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
        return _enter_refusal(conn, sent, receipt, rows)


def _enter_refusal(conn: Connection, sent: Sent, receipt: Receipt, rows: int) -> Receipt:
    if (known := refused_before(conn, sent, receipt)) is not None:
        return known
    receipt = enter(conn, sent, receipt, rows, sent.issued_at, None)
    # A file nobody could read names no site: every desk lists it.
    for place in sorted(sites(conn), key=lambda place: place.site):
        raise_version(conn, place.site)
    return receipt


def undo(engine: Engine, report_id: int, now: datetime, by: str) -> Receipt:
    """A delivery stops counting; its lines, bytes and trace stay. Its idempotency key is free again.

    Raises NoSuchReport when there is none of this number, or none that counts.
    """
    r = report.c
    with writing(engine) as conn:
        found = conn.execute(select(report).where(r.report_id == report_id).with_for_update()).one_or_none()
        if found is None or found.state not in COUNTS:
            raise NoSuchReport(f"no report {report_id} that counts: {found.state if found else 'never received'}")
        touched_sites = receipt_of(conn, found).sites
        lock_sites(conn, touched_sites)
        key = None if found.idempotency_key is None else f"undone {report_id}: {found.idempotency_key}"[:200]
        conn.execute(
            update(report)
            .where(r.report_id == report_id)
            .values(state="undone", undone_at=now, undone_by=by, idempotency_key=key)
        )
        dataset = Dataset(found.dataset)
        touched = touched_by(conn, dataset, report_id)
        for place in sites(conn):
            if place.site in touched_sites:
                here = touched[touched["site"] == place.site]
                rebuild(conn, dataset, Touched(place, found.source, here))
        undone = receipt_of(conn, conn.execute(select(report).where(r.report_id == report_id)).one())
        for name in touched_sites:
            raise_version(conn, name)
    return undone
