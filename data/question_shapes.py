"""Questions about a figure: which figure, what it said when it was asked about, who asked, who answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode

from data.vocabulary import QuestionState, State

# Figures that are no headline: a line of the coverage page, a cell of who does what.
COVERAGE, WHO = "coverage", "who"


@dataclass(frozen=True)
class FigureName:
    """One figure of a site. `metric`: a headline's name, COVERAGE or WHO; `part`: what of it, in the words of an
    address, in order of their names."""

    metric: str
    part: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> str:
        return f"{self.metric}?{urlencode(self.part)}"

    @property
    def words(self) -> dict[str, str]:
        return {"metric": self.metric, **dict(self.part)}

    @property
    def crossed(self) -> bool:
        """Counts people told apart by sector and service, of which small ones are reserved."""
        return self.metric in (COVERAGE, WHO)


def figure_named(key: str) -> FigureName:
    metric, _, part = key.partition("?")
    return FigureName(metric, tuple(parse_qsl(part, keep_blank_values=True)))


@dataclass(frozen=True)
class Seen:
    """What a figure said to one audience. `value` None: missing, or masked; `facts`: what else its words need."""

    value: float | None
    unit: str
    state: State
    at_least: bool = False
    word: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def masked(self) -> bool:
        return self.state is State.MASKED

    def stored(self) -> dict[str, Any]:
        return {**vars(self), "state": str(self.state), "facts": dict(self.facts)}


MASKED = Seen(None, "people", State.MASKED)


def seen_of(stored: Mapping[str, Any]) -> Seen:
    return Seen(**{**stored, "state": State(stored["state"])})


@dataclass(frozen=True)
class Answer:
    """How a question ended: answered, or withdrawn (`text` may be empty)."""

    state: QuestionState
    at: datetime
    by: str
    organisation: str | None
    text: str


@dataclass(frozen=True)
class Question:
    """`figure_at`: the moment as of which the asker saw the figure, `version` that of the site's data then.

    `seen`: as the asker was allowed to see it; `seen_open`: as everybody was. `owners`: organisations that answer for
    the figure, none where the coordination does. `mark`: of a drill or a replay.
    """

    number: int
    figure: FigureName
    figure_at: datetime
    version: int
    seen: Seen
    seen_open: Seen
    owners: tuple[str, ...]
    text: str
    at: datetime
    by: str
    asked_for: str | None  # organisation of the asker
    mark: str = ""
    ended: Answer | None = None

    @property
    def state(self) -> QuestionState:
        return QuestionState.OPEN if self.ended is None else self.ended.state

    def age(self, now: datetime) -> timedelta:
        """From the question to its end, or to now."""
        return (self.ended.at if self.ended else now) - self.at


@dataclass(frozen=True)
class FigureQuestions:
    """How many questions stand beside one figure: open ones, and answers of the last days."""

    figure: str  # FigureName.key
    open: int
    answered: int
    oldest: datetime | None  # of the open ones
