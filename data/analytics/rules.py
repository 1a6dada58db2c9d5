"""The alert rules: each a small function with a reason. Rules find; `data.alerts` decides what opened or closed.

A new rule is a row in RULES, its function, and the locale keys `alert.<name>.name`, `alert.<name>.sentence` and
`rule.<name>`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from data.analytics.lifecycle import Patience, Seen
from data.analytics.overdue import overdue_task, tasks_watched
from data.analytics.overdue_requests import overdue_request, requests_watched
from data.analytics.pressure import LEAVE_AT
from data.analytics.rule import Finding, Recent, Rule
from data.analytics.stock_out import stock_out, stock_watched
from data.analytics.surge import collapse, flow_watched, surge
from data.rhythm import Reporting
from data.types import ServiceCoverage
from data.vocabulary import Level, State


def source_silent(recent: Recent, level: Level = Level.WATCH) -> tuple[Finding, ...]:
    """Two reports were due and nothing came of either: what the source reports on is not known any more."""
    return tuple(_silence(row, recent.now, level) for row in recent.reports)


def reports_watched(recent: Recent) -> frozenset[str]:
    return frozenset(_report(row) for row in recent.reports)


def _report(row: Reporting) -> str:
    return f"{row.source}/{row.dataset}"


def _silence(row: Reporting, now: datetime, level: Level) -> Finding:
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
    return Finding(_report(row), seen, level, evidence)


def pressure_high(recent: Recent, least: Level = Level.ALERT, leave_at: float = LEAVE_AT) -> tuple[Finding, ...]:
    """The entry stage's pressure is at `least` or above; it leaves at a share of the limits, 90 % unless set."""
    stage = str(recent.site.entry_stage)
    known = [part for part in recent.pressure.components if part.level is not Level.NO_DATA]
    unknown = frozenset(part.name for part in recent.pressure.components if part.level is Level.NO_DATA)
    if not known:
        return (Finding(stage, Seen.NO_DATA, least),)
    # What the components say themselves: the level shown may still be held up by its own hysteresis.
    level = max((part.level for part in known), key=_rank)
    # The first of the worst in a fixed order: an alert that names another thing every minute is not read.
    worst = min(known, key=lambda part: (-_rank(part.level), TOLD_FIRST.index(part.name)))
    if _rank(level) >= _rank(least):
        seen = Seen.BREACH
    else:
        near = any(part.value is not None and part.value > leave_at * part.limits[_rank(least) - 1] for part in known)
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
    level = level if _rank(level) >= _rank(least) else least
    return (Finding(stage, seen, level, evidence, about=worst.name, unknown=unknown),)


def _coarse(value: float | None) -> float | None:
    """Two figures: an alert that is reworded every minute is not read."""
    if value is None or value == 0:
        return value
    digits = 1 - int(np.floor(np.log10(abs(value))))
    return round(value, digits)


TOLD_FIRST = ("wait_general", "waiting_over_12h", "time_to_clear", "wait_priority", "presence", "utilisation")


@dataclass(frozen=True)
class Gap:
    """When a service is a gap: under this share of its need. `service` "": any that has a standard."""

    below: float = 0.5
    recovers_at: float = 0.6
    service: str = ""
    level: Level = Level.ALERT

    def looks_at(self, row: ServiceCoverage) -> bool:
        return row.standard_value is not None and self.service in ("", str(row.service))


HALF = Gap()


def coverage_gap(recent: Recent, gap: Gap = HALF) -> tuple[Finding, ...]:
    """A service meets less than half of a need: named with what is missing, in units.

    Decided on the figures as they are, told with those that everybody may see.
    """
    shown = {_gap_subject(row): row for sector in recent.shown_sectors for row in sector.services}
    return tuple(
        _gap(row, shown[_gap_subject(row)], gap)
        for sector in recent.sectors
        for row in sector.services
        if gap.looks_at(row)
    )


def gaps_watched(recent: Recent, gap: Gap = HALF) -> frozenset[str]:
    """Every service with a standard that the rule looks at."""
    return frozenset(_gap_subject(row) for sector in recent.sectors for row in sector.services if gap.looks_at(row))


def _gap_subject(row: ServiceCoverage) -> str:
    return f"{row.sector}/{row.service}"


def _gap(row: ServiceCoverage, shown: ServiceCoverage, rule: Gap) -> Finding:
    """No data where the need, the delivery or their age leaves it open whether the need is met."""
    subject = _gap_subject(row)
    # Who has yet to report is taken to go on as before; where nobody can say, the level is unknown.
    ratio = row.carried_ratio if row.at_least and row.level is not Level.NORMAL else row.ratio
    if ratio is None or row.level is Level.NO_DATA or row.state is not State.OK:
        return Finding(subject, Seen.NO_DATA, rule.level)
    evidence: dict[str, Any] = {"sector": str(row.sector), "service": str(row.service)}
    if shown.state is State.MASKED:
        # The state of the alert must tell no more than the level that everybody sees.
        evidence["masked"] = True
        low, between = row.level is Level.CRITICAL, row.level is Level.ALERT
    else:
        evidence |= {
            "gap": shown.gap,
            "unit": shown.unit,
            "required": shown.required,
            "delivered": shown.delivered,
            "ratio": round(ratio, 2),
            **({"at_least": True} if row.at_least else {}),
        }
        low, between = ratio < rule.below, ratio < rule.recovers_at
    if low:
        return Finding(subject, Seen.BREACH, rule.level, evidence)
    return Finding(subject, Seen.BETWEEN if between else Seen.CLEAR, rule.level, evidence)


def _rank(level: Level) -> int:
    order = (Level.NO_DATA, Level.NORMAL, Level.WATCH, Level.ALERT, Level.CRITICAL)
    return order.index(level) - 1


RULES: tuple[Rule, ...] = (
    # Announced at once: how long something must last the detector has weighed already. That it is calmer is told
    # once half a day is as usual again; it is over after six hours of it.
    Rule("surge", surge, Patience(recovering=timedelta(hours=6), no_data=timedelta(hours=3)), flow_watched),
    Rule("collapse", collapse, Patience(recovering=timedelta(hours=6), no_data=timedelta(hours=3)), flow_watched),
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
    Rule("stock_out", stock_out, Patience(recovering=timedelta(hours=1), no_data=timedelta(hours=1)), stock_watched),
    # A task is late or it is not: told at once, over as soon as it is done.
    Rule("overdue_task", overdue_task, Patience(recovering=timedelta(0)), tasks_watched),
    # The same of what one institution asked the others for.
    Rule("overdue_request", overdue_request, Patience(recovering=timedelta(0)), requests_watched),
)
