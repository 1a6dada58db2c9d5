"""Silences: an alert under one stays listed with its mark, and nobody is told of it until the silence is over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, Row, insert, or_, select, update

from data.alert_acts import LONGEST_WORDS, WrongAct, alerts_lock
from data.alert_book import alert_subjects
from data.store import lock
from data.tables import silence
from data.types import Silence, Silenced, Site, Window
from data.versions import raise_version

# Whoever needs longer says so again: a silence that nobody remembers is worse than an alert too many.
LONGEST = timedelta(hours=24)
# One that comes back every week must leave the larger part of each day to the alerts.
LONGEST_WEEKLY = timedelta(hours=12)
DAY = timedelta(days=1)
MINUTES_A_DAY = 24 * 60


class NoSuchSilence(LookupError):
    """No silence of this number, or one that is over."""


def silence_until(
    conn: Connection,
    site: Site,
    rule: str | None,
    subject: str | None,
    reason: str,
    who: str,
    end: datetime,
    now: datetime,
    start: datetime | None = None,
) -> int:
    """From `start` (default `now`) to `end`, which is at most 24 hours away. Returns its number. Raises WrongAct."""
    begins = max(start or now, now)
    if not begins < end:
        raise WrongAct("silence_past")
    if end - now > LONGEST:
        raise WrongAct("silence_too_long", hours=round(LONGEST / timedelta(hours=1)))
    return _added(conn, site, rule, subject, reason, who, now, {"start": begins, "end": end})


def silence_weekly(
    conn: Connection,
    site: Site,
    rule: str | None,
    subject: str | None,
    reason: str,
    who: str,
    days: Sequence[int],
    from_minute: int,
    minutes: int,
    now: datetime,
) -> int:
    """On these days of every week (0 is Monday), from a local minute of the day on. Raises WrongAct."""
    if not days or not set(days) <= set(range(7)) or not 0 <= from_minute < 24 * 60:
        raise WrongAct("silence_days")
    if not 0 < minutes <= LONGEST_WEEKLY / timedelta(minutes=1):
        raise WrongAct("silence_weekly_too_long", hours=round(LONGEST_WEEKLY / timedelta(hours=1)))
    lock(conn, alerts_lock(site.site))
    mine = _weekly_minutes(days, from_minute, minutes)
    beside = [one for one in silences(conn, site, now) if one.days and _meet(one, rule or None, subject or None)]
    together = np.any([mine, *(_weekly_minutes(one.days, one.from_minute, one.minutes) for one in beside)], axis=0)
    if _most_in_a_day(together) > LONGEST_WEEKLY / timedelta(minutes=1):
        raise WrongAct("silence_weekly_together", hours=round(LONGEST_WEEKLY / timedelta(hours=1)))
    when = {"days": sorted(set(days)), "from_minute": from_minute, "minutes": minutes, "told_at": now}
    return _added(conn, site, rule, subject, reason, who, now, when)


def _meet(one: Silence, rule: str | None, subject: str | None) -> bool:
    """Whether some alert could be under both."""
    return (one.rule in (None, rule) or rule is None) and (one.subject in (None, subject) or subject is None)


def _weekly_minutes(days: Sequence[int], from_minute: int, minutes: int) -> np.ndarray:
    """Of each minute of a week by the local clock, whether it is silent."""
    silent = np.zeros(7 * MINUTES_A_DAY, dtype=bool)
    for day in days:
        begun = day * MINUTES_A_DAY + from_minute
        silent[np.arange(begun, begun + minutes) % len(silent)] = True
    return silent


def _most_in_a_day(silent: np.ndarray) -> int:
    """Minutes of the 24 hours of a week that are silent the longest."""
    summed = np.concatenate([[0], np.cumsum(np.tile(silent, 2))])
    return int((summed[MINUTES_A_DAY:] - summed[:-MINUTES_A_DAY]).max())


def _added(
    conn: Connection,
    site: Site,
    rule: str | None,
    subject: str | None,
    reason: str,
    who: str,
    now: datetime,
    when: dict[str, Any],
) -> int:
    reason, who = " ".join(reason.split())[:LONGEST_WORDS], who.strip()
    if not rule and not subject:
        raise WrongAct("silence_everything")
    if not who:
        raise WrongAct("no_name")
    if not reason:
        raise WrongAct("no_reason")
    if subject and subject not in alert_subjects(conn, site.site):
        raise WrongAct("silence_subject")
    lock(conn, alerts_lock(site.site))
    row = {"site": site.site, "rule": rule or None, "subject": subject or None, "reason": reason, "who": who}
    made = insert(silence).values(**row, **when, recorded_at=now).returning(silence.c.silence_id)
    number = conn.execute(made).scalar_one()
    raise_version(conn, site.site)
    return int(number)


def end_silence(conn: Connection, site: Site, silence_id: int, who: str, now: datetime) -> Silence:
    """Before its time. What is still on is told at the next evaluation. Raises NoSuchSilence."""
    lock(conn, alerts_lock(site.site))
    s = silence.c
    row = conn.execute(select(silence).where(s.silence_id == silence_id, s.site == site.site)).one_or_none()
    if row is None or row.ended_at is not None or (row.end is not None and row.end <= now):
        raise NoSuchSilence(f"no silence {silence_id} to end")
    conn.execute(update(silence).where(s.silence_id == silence_id).values(ended_at=now, ended_by=who))
    raise_version(conn, site.site)
    return _of_row(row)


def silences(conn: Connection, site: Site, now: datetime, as_of: datetime | None = None) -> tuple[Silence, ...]:
    """Those that run, that are to come and that come back, as known at a moment; the next to end first."""
    s = silence.c
    known = s.recorded_at <= (now if as_of is None else as_of)
    there = or_(s.ended_at.is_(None), s.ended_at > now)
    rows = conn.execute(select(silence).where(s.site == site.site, known, there, or_(s.end.is_(None), s.end > now)))
    found = [_of_row(row) for row in rows]
    never = now + timedelta(days=36500)
    return tuple(sorted(found, key=lambda one: (not running(one, now, site), one.end or never, one.silence_id)))


def running(one: Silence, now: datetime, site: Site) -> Window | None:
    """The stretch in which it holds now; None where it does not."""
    return next((window for window in _stretches(one, now, site) if window.start <= now < window.end), None)


def last_end(one: Silence, now: datetime, site: Site) -> datetime | None:
    """When it ended the last time, at or before `now`; None where it never has."""
    return max((window.end for window in _stretches(one, now, site) if window.end <= now), default=None)


def _stretches(one: Silence, now: datetime, site: Site) -> list[Window]:
    """Those around `now`, cut where it was written down and where a person ended it."""
    if one.start is not None and one.end is not None:
        found = [Window(one.start, one.end)]
    else:
        today = now.astimezone(ZoneInfo(site.zone)).replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
        days = [today - n * DAY for n in range(9)]
        begun = [day + timedelta(minutes=one.from_minute) for day in days if day.weekday() in one.days]
        # Real minutes from its beginning: the night on which clocks change makes it neither longer nor shorter.
        moments = [at.astimezone(ZoneInfo("UTC")) for at in begun]
        found = [Window(at, at + timedelta(minutes=one.minutes)) for at in moments]
    until = one.ended_at
    cut = [Window(max(w.start, one.recorded_at), w.end if until is None else min(w.end, until)) for w in found]
    return [window for window in cut if window.start < window.end]


def silenced_by(rule: str, subject: str, known: Iterable[Silence], now: datetime, site: Site) -> Silenced | None:
    """The silence an alert is under; of several the one that lasts longest."""
    found: Silenced | None = None
    for one in known:
        window = running(one, now, site) if one.covers(rule, subject) else None
        if window is not None and (found is None or window.end > found.until):
            found = Silenced(one.silence_id, window.end, one.reason, one.who)
    return found


def ended_now(conn: Connection, site: Site, now: datetime) -> tuple[Silence, ...]:
    """Those that ended since their ends were last told; from now on they are told. The caller holds the lock."""
    s = silence.c
    rows = conn.execute(select(silence).where(s.site == site.site, or_(s.told_at.is_(None), s.days.is_not(None))))
    ended = []
    for row in rows.all():
        one = _of_row(row)
        end = last_end(one, now, site)
        if end is None or (row.told_at is not None and end <= row.told_at):
            continue
        conn.execute(update(silence).where(s.silence_id == row.silence_id).values(told_at=now))
        ended.append(one)
    return tuple(ended)


def last_ends(conn: Connection, site: Site, now: datetime, since: datetime) -> list[tuple[Silence, datetime]]:
    """Silences that ended after `since`, with when they did: until then nobody could know of an alert under them."""
    s = silence.c
    lately = or_(s.end.is_(None), s.end >= since)
    found = [_of_row(row) for row in conn.execute(select(silence).where(s.site == site.site, lately))]
    ends = [(one, last_end(one, now, site)) for one in found]
    return [(one, end) for one, end in ends if end is not None and end >= since]


def _of_row(row: Row[Any]) -> Silence:
    return Silence(
        silence_id=row.silence_id,
        site=row.site,
        rule=row.rule,
        subject=row.subject,
        reason=row.reason,
        who=row.who,
        recorded_at=row.recorded_at,
        start=row.start,
        end=row.end,
        days=tuple(row.days or ()),
        from_minute=row.from_minute or 0,
        minutes=row.minutes or 0,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )
