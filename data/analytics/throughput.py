"""What a station has to do in an hour to keep up with who comes, beside what it did lately."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from data.types import Window

# Screens and doses come in bursts: three hours are enough to see a pace, and short enough to see it change.
HOURS = timedelta(hours=3)
HOUR = timedelta(hours=1)


def throughput(
    given: Sequence[tuple[datetime, datetime, float | None]],
    span: Window,
    came: Callable[[Window], float | None],
    each: float,
) -> tuple[float, float] | None:
    """Units per hour needed and done over the last hours that reports speak for; None where either is unknown.

    `given`: start, end and units of each report, spread evenly over it; `each`: units for everybody who comes.
    """
    last = Window(max(span.start, span.end - HOURS), span.end)
    hours = (last.end - last.start) / HOUR
    if hours <= 0:
        return None
    people = came(last)
    done, known = 0.0, False
    for start, end, units in given:
        inside = min(end, last.end) - max(start, last.start)
        if inside <= timedelta(0):
            continue
        if units is None:
            return None
        known = True
        done += units * (inside / (end - start))
    return (people * each / hours, done / hours) if known and people is not None else None
