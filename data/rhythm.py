"""How often who should report, and what came of it: the shapes that travel from the store to the pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from data.vocabulary import ReportState, Rhythm


@dataclass(frozen=True)
class Cadence:
    """How often one source reports one dataset. It holds from `valid_from` until the next one begins."""

    kind: Rhythm
    valid_from: datetime
    minutes: int  # length of a period; of shifts, weeks and months the usual one
    grace_minutes: int  # a report is on time until so long after its period
    shifts: tuple[int, ...] = ()  # local hours at which shifts begin, as they were when this was set
    set_at: datetime | None = None
    set_by: str = ""
    reason: str = ""

    @property
    def every(self) -> timedelta | None:
        """The usual time between two reports; None where none is expected any more."""
        return None if self.kind is Rhythm.NONE else timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Expectation:
    """One report that should exist: of which time, by when, and what came. `covered` is a share of that time."""

    start: datetime
    end: datetime
    due: datetime
    kind: Rhythm
    state: ReportState
    covered: float
    completed_at: datetime | None  # when all of it had been received for the first time


@dataclass(frozen=True)
class Rates:
    """Counts of expected reports. `pending` are not due yet, and no rate counts them."""

    on_time: int = 0
    late: int = 0
    missing: int = 0
    pending: int = 0

    @property
    def expected(self) -> int:
        return self.on_time + self.late + self.missing + self.pending

    @property
    def due(self) -> int:
        return self.on_time + self.late + self.missing

    @property
    def reporting_rate(self) -> float | None:
        """Actual reports / expected reports; None where none was due."""
        return (self.on_time + self.late) / self.due if self.due else None

    @property
    def reporting_rate_on_time(self) -> float | None:
        """Actual reports on time / expected reports; None where none was due."""
        return self.on_time / self.due if self.due else None

    @classmethod
    def of(cls, expectations: Iterable[Expectation]) -> Rates:
        states = [one.state for one in expectations]
        return cls(
            on_time=states.count(ReportState.ON_TIME),
            late=states.count(ReportState.LATE),
            missing=states.count(ReportState.MISSING),
            pending=states.count(ReportState.PENDING),
        )

    def __add__(self, other: Rates) -> Rates:
        return Rates(
            self.on_time + other.on_time,
            self.late + other.late,
            self.missing + other.missing,
            self.pending + other.pending,
        )


@dataclass(frozen=True)
class Contact:
    """Whom to call: an office or a role, never a person."""

    organisation: str | None = None
    role: str | None = None
    reach: str | None = None  # telephone or mail of that office


@dataclass(frozen=True)
class Reporting:
    """One source and dataset of a site at a moment.

    `late_at` is when it begins to be late if nothing more comes, `silent_at` when a second report has not come
    either and nothing at all was heard; None where nothing is expected. A browser can count towards both.
    """

    source: str
    dataset: str
    contact: Contact
    cadence: Cadence | None  # in force; None: nothing was agreed
    expectations: tuple[Expectation, ...] = ()
    last_received: datetime | None = None
    heard_until: datetime | None = None  # end of the newest time any delivery spoke of
    late_at: datetime | None = None
    silent_at: datetime | None = None

    @property
    def every(self) -> timedelta | None:
        return None if self.cadence is None else self.cadence.every

    @property
    def rates(self) -> Rates:
        return Rates.of(self.expectations)

    def late(self, now: datetime) -> bool:
        """Its newest report due has not come whole."""
        return self.late_at is not None and now > self.late_at

    def silent(self, now: datetime) -> bool:
        """Nothing came of two reports that were due."""
        return self.silent_at is not None and now > self.silent_at
