"""Several rules at once: one alert where all of some rules, or any of them, see what they look for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from data.analytics.lifecycle import Seen
from data.analytics.rule import Finding, Recent, Rule
from data.vocabulary import Level

SILENT = (Seen.NO_DATA, Seen.BLIND, Seen.FAILED, Seen.GONE)


@dataclass(frozen=True)
class Composite:
    mode: str  # all, any
    parts: tuple[Rule, ...]
    level: Level

    def find(self, recent: Recent) -> tuple[Finding, ...]:
        seen = {part.name: part_seen(one.seen for one in part.find(recent)) for part in self.parts}
        facts: dict[str, Any] = {
            "mode": self.mode,
            "which_rule": [name for name, said in seen.items() if said is Seen.BREACH],
            "unknown_rule": [name for name, said in seen.items() if said is Seen.NO_DATA],
        }
        return (Finding(str(recent.site.entry_stage), together(self.mode, seen.values()), self.level, facts),)

    def watched(self, recent: Recent) -> frozenset[str]:
        return frozenset({str(recent.site.entry_stage)})


def part_seen(seen: Iterable[Seen]) -> Seen:
    """What one rule says of all its subjects: a breach anywhere is one; calm only where every subject is."""
    said = set(seen)
    if Seen.BREACH in said:
        return Seen.BREACH
    if not said or said & set(SILENT):
        return Seen.NO_DATA
    return Seen.BETWEEN if Seen.BETWEEN in said else Seen.CLEAR


def together(mode: str, parts: Iterable[Seen]) -> Seen:
    """Of `all`, one that is calm settles it; of `any`, one that is not. Otherwise who says nothing leaves it open."""
    said = set(parts)
    settles = Seen.CLEAR if mode == "all" else Seen.BREACH
    if settles in said:
        return settles
    if Seen.NO_DATA in said:
        return Seen.NO_DATA
    if Seen.BETWEEN in said:
        return Seen.BETWEEN
    return Seen.BREACH if mode == "all" else Seen.CLEAR
