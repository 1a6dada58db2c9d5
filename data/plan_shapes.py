"""The shapes of a contingency plan: the document as it was set, who activated what of it, and how its tasks stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.vocabulary import Level, PlanMove, TaskState

# By language; "" is one text for every language.
Words = Mapping[str, str]


def in_language(words: Words, language: str) -> str:
    """A text that nobody wrote in this language stands in the one in which it was written."""
    return words.get(language) or words.get("") or next(iter(words.values()), "")


@dataclass(frozen=True)
class PlanTrigger:
    """A sign that proposes a level: an alert of `rule` at `least` or graver; without a rule, the pressure level."""

    rule: str | None
    least: Level
    provisional: bool = False  # nobody has approved it yet


@dataclass(frozen=True)
class PlanAction:
    """What is to be done, by which institution, within how long. `role` and `phone` are of a post, never a person."""

    action: str
    words: Words
    institution: str
    lead_minutes: int
    role: str = ""
    phone: str = ""
    provisional: bool = False


@dataclass(frozen=True)
class PlanLevel:
    """`number` counts from 1 in the order of the file; `cumulative`: the actions of the levels below run too."""

    level: str
    number: int
    name: Words
    description: Words
    cumulative: bool
    triggers: tuple[PlanTrigger, ...]
    actions: tuple[PlanAction, ...]


@dataclass(frozen=True)
class Plan:
    title: Words
    document: str
    edition: str
    source: str
    note: Words
    levels: tuple[PlanLevel, ...]

    def named(self, level: str | None) -> PlanLevel | None:
        return next((one for one in self.levels if one.level == level), None)

    def asked_at(self, level: str | None) -> tuple[tuple[PlanLevel, PlanAction], ...]:
        """The actions that run at a level, each with the level it is of, the lowest first."""
        top = self.named(level)
        if top is None:
            return ()
        run = self.levels[: top.number] if top.cumulative else (top,)
        return tuple((one, action) for one in run for action in one.actions)


@dataclass(frozen=True)
class PlanVersion:
    """A plan as it was set. `sha`: SHA-256 of its file as it is exported."""

    number: int
    valid_from: datetime
    recorded_at: datetime
    set_by: str
    reason: str
    sha: str
    plan: Plan


@dataclass(frozen=True)
class LevelAct:
    """A named person activated, raised, lowered or ended a level. `level` None: ended.

    `activation` counts the times the plan was activated; `mark`: what a drill or a replay is marked with, "" for none.
    """

    act: int
    at: datetime
    move: PlanMove
    activation: int
    level: str | None
    version: int
    by: str
    note: str
    mark: str = ""


@dataclass(frozen=True)
class TaskEvent:
    """`note`: what blocks a task, why it does not apply, or what was said besides."""

    activation: int
    task: str
    step: int
    at: datetime
    state: TaskState
    by: str
    note: str


@dataclass(frozen=True)
class PlanTask:
    """One action of an activation as it stands. `asked`: since it is asked for without a break."""

    level: PlanLevel
    action: PlanAction
    asked: datetime
    events: tuple[TaskEvent, ...] = ()

    @property
    def due(self) -> datetime:
        return self.asked + timedelta(minutes=self.action.lead_minutes)

    @property
    def state(self) -> TaskState:
        """What was done before it was asked for anew is to be done again; what blocked it then blocks it still."""
        if not self.events:
            return TaskState.OPEN
        last = self.events[-1]
        return TaskState.OPEN if last.state is TaskState.DONE and last.at < self.asked else last.state

    @property
    def step(self) -> int:
        """Of the newest event; who acts names the one they saw. 0: none."""
        return self.events[-1].step if self.events else 0

    @property
    def over(self) -> bool:
        return self.state in (TaskState.DONE, TaskState.NOT_APPLICABLE)

    @property
    def done_at(self) -> datetime | None:
        return self.events[-1].at if self.events and self.state is TaskState.DONE else None

    def overdue(self, now: datetime) -> bool:
        return not self.over and self.due <= now


@dataclass(frozen=True)
class Activation:
    """The plan from its activation to its end, by one version of it at a time. `acts`: oldest first, at least one."""

    number: int
    acts: tuple[LevelAct, ...]
    version: PlanVersion
    level: PlanLevel  # in force, or the last one that was
    tasks: tuple[PlanTask, ...]
    dropped: tuple[PlanTask, ...] = ()  # were asked for at a level that is not in force any more

    @property
    def started(self) -> datetime:
        return self.acts[0].at

    @property
    def since(self) -> datetime:
        """Since when this level is in force."""
        last = next(act for act in reversed(self.acts) if act.level is not None)
        return last.at

    @property
    def ended(self) -> datetime | None:
        return self.acts[-1].at if self.acts[-1].move is PlanMove.ENDED else None

    @property
    def mark(self) -> str:
        return self.acts[0].mark

    @property
    def asked_for(self) -> int:
        """Tasks that count: those that do not apply are not asked of anybody."""
        return sum(task.state is not TaskState.NOT_APPLICABLE for task in self.tasks)

    @property
    def done(self) -> int:
        return sum(task.state is TaskState.DONE for task in self.tasks)

    @property
    def done_share(self) -> float | None:
        """None where nothing is asked of anybody."""
        return self.done / self.asked_for if self.asked_for else None

    def overdue(self, now: datetime) -> tuple[PlanTask, ...]:
        """Nothing is overdue of what has ended."""
        return () if self.ended else tuple(task for task in self.tasks if task.overdue(now))
