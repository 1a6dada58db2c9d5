"""Expected, received on time, received late, missing: which reports should exist, and what became of each.

The two rates are DHIS2's (https://github.com/dhis2/dhis2-docs, src/developer/web-api/analytics.md and the user
guide's chapter on reporting rates): *reporting rate* = actual reports / expected reports, *reporting rate on time* =
actual reports on time / expected reports, where a report is on time if it was submitted within a set time after the
end of its period. DHIS2 expects a report of every period asked for; here a report that is not due yet is counted
apart (`pending`) and left out of both rates, so that over a time that is past the figures are DHIS2's own.

What counts as one report:

- *Expected* are the periods of the cadence in force (`data.analytics.periods`). Where one cadence follows another in
  the middle of a period, the older period ends there and the newer one begins there, so that every moment is expected
  once; the older one keeps the deadline that had been agreed for it.
- A delivery counts for the time its lines speak of. Lines about a span of time cover it; a period is *received* when
  all deliveries received so far cover all of it together, and `completed_at` is the moment that was so first. A later
  correction therefore never makes a report late, and the order of deliveries does not matter. Covered in part (3 of
  the 24 hours of a day), it is not received: `covered` says how much of it there is, and once due it is missing.
- Readings (queue, stock, people present) are of moments: one after the start of the period, by its end, is the report.
  One taken at the change of two periods closes the one that ends.
- On time: completed by the end of the period and its grace, both included.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

from data.analytics.periods import DAY_MINUTES, periods
from data.rhythm import Cadence, Expectation, Rates, Reporting
from data.types import Site, Window
from data.vocabulary import ReportState, Rhythm

# How far back each rhythm is looked at: enough periods to tell a habit from a mishap.
REACH = {
    Rhythm.MONTHLY: timedelta(days=184),
    Rhythm.WEEKLY: timedelta(days=56),
    Rhythm.DAILY: timedelta(days=14),
    Rhythm.SHIFT: timedelta(hours=24),
    Rhythm.HOURLY: timedelta(hours=24),
}
LONGEST_SPAN = timedelta(days=1)  # `data.spans` cuts what a delivery speaks of into pieces no longer than this


class Span(NamedTuple):
    """A piece of the time one delivery speaks of, in seconds since 1970.

    `step` 0: all of it, or the one moment where start and end are the same; else readings every `step` seconds.
    """

    start: float
    end: float
    step: float
    received: float


@dataclass(frozen=True)
class Due:
    """One report to come: of `period`, by `at`."""

    period: Window
    at: datetime
    kind: Rhythm


def reach_of(cadence: Cadence) -> timedelta:
    """A rhythm of so many minutes is looked at like the named one it is closest to."""
    if cadence.kind is not Rhythm.MINUTES:
        return REACH[cadence.kind]
    named = (Rhythm.HOURLY, Rhythm.DAILY, Rhythm.WEEKLY, Rhythm.MONTHLY)
    longest = (1440, 7 * 1440, 28 * 1440)
    return REACH[named[sum(cadence.minutes >= minutes for minutes in longest)]]


def in_force(cadences: Sequence[Cadence], at: datetime) -> Cadence | None:
    """The newest that has begun; `cadences` in order of `valid_from`."""
    begun = [cadence for cadence in cadences if cadence.valid_from <= at]
    return begun[-1] if begun else None


def reach_start(site: Site, cadences: Sequence[Cadence], now: datetime) -> datetime:
    """Where a look back at a source begins: at the start of the period that was running one reach ago."""
    current = in_force(cadences, now)
    if current is None or current.kind is Rhythm.NONE:
        return now
    at = now - reach_of(current)
    then = in_force(cadences, at)
    running = periods(site, then, Window(at, at + timedelta(seconds=1))) if then is not None else []
    return max(running[0].start, then.valid_from) if running and then is not None else at


def dues(site: Site, cadences: Sequence[Cadence], window: Window, begins: datetime | None = None) -> list[Due]:
    """Every report expected of the periods that begin in the window, in order. Nothing is before `begins`.

    `cadences` in order of `valid_from`; each holds until the next one.
    """
    found = []
    for place, cadence in enumerate(cadences):
        start = cadence.valid_from if begins is None else max(cadence.valid_from, begins)
        end = cadences[place + 1].valid_from if place + 1 < len(cadences) else None
        looked = Window(max(start, window.start), window.end if end is None else min(end, window.end))
        if cadence.kind is Rhythm.NONE or looked.start >= looked.end:
            continue
        grace = timedelta(minutes=cadence.grace_minutes)
        for whole in periods(site, cadence, looked):
            cut = Window(max(whole.start, start), whole.end if end is None else min(whole.end, end))
            if window.start <= cut.start < window.end:
                found.append(Due(cut, whole.end + grace, cadence.kind))
    return found


def judged(expected: Iterable[Due], heard: Iterable[Span], now: datetime) -> list[Expectation]:
    """What became of each report by `now`; what was received later is not known yet."""
    known = sorted(span for span in heard if span.received <= now.timestamp())
    starts = [span.start for span in known]
    found = []
    for due in expected:
        start, end = due.period.start.timestamp(), due.period.end.timestamp()
        first = bisect_left(starts, start - LONGEST_SPAN.total_seconds())
        covered, completed = _received(known[first : bisect_right(starts, end)], start, end)
        at = None if completed is None else datetime.fromtimestamp(completed, UTC)
        found.append(
            Expectation(due.period.start, due.period.end, due.at, due.kind, _state(at, due.at, now), covered, at)
        )
    return found


def _state(completed: datetime | None, due: datetime, now: datetime) -> ReportState:
    if completed is not None:
        return ReportState.ON_TIME if completed <= due else ReportState.LATE
    return ReportState.MISSING if now > due else ReportState.PENDING


def _received(spans: Iterable[Span], start: float, end: float) -> tuple[float, float | None]:
    """Share of the period covered, and when all of it was for the first time."""
    pieces: list[tuple[float, float]] = []
    for span in sorted(spans, key=_when):
        if span.step or span.start == span.end:
            if _reads(span, start, end):
                return 1.0, span.received
            continue
        if span.end <= start or span.start >= end:
            continue
        if span.start <= start and span.end >= end:
            return 1.0, span.received
        pieces = _joined(pieces, max(span.start, start), min(span.end, end))
        if pieces[0] == (start, end):
            return 1.0, span.received
    return sum(until - since for since, until in pieces) / (end - start), None


_when = attrgetter("received")


def _joined(pieces: list[tuple[float, float]], start: float, end: float) -> list[tuple[float, float]]:
    """Disjoint pieces of time with one more, in order."""
    apart = [piece for piece in pieces if piece[1] < start or piece[0] > end]
    touching = [piece for piece in pieces if piece[1] >= start and piece[0] <= end]
    start = min([start, *(piece[0] for piece in touching)])
    end = max([end, *(piece[1] for piece in touching)])
    return sorted([*apart, (start, end)])


def _reads(span: Span, start: float, end: float) -> bool:
    """Whether one of its readings lies after the start of a period, by its end."""
    if span.start > end or span.end <= start:
        return False
    if span.start > start:
        return True
    return span.step > 0 and span.start + ((start - span.start) // span.step + 1) * span.step <= min(end, span.end)


def ahead(site: Site, cadence: Cadence, now: datetime) -> datetime:
    """A moment before which two more periods begin."""
    if cadence.kind is Rhythm.MONTHLY:
        return now + timedelta(days=63)
    if cadence.kind is Rhythm.SHIFT:
        return now + timedelta(days=2)
    slack = timedelta(hours=2) if cadence.minutes >= DAY_MINUTES else timedelta(seconds=1)  # a day may have 25 hours
    return now + timedelta(minutes=2 * cadence.minutes) + slack


def deadlines(expectations: Sequence[Expectation]) -> tuple[datetime | None, datetime | None]:
    """When the source begins to be late and when it is silent, if nothing more comes; see `Reporting`.

    `expectations` in order, with two periods that have not begun at the end.
    """
    not_whole, unheard = [], []
    for one in reversed(expectations):
        if one.completed_at is not None:
            break
        not_whole.append(one.due)
    for one in reversed(expectations):
        if one.covered > 0:
            break
        unheard.append(one.due)
    not_whole, unheard = sorted(not_whole), sorted(unheard)
    return (not_whole[0] if not_whole else None, unheard[1] if len(unheard) > 1 else None)


def rates(reports: Iterable[Reporting]) -> Rates:
    """All expected reports of several sources together."""
    return sum((report.rates for report in reports), Rates())


def confidence(reports: Iterable[Reporting]) -> float | None:
    """0 to 100: the mean of the two reporting rates; None where no report was due."""
    both = rates(reports)
    if both.reporting_rate is None or both.reporting_rate_on_time is None:
        return None
    return 50 * (both.reporting_rate + both.reporting_rate_on_time)
