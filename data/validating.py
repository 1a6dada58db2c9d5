"""The lines behind a figure, and how many of them are under a doubt, wait in quarantine or were reported twice.

    validation = (lines - lines that somebody still has to answer for) / lines

of the operational day: a line counts once however often it was corrected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, exists, func, or_, select

from data.analytics.overlaps import OPEN
from data.duplicates import MOST_FLAGS, duplicates
from data.flags import open_flags
from data.lines import LINES, begins, ends
from data.revisions import NATURAL_KEY, counting, inside
from data.sources.words import plain
from data.sure_shapes import Checked
from data.tables import hold
from data.types import Duplicate, Flag, Window
from data.vocabulary import Dataset

NOTHING = Checked()


@dataclass(frozen=True)
class Behind:
    """Lines that a figure is made of: of a dataset those of which each named column says so."""

    dataset: Dataset
    words: tuple[tuple[str, str], ...] = ()


def checked(
    conn: Connection, site: str, behind: Sequence[Behind], day: Window, as_of: datetime | None = None
) -> Mapping[Behind, Checked]:
    """Of each its lines that begin in the day."""
    flags = open_flags(conn, site, None, as_of, MOST_FLAGS)
    flags = tuple(flag for flag in flags if flag.start < day.end and day.start < flag.end)
    pending: tuple[Duplicate, ...] = ()
    if any(one.dataset is Dataset.SERVICE for one in behind):
        found = duplicates(conn, site, day, as_of, MOST_FLAGS)
        pending = tuple(one for one in found if one.verdict == OPEN)
    return {one: _checked(conn, site, one, day, as_of, flags, pending) for one in behind}


def _checked(
    conn: Connection,
    site: str,
    one: Behind,
    day: Window,
    as_of: datetime | None,
    flags: Sequence[Flag],
    pending: Sequence[Duplicate],
) -> Checked:
    table = LINES[one.dataset]
    begin = table.c[begins(table)]
    words = [table.c[name] == value for name, value in one.words]
    asked = [table.c.site == site, begin >= day.start, begin < day.end, *words]
    key = _key(one.dataset, table)
    held = _number(conn, key, [*asked, _waits(table, as_of)])
    mine = [flag for flag in flags if flag.dataset == one.dataset and _may_touch(flag, dict(one.words))]
    two = pending if one.dataset is Dataset.SERVICE else ()
    if not mine and not two:
        lines = _number(conn, key, [*asked, counting(table, as_of)])
        return Checked(lines + held, 0, held, 0, held)
    rows = [row._mapping for row in conn.execute(select(*key).where(*asked, counting(table, as_of)).distinct())]
    doubted = [_any(row, mine, _is_doubted) for row in rows]
    twice = [_any(row, two, _is_of) for row in rows]
    unsure = sum(a or b for a, b in zip(doubted, twice, strict=True))
    return Checked(len(rows) + held, sum(doubted), held, sum(twice), unsure + held)


def _key(dataset: Dataset, table: Table) -> list[ColumnElement[Any]]:
    names = dict.fromkeys([begins(table), ends(table), *NATURAL_KEY[dataset]])
    return [table.c[name] for name in names]


def _number(conn: Connection, key: list[ColumnElement[Any]], asked: list[ColumnElement[bool]]) -> int:
    lines = select(*key).where(*asked).distinct().subquery()
    return int(conn.execute(select(func.count()).select_from(lines)).scalar_one())


def _waits(table: Table, as_of: datetime | None) -> ColumnElement[bool]:
    """Kept aside because its period is closed: nobody has let it through."""
    h = hold.c
    still: list[ColumnElement[bool]] = [h.released_at.is_(None)]
    if as_of is not None:
        still = [h.held_at <= as_of, or_(h.released_at.is_(None), h.released_at > as_of)]
    same = (h.site == table.c.site, h.report_id == table.c.report_id, inside(table, h.start, h.end))
    return exists(select(h.report_id).where(*same, *still).correlate(table))


def _may_touch(flag: Flag, words: Mapping[str, str]) -> bool:
    told = {"source": flag.source, **flag.key}
    return all(told.get(name, value) == value for name, value in words.items())


def _any(row: Mapping[Any, Any], asked: Sequence[Any], touches: Callable[[Mapping[Any, Any], Any], bool]) -> bool:
    return any(touches(row, one) for one in asked)


def _is_doubted(row: Mapping[Any, Any], flag: Flag) -> bool:
    start, end = row.get("start", row.get("at")), row.get("end", row.get("at"))
    told = {"source": flag.source, **flag.key}
    same = all(str(row[name] or "") == value for name, value in told.items() if name in row)
    return same and start < flag.end and (flag.start < end or flag.start == start)


def _is_of(row: Mapping[Any, Any], one: Duplicate) -> bool:
    if (row["source"], row["organisation"]) not in (one.first, one.second):
        return False
    same = (row["sector"], row["service"], plain(row["place"] or "")) == (one.sector, one.service, one.place)
    return same and row["start"] >= one.day
