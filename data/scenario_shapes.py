"""The shapes of a scenario: so many people a day, how long they stay, what that takes and what there is of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from data.standard_shapes import Standard
from data.vocabulary import Sector, Service, State


class StayBasis(StrEnum):
    """Where the length of stay of a scenario comes from."""

    DECLARED = "declared"  # who asks said it
    OBSERVED = "observed"  # people present over arrivals of the last day (Little)
    UNKNOWN = "unknown"


class NoNeed(StrEnum):
    """Why the need of a line is not worked out."""

    NO_STANDARD = "no-standard"
    NO_STAY = "no-stay"  # it follows from how long people stay, and nobody said
    NOT_FROM_ARRIVALS = "not-from-arrivals"  # who is counted does not follow from how many come
    NO_RATE = "no-rate"  # nobody reports how fast the counters serve


@dataclass(frozen=True)
class Scenario:
    people: float  # a day
    stay_hours: float | None


@dataclass(frozen=True)
class Stays:
    """How long people stay, in hours; `present` and `arrivals`: the mean and the count it was observed from."""

    hours: float | None
    basis: StayBasis
    present: float | None = None
    arrivals: float | None = None


@dataclass(frozen=True)
class Offered:
    """What there is of a service: standing on the ground, or given in the 24 hours up to each one's last report.

    `amount` None: nobody reported an amount that compares. `by` holds every institution that covers the service, None
    where its amount does not compare. `at_least`: one of them gave none, or its reports do not reach over 24 hours.
    """

    amount: float | None
    by: Mapping[str, float | None]
    unit: str
    standing: bool
    at_least: bool = False
    state: State = State.MISSING
    at: datetime | None = None
    masked: bool = False
    contacts: float | None = None


@dataclass(frozen=True)
class NeedAt:
    """What one scenario takes of one service. `counted`: people of the standard's denominator; `why` None: known."""

    scenario: Scenario
    counted: float | None = None
    required: float | None = None
    shortfall: float | None = None
    why: NoNeed | None = None
    floor: int | None = None  # of counters: fewest with which the queue does not grow


@dataclass(frozen=True)
class ScenarioLine:
    """One service, or the counters of the entry stage (`service` None), against every scenario."""

    service: Service | None
    sector: Sector | None
    unit: str
    standard: Standard | None
    offered: Offered
    needs: tuple[NeedAt, ...]


@dataclass(frozen=True)
class CounterRate:
    """People per counter-hour with their 80 % interval, over how many hours it was seen; the target wait."""

    value: float
    low: float
    high: float
    hours: float
    target_hours: float
    target_share: float


@dataclass(frozen=True)
class ScenarioTable:
    stays: Stays
    phase: str
    scenarios: tuple[Scenario, ...]
    counters: ScenarioLine
    rate: CounterRate | None
    lines: tuple[ScenarioLine, ...]  # those with a need first, then without a standard

    @property
    def every(self) -> tuple[ScenarioLine, ...]:
        return (self.counters, *self.lines)
