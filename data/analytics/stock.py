"""How long goods last: stock over what is used. Where only counts of the shelf are told, use is how they fall.

    use = sum of falls / their hours, over the newest intervals between two counts, six hours of them where there are
    hours left = stock / use, less the time since it was counted

A count higher than the one before is a delivery of goods: what was used before it nobody knows, and the interval is
left out. Unknown use stays unknown; goods that nobody takes do not run out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from data.vocabulary import State

LEAST = timedelta(hours=6)
REACH = timedelta(hours=24)
# A count older than this says nothing about the shelf of now.
COUNTS_FOR = timedelta(hours=36)
# A use that empties the shelf later than this is none to plan by.
FARTHEST = timedelta(days=365)
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Lasting:
    quantity: float
    at: datetime
    state: State
    use_per_hour: float | None
    hours_left: float | None
    runs_out: datetime | None
    hours_seen: float
    idle: bool


def lasting(counts: Sequence[tuple[datetime, float]], now: datetime) -> Lasting | None:
    """From counts up to `now`, in order of time; None without any."""
    if not counts:
        return None
    at, left = counts[-1]
    use, seen = use_per_hour(counts)
    state = State.STALE if now - at > COUNTS_FOR else State.OK
    # Of an old count nobody can say that it still stands untouched.
    idle = use == 0 and left > 0 and state is State.OK
    hours_left = runs_out = None
    if left <= 0:
        hours_left, runs_out = 0.0, at
    elif use is not None and use > 0 and left / use <= FARTHEST / HOUR:
        runs_out = at + HOUR * (left / use)
        hours_left = max(0.0, (runs_out - now) / HOUR)
    if state is State.STALE:
        hours_left = runs_out = None
    elif hours_left is None and not idle:
        state = State.MISSING
    return Lasting(left, at, state, use, hours_left, runs_out, seen, idle)


def use_per_hour(counts: Sequence[tuple[datetime, float]]) -> tuple[float | None, float]:
    """Mean use, None where no interval tells it; and the hours it was seen over."""
    used, seen = 0.0, timedelta(0)
    newest = counts[-1][0]
    for (since, before), (until, after) in reversed(list(pairwise(counts))):
        # Shelves counted once a day are rarely counted at the minute of the day before.
        if since < newest - (REACH if seen else COUNTS_FOR) or seen >= LEAST:
            break
        if after > before or until <= since:
            continue
        used += before - after
        seen += until - since
    return (used / (seen / HOUR) if seen else None), seen / HOUR
