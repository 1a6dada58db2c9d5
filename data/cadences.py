"""Who should report how often: agreed in a site's file, switched from a moment on, never changed for the past."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from data.accounts import record
from data.analytics.periods import DAY_MINUTES, USUAL_MINUTES
from data.rhythm import Cadence
from data.tables import cadence
from data.types import Site
from data.versions import raise_version
from data.vocabulary import Dataset, Rhythm

# A rule in a site's first file holds for the years before it too: history is judged by the rules we know.
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

# How long after its period a report is on time, in minutes, where nothing else was agreed; of a rhythm of so many
# minutes a quarter. What partners of other systems are given: https://docs.dhis2.org (days after the period).
USUAL_GRACE = {
    Rhythm.MONTHLY: 5 * DAY_MINUTES,
    Rhythm.WEEKLY: 2 * DAY_MINUTES,
    Rhythm.DAILY: 6 * 60,
    Rhythm.SHIFT: 60,
    Rhythm.HOURLY: 15,
    Rhythm.NONE: 0,
}
LONGEST_MINUTES = 366 * DAY_MINUTES

# `[[cadence]]` of a site's file, in the terms of `data.sites.ENTRIES`: `kind`, or `minutes` alone.
CADENCE_COLUMNS: dict[str, Any] = {
    "source": None,
    "dataset": tuple(Dataset),
    "kind": tuple(Rhythm),
    "minutes": int,
    "grace_minutes": int,
    "reason": None,
}
CADENCE_OPTIONAL: dict[str, Any] = {"kind": None, "minutes": None, "grace_minutes": None, "reason": None}


class WrongCadence(ValueError):
    """What cannot be agreed; locale key `cadence.wrong.<code>` and its facts."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(f"{code}: {facts}")
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Agreed:
    """One cadence as it stands in the store."""

    source: str
    dataset: str
    cadence: Cadence


def shifts_of(hours: Any, wrongs: list[str]) -> tuple[int, ...]:
    """The `shifts` of a site's file: local hours, each once."""
    good = isinstance(hours, list) and all(type(hour) is int and 0 <= hour <= 23 for hour in hours)
    if not good or len(set(hours)) != len(hours):
        wrongs.append(f"shifts = {hours!r}: expected different whole hours from 0 to 23, such as [6, 14, 22]")
        return ()
    return tuple(sorted(hours))


def cadence_wrongs(rows: Iterable[Mapping[str, Any]], shifts: tuple[int, ...]) -> list[str]:
    """What is wrong with the `[[cadence]]` entries of a site's file, entry by entry."""
    wrongs = []
    for number, row in enumerate(rows, start=1):
        try:
            _made(row, shifts, ALWAYS, ALWAYS, "")
        except WrongCadence as wrong:
            wrongs.append(f"[[cadence]] number {number}: {SAID[wrong.code]}".format(**wrong.facts))
        except (ValueError, TypeError, KeyError):
            continue  # told already, by its column
    return wrongs


SAID = {
    "no_kind": "expected kind (monthly, weekly, daily, shift, hourly) or minutes",
    "minutes": "minutes = {minutes!r}: expected 1 to 1440, or whole days of 1440",
    "no_shifts": "kind = 'shift' needs the site's shifts, such as shifts = [6, 14, 22]",
    "grace": "grace_minutes = {grace!r}: expected 0 or more",
}


def _made(
    entry: Mapping[str, Any], shifts: tuple[int, ...], valid_from: datetime, set_at: datetime, set_by: str
) -> Cadence:
    """The cadence an entry asks for; raises WrongCadence."""
    if not entry.get("minutes") and entry.get("kind") in (None, "", Rhythm.MINUTES):
        raise WrongCadence("no_kind")
    kind = Rhythm(entry.get("kind") or {60: "hourly", DAY_MINUTES: "daily"}.get(entry["minutes"], "minutes"))
    minutes = USUAL_MINUTES.get(kind, entry.get("minutes") or 0)
    if kind is Rhythm.SHIFT:
        if not shifts:
            raise WrongCadence("no_shifts")
        minutes = DAY_MINUTES // len(shifts)
    if kind is Rhythm.MINUTES and not (
        0 < minutes <= DAY_MINUTES or (minutes % DAY_MINUTES == 0 and 0 < minutes <= LONGEST_MINUTES)
    ):
        raise WrongCadence("minutes", minutes=minutes)
    grace = entry.get("grace_minutes")
    if grace is None:
        grace = USUAL_GRACE.get(kind, max(1, minutes // 4))
    if grace < 0:
        raise WrongCadence("grace", grace=grace)
    kept = shifts if kind is Rhythm.SHIFT else ()
    return Cadence(kind, valid_from, minutes, grace, kept, set_at, set_by, entry.get("reason") or "")


def cadences(conn: Connection, site: str, as_of: datetime | None = None) -> tuple[Agreed, ...]:
    """Every cadence of the site, by source, dataset and the moment it begins; as it had been decided by `as_of`."""
    c = cadence.c
    rows = conn.execute(select(cadence).where(c.site == site).order_by(c.source, c.dataset, c.valid_from, c.set_at))
    known = {
        (row.source, row.dataset, row.valid_from): Agreed(row.source, row.dataset, _of_row(row))
        for row in rows
        if as_of is None or row.set_at <= as_of
    }
    return tuple(known.values())


def _of_row(row: Any) -> Cadence:
    return Cadence(
        kind=Rhythm(row.kind),
        valid_from=row.valid_from,
        minutes=row.minutes,
        grace_minutes=row.grace_minutes,
        shifts=tuple(row.shifts or ()),
        set_at=row.set_at,
        set_by=row.set_by,
        reason=row.reason,
    )


def set_cadence(
    conn: Connection,
    site: Site,
    source: str,
    dataset: Dataset,
    kind: Rhythm,
    *,
    now: datetime,
    real_now: datetime,
    by: str,
    valid_from: datetime | None = None,
    minutes: int | None = None,
    grace_minutes: int | None = None,
    reason: str = "",
) -> Cadence:
    """Switch the cadence from a moment on (None: from `now`), with a line in the audit. The past keeps its own.

    `now` is the domain clock's, `real_now` the audit's. The site's version rises. Raises WrongCadence.
    """
    entry = {"kind": kind, "minutes": minutes, "grace_minutes": grace_minutes, "reason": reason}
    wanted = _made(entry, site.shifts, valid_from or now, now, by)
    before = _at(cadences(conn, site.site), source, str(dataset), wanted.valid_from)
    _store(conn, site.site, source, str(dataset), wanted)
    facts = {
        "kind": str(wanted.kind),
        "minutes": wanted.minutes,
        "grace_minutes": wanted.grace_minutes,
        "from": wanted.valid_from.isoformat(),
        "reason": reason,
        "before": None if before is None else str(before.kind),
    }
    record(conn, real_now, by, "cadence-set", f"{site.site}/{source}/{dataset}", facts)
    raise_version(conn, site.site)
    return wanted


def set_by_file(
    conn: Connection, site: Site, entries: Iterable[Mapping[str, Any]], now: datetime, set_by: str
) -> tuple[Agreed, ...]:
    """What a site's file says and did not say before: the first from always, a change from `now` on."""
    known, changed = cadences(conn, site.site), []
    for entry in entries:
        source, dataset = entry["source"], str(entry["dataset"])
        mine = [one.cadence for one in known if (one.source, one.dataset) == (source, dataset)]
        wanted = _made(entry, site.shifts, now if mine else ALWAYS, now, set_by)
        if mine and _same(mine[-1], wanted):
            continue
        _store(conn, site.site, source, dataset, wanted)
        changed.append(Agreed(source, dataset, wanted))
    return tuple(changed)


def _same(old: Cadence, new: Cadence) -> bool:
    def said(one: Cadence) -> tuple[Any, ...]:
        return one.kind, one.minutes, one.grace_minutes, one.shifts

    return said(old) == said(new)


def _at(known: Iterable[Agreed], source: str, dataset: str, at: datetime) -> Cadence | None:
    held = [
        one.cadence for one in known if (one.source, one.dataset) == (source, dataset) and one.cadence.valid_from <= at
    ]
    return held[-1] if held else None


def _store(conn: Connection, site: str, source: str, dataset: str, wanted: Cadence) -> None:
    c = cadence.c
    values = {
        "kind": str(wanted.kind),
        "minutes": wanted.minutes,
        "grace_minutes": wanted.grace_minutes,
        "shifts": list(wanted.shifts) or None,
        "reason": wanted.reason,
        "set_by": wanted.set_by,
    }
    key = {
        "site": site,
        "source": source,
        "dataset": dataset,
        "valid_from": wanted.valid_from,
        "set_at": wanted.set_at,
    }
    again = update(cadence).where(*(c[name] == value for name, value in key.items())).values(**values)
    if conn.execute(again).rowcount == 0:
        conn.execute(insert(cadence).values(**key, **values))
