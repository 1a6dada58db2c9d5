"""Which source is official for each figure of a site at a moment: read here, chosen in `data.officials`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, String, bindparam, select

from data.tables import Utc, official

o = official.c
# Made once: making a statement costs more than running it.
_OFFICIALS = (
    select(o.stage, o.measure, o.source)
    .where(o.site == bindparam("site", type_=String()), o.valid_from <= bindparam("at", type_=Utc()))
    .order_by(o.valid_from, o.recorded_at)
)
_KNOWN_THEN = _OFFICIALS.where(o.recorded_at <= bindparam("as_of", type_=Utc()))


def official_sources(
    conn: Connection, site: str, at: datetime, as_of: datetime | None = None
) -> dict[tuple[str, str], str]:
    """Source by stage and measure; what nobody chose, or somebody took back, is absent.

    `as_of`: as it was written down then.
    """
    asked = {"site": site, "at": at}
    rows = conn.execute(_OFFICIALS, asked) if as_of is None else conn.execute(_KNOWN_THEN, {**asked, "as_of": as_of})
    newest = {(row.stage, row.measure): row.source for row in rows}
    return {figure: source for figure, source in newest.items() if source}
