"""The rules on the flow itself: far more people than usual, or far fewer. What is special the detector decides
(`data.analytics.detection`); here it becomes a finding with its evidence, or the word that nobody can tell."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Any

from data.analytics.baseline import Compared
from data.analytics.buckets import HOUR, NO_HOURS, Buckets, moment, seconds
from data.analytics.detection.evidence import Evidence
from data.analytics.detection.lately import Detection
from data.analytics.detection.state import Kind
from data.analytics.lifecycle import Seen
from data.analytics.rule import FALSE_ALARMS, Finding, Recent, Upheld
from data.vocabulary import Level

CRITICAL_LEVEL = 2.0  # times the usual: by the evidence and by the level that it is followed to
LEAST_OVER = 20.0  # people above or below the usual: few people more at a small post wake nobody
LEAST_SHARE = 0.05  # nor does a twentieth of a usual day
LEAST_RATIO = 1.25  # of the evidence: where days are very alike, a tenth more is special and changes nothing
# Of the hours usually reported, at least: with fewer nobody can say that there is nothing.
COVERED_ENOUGH = 0.75
WINDOW_HOURS = 12
FRESH = 3 * HOUR  # the newest whole hour is at most this old
FRESH_DAY = 60 * HOUR  # and the newest day, of a series told by the day: its figure comes on the next


def surge(
    recent: Recent, per_month: float = FALSE_ALARMS, least_over: float = LEAST_OVER, level: Level = Level.ALERT
) -> tuple[Finding, ...]:
    """Far more people than usual; and where that cannot be told, since when."""
    if recent.source is None:
        return ()
    seen = recent.detected(per_month)
    if seen is None:
        return (Finding(_subject(recent), Seen.NO_DATA, Level.WATCH),)
    silent = _silent(recent, seen)
    if silent is not None:
        return (silent,)
    if _on(seen, Kind.SURGE, least_over):
        return (_found(recent, seen, level),)
    held = _newest(recent, seen)
    # An alarm is told on whatever was reported; that there is none takes most of what usually is.
    if held is not None and held.covered < COVERED_ENOUGH * held.expected:
        return (_blind(recent),)
    # A crowd that comes by night as by day is special at night only: by day the alarm is not over.
    above = held is not None and held.observed > held.usual.high
    upheld = _upheld(recent, seen, Kind.SURGE, least_over)
    return (Finding(_subject(recent), Seen.BETWEEN if above else Seen.CLEAR, level, upheld=upheld),)


def collapse(
    recent: Recent, per_month: float = FALSE_ALARMS, least_under: float = LEAST_OVER, level: Level = Level.ALERT
) -> tuple[Finding, ...]:
    """Far fewer people than usual: a border closed upstream, or reports of only a part. Silence is no collapse."""
    if recent.source is None:
        return ()
    seen = recent.detected(per_month)
    if seen is None or _silent(recent, seen) is not None:
        return (Finding(_subject(recent), Seen.NO_DATA, Level.WATCH),)
    if _on(seen, Kind.COLLAPSE, least_under):
        return (_found(recent, seen, level),)
    held = _newest(recent, seen)
    below = held is not None and held.observed < held.usual.low
    upheld = _upheld(recent, seen, Kind.COLLAPSE, least_under)
    return (Finding(_subject(recent), Seen.BETWEEN if below else Seen.CLEAR, level, upheld=upheld),)


def flow_watched(recent: Recent) -> frozenset[str]:
    return frozenset() if recent.source is None else frozenset({_subject(recent)})


def _subject(recent: Recent) -> str:
    return f"{recent.site.entry_stage}/{recent.measure}"


def _on(seen: Detection, kind: Kind, least: float) -> bool:
    rests = seen.verdict.evidence
    if seen.verdict.alarm is not kind or rests is None or abs(rests.excess) < max(least, LEAST_SHARE * seen.usual_day):
        return False
    return rests.ratio >= LEAST_RATIO if kind is Kind.SURGE else rests.ratio <= 1 / LEAST_RATIO


def _upheld(recent: Recent, seen: Detection, kind: Kind, least: float) -> Upheld:
    on = [one.end for one in seen.alarms if _on(one, kind, least)]
    hours = NO_HOURS if seen.step_hours > 1 else _whole(recent)
    return Upheld(seen.since, max(on, default=-math.inf), seen.end, hours)


def _found(recent: Recent, seen: Detection, told_at: Level) -> Finding:
    verdict = seen.verdict
    rests = verdict.evidence
    assert rests is not None
    until = moment(seen.end)
    facts: dict[str, Any] = {
        "stage": str(recent.site.entry_stage),
        "measure": recent.measure,
        "observed": round(rests.observed),
        "expected": round(rests.expected),
        "excess": round(rests.excess),
        "ratio": round(rests.ratio, 1),
        "hours": round(rests.hours),
        "chance_share": _chance(verdict.chance),
        "sure": str(verdict.sure),
        "since_at": (until - timedelta(hours=rests.hours)).isoformat(),
        "opened_at": (until - timedelta(hours=verdict.hours)).isoformat(),
        "until_at": until.isoformat(),
        "grown": verdict.grown,
        "days": seen.days,
        "source": recent.source,
    }
    if verdict.short:
        facts["short"] = True
    missing = _missing_hours(recent, seen, rests)
    if missing:
        facts |= {"at_least": True, "hours_covered": round(rests.hours) - missing}
    critical = rests.ratio >= CRITICAL_LEVEL and verdict.level >= CRITICAL_LEVEL
    level = Level.CRITICAL if critical and verdict.alarm is Kind.SURGE else told_at
    return Finding(_subject(recent), Seen.BREACH, level, facts, holds_level=True)


def _chance(chance: float) -> float:
    """In steps, so that an alert is not reworded every hour; nobody is surer than 99 %."""
    steps = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99)
    return max((step for step in steps if step <= chance), default=steps[0])


def _whole(recent: Recent) -> Buckets:
    return recent.hours.where(recent.hours.whole & (recent.hours.end <= seconds(recent.now)))


def _silent(recent: Recent, seen: Detection) -> Finding | None:
    """Nothing new. At night, at a post that closes, nobody expected anything."""
    now, day = seconds(recent.now), seconds(recent.day.start)
    if seen.step_hours > 1:
        old = seen.end < now - FRESH_DAY
        return Finding(_subject(recent), Seen.NO_DATA, Level.WATCH) if old else None
    whole = _whole(recent)
    if len(whole) and whole.end[-1] >= now - FRESH:
        return None
    since = max(float(whole.end[-1]), now - 24 * HOUR) if len(whole) else now - 24 * HOUR
    history = recent.history
    if history is not None and history.usually_told(int((since - day) // HOUR), int((now - day) // HOUR)):
        return _blind(recent)
    return Finding(_subject(recent), Seen.NO_DATA, Level.WATCH)


def _missing_hours(recent: Recent, seen: Detection, rests: Evidence) -> int:
    """Hours of the stretch that are usually reported and were not; of a night at a closed post none."""
    if recent.history is None or seen.step_hours > 1:
        return round(rests.hours - rests.hours_told)
    slot = int((seen.end - seconds(recent.day.start)) // HOUR) - 1
    held = recent.history.compared(slot, round(rests.hours))
    return 0 if held is None else held.expected - held.covered


def _newest(recent: Recent, seen: Detection) -> Compared | None:
    """The last half day against the same hours of the same kind of day."""
    if recent.history is None or seen.step_hours > 1:
        return None
    slot = int((seen.end - seconds(recent.day.start)) // HOUR) - 1
    return recent.history.compared(slot, WINDOW_HOURS)


def _blind(recent: Recent) -> Finding:
    """Too little of what is usually reported was reported to say whether there is a surge."""
    whole = _whole(recent)
    facts = {
        "stage": str(recent.site.entry_stage),
        "measure": recent.measure,
        "source": recent.source,
        "hours": WINDOW_HOURS,
        "hours_covered": int((whole.start >= seconds(recent.now) // HOUR * HOUR - WINDOW_HOURS * HOUR).sum()),
        "last_at": moment(float(whole.end[-1])).isoformat() if len(whole) else None,
        "blind": True,
    }
    return Finding(_subject(recent), Seen.BLIND, Level.WATCH, facts)
