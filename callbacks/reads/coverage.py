"""The coverage page: every sector of the site against its standards, worst first."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from callbacks.reads.ground import ground
from data import disclosure
from data.duplicates import duplicates
from data.types import ClockReading, CoverageModel, Scope, Window

DUPLICATES_BACK = timedelta(days=7)


def coverage(conn: Connection, scope: Scope, clock: ClockReading) -> CoverageModel:
    base = ground(conn, scope, clock)
    recent = Window(base.picture.day.start - DUPLICATES_BACK, base.picture.day.end)
    found = disclosure.masked_duplicates(duplicates(conn, scope.site, recent, scope.as_of), scope.audience)
    return CoverageModel(
        frame=base.frame, kpis=base.kpis, sectors=base.sectors, window=base.picture.day, duplicates=found
    )
