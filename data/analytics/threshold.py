"""Fixed limits on what is reported, and percent over what is usual. Nothing reported is neither above nor below."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from data.analytics.buckets import HOUR, Buckets, moment, seconds
from data.analytics.lifecycle import Seen
from data.analytics.rule import Finding, Recent
from data.vocabulary import Lane, Level, Measure, Stage

FRESH = 3 * HOUR  # the newest whole hour is at most this old
COVERED_ENOUGH = 0.75  # of the hours usually reported: with fewer nobody can say that it is calm


@dataclass(frozen=True)
class Figure:
    """What a limit is held against. `value` None: nobody knows."""

    value: float | None
    at_least: bool = False
    facts: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True)
class Threshold:
    """Where an alert begins and where it is calm again; between the two it stays as it is."""

    of: str
    stage: str
    lane: str
    side: str
    limit: float
    recovers_at: float
    hours: int
    level: Level

    def find(self, recent: Recent) -> tuple[Finding, ...]:
        figure = self._figure(recent)
        facts: dict[str, Any] = {"stage": self._stage(recent), "of": self.of, "side": self.side, "limit": self.limit}
        if self.lane != Lane.GENERAL:
            facts["lane"] = self.lane
        if figure.value is not None:
            facts |= {"value": round(figure.value, 1), **dict(figure.facts)}
            if figure.at_least:
                facts["at_least"] = True
        if self.of == "wait":
            facts |= {f"{name}_minutes": facts[name] for name in ("value", "limit") if name in facts}
        return (Finding(self._subject(recent), self._seen(figure), self.level, facts),)

    def watched(self, recent: Recent) -> frozenset[str]:
        return frozenset({self._subject(recent)})

    def _stage(self, recent: Recent) -> str:
        return self.stage or str(recent.site.entry_stage)

    def _subject(self, recent: Recent) -> str:
        return f"{self._stage(recent)}/{self.of}"

    def _seen(self, figure: Figure) -> Seen:
        """A figure that is a lower bound can be too high, and is never surely low."""
        value = figure.value
        if value is None:
            return Seen.NO_DATA
        if self.side == "above":
            if value >= self.limit:
                return Seen.BREACH
            if figure.at_least:
                return Seen.BETWEEN if value >= self.recovers_at else Seen.NO_DATA
            return Seen.BETWEEN if self.limit > value >= self.recovers_at else Seen.CLEAR
        if value > self.recovers_at:
            return Seen.CLEAR
        if figure.at_least:
            return Seen.BETWEEN if value > self.limit else Seen.NO_DATA
        return Seen.BETWEEN if value > self.limit else Seen.BREACH

    def _figure(self, recent: Recent) -> Figure:
        place = Stage(self._stage(recent)), Lane(self.lane)
        if self.of in (Measure.ARRIVALS, Measure.SERVED):
            seen = recent.observed.get(place)
            hours = None if seen is None else seen.arrivals if self.of == Measure.ARRIVALS else seen.served
            return Figure(None) if hours is None else lately(hours, self.hours, seconds(recent.now))
        if self.of == "present":
            here = recent.present
            if here is None:
                return Figure(None)
            return Figure(here.people, here.at_least, (("until_at", here.at.isoformat()),))
        state = recent.states.get(place)
        if state is None or state.outdated or state.waiting_at is None:
            return Figure(None)
        at = (("until_at", state.waiting_at.isoformat()),)
        if self.of == "waiting":
            return Figure(state.waiting, state.at_least, at)
        wait, _ = state.best_wait
        return Figure(None if wait is None else round(wait * 60), state.at_least, at)


def lately(hours: Buckets, count: int, now: float) -> Figure:
    """People of the last `count` whole hours up to the newest one, which is at most three hours old."""
    whole = hours.where(hours.whole & (hours.end <= now))
    if not len(whole) or whole.end[-1] < now - FRESH:
        return Figure(None)
    end = float(whole.end[-1])
    last = whole.between(end - count * HOUR, end)
    facts: list[tuple[str, Any]] = [("hours", count), ("until_at", moment(end).isoformat())]
    missing = count - len(last)
    if missing:
        facts.append(("hours_covered", len(last)))
    return Figure(float(last.people.sum()), missing > 0 or bool(last.at_least.any()), tuple(facts))


@dataclass(frozen=True)
class Percent:
    """The last hours against the same hours of the same kind of day (weekdays, Saturdays, Sundays) of eight weeks."""

    side: str
    percent: float
    recovers_at: float
    hours: int
    least_excess: float
    level: Level

    def find(self, recent: Recent) -> tuple[Finding, ...]:
        if recent.source is None:
            return ()
        return (self._found(recent),)

    def watched(self, recent: Recent) -> frozenset[str]:
        return frozenset() if recent.source is None else frozenset({self._subject(recent)})

    def _subject(self, recent: Recent) -> str:
        return f"{recent.site.entry_stage}/{recent.measure}"

    def _found(self, recent: Recent) -> Finding:
        unknown = Finding(self._subject(recent), Seen.NO_DATA, self.level)
        now, day = seconds(recent.now), seconds(recent.day.start)
        whole = recent.hours.where(recent.hours.whole & (recent.hours.end <= now))
        if recent.history is None or not len(whole) or whole.end[-1] < now - FRESH:
            return unknown
        end = float(whole.end[-1])
        held = recent.history.compared(int((end - day) // HOUR) - 1, self.hours)
        if held is None:
            return unknown
        above = self.side == "above"
        usual, missing = held.usual.mid, held.expected - held.covered
        off = (held.observed - usual) * (1 if above else -1)
        facts: dict[str, Any] = {
            "stage": str(recent.site.entry_stage),
            "measure": recent.measure,
            "side": self.side,
            "observed": round(held.observed),
            "expected": round(usual),
            "excess": round(held.observed - usual),
            "more_share": abs(off) / usual if usual > 0 else None,
            "hours": self.hours,
            "until_at": moment(end).isoformat(),
            "days": held.usual.days,
            "source": recent.source,
        }
        if missing > 0:
            facts |= {"at_least": True, "hours_covered": held.covered}
        found = Finding(self._subject(recent), Seen.CLEAR, self.level, facts)
        if off >= self.least_excess and off >= self.percent / 100 * usual:
            return replace(found, seen=Seen.BREACH)
        if held.covered < COVERED_ENOUGH * held.expected:
            return unknown
        between = off >= self.least_excess and off >= self.recovers_at / 100 * usual
        return replace(found, seen=Seen.BETWEEN) if between else found
