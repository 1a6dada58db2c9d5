"""The reports page: what came, from whom, what was wrong with it, and who is late."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
from sqlalchemy import Connection

from callbacks.reads.ground import ground
from data import queries
from data.queries.reporting import issues_of
from data.types import ClockReading, ReportsModel, Scope

SHOWN = 50
ISSUES_SHOWN = 50


def reports(conn: Connection, scope: Scope, clock: ClockReading) -> ReportsModel:
    base = ground(conn, scope, clock)
    came = queries.deliveries(conn, scope.site, SHOWN)
    wrong = issues_of(conn, [d.report_id for d in came if d.rejected or d.state == "refused"], ISSUES_SHOWN)
    late = {(row.source, row.dataset): bool(row.late(base.now)) for row in base.picture.reports}
    last = queries.last_received(conn, scope.site, scope.as_of or base.now)
    keys = zip(last["source"], last["dataset"], strict=True)
    overdue = pd.Series([late.get((str(s), str(d)), False) for s, d in keys], dtype=bool)
    return ReportsModel(
        frame=base.frame,
        kpis=base.kpis,
        deliveries=tuple(replace(d, issues=wrong.get(d.report_id, ())) for d in came),
        last_by_source=last.assign(overdue=overdue.to_numpy()),
    )
