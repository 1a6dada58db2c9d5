"""Statements that a board asks again and again are made once: making one costs more than running it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, String, Table, bindparam, select

from data.tables import Utc, source
from data.types import Window
from data.vocabulary import Lane, Measure, Stage

SITE = bindparam("site", type_=String())
START, END = bindparam("start", type_=Utc()), bindparam("end", type_=Utc())
AT, AS_OF = bindparam("at", type_=Utc()), bindparam("as_of", type_=Utc())


# What the words of a key may be. A key is looked up from its first column on: a range of time that comes after the
# stage, the measure, the lane and the source is found at once where each of these is named, and otherwise only by
# reading every year that is stored.
WORDS = {"stage": list(map(str, Stage)), "measure": list(map(str, Measure)), "lane": list(map(str, Lane))}


def every(table: Table, *names: str) -> list[ColumnElement[bool]]:
    """Conditions that are always true, on columns of the key that stand before the range of time that is asked."""
    known = {name: table.c[name].in_(WORDS[name]) for name in names if name != "source"}
    # Who delivers is written down before the delivery is.
    named = [table.c.source.in_(select(source.c.source))] if "source" in names else []
    return [*known.values(), *named]


def kept_statement(make: Callable[..., Select[Any]]) -> Callable[[Connection, datetime | None], Select[Any]]:
    """A statement per database and per kind of question: as known now, or as known at a moment (`AS_OF`)."""
    made: dict[tuple[str, bool], Select[Any]] = {}

    def kept(conn: Connection, as_of: datetime | None = None) -> Select[Any]:
        kind = (conn.dialect.name, as_of is None)
        if kind not in made:
            made[kind] = make(conn, None if as_of is None else AS_OF)
        return made[kind]

    return kept


def asked_of(site: str, as_of: datetime | None) -> dict[str, Any]:
    return {"site": site, **({} if as_of is None else {"as_of": as_of})}


def at_moment(site: str, at: datetime, as_of: datetime | None) -> dict[str, Any]:
    return {"site": site, "at": at, **({} if as_of is None else {"as_of": as_of})}


def asked(site: str, window: Window, as_of: datetime | None = None) -> dict[str, Any]:
    then = {} if as_of is None else {"as_of": as_of}
    return {"site": site, "start": window.start, "end": window.end, **then}
