"""The coverage page: every sector of the site against its standards, worst first."""

from __future__ import annotations

from sqlalchemy import Connection

from callbacks.reads.ground import ground
from data.types import ClockReading, CoverageModel, Scope


def coverage(conn: Connection, scope: Scope, clock: ClockReading) -> CoverageModel:
    base = ground(conn, scope, clock)
    return CoverageModel(frame=base.frame, kpis=base.kpis, sectors=base.sectors, window=base.picture.day)
