"""Alerts as stored transitions: evaluated by the worker whether or not anyone looks, decided once however many run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection, Engine, Row, func, insert, literal, select, update

from data.alert_book import card, evaluated_at, open_alerts, recent_alerts
from data.analytics.lifecycle import Life, Patience, Seen, Step, step
from data.analytics.rules import RULES, Finding, Recent, Rule
from data.store import lock, writing
from data.tables import Utc, alert, alert_moment, alert_transition, evaluation, evaluation_log
from data.types import AlertCard
from data.versions import raise_version
from data.vocabulary import AlertState, Level
from data.watch import recent

log = structlog.get_logger()


@dataclass(frozen=True)
class Outcome:
    """One thing a rule looked at: what it saw, or that the rule itself failed."""

    rule: Rule
    finding: Finding


def evaluate(engine: Engine, site: str, now: datetime, real_now: datetime, worker: str) -> list[AlertCard]:
    """Run every rule for the site at domain time `now` and store what changed; the alerts that moved.

    One transaction per site, taken in turns: whoever comes second finds the evaluation of this moment done and
    does nothing, so that an alert opens once.
    """
    with writing(engine) as conn:
        lock(conn, f"alerts:{site}")
        if not _take_turn(conn, site, now, real_now, worker):
            return []
        _log_turn(conn, site, now)
        seen = recent(conn, site, now)
        moved = _apply(conn, site, _outcomes(seen), now)
        if moved:
            raise_version(conn, site)
        return [card(conn, alert_id) for alert_id in moved]


def _take_turn(conn: Connection, site: str, now: datetime, real_now: datetime, worker: str) -> bool:
    e = evaluation.c
    last = conn.execute(select(e.evaluated_at).where(e.site == site)).scalar_one_or_none()
    values = {"evaluated_at": now, "real_at": real_now, "worker": worker}
    if last is None:
        conn.execute(insert(evaluation).values(site=site, **values))
        return True
    # A clock that was set back (a new replay) begins again; a second worker in the same moment does not.
    if last - timedelta(days=1) < now <= last:
        return False
    conn.execute(update(evaluation).where(e.site == site).values(**values))
    return True


def _log_turn(conn: Connection, site: str, now: datetime) -> None:
    """A clock that was set back passes the same moment again; it is written down once."""
    log = evaluation_log.c
    there = select(log.at).where(log.site == site, log.at == now).exists()
    moment = select(literal(site), literal(now, Utc())).where(~there)
    conn.execute(insert(evaluation_log).from_select(["site", "at"], moment))


def _outcomes(seen: Recent) -> list[Outcome]:
    found = []
    for rule in RULES:
        try:
            found += [Outcome(rule, finding) for finding in rule.find(seen)]
        except Exception as wrong:
            log.exception("rule_failed", rule=rule.name, site=seen.site.site)
            facts = {"error": f"{type(wrong).__name__}: {wrong}"}
            found.append(Outcome(rule, Finding("", Seen.FAILED, Level.WATCH, facts)))
    return found


def _apply(conn: Connection, site: str, outcomes: list[Outcome], now: datetime) -> list[int]:
    """Ids of the alerts that changed."""
    a = alert.c
    standing = {row.open_key: row for row in conn.execute(select(alert).where(a.site == site, a.open_key.is_not(None)))}
    moved: list[int] = []
    named = set()
    for outcome in outcomes:
        key = open_key(site, outcome.rule.name, outcome.finding.subject)
        named.add(key)
        changed = _one(conn, site, key, standing.get(key), outcome.rule, outcome.finding, now)
        moved += [] if changed is None else [changed]
    patience = {rule.name: rule.patience for rule in RULES}
    for key, row in standing.items():
        # A subject nobody speaks of any more (a source taken off the list, a failure repaired) is over.
        if key not in named and row.rule in {o.rule.name for o in outcomes if o.finding.seen is not Seen.FAILED}:
            finding = Finding(row.subject, Seen.CLEAR, Level(row.level), row.evidence)
            changed = _stored(conn, row, finding, patience.get(row.rule, Patience()), now)
            moved += [] if changed is None else [changed]
    return moved


def open_key(site: str, rule: str, subject: str) -> str:
    return f"{site}|{rule}|{subject}"


def _one(
    conn: Connection, site: str, key: str, row: Row[Any] | None, rule: Rule, finding: Finding, now: datetime
) -> int | None:
    if row is not None:
        return _stored(conn, row, finding, rule.patience, now)
    life, first = step(None, finding.seen, now, rule.patience)
    if life is None or first is None:
        return None
    alert_id = conn.execute(
        insert(alert)
        .values(
            site=site,
            rule=rule.name,
            subject=finding.subject,
            state=str(life.state),
            level=str(finding.level),
            since=now,
            updated_at=now,
            evidence=dict(finding.evidence),
            memory=life.to_json(),
            open_key=key,
        )
        .returning(alert.c.alert_id)
    ).scalar_one()
    _record(conn, alert_id, None, first, finding, now)
    _remember(conn, alert_id, now)
    return int(alert_id)


def _stored(conn: Connection, row: Row[Any], finding: Finding, patience: Patience, now: datetime) -> int | None:
    """The alert's next state, stored; its id if anything a reader sees has changed."""
    before = Life.from_json(AlertState(row.state), row.memory)
    life, change = step(before, finding.seen, now, patience)
    state = life.state if life else AlertState.RESOLVED
    silent = finding.seen in (Seen.NO_DATA, Seen.FAILED)
    evidence = row.evidence if silent or not finding.evidence else dict(finding.evidence)
    level = row.level if silent else str(finding.level)
    memory = life.to_json() if life else row.memory
    shown = change is not None or evidence != row.evidence or level != row.level
    if shown or memory != row.memory:
        conn.execute(
            update(alert)
            .where(alert.c.alert_id == row.alert_id)
            .values(
                state=str(state),
                level=level,
                evidence=evidence,
                memory=memory,
                updated_at=now if shown else row.updated_at,
                open_key=row.open_key if life else None,
            )
        )
    if change is not None:
        _record(conn, row.alert_id, row.state, change, finding, now)
    if shown:
        _remember(conn, row.alert_id, now)
    return int(row.alert_id) if shown else None


def _remember(conn: Connection, alert_id: int, now: datetime) -> None:
    """What a reader sees of the alert from `now` on."""
    m = alert_moment.c
    row = conn.execute(select(alert).where(alert.c.alert_id == alert_id)).one()
    last = conn.execute(select(func.max(m.step)).where(m.site == row.site, m.alert_id == alert_id)).scalar_one()
    conn.execute(
        insert(alert_moment).values(
            site=row.site,
            alert_id=alert_id,
            step=0 if last is None else last + 1,
            at=now,
            state=row.state,
            level=row.level,
            evidence=row.evidence,
            open=row.open_key is not None,
        )
    )


def _record(conn: Connection, alert_id: int, before: str | None, change: Step, finding: Finding, now: datetime) -> None:
    _add_transition(conn, alert_id, now, before, str(change.to), change.reason, dict(finding.evidence))


def _add_transition(
    conn: Connection, alert_id: int, at: datetime, before: str | None, to: str, reason: str, evidence: dict[str, Any]
) -> None:
    t = alert_transition.c
    steps = conn.execute(select(t.step).where(t.alert_id == alert_id).order_by(t.step.desc()).limit(1)).scalar()
    conn.execute(
        insert(alert_transition).values(
            alert_id=alert_id,
            step=0 if steps is None else steps + 1,
            at=at,
            from_state=before,
            to_state=to,
            reason=reason,
            evidence=evidence,
        )
    )


def acknowledge(engine: Engine, alert_id: int, by: str, note: str, now: datetime) -> AlertCard:
    """Write down who has seen the alert; it stays open until the figures say otherwise. LookupError if unknown."""
    with writing(engine) as conn:
        row = conn.execute(select(alert).where(alert.c.alert_id == alert_id)).one_or_none()
        if row is None:
            raise LookupError(f"no alert {alert_id}")
        _add_transition(conn, alert_id, now, row.state, row.state, "acknowledged", {"by": by, "note": note})
        raise_version(conn, row.site)
        return card(conn, alert_id)


__all__ = ["acknowledge", "evaluate", "evaluated_at", "open_alerts", "recent_alerts"]
