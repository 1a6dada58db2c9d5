"""The shapes of the alert rules: one as it is set, and what it would have done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data.flow_shapes import Window
from data.vocabulary import Level, RuleKind


@dataclass(frozen=True)
class SetRule:
    """A rule of a site, whole: every parameter has its value. The three patiences are minutes.

    `valid_from` None: nobody has set it, it is as this release has it.
    """

    name: str
    kind: RuleKind
    params: Mapping[str, Any]
    level: Level
    pending: int
    recovering: int
    no_data: int
    enabled: bool = True
    reason: str = ""
    set_by: str = ""
    valid_from: datetime | None = None
    recorded_at: datetime | None = None

    @property
    def built_in(self) -> bool:
        return self.valid_from is None

    def entry(self) -> dict[str, Any]:
        """What a row of the table says beside who wrote it and when."""
        return {
            "name": self.name,
            "kind": str(self.kind),
            "params": dict(self.params),
            "level": str(self.level),
            "pending": self.pending,
            "recovering": self.recovering,
            "no_data": self.no_data,
            "enabled": self.enabled,
            "reason": self.reason,
        }


@dataclass(frozen=True)
class RuleField:
    """One parameter in a form. `value`: as it was typed, or as it stands; of names and limits the parts of it."""

    name: str
    kind: str  # number, whole, choice, names, limits, text
    value: str = ""
    choices: tuple[str, ...] = ()
    parts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # limits by component
    chosen: tuple[str, ...] = ()  # names


@dataclass(frozen=True)
class Episode:
    """An alert that a rule would have told: from firing to its end (None: it would still be on).

    `evidence`: of the hour of the peak, the one farthest from calm.
    """

    start: datetime
    end: datetime | None
    peak_at: datetime
    level: Level
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Rehearsal:
    """A rule over stored hours. `hours` of the window, of which at `unknown` the rule could not tell."""

    rule: SetRule
    window: Window
    episodes: tuple[Episode, ...]
    hours: int
    unknown: int


@dataclass(frozen=True)
class PressureChange:
    """The pressure level became `level` at `at`. `inputs`: each component's value, level and limits."""

    at: datetime
    level: Level
    before: Level | None
    inputs: Mapping[str, Any]
