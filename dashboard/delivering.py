"""One delivery from the command line, a watched folder or the API: read, written, answered in the same words."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from dashboard.settings import Settings
from data.analytics.doubts import NEEDS_REASON
from data.clock import reading as clock_reading
from data.clock import real_now, stored_replay
from data.ingest import Agreed, ingest, preview
from data.receipts import Receipt, plain_facts
from data.sources import DEFAULT, Limits
from data.sources.mapping import Mapping
from data.store import create_store, migrate, reading
from data.types import Clock, Flag, Issue
from data.vocabulary import Dataset
from layouts.agreement import flag_sentence
from layouts.translator import Translator

# Exit status of a command.
DONE, REJECTED_ROWS, NOT_DONE = 0, 1, 2


@dataclass(frozen=True)
class Way:
    """How a file is to be read: whose it is, what it holds, in which words, written when."""

    source: str
    dataset: Dataset | None = None
    mapping: Mapping | None = None
    issued_at: datetime | None = None
    reason: str | None = None  # why it differs from what was sent before


def open_store(settings: Settings) -> Engine:
    """The store of these settings, with the tables of this release."""
    store = create_store(settings.store_url)
    migrate(store)
    return store


def domain_clock(store: Engine) -> Clock:
    """The domain clock: real time, or that of the replay which the store says is running."""
    with reading(store) as conn:
        replay = stored_replay(conn)
    return lambda: clock_reading(replay, real_now()).now


def domain_now(store: Engine) -> datetime:
    return domain_clock(store)()


def limits_of(settings: Settings) -> Limits:
    return replace(DEFAULT, file_bytes=settings.max_delivery_mb * 2**20, rows=settings.max_rows)


def deliver(
    store: Engine,
    settings: Settings,
    way: Way,
    content: bytes,
    filename: str,
    *,
    dry_run: bool = False,
    sent_by: str | None = None,
    idempotency_key: str | None = None,
    only_sites: Collection[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    agreed: Agreed | None = None,
) -> Receipt:
    clock = domain_clock(store)
    now = clock()
    limits = limits_of(settings)
    if dry_run:
        return preview(
            store,
            content,
            filename,
            source=way.source,
            dataset=way.dataset,
            mapping=way.mapping,
            now=now,
            limits=limits,
        )
    return ingest(
        store,
        content,
        filename,
        source=way.source,
        dataset=way.dataset,
        mapping=way.mapping,
        now=now,
        var=settings.var,
        idempotency_key=idempotency_key,
        issued_at=way.issued_at,
        sent_by=sent_by,
        only_sites=only_sites,
        limits=limits,
        progress=progress,
        reason=way.reason,
        clock=clock,
        agreed=agreed,
    )


def status(receipt: Receipt) -> int:
    if receipt.state == "refused":
        return NOT_DONE
    return REJECTED_ROWS if receipt.rejected else DONE


def reason(issue: Issue, t: Translator) -> str:
    """The sentence of an issue; its code where the language has none."""
    key = "issue." + issue.code
    return t(key, **issue.facts) if t.has(key) else issue.code


def answer(receipt: Receipt, t: Translator) -> dict[str, Any]:
    """What a program is answered, on the command line and by the API."""
    return {
        "report": receipt.report,
        "accepted": receipt.accepted,
        "rejected": receipt.rejected,
        "not_reported": receipt.not_reported,
        "already_received": receipt.already_received,
        "state": receipt.state,
        "dataset": receipt.dataset,
        "source": receipt.source,
        "sites": list(receipt.sites),
        "issues": [_told(issue, t) for issue in receipt.issues],
        "notes": [_told(note, t) for note in receipt.notes],
        "flags": [told_flag(flag, t) for flag in receipt.flags],
    }


def told_flag(flag: Flag, t: Translator) -> dict[str, Any]:
    """A figure that counts and is asked about, for a program."""
    return {
        "flag": flag.flag,
        "code": flag.code,
        "message": flag_sentence(flag, t),
        "dataset": flag.dataset,
        "source": flag.source,
        "site": flag.site,
        "key": dict(flag.key),
        "start": flag.start.isoformat(),
        "end": flag.end.isoformat(),
        "facts": dict(flag.facts),
        "needs_reason": flag.code in NEEDS_REASON,
    }


def _told(issue: Issue, t: Translator) -> dict[str, Any]:
    return {
        "line": issue.line,
        "column": issue.column,
        "code": issue.code,
        "message": reason(issue, t),
        "facts": plain_facts(issue),
    }
