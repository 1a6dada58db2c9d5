"""The reports page: who reported what was expected, who did not, what came, and what was wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from callbacks.reads.corrections import changed_by
from callbacks.reads.feeds import feeds
from callbacks.reads.ground import ground
from data import queries
from data.disclosed_doubts import masked_deliveries, told_duplicates, told_flags
from data.duplicates import duplicates
from data.flags import open_flags
from data.queries.reporting import contacts, issues_of, unasked
from data.rhythm import Contact, Reporting
from data.types import ClockReading, ReportsModel, Scope

SHOWN = 50
ISSUES_SHOWN = 50
UNASKED_REACH = timedelta(days=31)


def reports(conn: Connection, scope: Scope, clock: ClockReading) -> ReportsModel:
    base = ground(conn, scope, clock)
    came = queries.deliveries(conn, scope.site, SHOWN, scope.as_of)
    wrong = issues_of(conn, [d.report_id for d in came], ISSUES_SHOWN)
    numbers = tuple(d.report_id for d in came)
    told = tuple(replace(d, issues=wrong.get(d.report_id, ())) for d in came)
    asked = worst_first(base.picture.reports, base.now)
    site, seen = base.picture.site, (scope.audience, base.now, scope.as_of, scope.mask_below)
    return ReportsModel(
        frame=base.frame,
        kpis=base.kpis,
        deliveries=masked_deliveries(told, scope.audience),
        revisions=changed_by(conn, scope, numbers, base.frame.version),
        reports=(*asked, *_unasked(conn, scope, base.now)),
        doubts=told_flags(conn, site, open_flags(conn, scope.site, as_of=scope.as_of), *seen),
        duplicates=told_duplicates(conn, site, duplicates(conn, scope.site, as_of=scope.as_of), *seen),
        feeds=feeds(conn, scope, clock, asked),
    )


def worst_first(reports: tuple[Reporting, ...], now: datetime) -> tuple[Reporting, ...]:
    """Silent before late, then by how much of what was due is missing, then by how much of it was late."""

    def order(row: Reporting) -> tuple[object, ...]:
        rates = row.rates
        missing = rates.missing / rates.due if rates.due else 0.0
        on_time = rates.reporting_rate_on_time
        return not row.silent(now), not row.late(now), -missing, 1.0 if on_time is None else on_time, row.source

    return tuple(sorted(reports, key=order))


def _unasked(conn: Connection, scope: Scope, now: datetime) -> tuple[Reporting, ...]:
    """Whoever reports although nothing was agreed."""
    whom = contacts(conn, scope.as_of)
    came = unasked(conn, scope.site, now - UNASKED_REACH, scope.as_of)
    return tuple(
        Reporting(source, dataset, whom.get(source, Contact()), None, last_received=last)
        for (source, dataset), last in came.items()
    )
