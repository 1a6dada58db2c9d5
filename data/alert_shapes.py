"""The shapes of the alert desk: who took an alert, what they came to, what is silent, who was told and how it went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from data.flow_shapes import Window
from data.vocabulary import Assessment, Fate, Language, Level, NoticeKind


@dataclass(frozen=True)
class Act:
    """What somebody, or the desk itself, did about an alert. `kind` is the reason of its transition."""

    at: datetime
    kind: str  # acknowledged, assessed, escalated, deadline_passed
    by: str = ""
    note: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Taken:
    """Who looks after an alert: who said so, who owns it (an institution or a person), until when."""

    by: str
    owner: str
    note: str
    at: datetime
    deadline: datetime | None
    overdue: bool = False


@dataclass(frozen=True)
class Assessed:
    outcome: Assessment
    by: str
    note: str
    at: datetime


@dataclass(frozen=True)
class EscalationStep:
    """Who is told when nobody has taken a critical alert for so long."""

    step: int
    minutes: int
    to: str
    provisional: bool  # nobody has approved it yet


@dataclass(frozen=True)
class Silence:
    """What is not told for a while. Without a rule, of any; without a subject, of any.

    Once: from `start` to `end`. By the week: on `days` (0 is Monday) from the local minute `from_minute` on.
    """

    silence_id: int
    site: str
    rule: str | None
    subject: str | None
    reason: str
    who: str
    recorded_at: datetime
    start: datetime | None = None
    end: datetime | None = None
    days: tuple[int, ...] = ()
    from_minute: int = 0
    minutes: int = 0
    ended_at: datetime | None = None
    ended_by: str | None = None

    def covers(self, rule: str, subject: str) -> bool:
        return self.rule in (None, rule) and self.subject in (None, subject)


@dataclass(frozen=True)
class Silenced:
    """The silence an alert is under, and until when."""

    silence_id: int
    until: datetime
    reason: str
    who: str


@dataclass(frozen=True)
class Telling:
    """A notice on one channel and what became of it. Of the channel's address only what may be shown."""

    notice_id: int
    kind: NoticeKind
    step: int
    at: datetime
    channel: str
    fate: Fate
    attempts: int
    tried_at: datetime | None = None
    trouble: str | None = None  # locale key `telling.trouble.<trouble>`


@dataclass(frozen=True)
class Channel:
    """A way to people. `address` is a secret: shown only as `shown`."""

    site: str
    name: str
    kind: str
    address: str = field(repr=False)  # never logged
    language: Language
    least_level: Level
    step: int  # 0: hears of alerts at once; else of those that nobody took, from this step on
    in_drills: bool
    shown: str = ""
    waiting: int = 0
    failing: int = 0
    sent_at: datetime | None = None


@dataclass(frozen=True)
class DeskFigures:
    """How the desk works over a stretch of time. Durations in minutes are medians; None: nothing to tell of."""

    window: Window
    alerts: int
    acknowledged: int
    acknowledge_minutes: float | None
    assessed: int
    verify_minutes: float | None
    discarded: int
    per_hour: float
    busiest_hour: int

    @property
    def false_share(self) -> float | None:
        return self.discarded / self.assessed if self.assessed else None


@dataclass(frozen=True)
class AlertSpan:
    """A stretch of time in which an alert of this level was on."""

    window: Window
    level: Level
