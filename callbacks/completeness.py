"""What `GET /api/v1/reports/completeness` answers: the numbers of the matrix on the reports page."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from callbacks.reads.reports import worst_first
from data import queries
from data.analytics.reporting import rates
from data.reporting import reporting
from data.rhythm import Rates, Reporting
from data.types import Site, Window

Answer = dict[str, Any]


def completeness(conn: Connection, site: Site, window: Window | None, now: datetime, as_of: datetime | None) -> Answer:
    """One row per source and dataset, worst first; the reports are those of the periods that begin in the window.

    Without a window each row looks back as its rhythm asks, as the page does.
    """
    moment = now if as_of is None else min(now, as_of)
    found = worst_first(reporting(conn, site, moment, as_of, window), moment)
    return {
        "site": site.site,
        "as_of": _iso(as_of or queries.data_as_of(conn, site.site), site),
        "total": _counts(rates(found)),
        "rows": [_row(row, site, moment) for row in found],
    }


def _row(row: Reporting, site: Site, now: datetime) -> Answer:
    cadence = row.cadence
    return {
        "source": row.source,
        "organisation": row.contact.organisation,
        "dataset": row.dataset,
        "kind": None if cadence is None else str(cadence.kind),
        "minutes": None if cadence is None else cadence.minutes,
        "grace_minutes": None if cadence is None else cadence.grace_minutes,
        "from": _iso(row.expectations[0].start if row.expectations else None, site),
        "to": _iso(row.expectations[-1].end if row.expectations else None, site),
        **_counts(row.rates),
        "state": "silent" if row.silent(now) else "late" if row.late(now) else "fine",
        "last_received": _iso(row.last_received, site),
        "contact_role": row.contact.role,
        "contact": row.contact.reach,
        "periods": [
            {
                "start": _iso(one.start, site),
                "end": _iso(one.end, site),
                "due": _iso(one.due, site),
                "state": str(one.state),
                "covered": round(one.covered, 4),
                "completed_at": _iso(one.completed_at, site),
            }
            for one in row.expectations
        ],
    }


def _counts(counted: Rates) -> Answer:
    return {
        "expected": counted.expected,
        "on_time": counted.on_time,
        "late": counted.late,
        "missing": counted.missing,
        "pending": counted.pending,
        "due": counted.due,
        "reporting_rate": _share(counted.reporting_rate),
        "reporting_rate_on_time": _share(counted.reporting_rate_on_time),
    }


def _share(rate: float | None) -> float | None:
    return None if rate is None else round(rate, 4)


def _iso(at: datetime | None, site: Site) -> str | None:
    return None if at is None else at.astimezone(ZoneInfo(site.zone)).isoformat()
