"""Services delivered and goods in stock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import Connection, select

from data import service_grains
from data.frames import frame
from data.grains import winning
from data.revisions import NATURAL_KEY, counting
from data.tables import service_daily, service_line, source, stock_reading
from data.types import Window
from data.vocabulary import Dataset

SERVICE_COLUMNS = [
    *("sector", "service", "organisation", "source", "quantity", "unit", "people", "capacity"),
    *("start", "end", "received_at", "own"),
]

# A count of goods older than this no longer tells what is on the shelf.
STOCK_LOOK_BACK = timedelta(days=31)


def service_totals(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Reports of services whose period starts in the window; a day and its shifts are never both among them.

    Columns: sector, service, organisation, source, quantity, unit, people, capacity, start, end, received_at, own
    (whether the source is the organisation's own).
    """
    line = service_line.c
    read = frame(
        conn,
        select(*(line[name] for name in service_grains.LINE_COLUMNS)).where(
            line.site == site,
            line.start >= window.start,
            line.start < window.end,
            counting(service_line, as_of),
        ),
    )
    found = service_grains.service_totals(read)
    whose = {row.source: row.organisation for row in conn.execute(select(source.c.source, source.c.organisation))}
    found["own"] = found["source"].map(whose) == found["organisation"]
    order = ["start", "sector", "service", "organisation", "source", "unit"]
    return found.sort_values(order)[SERVICE_COLUMNS].reset_index(drop=True)


def services_by_day(conn: Connection, site: str, window: Window) -> pd.DataFrame:
    """Operational days that start in the window.

    Columns: day, sector, service, organisation, source, unit, quantity, people, capacity, lines, last_end, received_at.
    """
    d = service_daily.c
    return frame(
        conn,
        select(*(column for column in d if column.key != "site"))
        .where(d.site == site, d.day >= window.start, d.day < window.end)
        .order_by(d.day, d.sector, d.service, d.organisation),
    )


def stock_latest(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> pd.DataFrame:
    """The newest count of each item at a moment, at most a month old.

    Columns: organisation, item, unit, quantity, at, source, received_at.
    """
    s = stock_reading.c
    read = frame(
        conn,
        select(
            *(s.organisation, s.item, s.unit, s.quantity, s.at, s.source, s.received_at),
            *(s.issued_at, s.line_id),
        ).where(
            s.site == site,
            s.at > at - STOCK_LOOK_BACK,
            s.at <= at,
            counting(stock_reading, as_of),
        ),
    )
    won = winning(read, NATURAL_KEY[Dataset.STOCK]).sort_values(["organisation", "item", "unit", "at"])
    newest = won.drop_duplicates(["organisation", "item", "unit", "source"], keep="last")
    columns = ["organisation", "item", "unit", "quantity", "at", "source", "received_at"]
    return newest[columns].reset_index(drop=True)
