"""Deciding whether two reports are one: written down, and the figures follow in the same transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from data.duplicates import NoSuchDuplicate, duplicate_named, record_decision, rulings, touched_lines
from data.places import site as site_named
from data.rollups import Touched, stretches
from data.service_rollups import rebuild_source
from data.store import lock_sites
from data.types import Duplicate
from data.versions import raise_version


def decide_duplicate(
    conn: Connection, flag: str, verdict: str, reason: str, who: str, now: datetime, onwards: bool = False
) -> Duplicate:
    """Decide whether two reports are one, or take a decision back; the figures follow in the same transaction.

    Raises what `duplicates.record_decision` does. Nothing is deleted: lines that do not count stay in the store.
    """
    known = duplicate_named(conn, flag)
    if known is None:
        raise NoSuchDuplicate(flag)
    place = site_named(conn, known.site)
    lock_sites(conn, (place.site,))
    decided, window = record_decision(conn, flag, verdict, reason, who, now, onwards)
    told = rulings(conn, place.site)
    for source, lines in touched_lines(conn, decided, window, place).items():
        for days, within in stretches(place, lines):
            rebuild_source(conn, Touched(place, source, within), days, told)
    raise_version(conn, place.site)
    return decided
