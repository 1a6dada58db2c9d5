"""What changed after it had been told: of each figure its values in the order in which readers saw them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from data.types import Revision


@dataclass(frozen=True)
class Told:
    """One line of a key: what it says, from when on it counted, and until when."""

    key: tuple[Any, ...]
    people: float
    order: tuple[Any, ...]  # of the lines of a key the one with the highest counts
    known_at: datetime
    gone_at: datetime | None
    facts: Mapping[str, Any]  # what a reader is told of it; `released_by` where it had waited in a closed period


def revisions(lines: Iterable[Told], as_of: datetime | None = None) -> list[Revision]:
    """Every change of a value after its first telling, the newest first."""
    found: list[Revision] = []
    for _, told in groupby(sorted(lines, key=lambda one: (one.key, one.order)), key=lambda one: one.key):
        found += _of_key(list(told), as_of)
    return sorted(found, key=lambda one: (one.at, one.start), reverse=True)


def _of_key(lines: Sequence[Told], as_of: datetime | None) -> list[Revision]:
    events = [(one.known_at, 1, one) for one in lines]
    events += [(one.gone_at, 0, one) for one in lines if one.gone_at is not None and one.gone_at > one.known_at]
    events.sort(key=lambda event: (event[0], event[1], event[2].order))
    counting: list[Told] = []
    value: float | None = None
    told_before = False
    found = []
    for at, comes, line in events:
        if as_of is not None and at > as_of:
            break
        if comes:
            counting.append(line)
        else:
            counting.remove(line)
        before, winner = value, max(counting, key=lambda one: one.order, default=None)
        value = None if winner is None else winner.people
        if told_before and value != before:
            found.append(_revision(at, before, value, line, bool(comes)))
        told_before = True
    return found


def _revision(at: datetime, old: float | None, new: float | None, line: Told, comes: bool) -> Revision:
    facts = dict(line.facts)
    kind = "undo" if not comes else "release" if facts.get("released_by") else "correction"
    who = {"undo": facts["undone_by"], "release": facts["released_by"], "correction": facts["sent_by"]}[kind]
    # Why a delivery came does not say why it went.
    reason = {"undo": None, "release": facts["release_reason"], "correction": facts["reason"]}[kind]
    return Revision(
        at=at,
        kind=kind,
        old=old,
        new=new,
        who=who,
        reason=reason,
        **{name: facts[name] for name in ("stage", "measure", "lane", "source", "start", "end", "report_id")},
        issued_at=facts["issued_at"],
        broken_down=facts["broken_down"],
    )
