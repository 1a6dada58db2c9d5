"""Border points: read from a TOML file, kept in the store, asked for by name."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import Connection, Row, Table, func, insert, select, update

from data import tables
from data.lines import rebuild_site
from data.store import lock_sites
from data.types import Site
from data.versions import raise_version
from data.vocabulary import OFFICIAL_FOR, Dataset, Sector, Service, SiteKind, Stage

# A rule in a site's first file holds for the years before it too: history is judged by the rules we know.
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


class UnknownSite(LookupError):
    """No site of this name in the store."""


class WrongSiteFile(ValueError):
    """What is wrong with a site file, entry by entry, for the person who wrote it."""


@dataclass(frozen=True)
class SiteFile:
    """A site and its rules. The tuples hold rows for the tables of the same name, without `site` and `valid_from`."""

    site: Site
    phase: str
    official: tuple[Mapping[str, Any], ...] = ()
    cadence: tuple[Mapping[str, Any], ...] = ()
    standard: tuple[Mapping[str, Any], ...] = ()
    source: tuple[Mapping[str, Any], ...] = field(default=())


PHASES = ("emergency", "stabilised")

# Entry: the words each column may take (None: any text), and the columns that may be left out.
ENTRIES: dict[str, tuple[dict[str, tuple[str, ...] | type[int] | type[float] | type[bool] | None], dict[str, Any]]] = {
    "official": ({"stage": tuple(Stage), "measure": OFFICIAL_FOR, "source": None, "reason": None}, {"reason": ""}),
    "cadence": ({"source": None, "dataset": tuple(Dataset), "minutes": int}, {}),
    "standard": (
        {
            "service": tuple(Service),
            "phase": PHASES,
            "value": float,
            "per": None,
            "denominator": None,
            "unit": None,
            "source": None,
            "provisional": bool,
        },
        {"provisional": False},
    ),
    "source": (
        {"source": None, "organisation": None, "name": None, "contact_role": None},
        {"organisation": None, "name": "", "contact_role": None},
    ),
}

SITE_KEYS = {
    *("site", "name", "country", "zone", "kind", "day_start_hour", "entry_stage", "stages", "sectors"),
    *("safe_capacity", "ubigeo", "phase"),
}


def load_site(path_or_text: Path | str) -> SiteFile:
    """A site file, checked whole. Raises WrongSiteFile naming every wrong entry."""
    is_path = isinstance(path_or_text, Path) or "\n" not in path_or_text
    text = Path(path_or_text).read_text(encoding="utf-8") if is_path else str(path_or_text)
    try:
        entries = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise WrongSiteFile(f"this is not a TOML file: {wrong}") from wrong
    wrongs = [f"unknown entry {name!r}" for name in entries if name not in SITE_KEYS | ENTRIES.keys()]
    lists = {name: _rows(name, entries.get(name, []), wrongs) for name in ENTRIES}
    site = _site(entries, wrongs)
    phase = str(entries.get("phase", PHASES[0]))
    if phase not in PHASES:
        wrongs.append(f"phase = {phase!r}: expected one of {', '.join(PHASES)}")
    if site is None or wrongs:
        raise WrongSiteFile("; ".join(wrongs))
    return SiteFile(site=site, phase=phase, **lists)


def _site(entries: Mapping[str, Any], wrongs: list[str]) -> Site | None:
    found = len(wrongs)
    for name in ("site", "name", "country", "zone", "entry_stage"):
        if not isinstance(entries.get(name), str) or not entries[name].strip():
            wrongs.append(f"{name} is missing: expected a text")
    zone = entries.get("zone")
    if isinstance(zone, str) and zone not in available_timezones():
        wrongs.append(f"zone = {zone!r}: expected a time zone such as America/Lima")
    hour = entries.get("day_start_hour", 0)
    if not isinstance(hour, int) or not 0 <= hour <= 23:
        wrongs.append(f"day_start_hour = {hour!r}: expected a whole hour from 0 to 23")
    for name, words in (("stages", Stage), ("sectors", Sector)):
        for word in entries.get(name, []):
            if word not in list(words):
                wrongs.append(f"{name}: {word!r} is none of {', '.join(words)}")
    if entries.get("kind", "real") not in list(SiteKind):
        wrongs.append(f"kind = {entries['kind']!r}: expected one of {', '.join(SiteKind)}")
    if entries.get("entry_stage") not in entries.get("stages", []):
        wrongs.append(f"entry_stage = {entries.get('entry_stage')!r}: expected one of the site's stages")
    if len(wrongs) > found:
        return None
    return Site(
        site=entries["site"],
        name=entries["name"],
        country=entries["country"],
        zone=entries["zone"],
        kind=SiteKind(entries.get("kind", "real")),
        day_start_hour=hour,
        entry_stage=Stage(entries["entry_stage"]),
        stages=tuple(Stage(word) for word in entries["stages"]),
        sectors=tuple(Sector(word) for word in entries.get("sectors", [])),
        safe_capacity=entries.get("safe_capacity"),
        ubigeo=entries.get("ubigeo"),
    )


def _rows(name: str, entries: Any, wrongs: list[str]) -> tuple[dict[str, Any], ...]:
    columns, optional = ENTRIES[name]
    rows = []
    for number, entry in enumerate(entries, start=1):
        place = f"[[{name}]] number {number}"
        wrongs += [f"{place}: unknown entry {key!r}" for key in entry if key not in columns]
        row = {**optional, **entry}
        for column, kind in columns.items():
            value = row.get(column)
            if column not in row:
                wrongs.append(f"{place}: {column} is missing")
            elif kind is float and type(value) is int:
                row[column] = float(value)
            elif isinstance(kind, type):
                if type(value) is not kind:
                    wrongs.append(f"{place}: {column} = {value!r}: expected {kind.__name__}")
            elif kind is not None and value not in kind:
                wrongs.append(f"{place}: {column} = {value!r} is none of {', '.join(kind)}")
        rows.append(row)
    return tuple(rows)


def add_site(conn: Connection, file: SiteFile, now: datetime, set_by: str) -> None:
    """Add a site, or bring it to what its file says now. Rules that changed hold from `now` on; older ones stay.

    What a newer file no longer mentions stays in force. Where the operational day begins at another hour than before,
    the summaries by day are made again.
    """
    lock_sites(conn, (file.site.site,))
    known = conn.execute(select(tables.site).where(tables.site.c.site == file.site.site)).one_or_none()
    row = _row_of(file.site)
    if known is None:
        position = conn.execute(select(func.count()).select_from(tables.site)).scalar_one()
        conn.execute(insert(tables.site).values(**row, position=position))
    else:
        conn.execute(update(tables.site).where(tables.site.c.site == file.site.site).values(**row))
        if (known.zone, known.day_start_hour) != (file.site.zone, file.site.day_start_hour):
            rebuild_site(conn, file.site)
    for entry in file.source:
        _add_source(conn, entry)
    for entry in file.official:
        _set_rule(conn, tables.official, file.site.site, entry, ("stage", "measure"), now, set_by)
    for entry in file.cadence:
        _set_rule(conn, tables.cadence, file.site.site, entry, ("source", "dataset"), now, set_by)
    for entry in file.standard:
        _set_rule(conn, tables.standard, file.site.site, entry, ("service", "phase"), now, set_by)
    _set_rule(conn, tables.site_phase, file.site.site, {"phase": file.phase}, (), now, set_by)
    raise_version(conn, file.site.site)


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
    }


def _add_source(conn: Connection, entry: Mapping[str, Any]) -> None:
    s = tables.source.c
    row = {**entry, "name": entry["name"] or entry["source"]}
    if conn.execute(select(s.source).where(s.source == entry["source"])).one_or_none() is None:
        conn.execute(insert(tables.source).values(**row))
    else:
        conn.execute(update(tables.source).where(s.source == entry["source"]).values(**row))


def _set_rule(
    conn: Connection,
    table: Table,
    site: str,
    entry: Mapping[str, Any],
    names: tuple[str, ...],
    now: datetime,
    set_by: str,
) -> None:
    """A new row from `now` on where the newest one says something else; the first one holds for all time before."""
    same = [table.c.site == site, *(table.c[name] == entry[name] for name in names)]
    newest = conn.execute(select(table).where(*same).order_by(table.c.valid_from.desc()).limit(1)).one_or_none()
    if newest is not None and all(newest._mapping[name] == value for name, value in entry.items()):
        return
    valid_from = ALWAYS if newest is None else now
    if newest is not None and newest.valid_from == now:
        conn.execute(update(table).where(*same, table.c.valid_from == now).values(**entry, set_by=set_by))
        return
    conn.execute(insert(table).values(site=site, **entry, valid_from=valid_from, set_by=set_by))


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
    )
