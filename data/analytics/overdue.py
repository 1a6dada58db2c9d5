"""The alert rule of the contingency plan: a task that its lead time has passed, told once, over when it is done."""

from __future__ import annotations

from data.analytics.lifecycle import Seen
from data.analytics.rule import Finding, Recent
from data.plan_shapes import PlanTask
from data.vocabulary import Level


def overdue_task(recent: Recent, level: Level = Level.ALERT) -> tuple[Finding, ...]:
    """One subject a task of what runs. A task that is blocked is late all the same."""
    if recent.plan is None:
        return ()
    return tuple(_task(task, recent, level) for task in recent.plan.tasks)


def tasks_watched(recent: Recent) -> frozenset[str]:
    """Nothing is watched of a plan that has ended."""
    return frozenset() if recent.plan is None else frozenset(task.action.action for task in recent.plan.tasks)


def _task(task: PlanTask, recent: Recent, level: Level) -> Finding:
    action = task.action
    evidence = {
        "task": dict(action.words),
        "institution": action.institution,
        "plan_level": dict(task.level.name),
        "due_at": task.due.isoformat(),
        "call": ", ".join(said for said in (action.institution, action.role, action.phone) if said),
    }
    return Finding(action.action, Seen.BREACH if task.overdue(recent.now) else Seen.CLEAR, level, evidence)
