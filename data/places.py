"""Border points of the store, found by name."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, select

from data import tables
from data.types import Site
from data.vocabulary import Lane, Sector, Service, SiteKind, Stage


class UnknownSite(LookupError):
    """No site of this name in the store."""


def sites(conn: Connection) -> tuple[Site, ...]:
    """In the order in which they were added."""
    s = tables.site
    return tuple(_of_row(row) for row in conn.execute(select(s).order_by(s.c.position, s.c.site)))


def site(conn: Connection, name: str) -> Site:
    row = conn.execute(select(tables.site).where(tables.site.c.site == name)).one_or_none()
    if row is None:
        known = ", ".join(conn.execute(select(tables.site.c.site)).scalars()) or "none"
        raise UnknownSite(f"no site {name!r} in the store (known: {known})")
    return _of_row(row)


def _of_row(row: Row[Any]) -> Site:
    return Site(
        site=row.site,
        name=row.name,
        country=row.country,
        zone=row.zone,
        kind=SiteKind(row.kind),
        day_start_hour=row.day_start_hour,
        entry_stage=Stage(row.entry_stage),
        stages=tuple(Stage(stage) for stage in row.stages),
        sectors=tuple(Sector(sector) for sector in row.sectors),
        safe_capacity=row.safe_capacity,
        ubigeo=row.ubigeo,
        lanes=tuple(Lane(lane) for lane in row.lanes or ()),
        services=tuple(Service(service) for service in row.services or ()),
        shifts=tuple(row.shifts or ()),
    )
