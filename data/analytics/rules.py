"""The alert rules: each a small function with a reason. Rules find; `data.alerts` decides what opened or closed.

A new rule is a row in RULES, its function, and the locale keys `alert.<name>.name`, `alert.<name>.sentence` and
`rule.<name>`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np

from data.analytics.lifecycle import Patience, Seen
from data.analytics.rule import Finding, Recent, Rule
from data.analytics.surge import surge, surge_watches
from data.rhythm import Reporting
from data.types import ServiceCoverage
from data.vocabulary import Level, State


def source_silent(recent: Recent) -> tuple[Finding, ...]:
    """Two reports were due and nothing came of either: what the source reports on is not known any more."""
    return tuple(_silence(row, recent.now) for row in recent.reports)


def reports_watched(recent: Recent) -> frozenset[str]:
    return frozenset(_report(row) for row in recent.reports)


def _report(row: Reporting) -> str:
    return f"{row.source}/{row.dataset}"


def _silence(row: Reporting, now: datetime) -> Finding:
    seen = Seen.BREACH if row.silent(now) else (Seen.BETWEEN if row.late(now) else Seen.CLEAR)
    evidence = {
        "source": row.source,
        "dataset": row.dataset,
        "organisation": row.contact.organisation,
        "last_at": row.last_received.isoformat() if row.last_received else None,
        "rhythm": None if row.cadence is None else str(row.cadence.kind),
        "rhythm_minutes": None if row.cadence is None else row.cadence.minutes,
        "call": ", ".join(said for said in (row.contact.role, row.contact.reach) if said) or None,
    }
    return Finding(_report(row), seen, Level.WATCH, evidence)


def pressure_high(recent: Recent) -> tuple[Finding, ...]:
    """The entry stage's pressure is at alert or above; it leaves at 90 % of the limits (see `_relaxed`)."""
    stage = str(recent.site.entry_stage)
    known = [part for part in recent.pressure.components if part.level is not Level.NO_DATA]
    unknown = frozenset(part.name for part in recent.pressure.components if part.level is Level.NO_DATA)
    if not known:
        return (Finding(stage, Seen.NO_DATA, Level.ALERT),)
    level = recent.pressure.level
    # The first of the worst in a fixed order: an alert that names another thing every minute is not read.
    worst = min(known, key=lambda part: (-_rank(part.level), TOLD_FIRST.index(part.name)))
    if _rank(level) >= _rank(Level.ALERT):
        seen = Seen.BREACH
    else:
        near = any(part.value is not None and part.value > LEAVE_AT * part.limits[1] for part in known)
        seen = Seen.BETWEEN if near else Seen.CLEAR
    evidence = {
        "stage": stage,
        "component": worst.name,
        "value": _coarse(worst.value),
        "never": worst.never,
        "unit": worst.unit,
    }
    if worst.holds_for is not None:
        evidence["holds_basis"] = worst.holds_for
    level = level if _rank(level) >= 2 else Level.ALERT
    return (Finding(stage, seen, level, evidence, about=worst.name, unknown=unknown),)


def _coarse(value: float | None) -> float | None:
    """Two figures: an alert that is reworded every minute is not read."""
    if value is None or value == 0:
        return value
    digits = 1 - int(np.floor(np.log10(abs(value))))
    return round(value, digits)


TOLD_FIRST = ("wait_general", "waiting_over_12h", "time_to_clear", "wait_priority", "presence", "utilisation")
LEAVE_AT = 0.9  # of a limit: entered at the limit, left well under it


def coverage_gap(recent: Recent) -> tuple[Finding, ...]:
    """A service meets less than half of a need: named with what is missing, in units.

    Decided on the figures as they are, told with those that everybody may see.
    """
    shown = {_gap_subject(row): row for sector in recent.shown_sectors for row in sector.services}
    return tuple(
        _gap(row, shown[_gap_subject(row)])
        for sector in recent.sectors
        for row in sector.services
        if row.standard_value is not None
    )


def gaps_watched(recent: Recent) -> frozenset[str]:
    """Every service with a standard."""
    return frozenset(
        _gap_subject(row) for sector in recent.sectors for row in sector.services if row.standard_value is not None
    )


GAP_CLEARS_AT = 0.6  # share of the need


def _gap_subject(row: ServiceCoverage) -> str:
    return f"{row.sector}/{row.service}"


def _gap(row: ServiceCoverage, shown: ServiceCoverage) -> Finding:
    """No data where the need, the delivery or their age leaves it open whether the need is met."""
    subject = _gap_subject(row)
    # Who has yet to report is taken to go on as before; where nobody can say, the level is unknown.
    ratio = row.carried_ratio if row.at_least and row.level is not Level.NORMAL else row.ratio
    if ratio is None or row.level is Level.NO_DATA or row.state is not State.OK:
        return Finding(subject, Seen.NO_DATA, Level.ALERT)
    evidence: dict[str, Any] = {"sector": str(row.sector), "service": str(row.service)}
    if shown.state is State.MASKED:
        # The state of the alert must tell no more than the level that everybody sees.
        evidence["masked"] = True
        between = row.level is Level.ALERT
    else:
        evidence |= {
            "gap": shown.gap,
            "unit": shown.unit,
            "required": shown.required,
            "delivered": shown.delivered,
            "ratio": round(ratio, 2),
            **({"at_least": True} if row.at_least else {}),
        }
        between = ratio < GAP_CLEARS_AT
    if row.level is Level.CRITICAL:
        return Finding(subject, Seen.BREACH, Level.ALERT, evidence)
    return Finding(subject, Seen.BETWEEN if between else Seen.CLEAR, Level.ALERT, evidence)


def _rank(level: Level) -> int:
    order = (Level.NO_DATA, Level.NORMAL, Level.WATCH, Level.ALERT, Level.CRITICAL)
    return order.index(level) - 1


RULES: tuple[Rule, ...] = (
    # A surge is announced at once: its window is hours long already. It is over after six calm hours.
    Rule("surge", surge, Patience(recovering=timedelta(hours=6), no_data=timedelta(hours=3)), surge_watches),
    Rule("source_silent", source_silent, Patience(recovering=timedelta(0)), reports_watched),
    Rule(
        "pressure",
        pressure_high,
        Patience(pending=timedelta(minutes=15), recovering=timedelta(minutes=30)),
        lambda recent: frozenset({str(recent.site.entry_stage)}),
    ),
    Rule(
        "coverage_gap",
        coverage_gap,
        Patience(pending=timedelta(hours=1), recovering=timedelta(hours=1)),
        gaps_watched,
    ),
)
