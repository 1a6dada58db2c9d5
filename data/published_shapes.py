"""Shapes of what others published about a site, beside what its own reports lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# wait: hours until their turn of those who joined then; waiting: people in line; present: people in the centre;
# entries: people let in from `at` until `until`.
PUBLISHED = ("wait", "waiting", "present", "entries")


def by_the_hour(now: datetime) -> datetime:
    """The moment of which published figures are told."""
    return now.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True)
class PublishedFigure:
    """One printed figure. Of a stretch (`until`) the largest is meant, of entries their sum.

    `low`, `high`: hours or people; None: "over so many", "up to so many". `fixes`: the site's own figures were made
    from this one, so that agreement proves nothing.
    """

    at: datetime
    what: str
    until: datetime | None
    low: float | None
    high: float | None
    source: str
    url: str
    note_es: str
    note_en: str
    fixes: bool = False

    @property
    def over(self) -> datetime:
        """When it could be known: a wait once it had ended."""
        hours = max(self.low or 0.0, self.high or 0.0) if self.what == "wait" else 0.0
        return (self.until or self.at) + timedelta(hours=hours)

    @property
    def note(self) -> dict[str, str]:
        return {"es": self.note_es, "en": self.note_en}


@dataclass(frozen=True)
class Beside:
    """A published figure and what the engine makes of the site's reports.

    `then`: low, middle, high as it would have been told at `at`, knowing nothing later. `after`: as it came, by all
    that is known now; `more`: it is not over, and at least so much. `at_least`: somebody counted only a part.
    """

    figure: PublishedFigure
    at: datetime  # of a stretch, when it was largest
    then: tuple[float | None, float, float | None] | None = None
    after: float | None = None
    more: bool = False
    at_least: bool = False
    counters: int | None = None  # open then

    @property
    def inferred(self) -> float | None:
        return self.after if self.after is not None else None if self.then is None else self.then[1]

    @property
    def off(self) -> float | None:
        """How far outside of what was published, as a share of it; 0 inside; None where one of them is unknown."""
        value, low, high = self.inferred, self.figure.low, self.figure.high
        if value is None:
            return None
        bound = self.more or self.at_least
        if low is not None and value < low:
            return None if bound else _share(value, low)
        if high is not None and value > high:
            return _share(value, high)
        return None if bound and high is not None else 0.0


def _share(value: float, of: float) -> float:
    """More or less than was published; of nobody, all of it."""
    return value / of - 1 if of > 0 else 1.0
