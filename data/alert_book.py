"""Alerts as readers see them: open, over, and when they were on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, Subquery, bindparam, func, select

from data.alert_acts import acts_of, assessed_of, taken_of
from data.analytics.lifecycle import CORRECTED
from data.queries.statements import SITE, asked_of, kept_statement
from data.tables import Utc, alert, alert_moment, alert_transition, evaluation, evaluation_log
from data.types import AlertCard, Sentence, Window
from data.vocabulary import NOT_EVALUATED, AlertState, Level, Rhythm

# What a page shows as open: a pending one is not yet told.
TOLD = (AlertState.FIRING, AlertState.RECOVERING, AlertState.NO_DATA, AlertState.ERROR)
LEVELS = [str(level) for level in (Level.CRITICAL, Level.ALERT, Level.WATCH, Level.NORMAL, Level.NO_DATA)]


def open_alerts(conn: Connection, site: str, as_of: datetime | None = None) -> tuple[AlertCard, ...]:
    """Told and not over, the gravest first, then the newest."""
    rows = conn.execute(_open(conn, as_of), asked_of(site, as_of)).all()
    cards = cards_of(conn, rows, as_of)
    return tuple(sorted(cards, key=lambda c: (LEVELS.index(c.level), -c.since.timestamp())))


def recent_alerts(conn: Connection, site: str, limit: int, as_of: datetime | None = None) -> tuple[AlertCard, ...]:
    """Over, the newest first; pending ones that did not last were never told and are not among them."""
    a = alerts_as_of(site, as_of)
    rows = conn.execute(
        select(a)
        .where(a.c.state == str(AlertState.RESOLVED), told_of(a))
        .order_by(a.c.updated_at.desc(), a.c.alert_id.desc())
        .limit(limit)
    ).all()
    return cards_of(conn, rows, as_of)


def told_of(a: Subquery) -> ColumnElement[bool]:
    """Of alerts: somebody could see them once, for they lasted."""
    t = alert_transition.c
    return select(t.alert_id).where(t.alert_id == a.c.alert_id, t.to_state.in_([str(s) for s in TOLD])).exists()


@kept_statement
def _open(conn: Connection, as_of: Any) -> Select[Any]:
    a = alerts_as_of(SITE, as_of)
    return select(a).where(a.c.open, a.c.state.in_([str(s) for s in TOLD])).order_by(a.c.alert_id)


def alerts_as_of(site: Any, as_of: Any) -> Subquery:
    """The alerts of a site as they stand, or as they stood: alert_id, rule, subject, since, state, level, ..."""
    a, m = alert.c, alert_moment.c
    same = (a.alert_id, a.rule, a.subject, a.since)
    if as_of is None:
        stands = select(*same, a.state, a.level, a.updated_at, a.evidence, a.open_key.is_not(None).label("open"))
        return stands.where(a.site == site).subquery()
    last = select(m.alert_id, func.max(m.step).label("step")).where(m.site == site, m.at <= as_of)
    newest = last.group_by(m.alert_id).subquery()
    return (
        select(*same, m.state, m.level, m.at.label("updated_at"), m.evidence, m.open)
        .select_from(alert_moment)
        .join(newest, (m.alert_id == newest.c.alert_id) & (m.step == newest.c.step))
        .join(alert, a.alert_id == m.alert_id)
        .where(m.site == site)
        .subquery()
    )


def card(conn: Connection, alert_id: int) -> AlertCard:
    return cards_of(conn, conn.execute(select(alert).where(alert.c.alert_id == alert_id)).all(), None)[0]


def cards_of(conn: Connection, rows: Sequence[Row[Any]], as_of: datetime | None) -> tuple[AlertCard, ...]:
    t = alert_transition.c
    ids = [row.alert_id for row in rows]
    steps: dict[int, list[Row[Any]]] = {alert_id: [] for alert_id in ids}
    until = [] if as_of is None else [t.at <= as_of]
    if ids:
        told = select(alert_transition).where(t.alert_id.in_(ids), *until).order_by(t.alert_id, t.step)
        for moved in conn.execute(told):
            steps[moved.alert_id].append(moved)
    return tuple(_card(row, steps[row.alert_id]) for row in rows)


def _card(row: Row[Any], steps: list[Row[Any]]) -> AlertCard:
    acts = acts_of(steps)
    taken = taken_of(acts)
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
        acknowledged_by=taken.by if taken else None,
        transitions=tuple((s.at, AlertState(s.to_state), s.reason) for s in steps),
        acts=acts,
        taken=taken,
        assessed=assessed_of(acts),
    )


def alert_sentence(rule: str, state: AlertState, evidence: Mapping[str, Any]) -> Sentence:
    """Locale key `alert.<rule>.<variant>`; facts named `…_at` are moments, `…_share` parts of one."""
    kind = str(evidence.get("kind", rule))  # a rule of a site's own name speaks as its kind does
    facts = {
        name: datetime.fromisoformat(value) if name.endswith("_at") and isinstance(value, str) else value
        for name, value in evidence.items()
    }
    if rule == NOT_EVALUATED:
        return Sentence("alert.evaluation.sentence", facts)
    if state is AlertState.ERROR or "error" in evidence:
        return Sentence("alert.rule_failed", {"rule": rule, **facts})
    if evidence.get("corrected"):
        return Sentence(f"alert.{kind}.sentence_corrected", facts)
    if kind in ("surge", "collapse"):
        facts["ratio_share"] = evidence["observed"] / evidence["expected"] if evidence.get("expected") else None
        return Sentence(f"alert.{kind}.sentence{_surge_variant(evidence)}", facts)
    if kind == "coverage_gap":
        variant = "_masked" if evidence.get("masked") else "_at_least" if evidence.get("at_least") else ""
        return Sentence(f"alert.coverage_gap.sentence{variant}", facts)
    if kind == "stock_out":
        variant = {0: "_now", None: "_idle"}.get(evidence.get("hours_left", 1), "")
        return Sentence(f"alert.stock_out.sentence{variant}", facts)
    if kind == "source_silent":
        # Alerts of the first release told the cadence in minutes only.
        facts.setdefault("rhythm_minutes", evidence.get("cadence_minutes"))
        variant = "sentence" if evidence.get("last_at") else "sentence_never"
        named = evidence.get("rhythm") not in (None, Rhythm.MINUTES)
        return Sentence(f"alert.source_silent.{variant}" + ("" if named else "_minutes"), facts)
    if kind == "threshold":
        told = "_at_least" if evidence.get("at_least") and evidence.get("side") == "above" else ""
        return Sentence(f"alert.threshold.sentence_{evidence.get('of')}_{evidence.get('side')}{told}", facts)
    if kind == "percent":
        told = "_at_least" if evidence.get("at_least") else ""
        return Sentence(f"alert.percent.sentence_{evidence.get('measure')}_{evidence.get('side')}{told}", facts)
    if kind == "composite":
        return Sentence(f"alert.composite.sentence_{evidence.get('mode')}", facts)
    if kind == "pressure":
        component = str(evidence.get("component"))
        variant = "never" if evidence.get("never") else component
        # Alerts of earlier releases did not keep what a wait holds for.
        if evidence.get("never") and component.startswith("wait"):
            variant = "closed"
        elif not evidence.get("never") and component in HOLDS and "holds_basis" in evidence:
            variant += "_holds"
        unit = evidence.get("unit")
        if unit == "minutes":
            facts["value_minutes"] = facts.get("value")
        if unit == "ratio":
            facts["value_share"] = facts.get("value")
        return Sentence(f"alert.pressure.sentence_{variant}", facts)
    return Sentence(f"alert.{kind}.sentence", facts)


HOLDS = ("wait_general", "wait_priority", "time_to_clear")  # told with the counters that they hold for


def _surge_variant(evidence: Mapping[str, Any]) -> str:
    if evidence.get("blind"):
        return "_blind"
    served = "_served" if evidence.get("measure") == "served" else ""
    return served + ("_at_least" if evidence.get("at_least") else "")


@kept_statement
def _fired(conn: Connection, as_of: Any) -> Select[Any]:
    a, t = alerts_as_of(SITE, as_of).c, alert_transition.c
    until = [] if as_of is None else [t.at <= as_of]
    # What a correction undid was a calm day.
    undone = select(t.alert_id).where(t.reason == CORRECTED, *until)
    return (
        select(func.min(t.at).label("fired"), a.updated_at, a.open)
        .join(alert_transition, t.alert_id == a.alert_id)
        .where(a.rule == bindparam("rule"), a.updated_at >= bindparam("since", type_=Utc()))
        .where(t.to_state == str(AlertState.FIRING), a.alert_id.not_in(undone), *until)
        .group_by(a.alert_id, a.updated_at, a.open)
        .order_by(a.alert_id)
    )


def evaluated_at(conn: Connection, site: str, as_of: datetime | None = None) -> datetime | None:
    """When the rules last looked."""
    if as_of is not None:
        log = evaluation_log.c
        return conn.execute(
            select(log.at).where(log.site == site, log.at <= as_of).order_by(log.at.desc()).limit(1)
        ).scalar_one_or_none()
    e = evaluation.c
    return conn.execute(select(e.evaluated_at).where(e.site == site)).scalar_one_or_none()


def alarm_spans(
    conn: Connection, site: str, rule: str, since: datetime, as_of: datetime | None = None
) -> tuple[Window, ...]:
    """When alerts of a rule were on, for the baseline to leave out. Whole days from the first firing to the end.

    An alarm that lasts for weeks is a new level: after a fortnight its days count again.
    """
    rows = conn.execute(_fired(conn, as_of), {**asked_of(site, as_of), "rule": rule, "since": since})
    longest = timedelta(days=14)
    return tuple(
        Window(row.fired, row.fired + longest if row.open else min(row.updated_at, row.fired + longest)) for row in rows
    )


def alert_subjects(conn: Connection, site: str) -> tuple[str, ...]:
    """Everything of the site that an alert was ever about, by its name."""
    subject = alert.c.subject
    found = conn.execute(select(subject).where(alert.c.site == site, subject != "").distinct().order_by(subject))
    return tuple(found.scalars())
