"""Reported hours as arrays, and the cumulative curve they make. Seconds since 1970 UTC inside, people as floats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

HOUR = 3600.0


def seconds(moment: datetime) -> float:
    return moment.timestamp()


def moment(epoch: float) -> datetime:
    return datetime.fromtimestamp(epoch, UTC)


def epochs(times: pd.Series) -> np.ndarray:
    """Aware times as float seconds."""
    return times.to_numpy(dtype="datetime64[us]").astype(np.int64) / 1e6


@dataclass(frozen=True)
class Buckets:
    """Hours somebody reported, oldest first; an hour nobody reported is absent. `minutes` of each are covered."""

    start: np.ndarray
    minutes: np.ndarray
    people: np.ndarray
    at_least: np.ndarray
    method: np.ndarray
    received: np.ndarray

    def __len__(self) -> int:
        return len(self.start)

    @cached_property
    def end(self) -> np.ndarray:
        return self.start + self.minutes * 60.0

    @cached_property
    def whole(self) -> np.ndarray:
        return self.minutes >= 60

    @cached_property
    def curve(self) -> Curve:
        """As `curve`, kept: a stage's state asks for it again and again."""
        ends = np.concatenate([self.start[1:], self.end[-1:]])
        return Curve(np.concatenate([self.start[:1], ends]), np.concatenate([[0.0], np.cumsum(self.people)]))

    def between(self, start: float, end: float) -> Buckets:
        return self.where((self.start >= start) & (self.start < end))

    def where(self, chosen: np.ndarray) -> Buckets:
        return Buckets(
            self.start[chosen],
            self.minutes[chosen],
            self.people[chosen],
            self.at_least[chosen],
            self.method[chosen],
            self.received[chosen],
        )

    def unbroken(self) -> Buckets:
        """The newest hours without a hole: a sum across an unreported hour would read it as zero."""
        if len(self) == 0:
            return self
        holes = np.flatnonzero(np.diff(self.start) > HOUR + 1)
        return self.where(np.arange(len(self)) > (holes[-1] if len(holes) else -1))


def joined_by_time(*parts: Buckets) -> Buckets:
    """Several stretches as one, by their start. They must not overlap."""
    columns = [
        np.concatenate([getattr(part, name) for part in parts])
        for name in ("start", "minutes", "people", "at_least", "method", "received")
    ]
    order = np.argsort(columns[0], kind="stable")
    return Buckets(*(column[order] for column in columns))


def buckets(hours: pd.DataFrame) -> Buckets:
    """From a frame hour, people, minutes, at_least, method, received_at."""
    order = hours.sort_values("hour") if not hours["hour"].is_monotonic_increasing else hours
    return Buckets(
        epochs(order["hour"]),
        order["minutes"].to_numpy(dtype=float),
        order["people"].to_numpy(dtype=float),
        order["at_least"].to_numpy(dtype=bool),
        order["method"].to_numpy(dtype=object),
        epochs(order["received_at"]),
    )


NO_HOURS = Buckets(
    np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool), np.zeros(0, dtype=object), np.zeros(0)
)


@dataclass(frozen=True)
class Curve:
    """Cumulative people, linear inside a bucket; flat before its first moment and after its last."""

    at: np.ndarray
    people: np.ndarray

    def count(self, at: float) -> float:
        return float(np.interp(at, self.at, self.people))

    def counts(self, at: np.ndarray) -> np.ndarray:
        return np.interp(at, self.at, self.people)

    def when(self, people: float) -> float | None:
        """The last moment at which the curve stood at `people`; None below where it begins."""
        if people < self.people[0] - 1e-9:
            return None
        after = int(np.searchsorted(self.people, people, side="right"))
        if after >= len(self.people):
            return float(self.at[-1])
        if after == 0:
            return float(self.at[0])
        low, high = self.people[after - 1], self.people[after]
        share = (people - low) / (high - low)
        return float(self.at[after - 1] + share * (self.at[after] - self.at[after - 1]))


def curve(hours: Buckets, start: float | None = None) -> Curve:
    """Cumulative from the beginning of `hours`, which must be unbroken (`Buckets.unbroken`).

    A partly covered hour in the middle is spread over its hour; the newest ends where its reports end.
    """
    return hours.curve if len(hours) else Curve(np.array([start or 0.0]), np.zeros(1))


def reported_curve(hours: Buckets) -> Curve | None:
    """Cumulative of what was reported, flat where nothing was: of people of whom only those reported are known.

    None where nobody reported any.
    """
    if len(hours) == 0:
        return None
    so_far = np.cumsum(hours.people)
    people = np.column_stack([so_far - hours.people, so_far]).ravel()
    return Curve(np.column_stack([hours.start, hours.end]).ravel(), people)
