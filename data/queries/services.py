"""Services delivered and goods in stock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import Connection, func, select

from data import service_grains
from data.counted_once import once_each
from data.days import days_of
from data.frames import frame
from data.grains import winning
from data.history import organisations
from data.places import site as site_named
from data.revisions import NATURAL_KEY, counting
from data.tables import service_daily, service_line, stock_reading
from data.types import Site, Window
from data.vocabulary import Dataset

SERVICE_COLUMNS = [
    *("sector", "service", "organisation", "source", "quantity", "unit", "people", "capacity"),
    *("start", "end", "received_at", "counted", "own"),
]

# A count of goods older than this no longer tells what is on the shelf.
STOCK_LOOK_BACK = timedelta(days=31)


def service_totals(conn: Connection, site: str, window: Window, as_of: datetime | None = None) -> pd.DataFrame:
    """Reports of services whose period starts in the window; a day and its shifts are never both among them.

    Of two who reported the same thing only the one that counts by the decision known at `as_of`; while nobody has
    decided, the smaller of the two is there and not `counted`: it says who was active, and enters no sum.

    Columns: sector, service, organisation, source, quantity, unit, people, capacity, start, end, received_at, counted,
    own (whether the source is the organisation's own).
    """
    found = _periods(conn, site, window, as_of)
    whose = organisations(conn, as_of)
    found["own"] = found["source"].map(whose) == found["organisation"]
    order = ["start", "sector", "service", "organisation", "source", "unit"]
    return found.sort_values(order)[SERVICE_COLUMNS].reset_index(drop=True)


def _periods(conn: Connection, site: str, window: Window, as_of: datetime | None) -> pd.DataFrame:
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
    won = service_grains.service_winning(read)
    if won.empty:
        return service_grains.service_totals(won).assign(counted=True)
    days = days_of(site_named(conn, site, as_of), window)
    won, twice, _ = once_each(conn, site, won, days, as_of)
    counted = service_grains.service_totals(won[~twice]).assign(counted=True)
    if not twice.any():
        return counted
    return pd.concat([counted, service_grains.service_totals(won[twice]).assign(counted=False)], ignore_index=True)


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


def last_heard(conn: Connection, site: Site, window: Window, as_of: datetime | None = None) -> dict[str, datetime]:
    """The end of the last report about each service, of the operational days that start in the window."""
    if as_of is not None:
        days = days_of(site, Window(window.start, window.end - timedelta(microseconds=1)))
        told = service_grains.days(_periods(conn, site.site, window, as_of), days)
        return {str(name): at.to_pydatetime() for name, at in told.groupby("service")["last_end"].max().items()}
    d = service_daily.c
    rows = conn.execute(
        select(d.service, func.max(d.last_end).label("last"))
        .where(d.site == site.site, d.day >= window.start, d.day < window.end)
        .group_by(d.service)
    )
    return {row.service: row.last for row in rows}
