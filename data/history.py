"""Rows that change in place, as they stood at a moment: sites, and who the sources belong to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, insert, select, update

from data import tables
from data.tables import site_history, source, source_history


def recorded_by(table: Table, as_of: datetime | None) -> list[ColumnElement[bool]]:
    """Conditions on a table of rules: written down by `as_of` (None: no condition)."""
    return [] if as_of is None else [table.c.recorded_at <= as_of]


def remember_site(conn: Connection, row: Mapping[str, Any], now: datetime) -> None:
    """Write down what a site's row says from `now` on, if it says something else than before."""
    h = site_history.c
    facts = {name: value for name, value in row.items() if name != "site"}
    last = conn.execute(
        select(h.facts).where(h.site == row["site"]).order_by(h.recorded_at.desc()).limit(1)
    ).scalar_one_or_none()
    if last != facts:
        _write(conn, site_history, {"site": row["site"], "recorded_at": now}, {"facts": facts})


def remember_source(conn: Connection, name: str, now: datetime) -> None:
    """Write down what a source's row says from `now` on, if it says something else than before."""
    h = source_history.c
    row = conn.execute(select(source).where(source.c.source == name)).one()
    facts = {column: value for column, value in row._mapping.items() if column != "source"}
    last = conn.execute(
        select(h.facts).where(h.source == name).order_by(h.recorded_at.desc()).limit(1)
    ).scalar_one_or_none()
    if last != facts:
        _write(conn, source_history, {"source": name, "recorded_at": now}, {"facts": facts})


def _write(conn: Connection, table: Table, key: Mapping[str, Any], says: Mapping[str, Any]) -> None:
    same = [table.c[name] == value for name, value in key.items()]
    if conn.execute(update(table).where(*same).values(**says)).rowcount == 0:
        conn.execute(insert(table).values(**key, **says))


def site_rows(conn: Connection, as_of: datetime | None, name: str | None = None) -> list[dict[str, Any]]:
    """Rows of `site` by position, or the one of a name; as of a moment those known then, saying what they said."""
    if as_of is None:
        only = [] if name is None else [tables.site.c.site == name]
        rows = [dict(row._mapping) for row in conn.execute(select(tables.site).where(*only))]
    else:
        h = site_history.c
        known = conn.execute(select(h.site, h.facts).where(h.recorded_at <= as_of).order_by(h.recorded_at))
        found = {row.site: row.facts for row in known if name in (None, row.site)}
        rows = [{"site": place, **facts} for place, facts in found.items()]
    return sorted(rows, key=lambda row: (row["position"], row["site"]))


def source_rows(conn: Connection, as_of: datetime | None = None) -> dict[str, dict[str, Any]]:
    """What is known of each source: organisation, name, contact_role, contact."""
    if as_of is None:
        return {row.source: dict(row._mapping) for row in conn.execute(select(source))}
    h = source_history.c
    rows = conn.execute(select(h.source, h.facts).where(h.recorded_at <= as_of).order_by(h.recorded_at))
    return {row.source: row.facts for row in rows}


def organisations(conn: Connection, as_of: datetime | None = None) -> dict[str, str | None]:
    """Who each source belongs to."""
    return {name: row.get("organisation") for name, row in source_rows(conn, as_of).items()}
