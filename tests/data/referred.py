"""Lines of referrals for tests, as the store gives them and as a partner sends them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

import pandas as pd

from data.analytics.referrals import LINE_COLUMNS

MONDAY = datetime(2018, 10, 29, 5, tzinfo=UTC)  # midnight at Tumbes
HEAD = (
    "site,start,end,pathway,need,from_organisation,to_institution,priority,referred,accepted,closed,overdue,issued_at\n"
)


class Line(NamedTuple):
    """One report of a route: `day` and `days` since MONDAY, the rest as its columns say."""

    need: str
    institution: str
    referred: int
    accepted: int | None = None
    closed: int | None = None
    overdue: int | None = None
    priority: str = "alta"
    pathway: str = "Ruta"
    day: int = 0
    days: int = 1
    source: str = "unicef"
    issued_day: float = 40
    origin: str = "UNICEF"


def frame_of(lines: list[Line]) -> pd.DataFrame:
    rows = []
    for number, one in enumerate(lines):
        start = pd.Timestamp(MONDAY) + pd.Timedelta(days=one.day)
        issued = pd.Timestamp(MONDAY) + pd.Timedelta(days=one.issued_day)
        rows.append(
            {
                **{"source": one.source, "pathway": one.pathway, "need": one.need, "from_organisation": one.origin},
                **{"to_institution": one.institution, "priority": one.priority, "start": start},
                **{"end": start + pd.Timedelta(days=one.days), "referred": one.referred, "accepted": one.accepted},
                **{"closed": one.closed, "overdue": one.overdue, "issued_at": issued, "received_at": issued},
                "line_id": number,
            }
        )
    frame = pd.DataFrame(rows, columns=LINE_COLUMNS)
    moments = ("start", "end", "issued_at", "received_at")
    return frame.astype(dict.fromkeys(moments, "datetime64[us, UTC]")).astype(
        dict.fromkeys(("referred", "accepted", "closed", "overdue"), float)
    )


def csv_of(lines: list[Line], site: str = "tumbes") -> bytes:
    rows = []
    for one in lines:
        start = pd.Timestamp(MONDAY) + pd.Timedelta(days=one.day)
        issued = pd.Timestamp(MONDAY) + pd.Timedelta(days=one.issued_day)
        said = ["" if n is None else str(n) for n in (one.referred, one.accepted, one.closed, one.overdue)]
        route = [one.pathway, one.need, one.origin, one.institution, one.priority]
        moments = [start.isoformat(), (start + pd.Timedelta(days=one.days)).isoformat()]
        rows.append(",".join([site, *moments, *route, *said, issued.isoformat()]))
    return (HEAD + "\n".join(rows) + "\n").encode()
