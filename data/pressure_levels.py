"""The limits of a site's pressure level, the level that was last written down, and every change with its inputs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, String, bindparam, delete, insert, select

from data.analytics.pressure import LEAVE_AT, LIMITS, Limits, limits_from
from data.rule_shapes import PressureChange
from data.tables import Utc, alert_rule, pressure_change
from data.types import Pressure
from data.vocabulary import Level, RuleKind

r, p = alert_rule.c, pressure_change.c
SITE, AT = bindparam("site", type_=String()), bindparam("at", type_=Utc())
# Made once: making a statement costs more than running it, and every board asks.
_RULE = (
    select(r.params)
    .where(r.site == SITE, r.name == str(RuleKind.PRESSURE), r.valid_from <= AT)
    .order_by(r.valid_from.desc(), r.recorded_at.desc())
    .limit(1)
)
_LAST = select(p.level).where(p.site == SITE, p.at <= bindparam("seen", type_=Utc())).order_by(p.at.desc()).limit(1)
_RULED = select(_RULE.scalar_subquery(), _LAST.scalar_subquery())
_RULED_THEN = select(
    _RULE.where(r.recorded_at <= bindparam("as_of", type_=Utc())).scalar_subquery(), _LAST.scalar_subquery()
)


@dataclass(frozen=True)
class Ruled:
    """What decides on the level beside the figures themselves."""

    rows: tuple[Limits, ...] = LIMITS
    leave_at: float = LEAVE_AT
    before: Level | None = None


def ruled(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> Ruled:
    asked = {"site": site, "at": at, "seen": at if as_of is None else min(at, as_of)}
    said = conn.execute(_RULED, asked) if as_of is None else conn.execute(_RULED_THEN, {**asked, "as_of": as_of})
    params, last = said.one()
    before = None if last is None else Level(last)
    if params is None:
        return Ruled(before=before)
    return Ruled(limits_from(params["limits"]), params["leave_at"], before)


def log_change(conn: Connection, site: str, now: datetime, seen: Pressure) -> bool:
    """Write the level down if it is another than the last one, with what caused it. The caller holds the turn."""
    last = conn.execute(_LAST, {"site": site, "seen": now}).scalar_one_or_none()
    if last == seen.level:
        return False
    inputs: dict[str, Any] = {
        part.name: {"value": part.value, "level": str(part.level), "limits": list(part.limits), "never": part.never}
        for part in seen.components
    }
    conn.execute(delete(pressure_change).where(p.site == site, p.at == now))
    conn.execute(insert(pressure_change).values(site=site, at=now, level=str(seen.level), before=last, inputs=inputs))
    return True


def pressure_changes(conn: Connection, site: str, until: datetime, limit: int) -> tuple[PressureChange, ...]:
    """The newest first."""
    rows = conn.execute(select(pressure_change).where(p.site == site, p.at <= until).order_by(p.at.desc()).limit(limit))
    return tuple(
        PressureChange(row.at, Level(row.level), None if row.before is None else Level(row.before), row.inputs)
        for row in rows
    )
