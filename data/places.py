"""Border points of the store, found by name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from data import published_entries
from data.history import site_rows
from data.types import PastSurge, Site
from data.vocabulary import Lane, Sector, Service, SiteKind, Stage


class UnknownSite(LookupError):
    """No site of this name in the store."""


def sites(conn: Connection, as_of: datetime | None = None) -> tuple[Site, ...]:
    """In the order in which they were added."""
    return tuple(_of_row(row) for row in site_rows(conn, as_of))


def site(conn: Connection, name: str, as_of: datetime | None = None) -> Site:
    rows = site_rows(conn, as_of, name)
    if not rows:
        known = ", ".join(str(row["site"]) for row in site_rows(conn, as_of)) or "none"
        raise UnknownSite(f"no site {name!r} in the store (known: {known})")
    return _of_row(rows[0])


def _of_row(row: Mapping[str, Any]) -> Site:
    return Site(
        site=row["site"],
        name=row["name"],
        country=row["country"],
        zone=row["zone"],
        kind=SiteKind(row["kind"]),
        day_start_hour=row["day_start_hour"],
        entry_stage=Stage(row["entry_stage"]),
        stages=tuple(Stage(stage) for stage in row["stages"]),
        sectors=tuple(Sector(sector) for sector in row["sectors"]),
        safe_capacity=row["safe_capacity"],
        ubigeo=row["ubigeo"],
        lanes=tuple(Lane(lane) for lane in row.get("lanes") or ()),
        services=tuple(Service(service) for service in row.get("services") or ()),
        shifts=tuple(row.get("shifts") or ()),
        upstream=tuple(row.get("upstream") or ()),
        published=published_entries.of_store(row.get("published")),
        past_surges=tuple(_surge_of(one) for one in row.get("past_surges") or ()),
    )


def _surge_of(entry: Mapping[str, str]) -> PastSurge:
    return PastSurge(date.fromisoformat(entry["day"]), entry["name_es"], entry["name_en"])
