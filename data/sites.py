"""Border points, kept in the store with their rules. Their files are read by
`data.site_files`; `data.places` finds them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from data import published_entries, tables
from data.cadences import Agreed, set_by_file
from data.history import remember_site, remember_source
from data.lines import rebuild_site
from data.places import UnknownSite, site, sites
from data.ruling import set_rule
from data.site_files import SiteFile, WrongSiteFile, load_site
from data.store import lock_sites
from data.types import Site
from data.versions import raise_version

__all__ = ["SiteFile", "UnknownSite", "WrongSiteFile", "add_site", "load_site", "set_rule", "site", "sites"]


def add_site(conn: Connection, file: SiteFile, now: datetime, set_by: str) -> tuple[Agreed, ...]:
    """Add a site, or bring it to what its file says now. Rules that changed hold from `now` on; older ones stay.

    What a newer file no longer mentions stays in force. Where the operational day begins at another hour than before,
    the summaries by day are made again. Returns the cadences that changed, for the audit.
    """
    lock_sites(conn, (file.site.site,))
    known = conn.execute(select(tables.site).where(tables.site.c.site == file.site.site)).one_or_none()
    row = _row_of(file.site)
    if known is None:
        position = conn.execute(select(func.count()).select_from(tables.site)).scalar_one()
        conn.execute(insert(tables.site).values(**row, position=position))
    else:
        position = known.position
        conn.execute(update(tables.site).where(tables.site.c.site == file.site.site).values(**row))
        if (known.zone, known.day_start_hour) != (file.site.zone, file.site.day_start_hour):
            rebuild_site(conn, file.site)
    remember_site(conn, {**row, "position": position}, now)
    for entry in file.source:
        _add_source(conn, entry)
        remember_source(conn, entry["source"], now)
    for entry in file.official:
        set_rule(conn, tables.official, file.site.site, entry, ("stage", "measure"), now, set_by)
    changed = set_by_file(conn, file.site, file.cadence, now, set_by)
    for entry in file.standard:
        set_rule(conn, tables.standard, file.site.site, entry, ("service", "phase"), now, set_by)
    for entry in file.definition:
        set_rule(conn, tables.definition, file.site.site, entry, ("source", "stage", "measure"), now, set_by)
    for entry in file.tolerance:
        set_rule(conn, tables.tolerance, file.site.site, entry, ("name",), now, set_by)
    for entry in file.escalation:
        set_rule(conn, tables.escalation, file.site.site, entry, ("step",), now, set_by)
    set_rule(conn, tables.site_phase, file.site.site, {"phase": file.phase}, (), now, set_by)
    raise_version(conn, file.site.site)
    return changed


def _row_of(site: Site) -> dict[str, Any]:
    return {
        "site": site.site,
        "name": site.name,
        "country": site.country,
        "zone": site.zone,
        "kind": str(site.kind),
        "day_start_hour": site.day_start_hour,
        "entry_stage": str(site.entry_stage),
        "stages": [str(stage) for stage in site.stages],
        "sectors": [str(sector) for sector in site.sectors],
        "safe_capacity": site.safe_capacity,
        "ubigeo": site.ubigeo,
        "lanes": [str(lane) for lane in site.lanes],
        "services": [str(service) for service in site.services],
        "shifts": list(site.shifts) or None,
        "upstream": list(site.upstream) or None,
        "published": published_entries.stored(site.published),
        "past_surges": [{**asdict(one), "day": one.day.isoformat()} for one in site.past_surges] or None,
    }


def _add_source(conn: Connection, entry: Mapping[str, Any]) -> None:
    s = tables.source.c
    row = {**entry, "name": entry["name"] or entry["source"]}
    if conn.execute(select(s.source).where(s.source == entry["source"])).one_or_none() is None:
        conn.execute(insert(tables.source).values(**row))
    else:
        conn.execute(update(tables.source).where(s.source == entry["source"]).values(**row))
