"""The detector's state at midnight of each series, kept in memory and in the store.

It is a function of what was reported (`data.analytics.detection.lately`): kept so that neither a night nor a restart
works out weeks again for a thousand series. What was kept is used only where its past is the one it was made from.
"""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Connection, Engine, delete, select

from data.analytics.detection.filling import LEAST_DAYS
from data.analytics.detection.kept import from_text, to_text
from data.analytics.detection.lately import BACK, Midnight, a_day_later, at_midnight
from data.analytics.detection.limits import Limits
from data.analytics.seasonal import Past
from data.analytics.windows import day_on
from data.past import past_of
from data.queries import SeriesKey
from data.queries.board import print_of_hours
from data.store import unless_there, writing
from data.tables import detector_midnight
from data.types import Site, Window

DAY = timedelta(days=1)
FORM = 1  # raised when the detector or its baseline changes: what an older one left is worked out again
MOST_KEPT = 8192  # about 10 kB each
AT_ONCE = 100  # written in one transaction: others wait for it on SQLite


@dataclass(frozen=True)
class Kept:
    """`past`: digest of the days it was made from; `mark`: of what says that they have not changed since."""

    past: str
    mark: str
    midnight: Midnight | None


@dataclass(frozen=True)
class _Place:
    """Where the midnight of one series is kept."""

    store: str
    key: SeriesKey
    on: date
    strength: str

    @property
    def columns(self) -> dict[str, str]:
        return {"site": self.key.site, **self.key.columns, "strength": self.strength, "day": self.on.isoformat()}


class Memory:
    def __init__(self) -> None:
        self._kept: OrderedDict[_Place, Kept] = OrderedDict()
        self._unsaved: dict[_Place, Kept] = {}
        self._lock = threading.Lock()

    def clear(self) -> None:
        with self._lock:
            self._kept.clear()
            self._unsaved.clear()

    def get(self, place: _Place) -> Kept | None:
        with self._lock:
            return self._kept.get(place)

    def put(self, place: _Place, kept: Kept, saved: bool) -> None:
        with self._lock:
            self._kept[place] = kept
            self._kept.move_to_end(place)
            if not saved:
                self._unsaved[place] = kept
            while len(self._kept) > MOST_KEPT:
                self._unsaved.pop(self._kept.popitem(last=False)[0], None)

    def unsaved(self, store: str) -> list[tuple[_Place, Kept]]:
        with self._lock:
            mine = [(place, kept) for place, kept in self._unsaved.items() if place.store == store]
            return mine[:AT_ONCE]

    def saved(self, some: list[tuple[_Place, Kept]]) -> None:
        with self._lock:
            for place, kept in some:
                if self._unsaved.get(place) is kept:
                    del self._unsaved[place]


memory = Memory()


def midnight_of(
    conn: Connection,
    site: Site,
    key: SeriesKey,
    on: date,
    special: frozenset[date],
    allowed: Limits,
) -> Midnight | None:
    """As local date `on` begins. None where too little is known of the days before."""
    store, strength = str(conn.engine.url), repr(allowed.opens)
    place, before = (_Place(store, key, one, strength) for one in (on, on - DAY))
    window = Window(day_on(site, on - (BACK + 1) * DAY).start, day_on(site, on).start)
    dates = sorted(one for one in special if one < on)
    mark = _digest(repr((FORM, site, dates, print_of_hours(conn, key, window))).encode())
    kept = _found(conn, place)
    if kept is not None and kept.mark == mark:
        return kept.midnight
    past = past_of(conn, site, key, on, None, special, BACK + 1, LEAST_DAYS)
    content = _of(past)
    if kept is None or kept.past != content:
        kept = Kept(content, mark, _made(conn, past, before, allowed))
    else:  # a report came that changed nothing
        kept = Kept(content, mark, kept.midnight)
    memory.put(place, kept, saved=False)
    return kept.midnight


def save(engine: Engine) -> int:
    """Write what was worked out since the last time; how many series. Of each the newest two nights stay."""
    count = 0
    while some := memory.unsaved(str(engine.url)):
        with writing(engine) as conn:
            for place, kept in some:
                _write(conn, place, kept)
        memory.saved(some)
        count += len(some)
    return count


def _made(conn: Connection, past: Past | None, before: _Place, allowed: Limits) -> Midnight | None:
    if past is None:
        return None
    known = _found(conn, before)
    if known is not None and known.midnight is not None and known.past == _of(past.until(past.days - 1)):
        return a_day_later(known.midnight, past.last(BACK), allowed)
    return at_midnight(past, allowed)


def _of(past: Past | None) -> str:
    """Of the newest BACK days."""
    if past is None:
        return ""
    past = past.last(BACK).trimmed()
    days = (part.tobytes() for part in (past.people, past.totals, past.special))
    return _digest(repr((FORM, past.first, past.slots)).encode(), *days)


def _digest(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _found(conn: Connection, place: _Place) -> Kept | None:
    kept = memory.get(place)
    if kept is None:
        t = detector_midnight.c
        row = conn.execute(
            select(t.past, t.mark, t.midnight).where(*(t[name] == value for name, value in place.columns.items()))
        ).one_or_none()
        if row is not None:
            kept = Kept(row.past, row.mark, None if row.midnight is None else from_text(row.midnight))
            memory.put(place, kept, saved=True)
    return kept


def _write(conn: Connection, place: _Place, kept: Kept) -> None:
    t, series = detector_midnight, dict(place.columns)
    del series["day"]
    stay = ((place.on - DAY).isoformat(), (place.on + DAY).isoformat())
    conn.execute(
        delete(t).where(
            *(t.c[name] == value for name, value in series.items()),
            t.c.day.not_in(stay) | (t.c.day == place.on.isoformat()),
        )
    )
    midnight = None if kept.midnight is None else to_text(kept.midnight)
    # Another worker may have kept the same series at this moment: what it worked out is as good.
    conn.execute(unless_there(conn, t).values(**place.columns, past=kept.past, mark=kept.mark, midnight=midnight))
