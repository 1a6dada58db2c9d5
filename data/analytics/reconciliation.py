"""Sources of one figure side by side, compared only over what both report. Pure; sources are never added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from data.grains import WEAKEST_FIRST
from data.vocabulary import Method

Span = tuple[float, float]  # start and end, seconds since 1970
CLOSE = 60.0  # seconds: a period is whole when no more than this is missing


@dataclass(frozen=True)
class Amount:
    people: float
    seconds: float  # reported
    at_least: bool
    method: Method
    received: float


@dataclass(frozen=True)
class Reported:
    """What one source said inside a window, by the span it speaks of.

    `days`: operational days reported whole. `hours`: of the other days. `longer`: weeks and months whose days were
    not reported one by one.
    """

    days: Mapping[Span, Amount] = field(default_factory=dict)
    hours: Mapping[Span, Amount] = field(default_factory=dict)
    longer: Mapping[Span, Amount] = field(default_factory=dict)

    @property
    def amounts(self) -> tuple[Amount, ...]:
        return (*self.days.values(), *self.hours.values(), *self.longer.values())

    @property
    def spans(self) -> tuple[Span, ...]:
        return tuple(sorted((*self.days, *self.hours, *self.longer)))

    @property
    def people(self) -> float | None:
        return sum(one.people for one in self.amounts) if self.amounts else None

    @property
    def seconds(self) -> float:
        return sum(one.seconds for one in self.amounts)

    @property
    def method(self) -> Method | None:
        """That of the weakest part."""
        told = {one.method for one in self.amounts}
        return next((method for method in WEAKEST_FIRST if method in told), None)


@dataclass(frozen=True)
class Beside:
    """`periods` of a source, how many of them the official one reports too, and the people of both over those."""

    periods: int
    compared: int
    people: float
    official: float

    @property
    def difference(self) -> float | None:
        return self.people - self.official if self.compared else None

    @property
    def share(self) -> float | None:
        """None where the official figure is zero: nothing is a percentage of nobody."""
        return None if self.difference is None or self.official == 0 else self.difference / self.official


def beside(other: Reported, official: Reported, days: Sequence[Span]) -> Beside:
    """Compare day by day; a day that one of them reports in part, over the hours both report; a week as a whole.

    A longer report of either is compared with the other's days when it has all of them.
    """
    periods = compared = 0
    people = chosen = 0.0
    for day in days:
        mine, theirs = _of_day(other, day), _of_day(official, day)
        periods += bool(mine)
        both = _common(mine, theirs)
        if both is not None:
            compared, people, chosen = compared + 1, people + both[0], chosen + both[1]
    for span, amount in other.longer.items():
        periods += 1
        told = official.longer.get(span)
        total = told.people if told is not None else _sum_of_days(official, span)
        if total is not None:
            compared, people, chosen = compared + 1, people + amount.people, chosen + total
    for span, amount in official.longer.items():
        total = None if span in other.longer else _sum_of_days(other, span)
        if total is not None:
            compared, people, chosen = compared + 1, people + total, chosen + amount.people
    return Beside(periods, min(compared, periods), people, chosen)


def _of_day(reported: Reported, day: Span) -> Mapping[Span, Amount]:
    if day in reported.days:
        return {day: reported.days[day]}
    return {span: one for span, one in reported.hours.items() if day[0] <= span[0] and span[1] <= day[1]}


def _common(mine: Mapping[Span, Amount], theirs: Mapping[Span, Amount]) -> tuple[float, float] | None:
    same = mine.keys() & theirs.keys()
    if not same:
        return None
    return sum(mine[span].people for span in same), sum(theirs[span].people for span in same)


def _sum_of_days(reported: Reported, span: Span) -> float | None:
    """People of the days inside a span, when they fill it."""
    inside = {day: one for day, one in reported.days.items() if span[0] <= day[0] and day[1] <= span[1]}
    filled = sum(end - start for start, end in inside)
    return sum(one.people for one in inside.values()) if filled >= span[1] - span[0] - CLOSE and inside else None


def has_a_hole(spans: Sequence[Span], seconds: float, start: float, until: float, over: bool) -> bool:
    """Whether a part was not reported: of a window that is over, any; of a running one, up to the newest report."""
    return bool(spans) and seconds < (until if over else min(until, spans[-1][1])) - start - CLOSE
