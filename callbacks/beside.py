"""What `GET /api/v1/reconciliation` answers, ready for JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection

from callbacks.asked import FigureAsk
from callbacks.series import Answer, iso, plain
from data import queries
from data.reconciling import reconciliation


def sources_beside(conn: Connection, ask: FigureAsk, now: datetime) -> Answer:
    """One row per source, the official one first; sources are never added up."""
    until = now if ask.as_of is None else min(now, ask.as_of)
    told = reconciliation(conn, ask.site, ask.stage, ask.measure, ask.window, until, ask.as_of)
    return {
        "site": ask.site.site,
        "stage": str(told.stage),
        "measure": str(told.measure),
        "from": iso(told.window.start, ask.site),
        "to": iso(told.window.end, ask.site),
        "official": told.official,
        "reason": told.reason,
        "set_by": told.set_by,
        "limit_share": told.limit_share,
        "as_of": iso(ask.as_of or queries.data_as_of(conn, ask.site.site), ask.site),
        "rows": [{name: plain(value, ask.site) for name, value in asdict(row).items()} for row in told.figures],
    }
