"""Taking a delivery back: it stops counting, and everything of it stays."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, select, update

from data.holding import PeriodClosed, closed_for
from data.lines import rebuild, touched_by
from data.receipts import Receipt, receipt_of
from data.rollups import Touched
from data.sites import site as site_named
from data.sites import sites
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
        if found is None or found.state not in ("accepted", "partial"):
            raise NoSuchReport(f"no report {report_id} that counts: {found.state if found else 'never received'}")
        touched_sites = receipt_of(conn, found).sites
        lock_sites(conn, touched_sites)
        for place_name, approval in closed_for(conn, Dataset(found.dataset), report_id):
            raise PeriodClosed(place_name, site_named(conn, place_name).zone, approval)
        key = None if found.idempotency_key is None else f"undone {report_id}: {found.idempotency_key}"[:200]
        conn.execute(
            update(report)
            .where(r.report_id == report_id)
            .values(state="undone", undone_at=now, undone_by=by, idempotency_key=key)
        )
        dataset = Dataset(found.dataset)
        touched = touched_by(conn, dataset, report_id)
        for place in sites(conn):
            if place.site in touched_sites:
                here = touched[touched["site"] == place.site]
                rebuild(conn, dataset, Touched(place, found.source, here))
        undone = receipt_of(conn, conn.execute(select(report).where(r.report_id == report_id)).one())
        for name in touched_sites:
            raise_version(conn, name)
    return undone
