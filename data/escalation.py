"""Who hears of a critical alert that nobody has taken: the steps of a site, and those that are due."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from data.history import recorded_by
from data.tables import escalation
from data.types import EscalationStep

# Nobody has approved these: a site's own file sets others.
DEFAULTS = (EscalationStep(1, 15, "coordination", True), EscalationStep(2, 30, "central", True))


def escalation_steps(
    conn: Connection, site: str, at: datetime, as_of: datetime | None = None
) -> tuple[EscalationStep, ...]:
    """In force at a moment, the first one first. A site that has set any has only its own."""
    e = escalation.c
    rows = conn.execute(
        select(escalation)
        .where(e.site == site, e.valid_from <= at, *recorded_by(escalation, as_of))
        .order_by(e.step, e.valid_from, e.recorded_at)
    ).all()
    newest = {row.step: EscalationStep(row.step, row.minutes, row.to, row.provisional) for row in rows}
    return tuple(newest.values()) or DEFAULTS


def escalation_wrongs(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    """What is wrong with the entries of a site's file: each step once, from 1 on, each later than the one before."""
    found = []
    steps = sorted((row for row in rows if type(row.get("step")) is int and type(row.get("minutes")) is int), key=_step)
    for place, row in enumerate(steps, start=1):
        if row["step"] != place:
            found.append(f"[[escalation]]: step = {row['step']}: expected 1, 2, 3 and so on, each once")
        if row["minutes"] < 1 or (place > 1 and row["minutes"] <= steps[place - 2]["minutes"]):
            found.append(f"[[escalation]]: minutes = {row['minutes']}: expected more than the step before it")
    return found


def _step(row: Mapping[str, Any]) -> int:
    return int(row["step"])


def due_steps(
    steps: tuple[EscalationStep, ...], done: frozenset[int], unattended: timedelta
) -> tuple[EscalationStep, ...]:
    """What is to be told now of an alert that nobody has taken for so long; each step once."""
    return tuple(one for one in steps if one.step not in done and unattended >= timedelta(minutes=one.minutes))
