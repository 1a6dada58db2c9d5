"""What a transaction writes for a delivery: its entry, its lines, their rollups; and how a delivery stops counting.

The caller holds the locks of the sites and raises their data versions last of all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, Row, insert, update

from data.holding import hold_back
from data.lines import LINES, begins, ends, move_lines, rebuild, touched_by, write_lines, write_reasons
from data.receipts import Receipt, Sent, enter, told_to_wait
from data.rollups import Touched
from data.sites import sites
from data.spans import write_spans
from data.tables import report, report_site
from data.types import Clock, Flag, Site
from data.vocabulary import Dataset


@dataclass(frozen=True)
class Told:
    """What a delivery says: its lines, why each differs from before (None: no row says), and the domain clock, which
    tells when they began to count (None: when they came)."""

    lines: pd.DataFrame
    reasons: pd.Series | None = None
    clock: Clock | None = None


def write_delivery(
    conn: Connection,
    sent: Sent,
    receipt: Receipt,
    rows: int,
    issued: datetime | None,
    told: Told,
    places: Mapping[str, Site],
    *,
    aside: dict[str, Any] | None = None,
    tell: Callable[[int], None] | None = None,
) -> Receipt:
    """The receipt of a delivery, entered and written.

    `aside`: its lines were put aside on this connection, but for these columns of one value.
    """
    dataset, lines = Dataset(receipt.dataset), told.lines
    starts, stops = lines[begins(LINES[dataset])], lines[ends(LINES[dataset])]
    period = (starts.min().to_pydatetime(), stops.max().to_pydatetime()) if len(lines) else None
    receipt = enter(conn, sent, receipt, rows, issued, period)
    report_id = receipt.report or 0
    if aside is not None:
        lines = move_lines(conn, dataset, report_id, lines, aside)
        if tell is not None:
            tell(len(lines))
    else:
        lines = write_lines(conn, dataset, report_id, lines, tell)
    if told.reasons is not None:
        write_reasons(conn, lines, told.reasons)
    flags: tuple[Flag, ...] = ()
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
        write_spans(conn, dataset, report_id, sent.source, sent.received_at, lines[here])
        sender = sent.sent_by or sent.source
        counts = hold_back(conn, dataset, name, report_id, lines[here], sent.received_at, sender)
        touched = Touched(places[name], sent.source, counts, report_id)
        flags += rebuild(conn, dataset, touched, sent.received_at, report_id)
    if told.clock is not None:
        conn.execute(update(report).where(report.c.report_id == report_id).values(recorded_at=told.clock()))
    return told_to_wait(conn, replace(receipt, flags=flags))


def withdraw(conn: Connection, found: Row[Any], now: datetime, by: str) -> None:
    """The lines of a delivery, a row of `report`, stop counting; bytes, lines and trace stay, its key is free again."""
    key = None if found.idempotency_key is None else f"undone {found.report_id}: {found.idempotency_key}"[:200]
    conn.execute(
        update(report)
        .where(report.c.report_id == found.report_id)
        .values(state="undone", undone_at=now, undone_by=by, idempotency_key=key)
    )
    dataset = Dataset(found.dataset)
    touched = touched_by(conn, dataset, found.report_id)
    for place in sites(conn):
        here = touched[touched["site"] == place.site]
        if len(here):
            rebuild(conn, dataset, Touched(place, found.source, here), now, found.report_id)
