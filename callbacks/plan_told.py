"""What `GET /api/v1/plan` answers: where the contingency plan stands, and the log of its activations, row by row."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from callbacks.series import Answer, iso, known_at
from data.alert_book import open_alerts
from data.plan_book import activations, plan_state
from data.plan_file import plan_entries
from data.tellings import marked
from data.types import Activation, PlanState, PlanTask, Proposal, Site
from layouts.plan_words import level_words, said, trigger_words
from layouts.translator import Translator


def plan(conn: Connection, site: Site, t: Translator, now: datetime, as_of: datetime | None = None) -> Answer:
    """`rows`: of each activation, the newest first, its level acts and then its tasks, as they stand and before them
    every step they took; as CSV, one row each."""
    now = now if as_of is None else min(now, as_of)
    cards = marked(conn, site, open_alerts(conn, site.site, as_of), now, as_of)
    state = plan_state(conn, site.site, cards, now, as_of)
    rows = [row for one in activations(conn, site.site, as_of) for row in _rows(one, site, t, now)]
    return {
        "site": site.site,
        "as_of": known_at(conn, site, as_of),
        "plan": _version(state, site),
        "in_force": _in_force(state, site, t),
        "proposed": None if state.proposal is None else _proposed(state.proposal, site, t),
        "rows": rows,
    }


def _version(state: PlanState, site: Site) -> Answer | None:
    one = state.version
    if one is None:
        return None
    known = {"version": one.number, "valid_from": iso(one.valid_from, site), "set_by": one.set_by, "sha": one.sha}
    return {**known, "reason": one.reason, "content": plan_entries(one.plan)}


def _in_force(state: PlanState, site: Site, t: Translator) -> Answer | None:
    on = state.running
    if on is None:
        return None
    return {
        "activation": on.number,
        "level": on.level.level,
        "name": level_words(on.level, t, alone=True),
        "start": iso(on.started, site),
        "since": iso(on.since, site),
        "by": on.acts[-1].by,
        "note": on.acts[-1].note,
        "version": on.version.number,
        "tasks": on.asked_for,
        "done": on.done,
        "done_share": on.done_share,
        "overdue": len(on.overdue(state.now)),
        "mark": on.mark or None,
    }


def _proposed(found: Proposal, site: Site, t: Translator) -> Answer:
    reasons = [
        {
            "rule": one.sign.rule or "pressure-level",
            "alert": one.sign.alert_id,
            "trigger": trigger_words(one.trigger, t),
            "since": iso(one.since, site),
            "doubtful": one.sign.doubtful,
        }
        for one in found.reasons
    ]
    name = level_words(found.level, t, alone=True)
    return {"level": found.level.level, "name": name, "since": iso(found.since, site), "reasons": reasons}


def _rows(one: Activation, site: Site, t: Translator, now: datetime) -> list[Answer]:
    """Level acts without a task; tasks of a level that is not in force any more say so."""
    same = {"activation": one.number, "start": iso(one.started, site), "end": iso(one.ended, site)}
    acts = [
        {
            **same,
            "at": iso(act.at, site),
            "level": act.level,
            "by": act.by,
            "task": None,
            "words": None,
            "institution": None,
            "due": None,
            "done_at": None,
            "state": str(act.move),
            "overdue": None,
            "note": act.note,
            "version": act.version,
            "mark": act.mark or None,
        }
        for act in one.acts
    ]
    tasks = [
        row for task in sorted(one.tasks, key=lambda task: task.due) for row in _steps(task, one, same, site, t, now)
    ]
    dropped = [{**_task(task, one, same, site, t, now), "state": "dropped", "overdue": False} for task in one.dropped]
    return [*acts, *tasks, *dropped]


def _steps(task: PlanTask, one: Activation, same: Answer, site: Site, t: Translator, now: datetime) -> list[Answer]:
    """Every step but the last, and how the task stands."""
    stands = _task(task, one, same, site, t, now)
    before = [
        {
            **stands,
            "at": iso(event.at, site),
            "by": event.by,
            "done_at": None,
            "state": str(event.state),
            "overdue": None,
            "note": event.note,
        }
        for event in task.events[:-1]
    ]
    return [*before, stands]


def _task(task: PlanTask, one: Activation, same: Answer, site: Site, t: Translator, now: datetime) -> dict[str, Any]:
    last = task.events[-1] if task.events else None
    return {
        **same,
        "at": iso(last.at if last else task.asked, site),
        "level": task.level.level,
        "by": last.by if last else None,
        "task": task.action.action,
        "words": said(task.action.words, t),
        "institution": task.action.institution,
        "due": iso(task.due, site),
        "done_at": iso(task.done_at, site),
        "state": str(task.state),
        "overdue": one.ended is None and task.overdue(now),
        "note": last.note if last else None,
        "version": one.version.number,
        "mark": one.mark or None,
    }
