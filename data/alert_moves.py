"""What one evaluation does to the stored alerts of a site: opened, moved, told differently, over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from data.alert_moments import remember
from data.analytics.lifecycle import Life, Patience, Seen, step
from data.analytics.rule import Finding
from data.channels import rank
from data.tables import alert, alert_transition
from data.vocabulary import AlertState, Level

SILENT = (Seen.NO_DATA, Seen.BLIND, Seen.FAILED, Seen.GONE)
# A rule that fails is an alert about no subject of it.
FAILURE = ""
GREW = "grew"  # what it tells of became more while it was on


@dataclass(frozen=True)
class Outcome:
    """What one rule came to: its findings, or that it failed. `watched` None: none of its subjects is ever gone."""

    rule: str
    patience: Patience
    findings: tuple[Finding, ...]
    watched: frozenset[str] | None = None
    failed: bool = False


def failure(rule: str, patience: Patience, wrong: Exception) -> Outcome:
    facts = {"error": f"{type(wrong).__name__}: {wrong}"}
    return Outcome(rule, patience, (Finding(FAILURE, Seen.FAILED, Level.WATCH, facts),), failed=True)


def apply(conn: Connection, site: str, outcomes: Sequence[Outcome], now: datetime) -> list[int]:
    """Ids of the alerts that changed for a reader. An open alert that nobody speaks of is one without data."""
    a = alert.c
    standing = {row.open_key: row for row in conn.execute(select(alert).where(a.site == site, a.open_key.is_not(None)))}
    by_rule = {outcome.rule: outcome for outcome in outcomes}
    moved: list[int | None] = []
    named = set()
    for outcome in outcomes:
        for finding in outcome.findings:
            key = open_key(site, outcome.rule, finding.subject)
            if key in standing and _gone(outcome, finding.subject):
                continue
            named.add(key)
            moved.append(_one(conn, site, key, standing.get(key), outcome, finding, now))
    for key, row in standing.items():
        if key not in named:
            found = by_rule.get(row.rule)
            finding = Finding(row.subject, _unnamed(found, row.subject), Level(row.level))
            moved.append(_stored(conn, row, finding, found.patience if found else Patience(), now))
    return [alert_id for alert_id in moved if alert_id is not None]


def open_key(site: str, rule: str, subject: str) -> str:
    return f"{site}|{rule}|{subject}"


def _gone(outcome: Outcome, subject: str) -> bool:
    return outcome.watched is not None and subject not in outcome.watched and subject != FAILURE


def _unnamed(outcome: Outcome | None, subject: str) -> Seen:
    if outcome is None:
        return Seen.GONE  # a rule that this release does not have
    if subject == FAILURE and not outcome.failed:
        return Seen.CLEAR
    return Seen.GONE if _gone(outcome, subject) else Seen.NO_DATA


def _one(
    conn: Connection,
    site: str,
    key: str,
    row: Row[Any] | None,
    outcome: Outcome,
    finding: Finding,
    now: datetime,
) -> int | None:
    if row is not None:
        return _stored(conn, row, finding, outcome.patience, now)
    life, first = step(None, finding.seen, now, outcome.patience)
    if life is None or first is None:
        return None
    alert_id = conn.execute(
        insert(alert)
        .values(
            site=site,
            rule=outcome.rule,
            subject=finding.subject,
            state=str(life.state),
            level=str(finding.level),
            since=now,
            updated_at=now,
            evidence=dict(finding.evidence),
            memory={**life.to_json(), "about": finding.about},
            open_key=key,
        )
        .returning(alert.c.alert_id)
    ).scalar_one()
    add_transition(conn, alert_id, now, None, str(first.to), first.reason, finding.evidence)
    remember(conn, alert_id, now)
    return int(alert_id)


def _stored(conn: Connection, row: Row[Any], finding: Finding, patience: Patience, now: datetime) -> int | None:
    """The alert's next state, stored; its id if anything a reader sees has changed."""
    before = Life.from_json(AlertState(row.state), row.memory)
    about = row.memory.get("about")
    seen = finding.seen
    if seen in (Seen.BETWEEN, Seen.CLEAR) and about in finding.unknown:
        seen = Seen.NO_DATA
    if _undone(row, finding):
        seen = Seen.UNDONE
        finding = replace(finding, evidence={**row.evidence, "corrected": True}, level=Level(row.level))
    life, change = step(before, seen, now, patience)
    state = life.state if life else AlertState.RESOLVED
    # In silence an alert goes on telling the figures it fired for.
    keeps = seen in SILENT and before.fired
    evidence = row.evidence if keeps or not finding.evidence else dict(finding.evidence)
    level = row.level if keeps else str(finding.level)
    about = finding.about if seen is Seen.BREACH else about
    lesser_since = None
    if life is not None and finding.holds_level and seen is Seen.BREACH and rank(level) < rank(row.level):
        lesser_since = row.memory.get("lesser_since") or now.isoformat()
        if now - datetime.fromisoformat(lesser_since) < patience.recovering:
            level = row.level
    memory = {**life.to_json(), "about": about, "lesser_since": lesser_since} if life else row.memory
    since = min(row.since, now)  # of an alert that a clock set back has left in the future
    shown = change is not None or (evidence, level, since) != (row.evidence, row.level, row.since)
    if shown or memory != row.memory:
        conn.execute(
            update(alert)
            .where(alert.c.alert_id == row.alert_id)
            .values(
                state=str(state),
                level=level,
                since=since,
                evidence=evidence,
                memory=memory,
                updated_at=now if shown else row.updated_at,
                open_key=row.open_key if life else None,
            )
        )
    if change is not None:
        add_transition(conn, row.alert_id, now, row.state, str(change.to), change.reason, finding.evidence)
    elif seen is Seen.BREACH and _grown(finding.evidence) > _grown(row.evidence):
        add_transition(conn, row.alert_id, now, row.state, str(state), GREW, finding.evidence)
    if shown:
        remember(conn, row.alert_id, now)
    return int(row.alert_id) if shown else None


def _undone(row: Row[Any], finding: Finding) -> bool:
    """What was told rested on counts that are other ones now. The stretch that was told of is in the evidence."""
    told = row.evidence
    if finding.upheld is None or "until_at" not in told or finding.seen not in (Seen.BETWEEN, Seen.CLEAR):
        return False
    since, until = (datetime.fromisoformat(told[name]).timestamp() for name in ("since_at", "until_at"))
    return finding.upheld.undoes(told["observed"], since, until)


def _grown(evidence: Mapping[str, Any]) -> int:
    return int(evidence.get("grown", 0))


def add_transition(
    conn: Connection,
    alert_id: int,
    at: datetime,
    before: str | None,
    to: str,
    reason: str,
    evidence: Mapping[str, Any],
) -> None:
    """The caller holds the lock of the site's alerts: the next step is counted from the last."""
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
            evidence=dict(evidence),
        )
    )
