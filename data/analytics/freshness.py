"""How old a figure may be before it says that it is old."""

from __future__ import annotations

from datetime import datetime, timedelta

from data.vocabulary import State

STALE_WITHOUT_CADENCE = timedelta(hours=2)
STALE_AT = 2  # times the cadence: one missed report may be on its way


def state_of(as_of: datetime | None, now: datetime, every: timedelta | None) -> State:
    """Missing without a moment; stale beyond twice the cadence, or two hours where none is agreed."""
    if as_of is None:
        return State.MISSING
    limit = STALE_WITHOUT_CADENCE if every is None else STALE_AT * every
    return State.STALE if now - as_of > limit else State.OK


def filling(state: State, partly: bool) -> State:
    """A figure that is still being filled is provisional; that it is too old is told first."""
    return State.PROVISIONAL if partly and state is State.OK else state
