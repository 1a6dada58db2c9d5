"""Statements that a board asks again and again are made once: making one costs more than running it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, String, bindparam

from data.tables import Utc
from data.types import Window

SITE = bindparam("site", type_=String())
START, END = bindparam("start", type_=Utc()), bindparam("end", type_=Utc())
AT, AS_OF = bindparam("at", type_=Utc()), bindparam("as_of", type_=Utc())


def kept_statement(make: Callable[..., Select[Any]]) -> Callable[[Connection, datetime | None], Select[Any]]:
    """A statement per database and per kind of question: as known now, or as known at a moment (`AS_OF`)."""
    made: dict[tuple[str, bool], Select[Any]] = {}

    def kept(conn: Connection, as_of: datetime | None = None) -> Select[Any]:
        kind = (conn.dialect.name, as_of is None)
        if kind not in made:
            made[kind] = make(conn, None if as_of is None else AS_OF)
        return made[kind]

    return kept


def at_moment(site: str, at: datetime, as_of: datetime | None) -> dict[str, Any]:
    return {"site": site, "at": at, **({} if as_of is None else {"as_of": as_of})}


def asked(site: str, window: Window, as_of: datetime | None = None) -> dict[str, Any]:
    then = {} if as_of is None else {"as_of": as_of}
    return {"site": site, "start": window.start, "end": window.end, **then}
