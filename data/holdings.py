"""Who has what at a site at a moment, read from the store: resources, goods on the shelf, counters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from data.analytics.freshness import STALE_AT, STALE_WITHOUT_CADENCE
from data.analytics.resources import group_of, register
from data.analytics.stock import COUNTS_FOR
from data.chosen import official_sources
from data.history import organisations
from data.queries.reporting import last_received, unasked
from data.reporting import reporting
from data.resource_shapes import Register, Reported
from data.revisions import counting
from data.stocking import FORGOTTEN, MOMENT, stock_counts
from data.tables import queue_reading, resource_reading
from data.types import Site, Window
from data.vocabulary import Dataset, Lane, Measure, ResourceGroup

# What was reported before is told by nobody any more as what there is.
REACH = timedelta(days=31)
# States of things that are no partner's words: `resource_state.<word>`.
IN_STORE, COUNTER_OPEN, COUNTER_CLOSED = "in-store", "counter-open", "counter-closed"

Holds = Mapping[tuple[str, str], timedelta]  # by source and dataset


def who_has_what(conn: Connection, site: Site, now: datetime, as_of: datetime | None = None) -> Register:
    """By the newest reports up to `now`, as known at `as_of`."""
    known = reporting(conn, site, now, as_of)
    holds = {(one.source, one.dataset): STALE_AT * one.every for one in known if one.every is not None}
    whose = organisations(conn, as_of)
    told = [
        *_resources(conn, site, now, as_of, holds),
        *_goods(conn, site, now, as_of, holds),
        *_counters(conn, site, now, as_of, holds, whose),
    ]
    came = {**unasked(conn, site.site, now - REACH, as_of), **last_received(conn, site.site, as_of)}
    here = {one.source for one in known} | {source for (source, _), at in came.items() if at > now - REACH}
    here |= set(official_sources(conn, site.site, now, as_of).values())
    # A source that is nobody's own speaks for others.
    reporters = {name for source in here if (name := whose.get(source))}
    return register(told, whose, reporters, now)


def _resources(conn: Connection, site: Site, now: datetime, as_of: datetime | None, holds: Holds) -> Iterator[Reported]:
    r = resource_reading.c
    rows = conn.execute(
        select(r.organisation, r.kind, r.state, r.place, r.quantity, r.available, r.source, r.at)
        .where(r.site == site.site, r.at > now - REACH, r.at <= now, counting(resource_reading, as_of))
        .order_by(r.at, r.issued_at, r.received_at, r.line_id)
    )
    # Of one state at one moment the newest report counts.
    newest = {(row.source, row.organisation, row.kind, row.state, row.place, row.at): row for row in rows}
    for row in newest.values():
        yield Reported(
            group=group_of(row.kind),
            kind=row.kind,
            organisation=row.organisation,
            source=row.source,
            state=row.state,
            quantity=row.quantity,
            at=row.at,
            holds=holds.get((row.source, str(Dataset.RESOURCE)), COUNTS_FOR),
            available=row.available,
            place=row.place,
        )


def _goods(conn: Connection, site: Site, now: datetime, as_of: datetime | None, holds: Holds) -> Iterator[Reported]:
    counts = stock_counts(conn, site.site, Window(now - FORGOTTEN, now + MOMENT), as_of)
    for (organisation, item, unit), (source, told) in counts.items():
        at, quantity = told[-1]
        yield Reported(
            group=ResourceGroup.STOCK,
            kind=item,
            organisation=organisation,
            source=source,
            state=IN_STORE,
            quantity=quantity,
            at=at,
            holds=holds.get((source, str(Dataset.STOCK)), COUNTS_FOR),
            available=quantity,
            unit=unit,
        )


def _counters(
    conn: Connection,
    site: Site,
    now: datetime,
    as_of: datetime | None,
    holds: Holds,
    whose: Mapping[str, str | None],
) -> Iterator[Reported]:
    """Counters of each stage by one source, the official one where it tells: what two count is never put together."""
    official, q = official_sources(conn, site.site, now, as_of), queue_reading.c
    for stage in site.stages:
        newest = (
            select(q.at, q.source, q.counters_open, q.counters_total)
            .where(q.site == site.site, q.stage == str(stage), q.at > now - REACH, q.at <= now)
            .where(q.lane == str(Lane.GENERAL), q.counters_open.is_not(None), counting(queue_reading, as_of))
            .order_by(q.at.desc(), q.issued_at.desc(), q.received_at.desc(), q.line_id.desc())
            .limit(1)
        )
        chosen = official.get((stage, Measure.SERVED))
        row = conn.execute(newest.where(q.source == chosen)).one_or_none() if chosen else None
        row = row or conn.execute(newest).one_or_none()
        if row is None:
            continue
        closed = None if row.counters_total is None else row.counters_total - row.counters_open
        # Of a closed counter nobody says whether somebody could sit at it.
        for state, quantity, free in (
            (COUNTER_OPEN, row.counters_open, row.counters_open),
            (COUNTER_CLOSED, closed, None),
        ):
            if quantity is not None and (quantity > 0 or state == COUNTER_OPEN):
                yield Reported(
                    group=ResourceGroup.COUNTERS,
                    kind=str(stage),
                    organisation=whose.get(row.source) or row.source,
                    source=row.source,
                    state=state,
                    quantity=float(quantity),
                    at=row.at,
                    holds=holds.get((row.source, str(Dataset.QUEUE)), STALE_WITHOUT_CADENCE),
                    available=None if free is None else float(free),
                )
