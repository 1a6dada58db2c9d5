"""The daily summary of services, rebuilt for what a delivery or a decision about duplicates touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, delete, select

from data import service_grains
from data.analytics.overlaps import Ruling, left_out
from data.bulk import insert_frame
from data.duplicates import look_for_duplicates, rulings
from data.frames import frame
from data.revisions import counting
from data.rollups import Touched, stretches
from data.tables import service_daily, service_line
from data.types import Window


@dataclass(frozen=True)
class RebuiltServices:
    """A stretch of one source's lines about services that count, and the days made of them."""

    window: Window
    lines: pd.DataFrame
    days: pd.DataFrame


def rebuild_services(conn: Connection, touched: Touched, now: datetime | None) -> Iterator[RebuiltServices]:
    """Recompute the days in which lines begin, stretch by stretch. `touched.lines` needs their `start` only.

    A line that comes or goes may be the one because of which another source's does not count. `now` None: nothing was
    reported, and what is flagged stays as it was.
    """
    decided = rulings(conn, touched.site.site)
    others = _opponents(decided, touched.source)
    for days, within in stretches(touched.site, touched.lines):
        if now is not None:
            look_for_duplicates(conn, touched.site, days, now)
        for source in others:
            rebuild_source(conn, Touched(touched.site, source, within), days, decided)
        yield rebuild_source(conn, touched, days, decided)


def _opponents(decided: Sequence[Ruling], source: str) -> list[str]:
    pairs = [(ruling.first[0], ruling.second[0]) for ruling in decided]
    return sorted({one for pair in pairs if source in pair for one in pair} - {source})


def rebuild_source(
    conn: Connection, touched: Touched, days: tuple[Window, ...], decided: Sequence[Ruling]
) -> RebuiltServices:
    line, d = service_line.c, service_daily.c
    place, source = touched.site.site, touched.source
    window = Window(days[0].start, days[-1].end)
    # Whether a line counts may depend on another source's: only where something was decided.
    whose = [] if decided else [line.source == source]
    lines = service_grains.service_winning(
        frame(
            conn,
            select(*(line[name] for name in service_grains.LINE_COLUMNS)).where(
                *(line.site == place, line.start >= window.start, line.start < window.end),
                *(*whose, counting(service_line)),
            ),
        )
    )
    lines = lines[~left_out(lines, decided, days) & (lines["source"] == source).to_numpy()]
    found = service_grains.days(service_grains.service_totals(lines), days)
    conn.execute(
        delete(service_daily).where(d.site == place, d.source == source, d.day >= window.start, d.day < window.end)
    )
    insert_frame(conn, service_daily, found.assign(site=place))
    return RebuiltServices(window, lines, found)
