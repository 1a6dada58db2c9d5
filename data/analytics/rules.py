"""The alert rules: each a small function with a reason. Rules find; `data.alerts` decides what opened or closed.

A new rule is a row in RULES, its function, and the locale keys `alert.<name>.name`, `alert.<name>.sentence` and
`rule.<name>`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from data.analytics.baseline import History
from data.analytics.buckets import HOUR, Buckets, moment, seconds
from data.analytics.lifecycle import Patience, Seen
from data.rhythm import Reporting
from data.types import Pressure, SectorCoverage, Site, Window
from data.vocabulary import Level, State


@dataclass(frozen=True)
class Recent:
    """What the rules may look at: one site at one moment, nothing later."""

    site: Site
    now: datetime
    hours: Buckets  # people at the entry stage, the newest day and before
    day: Window  # the operational day of the newest whole hour: just after midnight that is yesterday
    history: History | None  # of that day, with its hours in the last row; None under 14 days
    measure: str  # "arrivals", or "served" where nobody counts arrivals: that series is capped by capacity
    source: str | None
    reports: tuple[Reporting, ...]
    pressure: Pressure
    sectors: tuple[SectorCoverage, ...]  # as the open audience may see them: alert texts go everywhere


@dataclass(frozen=True)
class Finding:
    """What a rule says about one subject. Facts of the evidence fill the alert's sentence."""

    subject: str
    seen: Seen
    level: Level
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    name: str
    find: Callable[[Recent], tuple[Finding, ...]]
    patience: Patience


# Surge. The limits were set on the CEBAF reconstruction; tests/data/test_rules.py holds what they give there.
# Half a day of arrivals tells soonest; two days keep the alarm on through a quieter night. A post that cannot serve
# faster serves on into the night, so that half a day of its served people always looks unusual: whole days only.
SURGE_HOURS = {"arrivals": (12, 24, 48), "served": (24, 48)}
SURGE_RATIO = 1.3  # of usual, at least
SURGE_OVER = 150  # people above usual, at least: 2 people instead of 1 is not a surge
SURGE_SPREADS = 4.0  # robust standard deviations between days
SPREAD_FLOOR = 0.08  # of usual: eight calm weeks do not make the ninth certain
RECOVERED = 0.4  # of what fires
CRITICAL_RATIO = 2.0


def surge(recent: Recent) -> tuple[Finding, ...]:
    """The last half day, day or two days are far above the same hours of the same kind of day."""
    subject = f"{recent.site.entry_stage}/{recent.measure}"
    if recent.history is None or len(recent.hours) == 0:
        return (Finding(subject, Seen.NO_DATA, Level.ALERT),)
    whole = recent.hours.where(recent.hours.whole & (recent.hours.end <= seconds(recent.now)))
    if len(whole) == 0 or whole.end[-1] < seconds(recent.now) - 3 * HOUR:
        return (Finding(subject, Seen.NO_DATA, Level.ALERT),)
    slot = min(23, int((whole.start[-1] - seconds(recent.day.start)) // HOUR))
    looks = [look for hours in SURGE_HOURS[recent.measure] if (look := _look(recent.history, slot, hours)) is not None]
    if not looks:
        return (Finding(subject, Seen.NO_DATA, Level.ALERT),)
    strength = max(look[0] for look in looks)
    # Of the windows that speak as one, the day is the one people think in.
    loud = [look[1] for look in looks if look[0] >= min(1.0, strength)]
    evidence = min(loud, key=lambda seen: abs(seen["hours"] - 24))
    calm = Seen.BETWEEN if strength > RECOVERED else Seen.CLEAR
    seen = Seen.BREACH if strength >= 1 else calm
    level = Level.CRITICAL if evidence["ratio"] >= CRITICAL_RATIO else Level.ALERT
    until = moment(float(whole.end[-1]))
    since = until - timedelta(hours=evidence["hours"])
    facts = {
        **evidence,
        "stage": str(recent.site.entry_stage),
        "measure": recent.measure,
        "since_at": since.isoformat(),
        "until_at": until.isoformat(),
        "source": recent.source,
    }
    return (Finding(subject, seen, level, facts),)


def _look(history: History, slot: int, hours: int) -> tuple[float, dict[str, Any]] | None:
    """How strongly one window speaks (1: fires), and what it saw. The weakest of the three conditions counts."""
    usual, observed = history.hours_before(slot, hours), history.seen(slot, hours)
    if usual is None or observed is None or usual.mid <= 0:
        return None
    over = observed - usual.mid
    spread = max(usual.spread, SPREAD_FLOOR * usual.mid, np.sqrt(usual.mid))
    ratio = observed / usual.mid
    strength = min((ratio - 1) / (SURGE_RATIO - 1), over / SURGE_OVER, over / spread / SURGE_SPREADS)
    seen = {
        "observed": round(observed),
        "expected": round(usual.mid),
        "excess": round(over),
        "ratio": round(ratio, 1),
        "hours": hours,
        "usual_low": round(usual.low),
        "usual_high": round(usual.high),
        "days": usual.days,
    }
    return float(strength), seen


def source_silent(recent: Recent) -> tuple[Finding, ...]:
    """Two reports were due and nothing came of either: what the source reports on is not known any more."""
    return tuple(_silence(row, recent.now) for row in recent.reports)


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
    return Finding(f"{row.source}/{row.dataset}", seen, Level.WATCH, evidence)


def pressure_high(recent: Recent) -> tuple[Finding, ...]:
    """The entry stage's pressure is at alert or above; it leaves at 90 % of the limits (see `_relaxed`)."""
    stage = str(recent.site.entry_stage)
    known = [part for part in recent.pressure.components if part.level is not Level.NO_DATA]
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
    return (Finding(stage, seen, level if _rank(level) >= 2 else Level.ALERT, evidence),)


def _coarse(value: float | None) -> float | None:
    """Two figures: an alert that is reworded every minute is not read."""
    if value is None or value == 0:
        return value
    digits = 1 - int(np.floor(np.log10(abs(value))))
    return round(value, digits)


TOLD_FIRST = ("wait_general", "waiting_over_12h", "time_to_clear", "wait_priority", "presence", "utilisation")
LEAVE_AT = 0.9  # of a limit: entered at the limit, left well under it


def coverage_gap(recent: Recent) -> tuple[Finding, ...]:
    """A sector meets less than half of a need: named with what is missing, in units."""
    return tuple(found for row in recent.sectors if (found := _gap(row)) is not None)


GAP_CLEARS_AT = 0.6  # share of the need


def _gap(row: SectorCoverage) -> Finding | None:
    worst = row.worst
    if worst is None or worst.required is None or worst.state is State.MASKED:
        return None
    if worst.ratio is None or worst.state is not State.OK:
        return Finding(str(row.sector), Seen.NO_DATA, Level.ALERT)
    evidence = {
        "sector": str(row.sector),
        "service": str(worst.service),
        "gap": worst.gap,
        "unit": worst.unit,
        "required": worst.required,
        "delivered": worst.delivered,
        "ratio": round(worst.ratio, 2),
    }
    if worst.level is Level.CRITICAL:
        return Finding(str(row.sector), Seen.BREACH, Level.ALERT, evidence)
    seen = Seen.CLEAR if worst.ratio >= GAP_CLEARS_AT else Seen.BETWEEN
    return Finding(str(row.sector), seen, Level.ALERT, evidence)


def _rank(level: Level) -> int:
    order = (Level.NO_DATA, Level.NORMAL, Level.WATCH, Level.ALERT, Level.CRITICAL)
    return order.index(level) - 1


RULES: tuple[Rule, ...] = (
    # A surge is announced at once: its window is hours long already. It is over after six calm hours.
    Rule("surge", surge, Patience(recovering=timedelta(hours=6), no_data=timedelta(hours=3))),
    Rule("source_silent", source_silent, Patience(recovering=timedelta(0))),
    Rule("pressure", pressure_high, Patience(pending=timedelta(minutes=15), recovering=timedelta(minutes=30))),
    Rule("coverage_gap", coverage_gap, Patience(pending=timedelta(hours=1), recovering=timedelta(hours=1))),
)
