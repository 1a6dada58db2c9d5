"""What a rule would have done: the rule itself and the life of its alert, hour by hour over what is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from data.analytics.kinds import built
from data.analytics.lifecycle import Life, Seen, step
from data.analytics.pressure import limits_from
from data.analytics.rule import Finding, Recent, Rule
from data.hour_by_hour import Asked, moments, recents
from data.rule_shapes import Episode, Rehearsal, SetRule
from data.types import Site, Window
from data.vocabulary import LEVEL_ORDER, AlertState, Lane, RuleKind, Stage

DAYS = 90
# Within an hour what a rule sees is the same; its clocks are looked at by the quarter.
QUARTERS = tuple(timedelta(minutes=minutes) for minutes in (0, 15, 30, 45))
SILENT = (Seen.NO_DATA, Seen.BLIND)
# What they look at is not kept by the hour: who was to report when, what was delivered by the day, what people did.
NOT_REHEARSED = (RuleKind.SOURCE_SILENT, RuleKind.COVERAGE_GAP, RuleKind.OVERDUE_TASK, RuleKind.OVERDUE_REQUEST)


class NotRehearsed(ValueError):
    """Rules of this kind cannot be tried on the past."""


def rehearse(
    conn: Connection, site: Site, rule: SetRule, known: Mapping[str, SetRule], now: datetime, days: int = DAYS
) -> Rehearsal:
    """`known`: the rules of the place by name, for one made of others. Raises NotRehearsed."""
    told = {**known, rule.name: rule}
    window, made = moments(now, days), built(rule, told)
    if rule.kind is RuleKind.STOCK_OUT:
        return _each(rule, made, recents(conn, site, Asked(stock=True), window), window)
    run = _Run(made, rule)
    for recent in recents(conn, site, asked_by(rule, told, site), window):
        found = made.find(recent)
        run.hour(recent.now, found[0] if found else None)
    return Rehearsal(rule, window, tuple(run.told()), run.hours, run.unknown)


def _each(rule: SetRule, made: Rule, hours: Iterator[Recent], window: Window) -> Rehearsal:
    """A rule with many subjects. An hour is unknown where it could not tell of one of them, or of none at all."""
    runs: dict[str, _Run] = {}
    looked = unknown = 0
    for recent in hours:
        found = {one.subject: one for one in made.find(recent)}
        looked += 1
        unknown += not found or any(one.seen in SILENT for one in found.values())
        for subject in dict.fromkeys((*runs, *found)):
            runs.setdefault(subject, _Run(made, rule)).hour(recent.now, found.get(subject))
    episodes = sorted((one for run in runs.values() for one in run.told()), key=lambda one: one.start)
    return Rehearsal(rule, window, tuple(episodes), looked, unknown)


def asked_by(rule: SetRule, known: Mapping[str, SetRule], site: Site) -> Asked:
    """What the rule looks at, and those it is made of."""
    said = rule.params
    # Of goods there are many, each with its own alert: a rule made of others is about one thing.
    if rule.kind in (*NOT_REHEARSED, RuleKind.STOCK_OUT):
        raise NotRehearsed(str(rule.kind))
    if rule.kind in (RuleKind.SURGE, RuleKind.COLLAPSE):
        return Asked(usual=True, rates=frozenset({said["false_alarms_per_month"]}))
    if rule.kind is RuleKind.PERCENT:
        return Asked(usual=True)
    if rule.kind is RuleKind.PRESSURE:
        places = frozenset({(site.entry_stage, Lane.GENERAL), (site.entry_stage, Lane.PRIORITY)})
        return Asked(states=places, present=True, pressure=limits_from(said["limits"]))
    if rule.kind is RuleKind.THRESHOLD:
        place = frozenset({(Stage(said["stage"] or site.entry_stage), Lane(said["lane"]))})
        if said["of"] == "present":
            return Asked(present=True)
        return Asked(states=place) if said["of"] in ("waiting", "wait") else Asked(places=place)
    parts = [asked_by(known[name], known, site) for name in said["rules"]]
    return Asked(
        places=frozenset().union(*(part.places for part in parts)),
        states=frozenset().union(*(part.states for part in parts)),
        usual=any(part.usual for part in parts),
        rates=frozenset().union(*(part.rates for part in parts)),
        present=any(part.present for part in parts),
        pressure=next((part.pressure for part in parts if part.pressure), ()),
    )


class _Run:
    """One alert after another of a rule with one subject."""

    def __init__(self, made: Rule, rule: SetRule) -> None:
        self.patience, self.rule = made.patience, rule
        self.hours = self.unknown = 0
        self._life: Life | None = None
        self._about: str | None = None
        self._on: Episode | None = None
        self._peak: tuple[float, Finding, datetime] | None = None  # of the life, also while it is pending
        self._done: list[Episode] = []

    def hour(self, at: datetime, found: Finding | None) -> None:
        self.hours += 1
        if found is None or found.seen in SILENT:
            self.unknown += 1
        if found is None:
            return
        seen = found.seen
        # As `data.alert_moves` does: about what nobody reports any more the others cannot say that it is over.
        if seen in (Seen.BETWEEN, Seen.CLEAR) and self._about in found.unknown:
            seen = Seen.NO_DATA
        if seen is Seen.BREACH:
            self._about = found.about
            height = _height(self.rule, found)
            if self._life is None or self._peak is None or height > self._peak[0]:
                self._peak = (height, found, at)
        for quarter in QUARTERS:
            self._step(at + quarter, seen)
            if self._life is None:
                break
        self._follow()

    def _step(self, at: datetime, seen: Seen) -> None:
        self._life, change = step(self._life, seen, at, self.patience)
        if change is not None and change.to is AlertState.FIRING and self._on is None and self._peak is not None:
            self._on = Episode(at, None, self._peak[2], self._peak[1].level, self._peak[1].evidence)
        if change is not None and change.to is AlertState.RESOLVED:
            self._follow()
            if self._on is not None:
                self._done.append(replace(self._on, end=at))
            self._on = self._peak = self._about = None

    def _follow(self) -> None:
        if self._on is not None and self._peak is not None:
            _, found, at = self._peak
            gravest = max((self._on.level, found.level), key=LEVEL_ORDER.index)
            self._on = replace(self._on, peak_at=at, level=gravest, evidence=found.evidence)

    def told(self) -> list[Episode]:
        return [*self._done, *([self._on] if self._on is not None else [])]


def _height(rule: SetRule, found: Finding) -> float:
    """How far from calm; the greatest is the peak."""
    says = found.evidence
    if rule.kind is RuleKind.COMPOSITE:
        return float(len(says["which_rule"]))
    if rule.kind is RuleKind.STOCK_OUT:
        return -float(says["hours_left"])
    if rule.kind is RuleKind.PRESSURE:
        return float(LEVEL_ORDER.index(found.level))
    if rule.kind is RuleKind.PERCENT:
        return abs(float(says["excess"]))
    if rule.kind in (RuleKind.SURGE, RuleKind.COLLAPSE):
        return float(says["ratio"]) * (1 if rule.kind is RuleKind.SURGE else -1)
    return float(says["value"]) * (1 if says["side"] == "above" else -1)
