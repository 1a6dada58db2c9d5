"""What runs of a contingency plan, worked out from what was written down: level acts, and events of tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from data.plan_shapes import Activation, LevelAct, PlanAction, PlanLevel, PlanTask, PlanVersion, TaskEvent


def activation_of(
    acts: Sequence[LevelAct], events: Sequence[TaskEvent], versions: Mapping[int, PlanVersion]
) -> Activation:
    """One activation from its acts in their order, at least one. A task is due its lead time after it was asked for:
    at the activation, or at the act that raised the level to its own."""
    asked: dict[str, datetime] = {}
    known: dict[str, tuple[PlanLevel, PlanAction, datetime]] = {}
    version, level = _last(acts, versions)
    for act in acts:
        if act.level is None:
            continue
        rows = versions[act.version].plan.asked_at(act.level)
        asked = {action.action: asked.get(action.action, act.at) for _, action in rows}
        known |= {action.action: (one, action, asked[action.action]) for one, action in rows}
    by_task: dict[str, list[TaskEvent]] = {}
    for event in sorted(events, key=lambda one: one.step):
        by_task.setdefault(event.task, []).append(event)
    tasks = [PlanTask(one, action, at, tuple(by_task.get(name, ()))) for name, (one, action, at) in known.items()]
    return Activation(
        number=acts[0].activation,
        acts=tuple(acts),
        version=version,
        level=level,
        tasks=tuple(task for task in tasks if task.action.action in asked),
        dropped=tuple(task for task in tasks if task.action.action not in asked),
    )


def _last(acts: Sequence[LevelAct], versions: Mapping[int, PlanVersion]) -> tuple[PlanVersion, PlanLevel]:
    last = next(act for act in reversed(acts) if act.level is not None)
    version = versions[last.version]
    level = version.plan.named(last.level)
    assert level is not None, "an act names a level of its version"
    return version, level


def in_order_of_need(tasks: Sequence[PlanTask], now: datetime) -> tuple[PlanTask, ...]:
    """Overdue ones first, then what is still to be done by its time, then what is over."""
    return tuple(sorted(tasks, key=lambda task: (task.over, not task.overdue(now), task.due, task.action.action)))
