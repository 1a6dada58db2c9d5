"""The surge rule: recent hours far above the same hours of the same kind of day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from data.analytics.baseline import Compared, History
from data.analytics.buckets import HOUR, Buckets, moment, seconds
from data.analytics.lifecycle import Seen
from data.analytics.rule import Finding, Recent
from data.vocabulary import Level

# The limits were set on the CEBAF reconstruction; tests/data/test_rules.py holds what they give there.
# Half a day of arrivals tells soonest; two days keep the alarm on through a quieter night. A post that cannot serve
# faster serves on into the night, so that half a day of its served people always looks unusual: whole days only.
SURGE_HOURS = {"arrivals": (12, 24, 48), "served": (24, 48)}
SURGE_RATIO = 1.3  # of usual, at least
SURGE_OVER = 150  # people above usual, at least: 2 people instead of 1 is not a surge
SURGE_SPREADS = 4.0  # robust standard deviations between days
SPREAD_FLOOR = 0.08  # of usual: eight calm weeks do not make the ninth certain
RECOVERED = 0.4  # of what fires
CRITICAL_RATIO = 2.0
# Of the hours usually reported, at least: with fewer, the rest may have been counted into them, and only what is
# above the usual of the whole window is a surge for certain.
COVERED_ENOUGH = 0.75
FRESH = 3 * HOUR  # the newest whole hour is at most this old


def surge(recent: Recent) -> tuple[Finding, ...]:
    """The last half day, day or two days are far above the same hours of the same kind of day.

    Unreported hours are left out on both sides, and what was observed is then at least so much.
    """
    if recent.source is None:
        return ()
    subject = _subject(recent)
    whole = recent.hours.where(recent.hours.whole & (recent.hours.end <= seconds(recent.now)))
    if recent.history is None:
        return (Finding(subject, Seen.NO_DATA, Level.WATCH),)
    if len(whole) == 0 or whole.end[-1] < seconds(recent.now) - FRESH:
        return (_unreported(recent, recent.history, whole),)
    slot = int((whole.start[-1] - seconds(recent.day.start)) // HOUR)
    windows = [(hours, recent.history.compared(slot, hours)) for hours in SURGE_HOURS[recent.measure]]
    looks = [(_strength(seen), _seen(seen, hours)) for hours, seen in windows if seen and seen.usual.mid > 0]
    strength = max((look[0] for look in looks), default=0.0)
    newest = windows[0][1]
    # A surge is told by any window; that there is none takes the newest one too.
    if strength < 1 and newest is not None and not _enough(newest):
        return (_blind(recent, whole),)
    if not looks:
        return (Finding(subject, Seen.NO_DATA, Level.WATCH),)
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


def surge_watches(recent: Recent) -> frozenset[str]:
    return frozenset() if recent.source is None else frozenset({_subject(recent)})


def _subject(recent: Recent) -> str:
    return f"{recent.site.entry_stage}/{recent.measure}"


def _enough(seen: Compared) -> bool:
    return seen.covered >= COVERED_ENOUGH * seen.expected


def _strength(seen: Compared) -> float:
    """How strongly one window speaks (1: fires). The weakest of the three conditions counts."""
    usual = seen.usual if _enough(seen) else seen.whole
    over = seen.observed - usual.mid
    spread = max(usual.spread, SPREAD_FLOOR * usual.mid, np.sqrt(usual.mid))
    return float(
        min((seen.observed / usual.mid - 1) / (SURGE_RATIO - 1), over / SURGE_OVER, over / spread / SURGE_SPREADS)
    )


def _seen(seen: Compared, hours: int) -> dict[str, Any]:
    usual = seen.usual
    facts: dict[str, Any] = {
        "observed": round(seen.observed),
        "expected": round(usual.mid),
        "excess": round(seen.observed - usual.mid),
        "ratio": round(seen.observed / usual.mid, 1),
        "hours": hours,
        "usual_low": round(usual.low),
        "usual_high": round(usual.high),
        "days": usual.days,
    }
    return facts if seen.covered == seen.expected else {**facts, "at_least": True, "hours_covered": seen.covered}


def _unreported(recent: Recent, history: History, whole: Buckets) -> Finding:
    """Nothing new. At night, at a post that closes, nobody expected anything."""
    now, day = seconds(recent.now), seconds(recent.day.start)
    since = max(float(whole.end[-1]), now - 24 * HOUR) if len(whole) else now - 24 * HOUR
    if history.usually_told(int((since - day) // HOUR), int((now - day) // HOUR)):
        return _blind(recent, whole)
    return Finding(_subject(recent), Seen.NO_DATA, Level.WATCH)


def _blind(recent: Recent, whole: Buckets) -> Finding:
    """Too little of what is usually reported was reported to say whether there is a surge."""
    hours = SURGE_HOURS[recent.measure][0]
    facts = {
        "stage": str(recent.site.entry_stage),
        "measure": recent.measure,
        "source": recent.source,
        "hours": hours,
        "hours_covered": int((whole.start >= seconds(recent.now) // HOUR * HOUR - hours * HOUR).sum()),
        "last_at": moment(float(whole.end[-1])).isoformat() if len(whole) else None,
        "blind": True,
    }
    return Finding(_subject(recent), Seen.BLIND, Level.WATCH, facts)
