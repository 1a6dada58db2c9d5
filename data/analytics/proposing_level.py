"""Which level of the contingency plan the signs of the alert desk propose. Nothing here activates anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from data.plan_shapes import Plan, PlanLevel, PlanTrigger
from data.plan_signs import Proposal, Reason, Sign
from data.vocabulary import LEVEL_ORDER, Level, RuleKind


def proposal(plan: Plan, signs: Sequence[Sign]) -> Proposal | None:
    """The highest level of which a trigger holds, with every trigger of it that does; any one of them is enough."""
    for level in reversed(plan.levels):
        reasons = sorted(_reasons(level, signs), key=lambda one: one.since)
        if reasons:
            return Proposal(level, reasons[0].since, tuple(reasons))
    return None


def _reasons(level: PlanLevel, signs: Sequence[Sign]) -> Iterator[Reason]:
    for trigger in level.triggers:
        for sign in signs:
            if holds(trigger, sign.rule, sign.level) and trigger.least in sign.since:
                yield Reason(trigger, sign, sign.since[trigger.least])


def holds(trigger: PlanTrigger, rule: str | None, level: Level) -> bool:
    """Whether a sign of this rule (None: the pressure level) at this level is what the trigger waits for."""
    return trigger.rule == rule and reaches(level, trigger.least)


def reaches(level: Level, least: Level) -> bool:
    """No data reach nothing."""
    return level in LEVEL_ORDER and LEVEL_ORDER.index(level) >= LEVEL_ORDER.index(least)


def proposed_by_alert(plan: Plan, rule: str, level: Level) -> PlanLevel | None:
    """The highest level that an alert proposes by itself. That of the pressure speaks for the pressure level too."""
    speaks = (rule, None) if rule == RuleKind.PRESSURE else (rule,)
    for one in reversed(plan.levels):
        if any(holds(trigger, spoken, level) for trigger in one.triggers for spoken in speaks):
            return one
    return None
