"""Setting a rule of a place: a new row, with the moment from which it holds and the one at which it was written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Table, insert, select, update

from data.cadences import ALWAYS


def set_rule(
    conn: Connection,
    table: Table,
    site: str,
    entry: Mapping[str, Any],
    names: tuple[str, ...],
    now: datetime,
    set_by: str,
    valid_from: datetime | None = None,
) -> bool:
    """Write a rule down at `now`, to hold from `valid_from` on (default `now`; the first one, for all time before).

    `names` are the columns of `entry` that say which rule it is. False where it says so already. What was known
    earlier stays: a row written later with an earlier `valid_from` is not seen by who asks as of before `now`.
    """
    same = [table.c.site == site, *(table.c[name] == entry[name] for name in names)]
    before = _in_force(conn, table, same, valid_from or now)
    if before is not None and all(before._mapping[name] == value for name, value in entry.items()):
        return False
    first = before is None and _in_force(conn, table, same, None) is None
    holds = valid_from or (ALWAYS if first else now)
    place = (*same, table.c.valid_from == holds, table.c.recorded_at == now)
    if conn.execute(update(table).where(*place).values(**entry, set_by=set_by)).rowcount == 0:
        conn.execute(insert(table).values(site=site, **entry, valid_from=holds, recorded_at=now, set_by=set_by))
    return True


def _in_force(conn: Connection, table: Table, same: list[Any], at: datetime | None) -> Row[Any] | None:
    """The row that holds at a moment; None: the newest of all."""
    until = [] if at is None else [table.c.valid_from <= at]
    order = (table.c.valid_from.desc(), table.c.recorded_at.desc())
    return conn.execute(select(table).where(*same, *until).order_by(*order).limit(1)).one_or_none()
