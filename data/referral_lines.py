"""Referrals read from the store: lines that count, as sums of weeks, as one audience may see them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from data.analytics.referrals import LINE_COLUMNS, periods, summed
from data.days import week_of, weeks_of
from data.disclosed_referrals import NOTHING_RESERVED, reserved_in, shown_to
from data.disclosure import INSIDE
from data.frames import frame
from data.referral_shapes import Period, Referrals, ShownPeriod
from data.revisions import counting
from data.tables import referral_line
from data.types import Site, Window
from data.vocabulary import Audience

# Which of two lines counts is decided among all that may speak of the same days, whatever window is asked for: a
# report of a quarter is the longest that is read.
LONGEST = timedelta(days=100)


def referral_periods(
    conn: Connection, site: Site, window: Window, now: datetime, as_of: datetime | None = None
) -> tuple[Period, ...]:
    """Weeks, and longer periods, that lie in the window. Not masked: `referrals` does."""
    line = referral_line.c
    lines = frame(
        conn,
        select(*(line[name] for name in LINE_COLUMNS)).where(
            line.site == site.site,
            line.start >= window.start - LONGEST,
            line.start < window.end + LONGEST,
            counting(referral_line, as_of),
        ),
    )
    lines = lines[lines["end"] - lines["start"] <= LONGEST]
    found = periods(lines.assign(referred=lines["referred"].astype(float)), site, now)
    return tuple(one for one in found if window.start <= one.span.start and one.span.end <= window.end)


def referrals(
    conn: Connection,
    site: Site,
    window: Window,
    audience: Audience,
    now: datetime,
    as_of: datetime | None = None,
    threshold: int = INSIDE,
) -> Referrals:
    """`window`: whole weeks. What is reserved now is reserved as of every moment."""
    first = weeks_of(site, window)
    before = Window(_weeks_before(site, window, len(first)), window.start)

    def shown(asked: Window) -> tuple[ShownPeriod, ...]:
        also = NOTHING_RESERVED
        if as_of is not None:
            also = reserved_in(referral_periods(conn, site, asked, now), audience, threshold)
        return shown_to(referral_periods(conn, site, asked, now, as_of), audience, threshold, also)

    return summed(shown(window), window, shown(before), site, now)


def _weeks_before(site: Site, window: Window, count: int) -> datetime:
    start = window.start
    for _ in range(count):
        start = week_of(site, start - timedelta(hours=1)).start
    return start
