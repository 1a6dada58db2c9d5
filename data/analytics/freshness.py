"""How old is too old, who is late, and how far the figures may be leaned on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.analytics.buckets import HOUR, Buckets, seconds
from data.vocabulary import State

STALE_WITHOUT_CADENCE = timedelta(hours=2)
STALE_AT = 2  # times the cadence: one missed report may be on its way


@dataclass(frozen=True)
class Expected:
    """One report that should keep coming: who, what, how often, and when it last did."""

    source: str
    dataset: str
    organisation: str | None
    last_received: datetime | None
    every: timedelta | None  # None: no cadence agreed

    def age(self, now: datetime) -> timedelta | None:
        return None if self.last_received is None else now - self.last_received

    def late(self, now: datetime, times: float = 1) -> bool | None:
        """Whether it is more than `times` its cadence old; None where none is agreed. Never received is late."""
        if self.every is None:
            return None
        age = self.age(now)
        return age is None or age > self.every * times


def expected(
    rows: Iterable[tuple[str, str, str | None, datetime | None, float | None]],
) -> tuple[Expected, ...]:
    """From source, dataset, organisation, last received and cadence in minutes."""
    return tuple(
        Expected(source, dataset, organisation, last, None if every is None else timedelta(minutes=every))
        for source, dataset, organisation, last, every in rows
    )


def cadences(reports: tuple[Expected, ...]) -> Mapping[tuple[str, str], timedelta]:
    return {(row.source, row.dataset): row.every for row in reports if row.every is not None}


def state_of(as_of: datetime | None, now: datetime, every: timedelta | None) -> State:
    """Missing without a moment; stale beyond twice the cadence, or two hours where none is agreed."""
    if as_of is None:
        return State.MISSING
    limit = STALE_WITHOUT_CADENCE if every is None else STALE_AT * every
    return State.STALE if now - as_of > limit else State.OK


def overdue(reports: tuple[Expected, ...], now: datetime) -> tuple[Expected, ...]:
    """Reports later than their cadence."""
    return tuple(row for row in reports if row.late(now))


def timeliness(reports: tuple[Expected, ...], now: datetime) -> float | None:
    """Share of the expected reports that are not late; None where no cadence is agreed."""
    judged = [row.late(now) for row in reports if row.every is not None]
    return judged.count(False) / len(judged) if judged else None


def completeness(hours: Buckets, now: datetime) -> float:
    """Share of the last 24 whole hours that the series covers."""
    end = seconds(now) // HOUR * HOUR
    return min(1.0, float(hours.between(end - 24 * HOUR, end).minutes.sum()) / (24 * 60))


def confidence(reports: tuple[Expected, ...], hours: Buckets, now: datetime) -> float | None:
    """0 to 100: the mean of timeliness and completeness (DHIS2's two reporting rates); None without any cadence.

    https://github.com/dhis2/dhis2-docs/blob/06b37272a6125db72b4fe0363dff29de7474eb11/src/developer/web-api/analytics.md
    """
    on_time = timeliness(reports, now)
    return None if on_time is None else 50 * (on_time + completeness(hours, now))
