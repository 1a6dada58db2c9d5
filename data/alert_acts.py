"""What people do about an alert: take it, say what it was. Stored as transitions, so that any moment can be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, select

from data.alert_moves import add_transition
from data.store import lock
from data.tables import alert
from data.types import Act, Assessed, Taken
from data.versions import raise_version
from data.vocabulary import AlertState, Assessment

ACKNOWLEDGED, ASSESSED, ESCALATED, DEADLINE_PASSED = "acknowledged", "assessed", "escalated", "deadline_passed"
KINDS = (ACKNOWLEDGED, ASSESSED, ESCALATED, DEADLINE_PASSED)
# Whoever needs longer takes it again.
LONGEST_DEADLINE = timedelta(days=7)
LONGEST_WORDS = 1000


class AlertIsOver(Exception):
    """Only an open alert can be acknowledged."""


class NotToldYet(Exception):
    """A pending alert may still turn out to be none: nobody has heard of it."""


class WrongAct(ValueError):
    """Locale key `desk_alerts.wrong.<code>` and its facts: what is missing from what somebody wants to do."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def alerts_lock(site: str) -> str:
    """Whoever changes an alert of the site, or decides what is told of it, takes turns by this name."""
    return f"alerts:{site}"


def acknowledge(
    conn: Connection,
    alert_id: int,
    by: str,
    note: str,
    now: datetime,
    owner: str = "",
    deadline: datetime | None = None,
) -> str:
    """Write down who has seen the alert and who takes it on; it stays open until the figures say otherwise.

    Without an owner it is whoever says so. Returns the site. Raises LookupError if there is no such alert, AlertIsOver
    if it is over, NotToldYet while it is pending, WrongAct for a deadline that is past or further than a week away.
    """
    by, note, owner = _plain(by), _plain(note), _plain(owner)
    if not by:
        raise WrongAct("no_name")
    if deadline is not None and not now < deadline <= now + LONGEST_DEADLINE:
        raise WrongAct("deadline", days=LONGEST_DEADLINE.days)
    row = _locked(conn, alert_id)
    if row.open_key is None:
        raise AlertIsOver(f"alert {alert_id} is over since {row.updated_at.isoformat()}: nothing to acknowledge")
    if row.state == AlertState.PENDING:
        raise NotToldYet(f"alert {alert_id} is pending: it is told once it has lasted")
    said = {
        "by": by,
        "note": note,
        "owner": owner or by,
        "deadline": None if deadline is None else deadline.isoformat(),
    }
    return _done(conn, row, ACKNOWLEDGED, said, now)


def assess(conn: Connection, alert_id: int, outcome: str, by: str, note: str, now: datetime) -> str:
    """Write down what somebody found out; of an alert that is over too, for every alert ends with an outcome.

    Returns the site. Raises LookupError, NotToldYet, and WrongAct without a name, a note or a known outcome.
    """
    by, note = _plain(by), _plain(note)
    if not by:
        raise WrongAct("no_name")
    if outcome not in list(Assessment):
        raise WrongAct("outcome", allowed=", ".join(Assessment))
    if not note:
        raise WrongAct("no_note")
    row = _locked(conn, alert_id)
    if row.state == AlertState.PENDING:
        raise NotToldYet(f"alert {alert_id} is pending: it is told once it has lasted")
    return _done(conn, row, ASSESSED, {"by": by, "note": note, "outcome": outcome}, now)


def site_of_alert(conn: Connection, alert_id: int) -> str:
    """Raises LookupError if there is no such alert."""
    site = conn.execute(select(alert.c.site).where(alert.c.alert_id == alert_id)).scalar_one_or_none()
    if site is None:
        raise LookupError(f"no alert {alert_id}")
    return str(site)


def _plain(words: str) -> str:
    return " ".join(words.split())[:LONGEST_WORDS]


def _locked(conn: Connection, alert_id: int) -> Row[Any]:
    """The alert as it stands, once it is our turn."""
    lock(conn, alerts_lock(site_of_alert(conn, alert_id)))
    return conn.execute(select(alert).where(alert.c.alert_id == alert_id)).one()


def _done(conn: Connection, row: Row[Any], reason: str, said: dict[str, Any], now: datetime) -> str:
    # Of a clock that was set back, what was done before counts as done first.
    add_transition(conn, row.alert_id, now, row.state, row.state, reason, said)
    raise_version(conn, row.site)
    return str(row.site)


def acts_of(steps: Sequence[Row[Any]]) -> tuple[Act, ...]:
    """From the transitions of one alert, in their order."""
    return tuple(_act(step) for step in steps if step.reason in KINDS)


def _act(step: Row[Any]) -> Act:
    said = dict(step.evidence)
    return Act(step.at, step.reason, said.pop("by", ""), said.pop("note", ""), said)


def taken_of(acts: Sequence[Act]) -> Taken | None:
    """Who has it: of several who took it, the last one."""
    taken = next((act for act in reversed(acts) if act.kind == ACKNOWLEDGED), None)
    if taken is None:
        return None
    since = acts[[act is taken for act in acts].index(True) :]
    deadline = taken.facts.get("deadline")
    return Taken(
        by=taken.by,
        owner=taken.facts.get("owner") or taken.by,
        note=taken.note,
        at=taken.at,
        deadline=datetime.fromisoformat(deadline) if deadline else None,
        overdue=any(act.kind == DEADLINE_PASSED for act in since),
    )


def assessed_of(acts: Sequence[Act]) -> Assessed | None:
    """What was found out: the last word counts."""
    last = next((act for act in reversed(acts) if act.kind == ASSESSED), None)
    return None if last is None else Assessed(Assessment(last.facts["outcome"]), last.by, last.note, last.at)


def handled(acts: Sequence[Act]) -> bool:
    """Somebody has it, or has found that it was a false alarm: nobody else needs to be called."""
    found = assessed_of(acts)
    return taken_of(acts) is not None or (found is not None and found.outcome is Assessment.DISCARD)
