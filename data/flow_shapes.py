"""Shapes of what one person may ask of the flow page: a day to compare with, who the people are, who is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from data.vocabulary import Measure, Method, Stage

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Window:
    """Half-open span of time, UTC."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class PastSurge:
    """A day of a site that everybody remembers."""

    day: date
    name_es: str
    name_en: str

    @property
    def name(self) -> Mapping[str, str]:
        """By language."""
        return {"es": self.name_es, "en": self.name_en}


@dataclass(frozen=True)
class Comparison:
    """Another day laid over the day of the curves, by the site's clock.

    `kind`: yesterday, last-week, usual or date. `trouble`: why there is nothing to lay over: same-day, to-come,
    nothing-reported, short-history. `points`: minute (of the day, by the clock), arrivals, served: people so far,
    arrivals starting from the queue carried in. `hours`: minute at which the hour begins, people, served.

    `minute`: up to when both are compared in words; `here` and `there`: people arrived since the day began, the day of
    the curves first; `waiting_there`: the queue then. None is not reported, never zero.
    """

    kind: str
    begins: datetime | None = None  # what the clock shows when the day of the curves begins; without a zone
    trouble: str | None = None
    day: Window | None = None
    name: Mapping[str, str] | None = None
    points: pd.DataFrame | None = None
    hours: pd.DataFrame | None = None
    minute: int | None = None
    here: float | None = None
    there: float | None = None
    waiting_there: float | None = None
    there_at_least: bool = False
    carried_in: float = 0.0  # people already in the queue when the other day began: no arrivals of that day
    clock_changes: bool = False  # one of the two days has 23 or 25 hours


@dataclass(frozen=True)
class BreakdownDay:
    """One operational day told apart. `total` None: nobody reported the day.

    `parts`: people by word of the dimension; None: reserved, because the count is small or would give a small one
    away. `rest`: what the total has beyond its parts, unclassified people included; below zero the parts exceed it.
    """

    day: Window
    total: float | None
    parts: Mapping[str, float | None]
    rest: float | None
    at_least: bool
    provisional: bool
    method: Method | None
    reserved: float = 0.0  # people in all reserved cells together, `rest` included where it is one
    rest_reserved: bool = False
    running: bool = False  # not over at the moment it is told
    # Of a day by sex and age: the same by each alone, which may be asked for too. Not masked, and gone when it is.
    margins: tuple[BreakdownDay, ...] = ()


@dataclass(frozen=True)
class Breakdown:
    """Days of a range told apart by one dimension, of one series; parts, rest and reserved sum to each total."""

    stage: Stage
    measure: Measure
    source: str | None  # None: nobody chose an official one
    by: str
    days: tuple[BreakdownDay, ...]

    @property
    def reported(self) -> bool:
        """Whether anybody told people apart in the range."""
        return any(day.parts for day in self.days)


@dataclass(frozen=True)
class Flowing:
    """One measure of a site's presence over the range. `people` None: nobody reports it by the hour."""

    measure: Measure
    stage: Stage | None
    source: str | None
    people: float | None
    hours: float
    hours_asked: float
    at_least: bool = False
    method: Method | None = None
    counts: bool = True  # whether it moves the number of people present


@dataclass(frozen=True)
class HeadCount:
    """A count of the people present beside what was expected of it. `expected` None: something was not reported."""

    at: datetime
    people: float
    at_least: bool
    expected: float | None

    @property
    def unexplained(self) -> float | None:
        """People whom the count saw and in less out did not; below zero it missed some."""
        return None if self.expected is None else self.people - self.expected


@dataclass(frozen=True)
class Presence:
    """People in the centre: last count + in - out. `path`: at, present (NaN where unknown; below zero is an error)."""

    window: Window
    source: str | None
    flows: tuple[Flowing, ...]
    path: pd.DataFrame
    counts: tuple[HeadCount, ...]
    safe_capacity: float | None = None

    @property
    def impossible(self) -> int:
        """Moments at which fewer than nobody would be there."""
        return int((self.path["present"] < -0.5).sum())
