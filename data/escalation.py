"""Who hears of a critical alert that nobody has taken: the steps of a site, and those that are due."""

from __future__ import annotations

from datetime import datetime, timedelta

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


def due_steps(
    steps: tuple[EscalationStep, ...], done: frozenset[int], unattended: timedelta
) -> tuple[EscalationStep, ...]:
    """What is to be told now of an alert that nobody has taken for so long; each step once."""
    return tuple(one for one in steps if one.step not in done and unattended >= timedelta(minutes=one.minutes))
