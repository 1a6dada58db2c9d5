"""Which source is official for each figure of a site at a moment: read here, chosen in `data.officials`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, String, bindparam, select

from data.tables import Utc, official

# Made once: making a statement costs more than running it.
_OFFICIALS = (
    select(official.c.stage, official.c.measure, official.c.source)
    .where(
        official.c.site == bindparam("site", type_=String()),
        official.c.valid_from <= bindparam("at", type_=Utc()),
    )
    .order_by(official.c.valid_from)
)


def official_sources(conn: Connection, site: str, at: datetime) -> dict[tuple[str, str], str]:
    """Source by stage and measure; what nobody chose, or somebody took back, is absent."""
    newest = {(row.stage, row.measure): row.source for row in conn.execute(_OFFICIALS, {"site": site, "at": at})}
    return {figure: source for figure, source in newest.items() if source}
