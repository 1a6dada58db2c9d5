"""The life of an alert as a pure state machine: what a rule saw goes in, the next state and its reason come out.

    (nothing) -> pending -> firing -> recovering -> resolved
Silence of the data keeps the last state for a while, then is a state of its own; so is a rule that failed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from data.vocabulary import AlertState


class Seen(StrEnum):
    """What a rule saw this time. `BETWEEN`: under the limit it fires at, over the one it recovers at."""

    BREACH = "breach"
    BETWEEN = "between"
    CLEAR = "clear"
    NO_DATA = "no-data"
    FAILED = "failed"


@dataclass(frozen=True)
class Patience:
    """How long each thing must last before it counts."""

    pending: timedelta = timedelta(0)  # a breach before the alert fires
    recovering: timedelta = timedelta(hours=1)  # calm before it is over
    no_data: timedelta = timedelta(hours=1)  # silence before the last state is doubted


@dataclass(frozen=True)
class Life:
    """Where an alert stands. `entered` is when it came into its state; `quiet_since` when data stopped."""

    state: AlertState
    entered: datetime
    calm_since: datetime | None = None
    quiet_since: datetime | None = None
    before: AlertState | None = None  # the state that silence or failure interrupted

    def to_json(self) -> dict[str, Any]:
        return {
            "entered": self.entered.isoformat(),
            "calm_since": self.calm_since.isoformat() if self.calm_since else None,
            "quiet_since": self.quiet_since.isoformat() if self.quiet_since else None,
            "before": str(self.before) if self.before else None,
        }

    @classmethod
    def from_json(cls, state: AlertState, memory: Mapping[str, Any]) -> Life:
        def moment(name: str) -> datetime | None:
            return datetime.fromisoformat(memory[name]) if memory.get(name) else None

        return cls(
            state,
            datetime.fromisoformat(memory["entered"]),
            moment("calm_since"),
            moment("quiet_since"),
            AlertState(memory["before"]) if memory.get("before") else None,
        )


@dataclass(frozen=True)
class Step:
    """A change of state to be stored. `reason` is the locale key `alert.reason.<reason>`."""

    to: AlertState
    reason: str


OPEN = (AlertState.PENDING, AlertState.FIRING, AlertState.RECOVERING, AlertState.NO_DATA, AlertState.ERROR)
INTERRUPTED = (AlertState.NO_DATA, AlertState.ERROR)


def step(life: Life | None, seen: Seen, now: datetime, patience: Patience) -> tuple[Life | None, Step | None]:
    """The life after this evaluation, and the change to store, if any. A life that ended is None from then on."""
    if life is None:
        return _first(seen, now, patience)
    if seen is Seen.FAILED:
        return _interrupted(life, AlertState.ERROR, "rule_failed", now)
    if seen is Seen.NO_DATA:
        if life.state is AlertState.ERROR:
            return _moved(life, life.before or AlertState.NO_DATA, "rule_works", now)
        quiet = life.quiet_since or now
        if life.state is not AlertState.NO_DATA and now - quiet >= patience.no_data:
            return _interrupted(replace(life, quiet_since=quiet), AlertState.NO_DATA, "no_data", now)
        return replace(life, quiet_since=quiet), None
    life = replace(life, quiet_since=None)
    if life.state in INTERRUPTED:
        return _resumed(life, seen, now)
    return _known(life, seen, now, patience)


def _first(seen: Seen, now: datetime, patience: Patience) -> tuple[Life | None, Step | None]:
    if seen is Seen.BREACH:
        if patience.pending > timedelta(0):
            return Life(AlertState.PENDING, now), Step(AlertState.PENDING, "limit_passed")
        return Life(AlertState.FIRING, now), Step(AlertState.FIRING, "limit_passed")
    if seen is Seen.FAILED:
        return Life(AlertState.ERROR, now), Step(AlertState.ERROR, "rule_failed")
    # Silence with nothing open is the business of the rule that watches silent sources.
    return None, None


def _known(life: Life, seen: Seen, now: datetime, patience: Patience) -> tuple[Life | None, Step | None]:
    if life.state is AlertState.PENDING:
        if seen is not Seen.BREACH:
            return None, Step(AlertState.RESOLVED, "did_not_last")
        if now - life.entered >= patience.pending:
            return _moved(life, AlertState.FIRING, "lasted", now)
        return life, None
    if life.state is AlertState.FIRING:
        if seen is not Seen.CLEAR:
            return life, None
        if patience.recovering <= timedelta(0):
            return None, Step(AlertState.RESOLVED, "back_to_normal")
        return _moved(replace(life, calm_since=now), AlertState.RECOVERING, "calmer", now)
    if seen is Seen.BREACH:
        return _moved(life, AlertState.FIRING, "again", now)
    if seen is Seen.BETWEEN:
        return replace(life, calm_since=now), None
    if now - (life.calm_since or life.entered) >= patience.recovering:
        return None, Step(AlertState.RESOLVED, "back_to_normal")
    return life, None


def _resumed(life: Life, seen: Seen, now: datetime) -> tuple[Life | None, Step | None]:
    """Data speak again, or the rule works again: on from where the alert stood."""
    reason = "data_back" if life.state is AlertState.NO_DATA else "rule_works"
    if seen is Seen.BREACH:
        to = AlertState.PENDING if life.before is AlertState.PENDING else AlertState.FIRING
        return _moved(life, to, reason, now)
    if life.before in (None, AlertState.PENDING):
        return None, Step(AlertState.RESOLVED, reason)
    if seen is Seen.BETWEEN:
        return _moved(life, life.before or AlertState.FIRING, reason, now)
    return _moved(replace(life, calm_since=now), AlertState.RECOVERING, reason, now)


def _interrupted(life: Life, to: AlertState, reason: str, now: datetime) -> tuple[Life, Step | None]:
    if life.state is to:
        return life, None
    before = life.before if life.state in INTERRUPTED else life.state
    return replace(life, state=to, entered=now, before=before), Step(to, reason)


def _moved(life: Life, to: AlertState, reason: str, now: datetime) -> tuple[Life, Step]:
    calm = life.calm_since if to is AlertState.RECOVERING else None
    return Life(to, now, calm, life.quiet_since), Step(to, reason)
