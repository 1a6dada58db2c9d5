"""Alerts as readers see them: open, over, and when they were on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from data.tables import alert, alert_transition, evaluation
from data.types import AlertCard, Sentence, Window
from data.vocabulary import AlertState, Level, Rhythm

# What a page shows as open: a pending one is not yet told.
TOLD = (AlertState.FIRING, AlertState.RECOVERING, AlertState.NO_DATA, AlertState.ERROR)
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
    fired = select(t.alert_id).where(t.alert_id == a.alert_id, t.to_state == str(AlertState.FIRING)).exists()
    rows = conn.execute(
        select(alert)
        .where(a.site == site, a.state == str(AlertState.RESOLVED), fired)
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
    if state is AlertState.ERROR:
        return Sentence("alert.rule_failed", {"rule": rule, **facts})
    if rule == "surge" and evidence.get("measure") == "served":
        return Sentence("alert.surge.sentence_served", facts)
    if rule == "source_silent":
        # Alerts of the first release told the cadence in minutes only.
        facts.setdefault("rhythm_minutes", evidence.get("cadence_minutes"))
        variant = "sentence" if evidence.get("last_at") else "sentence_never"
        named = evidence.get("rhythm") not in (None, Rhythm.MINUTES)
        return Sentence(f"alert.source_silent.{variant}" + ("" if named else "_minutes"), facts)
    if rule == "pressure":
        variant = "never" if evidence.get("never") else str(evidence.get("component"))
        unit = evidence.get("unit")
        if unit == "minutes":
            facts["value_minutes"] = facts.get("value")
        if unit == "ratio":
            facts["value_share"] = facts.get("value")
        return Sentence(f"alert.pressure.sentence_{variant}", facts)
    return Sentence(f"alert.{rule}.sentence", facts)


def evaluated_at(conn: Connection, site: str) -> datetime | None:
    e = evaluation.c
    return conn.execute(select(e.evaluated_at).where(e.site == site)).scalar_one_or_none()


def alarm_spans(conn: Connection, site: str, rule: str, since: datetime) -> tuple[Window, ...]:
    """When alerts of a rule were on, for the baseline to leave out. Whole days from the first firing to the end.

    An alarm that lasts for weeks is a new level: after a fortnight its days count again.
    """
    a = alert.c
    rows = conn.execute(
        select(a.since, a.updated_at, a.open_key, a.state).where(a.site == site, a.rule == rule, a.updated_at >= since)
    )
    longest = timedelta(days=14)
    return tuple(
        Window(row.since, min(row.updated_at, row.since + longest) if row.open_key is None else row.since + longest)
        for row in rows
        if row.state != str(AlertState.PENDING)
    )
