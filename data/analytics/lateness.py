"""When a report about a period should have come."""

from __future__ import annotations

from datetime import datetime, timedelta


def expected_by(end: datetime, every: timedelta) -> datetime:
    """A source that reports every so often has told of a period once that time has passed since its end."""
    return end + every


def came_late(end: datetime, received: datetime, every: timedelta | None, began: datetime | None) -> bool:
    """Whether a figure was first told after it was expected, by a source that was reporting by then."""
    if every is None or began is None:
        return False
    due = expected_by(end, every)
    return began <= due < received
