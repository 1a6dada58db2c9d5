"""The life of an alert as a pure state machine: what a rule saw goes in, the next state and its reason come out.

    (nothing) -> pending -> firing -> recovering -> resolved
Silence of the data stops every clock of it: what nobody saw was neither calm nor a breach. A silence that lasts is a
state of its own; so is a rule that failed.
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
    BLIND = "blind"  # no data where there always were: told even with nothing open
    FAILED = "failed"
    GONE = "gone"  # what was watched exists no longer
    UNDONE = "undone"  # the counts that spoke of it were corrected


@dataclass(frozen=True)
class Patience:
    """How long each thing must last before it counts."""

    pending: timedelta = timedelta(0)  # a breach before the alert fires
    recovering: timedelta = timedelta(hours=1)  # calm before it is over
    no_data: timedelta = timedelta(hours=1)  # silence before the last state is doubted


OPEN = (AlertState.PENDING, AlertState.FIRING, AlertState.RECOVERING, AlertState.NO_DATA, AlertState.ERROR)
INTERRUPTED = (AlertState.NO_DATA, AlertState.ERROR)
CORRECTED = "corrected"
FIRED = (AlertState.FIRING, AlertState.RECOVERING)


@dataclass(frozen=True)
class Life:
    """Where an alert stands. `entered`: when it came into its state, silences not counted."""

    state: AlertState
    entered: datetime
    calm_since: datetime | None = None  # silences not counted
    quiet_since: datetime | None = None  # when data stopped
    before: AlertState | None = None  # the state that silence or failure interrupted

    @property
    def fired(self) -> bool:
        return self.state in FIRED or self.before in FIRED

    def not_after(self, now: datetime) -> Life:
        """After a clock was set back: what it remembers of the future began now."""

        def earlier(at: datetime | None) -> datetime | None:
            return None if at is None else min(at, now)

        return replace(
            self,
            entered=min(self.entered, now),
            calm_since=earlier(self.calm_since),
            quiet_since=earlier(self.quiet_since),
        )

    def heard(self, now: datetime) -> Life:
        """Data speak again after a silence too short to be told: every clock goes on from where it stopped."""
        if self.quiet_since is None:
            return self
        silence = now - self.quiet_since
        calm = None if self.calm_since is None else self.calm_since + silence
        return replace(self, entered=self.entered + silence, calm_since=calm, quiet_since=None)

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


def step(life: Life | None, seen: Seen, now: datetime, patience: Patience) -> tuple[Life | None, Step | None]:
    """The life after this evaluation, and the change to store, if any. A life that ended is None from then on."""
    if life is None:
        return _first(seen, now, patience)
    life = life.not_after(now)
    if seen is Seen.GONE:
        return None, Step(AlertState.RESOLVED, "not_watched")
    if seen is Seen.UNDONE:
        return None, Step(AlertState.RESOLVED, CORRECTED)
    if seen is Seen.FAILED:
        return _interrupted(life, AlertState.ERROR, "rule_failed", now)
    if seen in (Seen.NO_DATA, Seen.BLIND):
        return _silent(life, seen, now, patience)
    if life.state in INTERRUPTED:
        return _resumed(life, seen, now, patience)
    return _known(life.heard(now), seen, now, patience)


def _first(seen: Seen, now: datetime, patience: Patience) -> tuple[Life | None, Step | None]:
    if seen is Seen.BREACH:
        if patience.pending > timedelta(0):
            return Life(AlertState.PENDING, now), Step(AlertState.PENDING, "limit_passed")
        return Life(AlertState.FIRING, now), Step(AlertState.FIRING, "limit_passed")
    if seen is Seen.BLIND:
        return Life(AlertState.PENDING, now, quiet_since=now), Step(AlertState.PENDING, "no_data")
    if seen is Seen.FAILED:
        return Life(AlertState.ERROR, now), Step(AlertState.ERROR, "rule_failed")
    # Silence where nothing was open and nothing was expected.
    return None, None


def _silent(life: Life, seen: Seen, now: datetime, patience: Patience) -> tuple[Life | None, Step | None]:
    if life.state is AlertState.ERROR:
        if not life.fired:
            return None, Step(AlertState.RESOLVED, "rule_works")
        return _moved(replace(life, quiet_since=now), life.before or AlertState.FIRING, "rule_works", now)
    life = replace(life, quiet_since=life.quiet_since or now)
    if life.state is AlertState.NO_DATA or now - (life.quiet_since or now) < patience.no_data:
        return life, None
    if life.state is AlertState.PENDING and seen is Seen.NO_DATA:
        return None, Step(AlertState.RESOLVED, "no_data")  # it was never told, and nobody can say that it lasts
    return _interrupted(life, AlertState.NO_DATA, "no_data", now)


def _known(life: Life, seen: Seen, now: datetime, patience: Patience) -> tuple[Life | None, Step | None]:
    if life.state is AlertState.PENDING:
        if seen is not Seen.BREACH:
            return None, Step(AlertState.RESOLVED, "did_not_last")
        if now - life.entered >= patience.pending:
            return _moved(life, AlertState.FIRING, "lasted" if patience.pending else "limit_passed", now)
        return life, None
    if life.state is AlertState.FIRING:
        if seen is not Seen.CLEAR:
            return life, None
        if patience.recovering <= timedelta(0):
            return None, Step(AlertState.RESOLVED, "back_to_normal")
        return _moved(life, AlertState.RECOVERING, "calmer", now)
    if seen is Seen.BREACH:
        return _moved(life, AlertState.FIRING, "again", now)
    if seen is Seen.BETWEEN:
        return replace(life, calm_since=now), None
    if now - (life.calm_since or life.entered) >= patience.recovering:
        return None, Step(AlertState.RESOLVED, "back_to_normal")
    return life, None


def _resumed(life: Life, seen: Seen, now: datetime, patience: Patience) -> tuple[Life | None, Step | None]:
    """Data speak again, or the rule works again: on from where the alert stood, its clocks from the beginning."""
    reason = "data_back" if life.state is AlertState.NO_DATA else "rule_works"
    life = replace(life, quiet_since=None)
    if seen is Seen.BREACH:
        waits = not life.fired and patience.pending > timedelta(0)
        return _moved(life, AlertState.PENDING if waits else AlertState.FIRING, reason, now)
    if not life.fired:
        return None, Step(AlertState.RESOLVED, reason)
    to = AlertState.RECOVERING if seen is Seen.CLEAR else life.before or AlertState.FIRING
    return _moved(life, to, reason, now)


def _interrupted(life: Life, to: AlertState, reason: str, now: datetime) -> tuple[Life, Step | None]:
    if life.state is to:
        return life, None
    before = life.before if life.state in INTERRUPTED else life.state
    return replace(life, state=to, entered=now, before=before), Step(to, reason)


def _moved(life: Life, to: AlertState, reason: str, now: datetime) -> tuple[Life, Step]:
    calm = now if to is AlertState.RECOVERING else None
    return Life(to, now, calm, life.quiet_since), Step(to, reason)
