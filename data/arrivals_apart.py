"""Arrivals of a span told apart by age or sex, to count a need by. Never estimated from a share of another day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, select

from data import grains
from data.analytics.parts import UNCLASSIFIED, parts_of
from data.frames import frame
from data.queries.board import print_of_hours
from data.queries.flow import LINE_COLUMNS, SeriesKey
from data.revisions import counting
from data.tables import flow_line
from data.types import Site, Window
from data.vocabulary import AgeBand, Measure

# A band that holds others: who is in it may be in any of them.
WIDER = {"0-4": AgeBand.AGE_UNDER_18}
HALF = 0.5


def arrivals_apart(
    conn: Connection,
    site: Site,
    measure: Measure,
    source: str,
    by: str,
    words: Sequence[str],
    span: Window,
    everybody: float,
    as_of: datetime | None = None,
) -> float | None:
    """Those of `words` among the people who came to the entry in the span.

    None unless everybody was told apart, each in a band no wider than asked: what is not told is not guessed.
    """
    key = SeriesKey(site.site, site.entry_stage, measure, source)
    if as_of is not None:
        return _told(conn, key, by, words, span, everybody, as_of)
    mark = (str(conn.engine.url), key, by, tuple(words), span, everybody, print_of_hours(conn, key, span))
    kept = _kept(mark)
    if not kept:
        kept.append(_told(conn, key, by, words, span, everybody, None))
    return kept[0]


@lru_cache(maxsize=256)
def _kept(mark: object) -> list[float | None]:
    """A place to keep one count until a report changes it."""
    return []


def _told(
    conn: Connection,
    key: SeriesKey,
    by: str,
    words: Sequence[str],
    span: Window,
    everybody: float,
    as_of: datetime | None,
) -> float | None:
    line = flow_line.c
    read = frame(
        conn,
        select(*(line[name] for name in LINE_COLUMNS)).where(
            *(line.site == key.site, line.stage == str(key.stage), line.measure == str(key.measure)),
            *(line.start >= span.start, line.start < span.end, line.end <= span.end, line.source == key.source),
            *(line[by] != "", counting(flow_line, as_of)),
        ),
    )
    if read.empty:
        return None
    parts = parts_of(grains.flow_winning(read), by)
    wider = {str(WIDER[word]) for word in words if word in WIDER} - set(words)
    if any(parts.get(band, 0) > 0 for band in (UNCLASSIFIED, *wider)):
        return None
    if sum(parts.values()) < everybody - HALF:
        return None
    return sum(parts.get(word, 0.0) for word in words)
