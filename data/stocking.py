"""What is on the shelves of a site and how long it lasts, read from the store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, select

from data.analytics.stock import COUNTS_FOR, REACH, lasting
from data.history import organisations
from data.queries.statements import END, SITE, START, asked, kept_statement
from data.revisions import counting
from data.tables import stock_reading
from data.types import Site, StockLeft, Window

# Of what was counted within this nothing is said any more afterwards.
FORGOTTEN = timedelta(days=7)
# An alert about goods that nobody counts any more stays without data for so long: silence is no end of it.
WATCHED = timedelta(days=30)
MOMENT = timedelta(microseconds=1)
SOON = 48.0  # hours

Item = tuple[str, str, str]  # organisation, item, unit
Counts = list[tuple[datetime, float]]


@kept_statement
def _counts(conn: Connection, as_of: Any) -> Select[Any]:
    s = stock_reading.c
    return (
        select(s.organisation, s.item, s.unit, s.source, s.at, s.quantity)
        .where(s.site == SITE, s.at >= START, s.at < END, counting(stock_reading, as_of))
        .order_by(s.at, s.issued_at, s.received_at, s.line_id)
    )


def stock_counts(
    conn: Connection, site: str, window: Window, as_of: datetime | None = None
) -> dict[Item, tuple[str, Counts]]:
    """Counts of each item in order of time, of one source each: the organisation's own, else the one told last."""
    found: dict[Item, dict[str, dict[datetime, float]]] = {}
    for row in conn.execute(_counts(conn, as_of), asked(site, window, as_of)):
        # Of one moment the newest counts.
        found.setdefault((row.organisation, row.item, row.unit), {}).setdefault(row.source, {})[row.at] = row.quantity
    whose = organisations(conn, as_of) if any(len(sources) > 1 for sources in found.values()) else {}
    return {item: _chosen(item, sources, whose) for item, sources in found.items()}


def _chosen(
    item: Item, sources: Mapping[str, dict[datetime, float]], whose: Mapping[str, str | None]
) -> tuple[str, Counts]:
    name = max(sources, key=lambda source: (whose.get(source) == item[0], max(sources[source]), source))
    return name, sorted(sources[name].items())


def stock_now(
    conn: Connection, site: Site, now: datetime, as_of: datetime | None = None, back: timedelta = FORGOTTEN
) -> tuple[StockLeft, ...]:
    """Every item counted in the last week, the one that runs out first in front, the unknown ones before the rest."""
    return stock_at(stock_counts(conn, site.site, Window(now - back, now + MOMENT), as_of), now, back)


def stock_at(
    counts: Mapping[Item, tuple[str, Counts]], now: datetime, back: timedelta = FORGOTTEN
) -> tuple[StockLeft, ...]:
    """As known from counts up to `now`."""
    found = []
    for (organisation, item, unit), (source, told) in counts.items():
        until = [one for one in told if now - back < one[0] <= now]
        lasts = lasting(until[-LOOKED_AT:], now)
        if lasts is not None:
            found.append(StockLeft(organisation, item, unit, source, **asdict(lasts)))
    return tuple(sorted(found, key=_order))


# Counts by the quarter of an hour over the reach of the use, and one before.
LOOKED_AT = int((REACH + COUNTS_FOR) / timedelta(minutes=15)) + 1


def _order(one: StockLeft) -> tuple[int, float, Sequence[str]]:
    """What runs out within two days, then what nobody knows, then the rest."""
    named = (one.organisation, one.item, one.unit)
    if one.hours_left is None:
        return (2 if one.idle else 1, 0.0, named)
    return (0 if one.hours_left < SOON else 2, one.hours_left, named)
