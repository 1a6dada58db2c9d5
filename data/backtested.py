"""What a backtest says, as it is kept and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class BacktestRow:
    """Forecasts so many hours ahead; `horizon_hours` 0: a day's total, forecast as it begins.

    Ratios are pinball losses: under 1 is better than the other method, 0.8 a fifth better. `coverage`: share of what
    came that lay within the 80 % band; below and above it, the rest.
    """

    horizon_hours: int
    n: int
    error_people: float  # median
    error_share: float | None  # mean of |error| / came (MAPE), where anybody came
    error_share_median: float | None
    ratio_last_week: float | None
    ratio_eight_weeks: float | None
    coverage: float
    below: float
    above: float


@dataclass(frozen=True)
class Backtest:
    days: int  # tried
    step_hours: int  # 1, or 24 for a series told by the day
    rows: tuple[BacktestRow, ...]


@dataclass(frozen=True)
class Lag:
    """Days from a site upstream to this one, an 80 % interval, and how much follows: here is e^(effect x there)."""

    days: float
    low: float
    high: float
    correlation: float
    chance: float  # how often two unrelated series agree as much
    effect: float
    compared: int  # days


@dataclass(frozen=True)
class Lead:
    """What a site upstream lets know of this one.

    `state`: "found", "none" (no lag stands out), "short" (too few days that both reported), "no_feed" (nothing is
    reported there). `used` where it made the forecasts of the last weeks better; `ratio`: their loss with it over that
    without.
    """

    site: str
    stage: str
    measure: str
    source: str | None
    state: str
    lag: Lag | None = None
    ratio: float | None = None
    used: bool = False


@dataclass(frozen=True)
class KeptBacktest:
    """One series' backtest of the days before `day`."""

    stage: str
    measure: str
    source: str
    day: datetime  # the operational day before which the days tried end
    computed_at: datetime
    history_days: int
    found: Backtest | None  # None: history too short
    leads: tuple[Lead, ...] = ()

    @property
    def lead(self) -> Lead | None:
        """The one that is used, if any."""
        return next((one for one in self.leads if one.used), None)

    def to_json(self) -> dict[str, Any]:
        found = None if self.found is None else asdict(self.found)
        return {"found": found, "leads": [asdict(one) for one in self.leads]}


def leads_from(kept: Mapping[str, Any]) -> tuple[Lead, ...]:
    return tuple(Lead(**{**one, "lag": None if one["lag"] is None else Lag(**one["lag"])}) for one in kept["leads"])


def backtest_from(kept: Mapping[str, Any]) -> Backtest | None:
    told = kept["found"]
    if told is None:
        return None
    return Backtest(told["days"], told["step_hours"], tuple(BacktestRow(**row) for row in told["rows"]))


@dataclass(frozen=True)
class SeriesTried:
    """A series that is forecast, and its newest backtest; None before the first was worked out."""

    measure: str
    source: str
    kept: KeptBacktest | None
