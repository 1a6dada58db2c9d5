"""What people do by the contingency plan: activate, raise, lower and end a level; say how a task stands.

Every act names the state it saw: of two people at once the second is told what the first one did.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert

from data.alert_acts import LONGEST_WORDS
from data.plan_book import newest_activation, running
from data.plan_shapes import Activation, LevelAct, PlanTask, TaskEvent
from data.plans import plan_in_force, plan_lock
from data.store import lock
from data.tables import plan_activation, plan_task_event
from data.versions import raise_version
from data.vocabulary import PlanMove, TaskState

LONGEST_BY = 120
# A task in one of these says why.
WITH_WHY = {TaskState.BLOCKED: "blocked_why", TaskState.NOT_APPLICABLE: "not_applicable_why"}


class WrongPlanAct(ValueError):
    """Locale key `plan.wrong_act.<code>` and its facts: what is missing from what somebody wants to do."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def move_level(
    conn: Connection,
    site: str,
    level: str | None,
    by: str,
    note: str,
    seen: int,
    now: datetime,
    real_now: datetime,
    mark: str = "",
) -> LevelAct:
    """Put a level of the plan in force; None ends it. `seen`: number of the last act that this person saw, 0 for none.

    Said again by the same person it changes nothing. Raises WrongPlanAct.
    """
    by, note = _plain(by)[:LONGEST_BY], _plain(note)[:LONGEST_WORDS]
    if not by:
        raise WrongPlanAct("no_name")
    if not note:
        raise WrongPlanAct("no_reason")
    lock(conn, plan_lock(site))
    newest = newest_activation(conn, site)
    last = newest.acts[-1] if newest else None
    if last is not None and last.act == seen + 1 and (last.level, last.by, last.note) == (level, by, note):
        return last
    if (last.act if last else 0) != seen:
        raise _changed(last)
    on = newest if newest is not None and newest.ended is None else None
    version = plan_in_force(conn, site, now) or (on.version if on else None)
    if version is None:
        raise WrongPlanAct("no_plan")
    if level is None and on is None:
        raise WrongPlanAct("nothing_to_end")
    wanted = version.plan.named(level)
    if level is not None and wanted is None:
        raise WrongPlanAct("no_level", allowed=", ".join(one.level for one in version.plan.levels))
    if on is None:
        move, number = PlanMove.ACTIVATED, newest.number + 1 if newest else 1
    else:
        before = version.plan.named(on.level.level) or on.level
        move, number = _move(before.number, wanted.number if wanted else None), on.number
        if wanted is not None and wanted.level == on.level.level:
            raise WrongPlanAct("same_level")
    act = LevelAct(
        seen + 1, now if last is None else max(now, last.at), move, number, level, version.number, by, note, mark
    )
    row = {name: value for name, value in vars(act).items() if name != "move"}
    conn.execute(insert(plan_activation).values(site=site, real_at=real_now, move=str(move), **row))
    raise_version(conn, site)
    return act


def _move(before: int, after: int | None) -> PlanMove:
    if after is None:
        return PlanMove.ENDED
    return PlanMove.RAISED if after > before else PlanMove.LOWERED


def _changed(last: LevelAct | None) -> WrongPlanAct:
    """Somebody was faster, or the page is of another store."""
    if last is None:
        return WrongPlanAct("stale")
    return WrongPlanAct("level_changed", by=last.by, done_at=last.at, move=str(last.move))


def move_task(
    conn: Connection,
    site: str,
    activation: int,
    task: str,
    state: str,
    by: str,
    note: str,
    seen: int,
    now: datetime,
    real_now: datetime,
) -> TaskEvent:
    """Say how a task of what runs stands. `seen`: step of its newest event that this person saw, 0 for none.

    Said again by the same person it changes nothing. Raises WrongPlanAct.
    """
    by, note = _plain(by)[:LONGEST_BY], _plain(note)[:LONGEST_WORDS]
    if not by:
        raise WrongPlanAct("no_name")
    if state not in list(TaskState):
        raise WrongPlanAct("no_state", allowed=", ".join(TaskState))
    if TaskState(state) in WITH_WHY and not note:
        raise WrongPlanAct(WITH_WHY[TaskState(state)])
    lock(conn, plan_lock(site))
    there = _task(running(conn, site), activation, task)
    last = there.events[-1] if there.events else None
    if last is not None and last.step == seen + 1 and (last.state, last.by, last.note) == (state, by, note):
        return last
    if there.step != seen:
        if last is None:
            raise WrongPlanAct("stale")
        raise WrongPlanAct("task_changed", by=last.by, done_at=last.at, task_state=str(last.state))
    if there.state == state and not note:
        raise WrongPlanAct("same_state")
    event = TaskEvent(
        activation, task, seen + 1, now if last is None else max(now, last.at), TaskState(state), by, note
    )
    row = {**vars(event), "state": state}
    conn.execute(insert(plan_task_event).values(site=site, real_at=real_now, **row))
    raise_version(conn, site)
    return event


def _task(on: Activation | None, activation: int, task: str) -> PlanTask:
    if on is None or on.number != activation:
        raise WrongPlanAct("over")
    found = next((one for one in on.tasks if one.action.action == task), None)
    if found is None:
        raise WrongPlanAct("no_task")
    return found


def _plain(words: str) -> str:
    """Without signs that nobody sees."""
    return " ".join("".join(one for one in words if one.isprintable() or one.isspace()).split())
