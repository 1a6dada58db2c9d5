"""Who does what where, read from the store. What a delivery did not touch is kept, day by day."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, func, select

from data.analytics.doings import chosen, joined
from data.days import day_of, days_of
from data.disclosed_doings import joined_shown, keys_of, shown_to
from data.disclosure import INSIDE
from data.history import organisations
from data.store import WRITES
from data.tables import duplicate_decision, hold, report, report_site, report_span
from data.types import Site, Window
from data.versions import version_of
from data.vocabulary import Audience, Dataset
from data.who_lines import read_doings
from data.who_shapes import Doings, Shown

MOST_DAYS = 400
MOST_SITES = 128
MOST_SHOWN = 4096
OVER = 3 * 86_400.0  # after a day no part of it runs any more
# A report that began longer ago does not say who is there now.
LONGEST_ACTIVE = timedelta(days=62)


def doings_of(conn: Connection, site: Site, window: Window, as_of: datetime | None = None) -> Doings:
    """Rows of the operational days that the window touches: those that begin in them."""
    days = days_of(site, Window(window.start, max(window.start, window.end)))
    if as_of is not None or conn.get_execution_options().get(WRITES):
        return read_doings(conn, site, days, as_of)
    return joined(_KEPT.of(conn, site, days))


def lately(conn: Connection, site: Site, now: datetime, as_of: datetime | None = None) -> Doings:
    """Rows of yesterday and today, and of the days in which a report began that still speaks of now, a month's too."""
    today = day_of(site, now)
    yesterday = day_of(site, today.start - timedelta(hours=1)).start
    rs = report_site.c
    began = conn.execute(
        select(func.min(rs.period_start)).where(
            rs.site == site.site, rs.dataset == str(Dataset.SERVICE), rs.period_end > today.start, rs.period_start < now
        )
    ).scalar_one_or_none()
    first = yesterday if began is None else max(min(_aware(began), yesterday), now - LONGEST_ACTIVE)
    return doings_of(conn, site, Window(first, now), as_of)


def shown_doings(
    conn: Connection,
    site: Site,
    window: Window,
    audience: Audience,
    now: datetime,
    as_of: datetime | None = None,
    threshold: int = INSIDE,
) -> Shown:
    """As the audience may see them. What is hidden now is hidden as of every moment."""
    if as_of is not None or conn.get_execution_options().get(WRITES):
        also: frozenset[tuple[object, ...]] = frozenset()
        if as_of is not None and audience is not Audience.PROTECTION:
            also = keys_of(shown_doings(conn, site, window, audience, now, None, threshold))
        return shown_to(doings_of(conn, site, window, as_of), audience, threshold, now.timestamp(), also)
    pieces = _KEPT.of(conn, site, days_of(site, Window(window.start, max(window.start, window.end))))
    return joined_shown([_shown(piece, audience, threshold, now) for piece in pieces])


def _shown(rows: Doings, audience: Audience, threshold: int, now: datetime) -> Shown:
    """Kept while the rows are: masking looks at each, and many ask for the same."""
    over = rows.day.max() + OVER < now.timestamp() if len(rows) and not rows.long.any() else False
    hour = 0.0 if over else now.timestamp() // 3600  # a day is over at an hour
    name = (id(rows), audience, threshold, hour)
    with _SHOWN_LOCK:
        if name in _SHOWN and _SHOWN[name][0] is rows:
            return _SHOWN[name][1]
    made = shown_to(rows, audience, threshold, np.inf if over else hour * 3600)
    with _SHOWN_LOCK:
        _SHOWN[name] = (rows, made)
        while len(_SHOWN) > MOST_SHOWN:
            _SHOWN.popitem(last=False)
    return made


@dataclass
class _Site:
    """What is kept of one site: by the start of a day its rows, and by its days a window of which rows are longer."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    version: int = -1
    outside: tuple[object, ...] = ()
    reports: int = 0
    newest: int = 0
    days: OrderedDict[datetime, Doings] = field(default_factory=OrderedDict)
    windows: OrderedDict[tuple[datetime, datetime], Doings] = field(default_factory=OrderedDict)


class _Kept:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sites: OrderedDict[tuple[str, Site], _Site] = OrderedDict()

    def of(self, conn: Connection, site: Site, days: tuple[Window, ...]) -> list[Doings]:
        """Rows day by day; all in one where some of them are longer than a day."""
        name = (str(conn.engine.url), site)
        with self._lock:
            mine = self._sites.setdefault(name, _Site())
            self._sites.move_to_end(name)
            while len(self._sites) > MOST_SITES:
                self._sites.popitem(last=False)
        with mine.lock:
            self._brought_up(conn, site, mine)
            asked = (days[0].start, days[-1].end)
            if asked in mine.windows:
                mine.windows.move_to_end(asked)
                return [mine.windows[asked]]
            missing = [day for day in days if day.start not in mine.days]
            for stretch in _stretches(missing, days):
                read = read_doings(conn, site, stretch, None)
                if read.long.any():
                    # A long period and the short ones inside it are judged together: such days are no pieces.
                    whole = read if len(stretch) == len(days) else read_doings(conn, site, days, None)
                    _keep(mine.windows, asked, whole, 16)
                    return [whole]
                for day in stretch:
                    piece = chosen(read, read.day == day.start.timestamp())
                    _keep(mine.days, day.start, piece, max(MOST_DAYS, len(days)))
            return [mine.days[day.start] for day in days]

    def _brought_up(self, conn: Connection, site: Site, mine: _Site) -> None:
        """Forget what changed since the last look: the days that new deliveries speak of, or everything."""
        version = version_of(conn, site.site)
        if version == mine.version:
            return
        mine.windows.clear()
        outside, count, newest = _print(conn, site.site)
        rs, span = report_site.c, report_span.c
        fresh = conn.execute(
            select(func.count()).where(
                rs.site == site.site, rs.dataset == str(Dataset.SERVICE), rs.report_id > mine.newest
            )
        ).scalar_one()
        if outside != mine.outside or count != mine.reports + fresh:
            mine.days.clear()
        elif fresh:
            spans = conn.execute(
                select(func.min(span.start), func.max(span.end))
                .where(span.site == site.site, span.dataset == str(Dataset.SERVICE), span.report_id > mine.newest)
                .group_by(span.report_id)
            ).all()
            for first, last in spans:
                for day in days_of(site, Window(_aware(first), _aware(last))):
                    mine.days.pop(day.start, None)
        mine.version, mine.outside, mine.reports, mine.newest = version, outside, count, newest


def _aware(at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _print(conn: Connection, site: str) -> tuple[tuple[object, ...], int, int]:
    """What changes figures without a delivery of their day; how many deliveries about services, and the newest."""
    rs, h, d = report_site.c, hold.c, duplicate_decision.c
    turned = conn.execute(
        select(
            select(func.count()).select_from(report).where(report.c.undone_at.is_not(None)).scalar_subquery(),
            select(func.count()).select_from(hold).where(h.site == site).scalar_subquery(),
            select(func.count()).select_from(hold).where(h.site == site, h.released_at.is_not(None)).scalar_subquery(),
            select(func.count()).select_from(duplicate_decision).where(d.site == site).scalar_subquery(),
        )
    ).one()
    count, newest = conn.execute(
        select(func.count(), func.max(rs.report_id)).where(rs.site == site, rs.dataset == str(Dataset.SERVICE))
    ).one()
    whose = sorted((source, who) for source, who in organisations(conn).items() if who)
    return (*turned, tuple(whose)), count, newest or 0


def _stretches(missing: list[Window], days: tuple[Window, ...]) -> list[tuple[Window, ...]]:
    """Days to read, those that follow each other together."""
    place = {day.start: number for number, day in enumerate(days)}
    found: list[list[Window]] = []
    for day in missing:
        if found and place[found[-1][-1].start] + 1 == place[day.start]:
            found[-1].append(day)
        else:
            found.append([day])
    return [tuple(part) for part in found]


def _keep(kept: OrderedDict[Any, Doings], name: Any, rows: Doings, most: int) -> None:
    kept[name] = rows
    kept.move_to_end(name)
    while len(kept) > most:
        kept.popitem(last=False)


_KEPT = _Kept()
_SHOWN: OrderedDict[tuple[int, Audience, int, float], tuple[Doings, Shown]] = OrderedDict()
_SHOWN_LOCK = threading.Lock()
