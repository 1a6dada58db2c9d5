"""Doubts in the store: raised, kept with the figure, ended by a reason or by a correction. Nothing is deleted."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from data.analytics.doubts import Doubt
from data.tables import line_flag
from data.types import Flag, Window
from data.versions import raise_version

# A file of nonsense must not write more doubts than lines: the newest of a kind are kept.
MOST_OF_A_KIND = 500
SHOWN = 200


class NoSuchFlag(LookupError):
    """No open doubt of this name."""


class NoReason(ValueError):
    """A doubt ends with a reason, not with a click."""


@dataclass(frozen=True)
class Judged:
    """What a rule has looked at: a doubt of it that is open and not found again was mended."""

    dataset: str
    code: str
    window: Window
    source: str
    key: Mapping[str, Collection[str]]  # of each word of the key, the values looked at
    over: timedelta = timedelta.min  # only periods longer than this
    up_to: timedelta = timedelta.max  # and no longer than this

    def looked_at(self, key: Mapping[str, str], start: datetime, end: datetime) -> bool:
        inside = self.window.start <= start < self.window.end and self.over < end - start <= self.up_to
        return inside and all(key.get(word) in values for word, values in self.key.items())


def settle(
    conn: Connection, site: str, judged: Judged, found: Sequence[Doubt], now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """Bring the open doubts of what was judged to what was found. Returns those raised or changed just now.

    A rule reads beyond what it judges; what it found there it saw only a part of, and it stays as it is.
    """
    f = line_flag.c
    within = [doubt for doubt in found if judged.looked_at(doubt.key, doubt.start, doubt.end)]
    doubts = {doubt.name(site): doubt for doubt in sorted(within, key=lambda d: d.start)[-MOST_OF_A_KIND:]}
    inside = [f.site == site, f.source == judged.source, f.start >= judged.window.start, f.start < judged.window.end]
    rows = conn.execute(
        select(line_flag).where(*inside, f.dataset == judged.dataset, f.code == judged.code).order_by(f.turn)
    ).all()
    changed: list[Flag] = []
    latest = {row.flag: row for row in rows if judged.looked_at(row.key, row.start, row.end)}
    for name, row in latest.items():
        if row.ended_at is not None:
            continue
        if name not in doubts:
            conn.execute(_turn(row, site).values(ended_at=now))
        elif row.facts != dict(doubts[name].facts):
            conn.execute(_turn(row, site).values(facts=dict(doubts[name].facts), report_id=report_id))
            changed.append(replace(_flag(row), facts=dict(doubts[name].facts), report_id=report_id))
    raised: list[dict[str, Any]] = []
    for name, doubt in doubts.items():
        before = latest.get(name)
        if before is not None and before.ended_at is None:
            continue
        if before is not None and before.ended_by is not None and before.facts == dict(doubt.facts):
            continue  # somebody said why, and nothing has changed since
        raised.append(
            {
                **{"site": site, "flag": name, "turn": 0 if before is None else before.turn + 1},
                **{"dataset": doubt.dataset, "code": doubt.code, "source": doubt.source, "key": dict(doubt.key)},
                **{"start": doubt.start, "end": doubt.end, "facts": dict(doubt.facts)},
                **{"report_id": report_id, "raised_at": now},
            }
        )
    if raised:
        conn.execute(insert(line_flag), raised)
    return (*changed, *(Flag(**{name: value for name, value in row.items() if name != "turn"}) for row in raised))


def any_flags(conn: Connection, site: str, source: str, window: Window) -> bool:
    """Whether anything of this source was ever doubted in the window; mostly nothing was."""
    f = line_flag.c
    asked = (f.site == site, f.source == source, f.start >= window.start, f.start < window.end)
    return conn.execute(select(f.flag).where(*asked).limit(1)).first() is not None


def _turn(row: Row[Any], site: str) -> Any:
    f = line_flag.c
    return update(line_flag).where(f.site == site, f.flag == row.flag, f.turn == row.turn)


def clear_flag(conn: Connection, flag: str, why: str, who: str, now: datetime) -> Flag:
    """End a doubt with a reason; the figure stays as it is. Raises NoSuchFlag, NoReason."""
    if not why.strip():
        raise NoReason("a doubt ends with a reason")
    f = line_flag.c
    row = conn.execute(select(line_flag).where(f.flag == flag, f.ended_at.is_(None))).one_or_none()
    if row is None:
        raise NoSuchFlag(flag)
    conn.execute(_turn(row, row.site).values(ended_at=now, ended_by=who, why=why.strip()))
    raise_version(conn, row.site)
    return _flag(conn.execute(select(line_flag).where(f.site == row.site, f.flag == flag, f.turn == row.turn)).one())


def flag_named(conn: Connection, flag: str) -> Flag | None:
    """The newest turn of a doubt, open or ended."""
    f = line_flag.c
    row = conn.execute(select(line_flag).where(f.flag == flag).order_by(f.turn.desc()).limit(1)).one_or_none()
    return None if row is None else _flag(row)


def open_flags(
    conn: Connection, site: str, window: Window | None = None, as_of: datetime | None = None, limit: int = SHOWN
) -> tuple[Flag, ...]:
    """Doubts nobody has answered, of figures that begin in the window, newest first; as they stood at `as_of`."""
    f = line_flag.c
    asked = [f.site == site, _open(as_of)]
    if window is not None:
        asked += [f.start >= window.start, f.start < window.end]
    rows = conn.execute(select(line_flag).where(*asked).order_by(f.start.desc(), f.flag).limit(limit))
    return tuple(_flag(row) for row in rows)


def flags_of_report(conn: Connection, sites: Collection[str], report_id: int) -> tuple[Flag, ...]:
    """The open doubts that a delivery raised."""
    f = line_flag.c
    stmt = select(line_flag).where(f.site.in_(sorted(sites)), f.ended_at.is_(None), f.report_id == report_id)
    return tuple(_flag(row) for row in conn.execute(stmt.order_by(f.start, f.flag)))


def _open(as_of: datetime | None) -> ColumnElement[bool]:
    f = line_flag.c
    if as_of is None:
        return f.ended_at.is_(None)
    return and_(f.raised_at <= as_of, or_(f.ended_at.is_(None), f.ended_at > as_of))


def _flag(row: Row[Any]) -> Flag:
    return Flag(**{name: value for name, value in row._mapping.items() if name != "turn"})
