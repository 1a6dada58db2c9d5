"""The alerts page: what is open, what was, and when the rules last looked."""

from __future__ import annotations

from sqlalchemy import Connection

from callbacks.reads.ground import ground
from data.alert_book import evaluated_at, recent_alerts
from data.types import AlertsModel, ClockReading, Scope

SHOWN = 50


def alerts(conn: Connection, scope: Scope, clock: ClockReading) -> AlertsModel:
    base = ground(conn, scope, clock)
    return AlertsModel(
        frame=base.frame,
        kpis=base.kpis,
        open=base.alerts,
        closed=recent_alerts(conn, scope.site, SHOWN, scope.as_of),
        evaluated_at=evaluated_at(conn, scope.site, scope.as_of),
    )
