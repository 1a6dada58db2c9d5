"""Shapes of what others published about a site, beside what its own reports lead to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

# wait: hours until their turn of those who joined then; waiting: people in line; present: people in the centre;
# entries: people let in from `at` until `until`.
PUBLISHED = ("wait", "waiting", "present", "entries")


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
    def note(self) -> dict[str, str]:
        return {"es": self.note_es, "en": self.note_en}


@dataclass(frozen=True)
class Beside:
    """A published figure and what the engine makes of the site's reports.

    `then`: low, middle, high as it would have been told at `at`, knowing nothing later. `after`: as it came, by all
    that is known now; `more`: it is not over, and at least so much.
    """

    figure: PublishedFigure
    at: datetime  # of a stretch, when it was largest
    then: tuple[float | None, float, float | None] | None = None
    after: float | None = None
    more: bool = False
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
        if low is not None and value < low:
            return None if self.more else value / low - 1
        if high is not None and value > high:
            return value / high - 1
        return None if self.more and high is not None else 0.0
