"""Alerts as readers see them: open, over, and when they were on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, select

from data.tables import alert, alert_transition, evaluation
from data.types import AlertCard, Sentence, Window
from data.vocabulary import AlertState, Level

# What a page shows as open: a pending one is not yet told.
TOLD = (AlertState.FIRING, AlertState.RECOVERING, AlertState.NO_DATA, AlertState.ERROR)
# What fails as a whole, before any rule is asked: reading the site.
SITE_RULE = "evaluation"
LEVELS = [str(level) for level in (Level.CRITICAL, Level.ALERT, Level.WATCH, Level.NORMAL, Level.NO_DATA)]


def open_alerts(conn: Connection, site: str) -> tuple[AlertCard, ...]:
    """Told and not over, the gravest first, then the newest."""
    a = alert.c
    rows = conn.execute(
        select(alert).where(a.site == site, a.open_key.is_not(None), a.state.in_([str(s) for s in TOLD]))
    ).all()
    cards = _cards(conn, rows)
    return tuple(sorted(cards, key=lambda c: (LEVELS.index(c.level), -c.since.timestamp())))


def recent_alerts(conn: Connection, site: str, limit: int) -> tuple[AlertCard, ...]:
    """Over, the newest first; pending ones that did not last were never told and are not among them."""
    a, t = alert.c, alert_transition.c
    told = select(t.alert_id).where(t.alert_id == a.alert_id, t.to_state.in_([str(s) for s in TOLD])).exists()
    rows = conn.execute(
        select(alert)
        .where(a.site == site, a.state == str(AlertState.RESOLVED), told)
        .order_by(a.updated_at.desc(), a.alert_id.desc())
        .limit(limit)
    ).all()
    return _cards(conn, rows)


def card(conn: Connection, alert_id: int) -> AlertCard:
    return _cards(conn, conn.execute(select(alert).where(alert.c.alert_id == alert_id)).all())[0]


def _cards(conn: Connection, rows: Sequence[Row[Any]]) -> tuple[AlertCard, ...]:
    t = alert_transition.c
    ids = [row.alert_id for row in rows]
    steps: dict[int, list[Row[Any]]] = {alert_id: [] for alert_id in ids}
    if ids:
        for moved in conn.execute(select(alert_transition).where(t.alert_id.in_(ids)).order_by(t.alert_id, t.step)):
            steps[moved.alert_id].append(moved)
    return tuple(_card(row, steps[row.alert_id]) for row in rows)


def _card(row: Row[Any], steps: list[Row[Any]]) -> AlertCard:
    acknowledged = [s.evidence["by"] for s in steps if s.reason == "acknowledged"]
    return AlertCard(
        alert_id=row.alert_id,
        rule=row.rule,
        subject=row.subject,
        state=AlertState(row.state),
        level=Level(row.level),
        since=row.since,
        updated=row.updated_at,
        evidence=row.evidence,
        sentence=alert_sentence(row.rule, AlertState(row.state), row.evidence),
        acknowledged_by=acknowledged[-1] if acknowledged else None,
        transitions=tuple((s.at, AlertState(s.to_state), s.reason) for s in steps),
    )


def alert_sentence(rule: str, state: AlertState, evidence: Mapping[str, Any]) -> Sentence:
    """Locale key `alert.<rule>.<variant>`; facts named `…_at` are moments, `…_share` parts of one."""
    facts = {
        name: datetime.fromisoformat(value) if name.endswith("_at") and isinstance(value, str) else value
        for name, value in evidence.items()
    }
    if rule == SITE_RULE:
        return Sentence("alert.evaluation.sentence", facts)
    if state is AlertState.ERROR or "error" in evidence:
        return Sentence("alert.rule_failed", {"rule": rule, **facts})
    if rule == "surge":
        return Sentence(f"alert.surge.sentence{_surge_variant(evidence)}", facts)
    if rule == "coverage_gap":
        variant = "_masked" if evidence.get("masked") else "_at_least" if evidence.get("at_least") else ""
        return Sentence(f"alert.coverage_gap.sentence{variant}", facts)
    if rule == "source_silent" and evidence.get("last_at") is None:
        return Sentence("alert.source_silent.sentence_never", facts)
    if rule == "pressure":
        variant = "never" if evidence.get("never") else str(evidence.get("component"))
        unit = evidence.get("unit")
        if unit == "minutes":
            facts["value_minutes"] = facts.get("value")
        if unit == "ratio":
            facts["value_share"] = facts.get("value")
        return Sentence(f"alert.pressure.sentence_{variant}", facts)
    return Sentence(f"alert.{rule}.sentence", facts)


def _surge_variant(evidence: Mapping[str, Any]) -> str:
    if evidence.get("blind"):
        return "_blind"
    served = "_served" if evidence.get("measure") == "served" else ""
    return served + ("_at_least" if evidence.get("at_least") else "")


def evaluated_at(conn: Connection, site: str) -> datetime | None:
    e = evaluation.c
    return conn.execute(select(e.evaluated_at).where(e.site == site)).scalar_one_or_none()


def alarm_spans(conn: Connection, site: str, rule: str, since: datetime) -> tuple[Window, ...]:
    """When alerts of a rule were on, for the baseline to leave out. Whole days from the first firing to the end.

    An alarm that lasts for weeks is a new level: after a fortnight its days count again.
    """
    a, t = alert.c, alert_transition.c
    rows = conn.execute(
        select(func.min(t.at).label("fired"), a.updated_at, a.open_key)
        .join_from(alert, alert_transition, t.alert_id == a.alert_id)
        .where(a.site == site, a.rule == rule, a.updated_at >= since, t.to_state == str(AlertState.FIRING))
        .group_by(a.alert_id, a.updated_at, a.open_key)
        .order_by(a.alert_id)
    )
    longest = timedelta(days=14)
    return tuple(
        Window(row.fired, min(row.updated_at, row.fired + longest) if row.open_key is None else row.fired + longest)
        for row in rows
    )
