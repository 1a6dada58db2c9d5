"""The shapes of what proposes a level of the plan, and of where the plan of a site stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from data.plan_shapes import Activation, PlanLevel, PlanTrigger, PlanVersion
from data.vocabulary import Level


@dataclass(frozen=True)
class Sign:
    """What the alert desk found: an open alert, or (`rule` None) the pressure level.

    `since`: of each level that it reaches, since when. `doubtful`: no data come any more; it held when they stopped.
    """

    rule: str | None
    level: Level
    since: Mapping[Level, datetime]
    alert_id: int | None = None
    subject: str = ""
    doubtful: bool = False


@dataclass(frozen=True)
class Reason:
    """One trigger that holds, by one sign, since when."""

    trigger: PlanTrigger
    sign: Sign
    since: datetime


@dataclass(frozen=True)
class Proposal:
    """The plan proposes; a person activates. `reasons`: the earliest first, at least one."""

    level: PlanLevel
    since: datetime
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class PlanState:
    """Where the plan of a site stands at a moment. `last_act`: who acts names the last one they saw; 0: none.

    `blind`: the pressure level is not known, so that its triggers could hold without anybody seeing it.
    """

    now: datetime
    version: PlanVersion | None = None  # in force for proposals and for the next act
    running: Activation | None = None
    proposal: Proposal | None = None
    blind: bool = False
    last_act: int = 0
    signs: tuple[Sign, ...] = field(default=())

    @property
    def in_force(self) -> int:
        """Number of the level in force, in the plan of now where it still has it; 0: none."""
        if self.running is None:
            return 0
        named = self.version.plan.named(self.running.level.level) if self.version else None
        return (named or self.running.level).number

    @property
    def to_activate(self) -> Proposal | None:
        """The proposal where it is above what is in force."""
        found = self.proposal
        return found if found is not None and found.level.number > self.in_force else None

    @property
    def calmer(self) -> bool:
        """A level is in force that no sign asks for any more."""
        return self.running is not None and (self.proposal is None or self.proposal.level.number < self.in_force)
