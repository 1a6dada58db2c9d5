"""The lines about services of some days that count, and who does what in them, read from the store."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from data import service_grains
from data.analytics.doings import Marked, doings
from data.counted_once import once_each
from data.days import days_of
from data.frames import frame
from data.history import organisations
from data.revisions import counting
from data.tables import service_line
from data.types import Duplicate, Site, Window
from data.who_shapes import Doings


def counting_lines(conn: Connection, site: Site, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Lines of the operational days that the window touches, of one key the one that counts, without those that a
    decision left out; `twice`: somebody else reported them too, and nobody decided yet."""
    won, twice, _ = _lines(conn, site, days_of(site, window), as_of)
    return won.assign(twice=twice)


def sources_of(conn: Connection, site: Site, window: Window, as_of: datetime | None = None) -> list[str]:
    """Who reported services that begin in the window."""
    line = service_line.c
    found = select(line.source).distinct()
    asked = (line.site == site.site, line.start >= window.start, line.start < window.end)
    return sorted(conn.execute(found.where(*asked, counting(service_line, as_of))).scalars())


def read_doings(conn: Connection, site: Site, days: tuple[Window, ...], as_of: datetime | None) -> Doings:
    won, twice, pending = _lines(conn, site, days, as_of)
    marked: frozenset[Marked] = frozenset(
        (one.day.timestamp(), one.sector, one.service, one.place, who)
        for one in pending
        for _, who in (one.first, one.second)
    )
    return doings(won, twice, days, site, organisations(conn, as_of), marked)


def _lines(
    conn: Connection, site: Site, days: tuple[Window, ...], as_of: datetime | None
) -> tuple[pd.DataFrame, np.ndarray, list[Duplicate]]:
    window = Window(days[0].start, days[-1].end)
    line = service_line.c
    lines = frame(
        conn,
        select(*(line[name] for name in service_grains.LINE_COLUMNS)).where(
            line.site == site.site, line.start >= window.start, line.start < window.end, counting(service_line, as_of)
        ),
    )
    return once_each(conn, site.site, service_grains.service_winning(lines), days, as_of)
