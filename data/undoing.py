"""Taking a delivery back: it stops counting, and everything of it stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select

from data.delivered import withdraw
from data.holding import PeriodClosed, closed_for
from data.receipts import COUNTS, Receipt, receipt_of
from data.sites import site as site_named
from data.store import lock_sites, writing
from data.tables import report
from data.versions import raise_version
from data.vocabulary import Dataset


class NoSuchReport(LookupError):
    """No delivery of this number that counts."""


def undo(engine: Engine, report_id: int, now: datetime, by: str) -> Receipt:
    """A delivery stops counting; its lines, bytes and trace stay. Its idempotency key is free again.

    Raises NoSuchReport when there is none of this number, or none that counts; PeriodClosed when it counts in a
    period that somebody vouches for.
    """
    r = report.c
    with writing(engine) as conn:
        found = conn.execute(select(report).where(r.report_id == report_id).with_for_update()).one_or_none()
        if found is None or found.state not in COUNTS:
            raise NoSuchReport(f"no report {report_id} that counts: {found.state if found else 'never received'}")
        touched_sites = receipt_of(conn, found).sites
        lock_sites(conn, touched_sites)
        for name, approval in closed_for(conn, Dataset(found.dataset), report_id):
            raise PeriodClosed(name, site_named(conn, name).zone, approval)
        withdraw(conn, found, now, by)
        undone = receipt_of(conn, conn.execute(select(report).where(r.report_id == report_id)).one())
        for name in touched_sites:
            raise_version(conn, name)
    return undone
