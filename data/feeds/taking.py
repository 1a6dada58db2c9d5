"""Submissions into the store, in one transaction: their versions, the lines they make, and how far the feed is read.

Lines hold sums over submissions. A line is never updated: where a submission is new, edited or gone, the lines of its
keys are written again as a new delivery. Where nothing of a key is left, the deliveries that held it are undone and
what else was in them is written again, since a sum without parts is no report, and not zero.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, update

from data import snapshots
from data.delivered import Told, withdraw, write_delivery
from data.feeds import memory, retiring
from data.feeds.config import Feed
from data.feeds.reading import Part, Read, mark, read_records
from data.feeds.records import Record, content_of
from data.feeds.versions import Version, ending, head, news
from data.holding import PeriodClosed, closed_for
from data.ingest import PERSONAL, enter_refusal
from data.lines import lines_of
from data.receipts import Receipt, Sent
from data.sites import sites
from data.sources import Limits, Refused
from data.sources.canonical import DATASETS
from data.sources.combining import combined, from_json, rule_of
from data.store import lock, lock_sites, reading, writing
from data.tables import feed as feed_table
from data.types import Site
from data.versions import raise_version
from data.vocabulary import Dataset


@dataclass(frozen=True)
class At:
    """`now` is the domain's, `real` the machine's, by which servers are polled."""

    now: datetime
    real: datetime


@dataclass(frozen=True)
class Batch:
    """What a reader got. `cursor` None: the feed was not read, somebody sent these.

    `swept`: with this batch everything submitted since `swept[0]` was shown at or after `swept[1]`, real time; what
    was not is gone.
    """

    records: Sequence[Record]
    cursor: Mapping[str, Any] | None = None
    swept: tuple[datetime, datetime] | None = None


def take(
    engine: Engine,
    feed: Feed,
    batch: Batch,
    at: At,
    var: Path,
    limits: Limits,
    sent_by: str,
    only_sites: Collection[str] | None = None,
) -> Receipt | None:
    """The receipt of what was new; of what had brought these before, if nothing was; None if nothing ever did.

    Rows about other sites than `only_sites` (None: every one) are unknown to their sender and rejected. Raises Refused
    when the submissions as a whole cannot be read: the feed is then where it was.
    """
    with reading(engine) as conn:
        places = {place.site: place for place in sites(conn)}
        known = memory.stories(conn, feed.name, batch.records)
    pulled = batch.cursor is not None
    fresh = {mark(feed, record): record for record in batch.records if _version(feed, record, known, pulled, at)}
    try:
        allowed = {name: place for name, place in places.items() if only_sites is None or name in only_sites}
        read = read_records(feed, list(fresh.values()), allowed, at.now, var, limits)
    except Refused as refused:
        _refuse(engine, feed, list(fresh.values()), refused, at, var, sent_by)
        raise
    with writing(engine) as conn:
        return _Taking(conn, feed, batch, at, places, sent_by, read, var).receipt()


def _version(feed: Feed, record: Record, known: memory.Stories, pulled: bool, at: At) -> Version | None:
    """The record as a version to be added to what is known; None when it is nothing new."""
    named = replace(record, instance=known.name(record))
    return news(named, known.of(named.instance), record.sha256(feed.mark), pulled, at.real)


def _refuse(
    engine: Engine, feed: Feed, fresh: Sequence[Record], refused: Refused, at: At, var: Path, sent_by: str
) -> None:
    content = content_of(feed, fresh)
    sha256 = snapshots.keep(var, content)
    if refused.issue.code in PERSONAL:
        snapshots.forget(var, sha256)
    receipt = Receipt(None, 0, 0, False, (refused.issue,), str(feed.mapping.dataset), feed.source, "refused")
    with writing(engine) as conn:
        enter_refusal(conn, _sent(feed, sha256, len(content), at, sent_by), receipt, 0)


def _sent(feed: Feed, sha256: str, size: int, at: At, sent_by: str) -> Sent:
    return Sent(
        source=feed.source,
        filename=retiring.file_of(feed),
        sha256=sha256,
        bytes=size,
        dataset=feed.mapping.dataset,
        issued_at=None,
        received_at=at.now,
        key=None,
        sent_by=sent_by,
    )


@dataclass
class _Taking:
    """The transaction. Whoever takes for the same feed at the same time waits, and finds the versions written."""

    conn: Connection
    feed: Feed
    batch: Batch
    at: At
    places: Mapping[str, Site]
    sent_by: str
    read: Read
    var: Path

    def receipt(self) -> Receipt | None:
        conn, feed = self.conn, self.feed
        lock(conn, f"feed:{feed.name}")
        # Of two sums the one written later counts, also where its clock was read before it had to wait its turn.
        self.at = replace(self.at, now=max(self.at.now, memory.last_written(conn, feed.name) or self.at.now))
        touched = memory.withdraw_undone(conn, feed.name)
        known = memory.stories(conn, feed.name, self.batch.records)
        added = self._added(known)
        memory.seen(conn, feed.name, {known.name(record) for record in self.batch.records}, self.at.real)
        if self.batch.swept is not None:
            added += self._endings(known)
        touched |= memory.remember(conn, feed.name, added, known)
        receipt = self._written(touched)
        values: dict[str, Any] = {} if self.batch.cursor is None else {"cursor": dict(self.batch.cursor)}
        if receipt is not None and receipt.report is not None:
            memory.belong(conn, feed.name, added, receipt.report)
            values["last_report"] = receipt.report
        if self.batch.cursor is None:
            values |= {"tried_at": self.at.real, "succeeded_at": self.at.real}
        if values:
            conn.execute(update(feed_table).where(feed_table.c.feed == feed.name).values(**values))
        return receipt or memory.receipt_before(conn, feed.name, known, self.batch.records)

    def _added(self, known: memory.Stories) -> list[memory.Added]:
        added = []
        for record in self.batch.records:
            version = _version(self.feed, record, known, self.batch.cursor is not None, self.at)
            if version is None:
                continue
            name = mark(self.feed, record)
            if record.rows and name not in self.read.marks:
                continue  # it became news only after it was looked at; its server will show it again
            parts = self.read.parts.get(name, [])
            version = replace(version, whole=name not in self.read.rejected, counts=bool(parts))
            known.of(version.instance).append(version)
            added.append(memory.Added(version, record.alias, record.submitted_at, parts, self.at.now, self.at.real))
        return added

    def _endings(self, known: memory.Stories) -> list[memory.Added]:
        """Submissions that their server no longer shows."""
        assert self.batch.swept is not None
        added = []
        for name, alias in memory.unseen(self.conn, self.feed.name, *self.batch.swept):
            story = known.of(name) or memory.story(self.conn, self.feed.name, name, known)
            top = head(story)
            if top is None or top.gone:
                continue
            version = replace(ending(top, self.at.real), version=max(v.version for v in story) + 1)
            story.append(version)
            added.append(memory.Added(version, alias, None, [], self.at.now, self.at.real))
        return added

    def _written(self, touched: set[str]) -> Receipt | None:
        """The delivery of what changed, its refusal where nothing of it could be read, None where nothing changed."""
        conn, feed, parsed = self.conn, self.feed, self.read.parsed
        spec = DATASETS[feed.mapping.dataset]
        standing = memory.standing_parts(conn, feed.name, touched)
        retired = retiring.reports_with(conn, feed, spec, touched - {part.line_key for part in standing})
        if retired:
            others = retiring.keys_in(conn, spec, [row.report_id for row in retired]) - touched
            standing += memory.standing_parts(conn, feed.name, others)
        lock_sites(conn, tuple(self.places))
        for row in retired:
            for name, approval in closed_for(conn, Dataset(row.dataset), row.report_id):
                # Nothing of this batch is noted as read: it comes again once the period was unlocked.
                raise PeriodClosed(name, self.places[name].zone, approval)
        told = self._told(standing)
        changed = {name for row in retired for name in retiring.sites_of(conn, row.report_id)}
        written: Receipt | None = None
        if standing:
            rows = from_json([part.mapped for part in sorted(standing, key=lambda part: part.order)], spec)
            combine = feed.mapping.submissions.combine if feed.mapping.submissions else None
            # What is now known was written now, whatever its parts say of themselves.
            rows = combined(rows, spec, rule_of(spec.dataset, combine)).drop(columns="issued_at")
            lines = lines_of(rows, spec.dataset, feed.source, self.at.now, self.at.now)
            told = replace(told, sites=tuple(sorted(set(lines["site"]))))
            rows_in = told.accepted + told.rejected + (0 if parsed is None else parsed.not_reported)
            written = write_delivery(conn, self._sent(standing), told, rows_in, None, Told(lines), self.places)
            retiring.carry_over(conn, feed, retired, written.report or 0)
        elif parsed is not None and parsed.rejected:
            return enter_refusal(conn, self._sent([]), replace(told, accepted=0, state="refused"), parsed.rows_in)
        for row in retired:
            withdraw(conn, row, self.at.now, retiring.undone_by(feed.name))
        for name in sorted(changed | set(told.sites)):
            raise_version(conn, name)
        return written

    def _told(self, standing: Sequence[Part]) -> Receipt:
        parsed = self.read.parsed
        return Receipt(
            report=None,
            accepted=parsed.accepted if parsed is not None and parsed.accepted else len(standing),
            rejected=0 if parsed is None else parsed.rejected,
            already_received=False,
            issues=() if parsed is None else tuple(parsed.issues),
            dataset=str(self.feed.mapping.dataset),
            source=self.feed.source,
            state="accepted" if parsed is None or not parsed.rejected else "partial",
            notes=() if parsed is None else parsed.notes,
        )

    def _sent(self, standing: Sequence[Part]) -> Sent:
        if self.read.parsed is not None:
            return _sent(self.feed, self.read.sha256, self.read.size, self.at, self.sent_by)
        # Nobody sent anything: what is left is written again, and its bytes are the parts themselves.
        content = json.dumps({"feed": self.feed.name, "left": [dict(part.mapped) for part in standing]}).encode()
        return _sent(self.feed, snapshots.keep(self.var, content), len(content), self.at, self.sent_by)
