"""Figures that are asked about, as an audience may see them: possible duplicates, doubts, rows that were rejected.

Each says again what a row of who does what says. They follow that one disclosure (`data.disclosed_doings`): where a row
of a service's day is hidden, nothing else tells a count of that day and service.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection

from data.analytics.baseline import DAYS
from data.days import day_of
from data.disclosure import INSIDE, PROTECTED, is_small
from data.types import Delivery, Duplicate, Flag, Issue, Site, Window
from data.vocabulary import Audience, Dataset
from data.who_shapes import PARTS, Shown
from data.who_where import shown_doings

Reserved = Collection[tuple[float, str, str]]  # start of an operational day, sector, service
HISTORY = timedelta(days=DAYS)
COUNTS = ("value", "sum", "usual", "low", "high")
# Doubts that tell of other days than their own.
OF_HISTORY = ("times_usual", "outside_history")
# People told apart by what the rows of who does what do not tell apart.
FINER = ("need",)
# Columns of a row that count nobody.
IN_WORDS = ("site", "organisation", "sector", "service", "unit")
CROSSED = (Dataset.SERVICE, Dataset.REFERRAL)


def reserved_of(shown: Shown) -> frozenset[tuple[float, str, str]]:
    """Days and services of which the audience does not see every row, or not every part of one."""
    rows, hidden = shown.doings, shown.hidden.copy()
    for name in PARTS:
        hidden |= shown.hidden_parts[name]
    sectors, services = rows.words["sector"], rows.words["service"]
    return frozenset(
        (float(rows.day[k]), sectors[rows.codes["sector"][k]], services[rows.codes["service"][k]])
        for k in np.flatnonzero(hidden).tolist()
    )


def reserved_days(
    conn: Connection,
    site: Site,
    window: Window,
    audience: Audience,
    now: datetime,
    as_of: datetime | None,
    threshold: int,
) -> frozenset[tuple[float, str, str]]:
    return reserved_of(shown_doings(conn, site, window, audience, now, as_of, threshold))


def told_duplicates(
    conn: Connection,
    site: Site,
    found: Sequence[Duplicate],
    audience: Audience,
    now: datetime,
    as_of: datetime | None = None,
    threshold: int = INSIDE,
) -> tuple[Duplicate, ...]:
    """Possible duplicates with what each of the two said, where the audience may see it."""
    if audience is Audience.PROTECTION or not found:
        return tuple(found)
    days = [one.day for one in found]
    window = Window(min(days), max(days) + timedelta(hours=20))
    reserved = reserved_days(conn, site, window, audience, now, as_of, threshold)
    return masked_duplicates(found, audience, reserved, threshold)


def masked_duplicates(
    found: Sequence[Duplicate], audience: Audience, reserved: Reserved, threshold: int = INSIDE
) -> tuple[Duplicate, ...]:
    """What each of two reported is a count crossed by service and day."""
    if audience is Audience.PROTECTION:
        return tuple(found)

    def is_hidden(one: Duplicate) -> bool:
        few = any(is_small(part.get(name), threshold) for part in one.facts.values() for name in ("people", "quantity"))
        return few or one.sector in PROTECTED or (one.day.timestamp(), one.sector, one.service) in reserved

    return tuple(replace(one, facts={}) if is_hidden(one) else one for one in found)


def told_flags(
    conn: Connection,
    site: Site,
    flags: Sequence[Flag],
    audience: Audience,
    now: datetime,
    as_of: datetime | None = None,
    threshold: int = INSIDE,
) -> tuple[Flag, ...]:
    """Doubts with their figures, where the audience may see them; those about people at the door are never masked."""
    services = [flag for flag in flags if "service" in flag.key]
    if audience is Audience.PROTECTION or not services:
        return tuple(flags)
    back = HISTORY if any(flag.code in OF_HISTORY for flag in services) else timedelta(0)
    window = Window(min(flag.start for flag in services) - back, max(flag.end for flag in services))
    reserved = reserved_days(conn, site, window, audience, now, as_of, threshold)
    return masked_flags(flags, site, audience, reserved, threshold)


def masked_flags(
    flags: Sequence[Flag], site: Site, audience: Audience, reserved: Reserved, threshold: int = INSIDE
) -> tuple[Flag, ...]:
    if audience is Audience.PROTECTION:
        return tuple(flags)
    return tuple(replace(one, facts={}) if _is_hidden(one, site, reserved, threshold) else one for one in flags)


def _is_hidden(flag: Flag, site: Site, reserved: Reserved, threshold: int) -> bool:
    if "service" not in flag.key:
        return False
    sector, service = flag.key.get("sector", ""), flag.key["service"]
    if sector in PROTECTED or any(is_small(flag.facts.get(name), threshold) for name in COUNTS):
        return True
    if any(name in str(flag.facts.get("dimension", "")) for name in FINER):
        return True
    first, last = day_of(site, flag.start).start.timestamp(), flag.end.timestamp()
    if flag.code in OF_HISTORY:
        first -= HISTORY.total_seconds()
    return any((of, what) == (sector, service) and first <= day < last for day, of, what in reserved)


def masked_deliveries(found: Sequence[Delivery], audience: Audience) -> tuple[Delivery, ...]:
    """Deliveries with what was wrong in them: of rows about services and referrals no number leaves."""
    if audience is Audience.PROTECTION:
        return tuple(found)
    return tuple(
        replace(one, issues=tuple(map(masked_issue, one.issues))) if one.dataset in CROSSED else one for one in found
    )


def masked_issue(issue: Issue) -> Issue:
    """That a row was rejected is told, and where; what it counted is not, in figures or in words."""
    plain = not any(sign.isdigit() for value in issue.facts.values() for sign in str(value))
    if issue.line is None or not issue.facts or (plain and issue.column in IN_WORDS):
        return issue
    return Issue(issue.line, issue.column, "reserved")
