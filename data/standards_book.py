"""The standards of a place: those in force, their history, and setting one, the phase or the length of stay.

Nothing is overwritten: each decision holds from its moment on until that of the next one, of several for one moment
the one written last; as of an earlier moment what was known then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from data.accounts import record
from data.analytics.standard_entry import Wrong, WrongStandard, checked_standard
from data.history import recorded_by
from data.queries.board import phase_and_stay, standard_rows
from data.ruling import set_rule
from data.standard_shapes import HeldStandard, Standard, Turn
from data.tables import site_phase, site_stay, standard
from data.versions import raise_version
from data.vocabulary import Phase, Service, Stay


def standards_in_force(
    conn: Connection, site: str, at: datetime, as_of: datetime | None = None, as_if: Stay | None = None
) -> dict[Service, Standard]:
    """Those of the phase the site is in, for as long as people stay there; a withdrawn one is none.

    `as_if`: how long they stayed in a case that is thought through.
    """
    phase, stay = phase_and_stay(conn, site, at, as_of)
    return {
        Service(name): _standard(row).for_stay(as_if or stay)
        for name, row in standard_rows(conn, site, at, phase, as_of).items()
        if not row.withdrawn
    }


def every_standard(
    conn: Connection, site: str, at: datetime, as_of: datetime | None = None
) -> tuple[HeldStandard, ...]:
    """What holds at a moment in each phase, withdrawn ones too, by service and phase."""
    newest = {(one.standard.service, one.standard.phase): one for one in _decisions(conn, site, as_of, at)}
    return tuple(newest[key] for key in sorted(newest))


def standard_history(conn: Connection, site: str, service: str, phase: str) -> tuple[HeldStandard, ...]:
    """Every decision about a service in a phase, the one that counts last first."""
    mine = [
        one
        for one in _decisions(conn, site, None, None)
        if (str(one.standard.service), one.standard.phase) == (service, phase)
    ]
    return tuple(reversed(mine))


def _decisions(conn: Connection, site: str, as_of: datetime | None, at: datetime | None) -> list[HeldStandard]:
    s = standard.c
    until = [] if at is None else [s.valid_from <= at]
    rows = conn.execute(
        select(standard)
        .where(s.site == site, *until, *recorded_by(standard, as_of))
        .order_by(s.service, s.phase, s.valid_from, s.recorded_at)
    )
    return [HeldStandard(_standard(row), row.recorded_at, bool(row.withdrawn)) for row in rows]


def _standard(row: Row[Any]) -> Standard:
    return Standard(
        Service(row.service),
        row.value,
        row.per,
        row.denominator,
        row.unit,
        row.source,
        row.phase,
        row.provisional,
        row.transit_value,
        row.valid_from,
        row.set_by,
        row.reason or "",
    )


def turns(conn: Connection, site: str) -> tuple[tuple[Turn, ...], tuple[Turn, ...]]:
    """Every decision about the phase, and about the length of stay, the one that counts last first."""
    found = []
    for table, word in ((site_phase, "phase"), (site_stay, "stay")):
        rows = conn.execute(
            select(table).where(table.c.site == site).order_by(table.c.valid_from.desc(), table.c.recorded_at.desc())
        )
        found.append(
            tuple(
                Turn(row._mapping[word], row.valid_from, row.recorded_at, row.set_by, row.reason or "") for row in rows
            )
        )
    return found[0], found[1]


def set_standards(
    conn: Connection, site: str, entries: Sequence[Mapping[str, Any]], now: datetime, real_now: datetime, by: str
) -> tuple[str, ...]:
    """Write standards down, each with a line in the audit; those that say so already are left alone.

    `now` is the domain clock's, `real_now` the audit's. Each holds from its `valid_from`, None: from now on. The
    site's version rises. Returns "service/phase" of those that changed. Raises WrongStandard.
    """
    if not by.strip():
        raise WrongStandard([Wrong("no_name", {})])
    changed = []
    for entry in [checked_standard(entry) for entry in entries]:
        since = entry.pop("valid_from")
        if set_rule(conn, standard, site, entry, ("service", "phase"), now, by, since or now):
            name = f"{entry['service']}/{entry['phase']}"
            changed.append(name)
            facts = {**entry, "valid_from": (since or now).isoformat()}
            record(conn, real_now, by, "standard-set", f"{site}/{name}", facts)
    if changed:
        raise_version(conn, site)
    return tuple(changed)


def overruled(conn: Connection, site: str, entry: Mapping[str, Any], since: datetime | None, now: datetime) -> bool:
    """Whether what was decided from `since` on does not hold any more, for another decision begins after it."""
    key = (str(entry["service"]), str(entry["phase"]))
    held = [one.standard for one in every_standard(conn, site, now) if _key(one) == key]
    begun = held[0].valid_from if held else None
    return since is not None and since <= now and begun is not None and begun > since


def _key(one: HeldStandard) -> tuple[str, str]:
    return str(one.standard.service), one.standard.phase


def switch_to(
    conn: Connection,
    site: str,
    word: Phase | Stay,
    now: datetime,
    real_now: datetime,
    by: str,
    reason: str,
    since: datetime | None = None,
) -> bool:
    """The standards of this phase, or for people who stay so long, hold from a moment on (None: now). False where they
    do already."""
    name, table = ("phase", site_phase) if isinstance(word, Phase) else ("stay", site_stay)
    holds = since or now
    phase, stay = phase_and_stay(conn, site, holds)
    before = phase if name == "phase" else stay
    if before == word:
        return False
    set_rule(conn, table, site, {name: str(word), "reason": reason or None}, (), now, by, holds)
    facts = {name: str(word), "before": before, "reason": reason, "valid_from": holds.isoformat()}
    record(conn, real_now, by, f"{name}-set", site, facts)
    raise_version(conn, site)
    return True
