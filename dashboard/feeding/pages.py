"""What a reader gets page by page, put together into deliveries."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from data.feeds.records import Record
from data.feeds.taking import Batch

# One delivery holds so many submissions; more at once would only keep other writers waiting.
AT_ONCE = 5_000

Cursor = Mapping[str, Any]


@dataclass(frozen=True)
class Page:
    """`cursor`: from where to go on once these records are in the store. `swept` as in `Batch`."""

    records: list[Record]
    cursor: Cursor
    swept: tuple[datetime, datetime] | None = None


def batches(pages: Iterable[Page]) -> Iterator[Batch]:
    """Pages until there are enough for a delivery. What came before a failure is delivered before it is raised."""
    waiting: Batch | None = None
    try:
        for page in pages:
            so_far = [] if waiting is None else list(waiting.records)
            waiting = Batch([*so_far, *page.records], page.cursor, page.swept)
            if page.swept is not None or len(waiting.records) >= AT_ONCE:
                whole, waiting = waiting, None
                yield whole
    except Exception:
        if waiting is not None:
            yield waiting
        raise
    if waiting is not None:
        yield waiting


def moment(text: Any) -> datetime | None:
    """A moment of a cursor."""
    return None if not text else datetime.fromisoformat(text)


def newest(records: Iterable[Record], known: datetime | None) -> datetime | None:
    moments = [at for record in records for at in (record.edited_at, record.submitted_at) if at is not None]
    return max([*moments, *([known] if known else [])], default=None)


def text(at: datetime | None) -> str | None:
    return None if at is None else at.astimezone(UTC).isoformat()
