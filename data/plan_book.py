"""Where the contingency plan of a site stands at a moment: what runs of it, what is proposed, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from data.analytics.checklist import activation_of
from data.analytics.proposing_level import holds, proposal, reaches
from data.plan_shapes import Activation, LevelAct, Plan, PlanVersion, TaskEvent
from data.plan_signs import PlanState, Sign
from data.plans import plan_in_force, plan_numbered
from data.queries.statements import SITE, asked_of, kept_statement
from data.tables import Utc, alert_moment, plan_activation, plan_task_event, pressure_change
from data.types import AlertCard
from data.vocabulary import LEVEL_ORDER, AlertState, Assessment, Level, PlanMove, TaskState

a, e, m, p = plan_activation.c, plan_task_event.c, alert_moment.c, pressure_change.c
ACT = (a.act, a.at, a.move, a.activation, a.level, a.version, a.by, a.note, a.mark)
# Changes of the pressure level that are looked back on for since when it is what it is.
LOOKED_BACK = 60


@kept_statement
def _newest_acts(conn: Connection, as_of: Any) -> Select[Any]:
    known = [] if as_of is None else [a.at <= as_of]
    newest = select(func.max(a.activation)).where(a.site == SITE, *known).scalar_subquery()
    return select(*ACT).where(a.site == SITE, a.activation == newest, *known).order_by(a.act)


@kept_statement
def _events(conn: Connection, as_of: Any) -> Select[Any]:
    known = [] if as_of is None else [e.at <= as_of]
    said = select(e.activation, e.task, e.step, e.at, e.state, e.by, e.note)
    return said.where(e.site == SITE, e.activation == bindparam("activation"), *known).order_by(e.task, e.step)


# Made once: every board asks.
NOW = bindparam("now", type_=Utc())
_OF_ALERT = (m.site == SITE, m.alert_id == bindparam("alert"), m.at <= NOW)
_BELOW = select(func.coalesce(func.max(m.step), -1)).where(
    *_OF_ALERT, m.level.not_in(bindparam("grave", expanding=True))
)
_SINCE = select(func.min(m.at)).where(*_OF_ALERT, m.step > _BELOW.scalar_subquery())
_CHANGES = select(p.at, p.level).where(p.site == SITE, p.at <= NOW).order_by(p.at.desc()).limit(LOOKED_BACK)


def level_acts(conn: Connection, site: str, as_of: datetime | None = None) -> tuple[LevelAct, ...]:
    """Everything that was ever done with the level in force, the oldest first."""
    known = [] if as_of is None else [a.at <= as_of]
    return _acts(conn.execute(select(*ACT).where(a.site == site, *known).order_by(a.act)).all())


def _acts(rows: Sequence[Any]) -> tuple[LevelAct, ...]:
    return tuple(LevelAct(**{**row._mapping, "move": PlanMove(row.move)}) for row in rows)


def newest_activation(conn: Connection, site: str, as_of: datetime | None = None) -> Activation | None:
    """The last one, over or not; None where the plan was never activated."""
    acts = _acts(conn.execute(_newest_acts(conn, as_of), asked_of(site, as_of)).all())
    return _activation(conn, site, acts, as_of) if _begun(acts) else None


def _begun(acts: Sequence[LevelAct]) -> bool:
    """Of what was written while a clock had been set back, an earlier moment may know the end alone."""
    return any(act.level is not None for act in acts)


def running(conn: Connection, site: str, as_of: datetime | None = None) -> Activation | None:
    """What is in force; None where nothing is."""
    found = newest_activation(conn, site, as_of)
    return found if found is not None and found.ended is None else None


def activations(conn: Connection, site: str, as_of: datetime | None = None) -> tuple[Activation, ...]:
    """All of them, the newest first."""
    by_number: dict[int, list[LevelAct]] = {}
    for act in level_acts(conn, site, as_of):
        by_number.setdefault(act.activation, []).append(act)
    begun = [(number, acts) for number, acts in by_number.items() if _begun(acts)]
    return tuple(_activation(conn, site, acts, as_of) for _, acts in sorted(begun, reverse=True))


def _activation(conn: Connection, site: str, acts: Sequence[LevelAct], as_of: datetime | None) -> Activation:
    asked = {**asked_of(site, as_of), "activation": acts[0].activation}
    rows = conn.execute(_events(conn, as_of), asked).all()
    events = [TaskEvent(**{**row._mapping, "state": TaskState(row.state)}) for row in rows]
    return activation_of(acts, events, _versions(conn, site, {act.version for act in acts}))


def _versions(conn: Connection, site: str, numbers: set[int]) -> Mapping[int, PlanVersion]:
    return {number: plan_numbered(conn, site, number) for number in numbers}


def plan_state(
    conn: Connection, site: str, cards: Sequence[AlertCard], now: datetime, as_of: datetime | None = None
) -> PlanState:
    """`cards`: the open alerts as they stood then."""
    version = plan_in_force(conn, site, now, as_of)
    if version is None:
        return PlanState(now)  # nothing runs without a plan: nothing more is asked of the store
    newest, signs = newest_activation(conn, site, as_of), signs_of(conn, site, version.plan, cards, now)
    return PlanState(
        now=now,
        version=version,
        running=newest if newest is not None and newest.ended is None else None,
        proposal=proposal(version.plan, signs),
        blind=any(sign.rule is None and sign.doubtful for sign in signs),
        last_act=newest.acts[-1].act if newest else 0,
        signs=signs,
    )


def signs_of(conn: Connection, site: str, plan: Plan, cards: Sequence[AlertCard], now: datetime) -> tuple[Sign, ...]:
    """What the plan waits for, of all that is on."""
    triggers = [trigger for level in plan.levels for trigger in level.triggers]
    found = []
    for card in cards:
        leasts = {one.least for one in triggers if holds(one, card.rule, card.level)}
        fired = next((at for at, state, _ in card.transitions if state is AlertState.FIRING), None)
        false_alarm = card.assessed is not None and card.assessed.outcome is Assessment.DISCARD
        if not leasts or fired is None or false_alarm:
            continue
        since = {least: max(fired, _since(conn, site, card.alert_id, least, now) or fired) for least in leasts}
        doubtful = card.state in (AlertState.NO_DATA, AlertState.ERROR)
        found.append(Sign(card.rule, card.level, since, card.alert_id, card.subject, doubtful))
    if any(one.rule is None for one in triggers):
        found += _pressure(conn, site, now)
    return tuple(found)


def _since(conn: Connection, site: str, alert_id: int, least: Level, now: datetime) -> datetime | None:
    """Since when an alert is at least this grave, without a break."""
    grave = [str(one) for one in LEVEL_ORDER if reaches(one, least)]
    found: datetime | None = conn.execute(
        _SINCE, {"site": site, "alert": alert_id, "now": now, "grave": grave}
    ).scalar_one()
    return found


def _pressure(conn: Connection, site: str, now: datetime) -> list[Sign]:
    """The level as the alert desk wrote it down. Where it is not known any more, the last one that was, in doubt."""
    rows = conn.execute(_CHANGES, {"site": site, "now": now}).all()
    doubtful = bool(rows) and rows[0].level == Level.NO_DATA
    known = rows[1:] if doubtful else rows
    if not known or known[0].level == Level.NO_DATA:
        return []
    level, since = Level(known[0].level), dict[Level, datetime]()
    for least in LEVEL_ORDER[1:]:
        for row in known:
            if not reaches(Level(row.level), least):
                break
            since[least] = row.at
    return [Sign(None, level, since, doubtful=doubtful)]
