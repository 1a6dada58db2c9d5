"""The contingency plan of a place in its versions: the one in force, those before, and setting a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select

from data.alert_rules import rules_in_force
from data.plan_checks import WrongPlan, checked_plan, rule_wrongs
from data.plan_file import plan_entries, plan_sha
from data.plan_shapes import Plan, PlanVersion
from data.queries.statements import SITE, at_moment, kept_statement
from data.store import lock
from data.tables import Utc, plan_version
from data.versions import raise_version
from data.vocabulary import RuleKind

v = plan_version.c
# Everything of a version but what it says: that is read once in the life of a process.
HEAD = (v.number, v.valid_from, v.recorded_at, v.set_by, v.reason, v.sha)
_NUMBERED = select(*HEAD).where(v.site == SITE, v.number == bindparam("number"))
_CONTENT = select(v.content).where(v.site == SITE, v.number == bindparam("number"))


def plan_lock(site: str) -> str:
    """Whoever sets the plan of a site, or acts by it, takes turns by this name."""
    return f"plan:{site}"


@kept_statement
def _in_force(conn: Connection, as_of: Any) -> Select[Any]:
    known = [] if as_of is None else [v.recorded_at <= as_of]
    held = select(*HEAD).where(v.site == SITE, v.valid_from <= bindparam("at", type_=Utc()), *known)
    return held.order_by(v.number.desc()).limit(1)


def plan_in_force(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> PlanVersion | None:
    """None where nobody has set a plan."""
    row = conn.execute(_in_force(conn, as_of), at_moment(site, at, as_of)).one_or_none()
    return None if row is None else _version(conn, site, row)


def plan_versions(conn: Connection, site: str, as_of: datetime | None = None) -> tuple[PlanVersion, ...]:
    """Every version of the plan, the newest first."""
    known = [] if as_of is None else [v.recorded_at <= as_of]
    rows = conn.execute(select(*HEAD).where(v.site == site, *known).order_by(v.number.desc())).all()
    return tuple(_version(conn, site, row) for row in rows)


def plan_numbered(conn: Connection, site: str, number: int) -> PlanVersion:
    """Raises LookupError."""
    row = conn.execute(_NUMBERED, {"site": site, "number": number}).one_or_none()
    if row is None:
        raise LookupError(f"no version {number} of the plan of {site}")
    return _version(conn, site, row)


def _version(conn: Connection, site: str, row: Any) -> PlanVersion:
    kept = _plans(row.sha)
    if not kept:
        content: Mapping[str, Any] = conn.execute(_CONTENT, {"site": site, "number": row.number}).scalar_one()
        kept.append(checked_plan(content))
    return PlanVersion(**row._mapping, plan=kept[0])


@lru_cache(maxsize=64)
def _plans(sha: str) -> list[Plan]:
    """A place to keep what one file says: its hash says that it is the same one."""
    return []


def proposing_rules(conn: Connection, site: str, at: datetime) -> tuple[str, ...]:
    """Rules of the place that may propose a level. A task that is late by the plan is no reason for more of it."""
    return tuple(rule.name for rule in rules_in_force(conn, site, at) if rule.kind is not RuleKind.OVERDUE_TASK)


def set_plan(conn: Connection, site: str, plan: Plan, now: datetime, by: str, reason: str = "") -> PlanVersion | None:
    """A new version, in force from `now` on; None where the plan in force says the same.

    What runs by an earlier version goes on by it until its level changes. Raises WrongPlan for a trigger that names no
    rule of the place.
    """
    wrongs = rule_wrongs(plan, proposing_rules(conn, site, now))
    if wrongs:
        raise WrongPlan(wrongs)
    lock(conn, plan_lock(site))
    sha = plan_sha(plan)
    before = plan_in_force(conn, site, now)
    if before is not None and before.sha == sha:
        return None
    last = conn.execute(select(func.max(v.number)).where(v.site == site)).scalar_one()
    number = 1 if last is None else last + 1
    row = {"site": site, "number": number, "valid_from": now, "recorded_at": now, "set_by": by, "reason": reason}
    conn.execute(insert(plan_version).values(**row, content=plan_entries(plan), sha=sha))
    raise_version(conn, site)
    return plan_numbered(conn, site, number)
