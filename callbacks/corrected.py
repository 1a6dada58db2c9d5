"""What `GET /api/v1/revisions` answers: figures that say something else than they had said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from callbacks.series import iso, known_at, number
from data.queries.corrected import flow_revisions
from data.types import Scope, Site, Window

REVISIONS_SHOWN = 1000


def revisions(
    conn: Connection, scope: Scope, site: Site, window: Window, asked: Mapping[str, str | None]
) -> dict[str, Any]:
    """Figures of the window that say something else than they had said; `asked`: measure, stage, source."""
    found = flow_revisions(conn, site.site, window, scope.audience, scope.as_of, **asked)
    rows = [
        {
            "at": iso(one.at, site),
            "kind": one.kind,
            "stage": one.stage,
            "measure": one.measure,
            "lane": one.lane,
            "source": one.source,
            "start": iso(one.start, site),
            "end": iso(one.end, site),
            "from": number(one.old),
            "to": number(one.new),
            "masked": one.masked,
            "report": one.report_id,
            "who": one.who,
            "issued_at": iso(one.issued_at, site),
            "reason": one.reason,
        }
        for one in found[:REVISIONS_SHOWN]
    ]
    return {"site": site.site, "as_of": known_at(conn, site, scope.as_of), "rows": rows}
