"""The shapes of standards: one as it holds, one as it was decided, and what others published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from data.vocabulary import Sector, Service, Stay


@dataclass(frozen=True)
class Standard:
    """`transit_value`: in place of `value` where people stay less than a day. `valid_from` None: nobody said."""

    service: Service
    value: float
    per: str
    denominator: str
    unit: str
    source: str
    phase: str
    provisional: bool
    transit_value: float | None = None
    valid_from: datetime | None = None
    set_by: str = ""
    reason: str = ""
    transit: bool = False  # `value` is the one for short stays

    def for_stay(self, stay: Stay | str) -> Standard:
        """As it holds there. The value for short stays is nobody's published one: it is provisional."""
        if stay != Stay.UNDER_A_DAY or self.transit_value is None:
            return self
        return replace(self, value=self.transit_value, provisional=True, transit=True)


@dataclass(frozen=True)
class HeldStandard:
    """A decision as it was written down. `recorded_at`: when. `value` is that of the decision, whatever the stay."""

    standard: Standard
    recorded_at: datetime
    withdrawn: bool


@dataclass(frozen=True)
class Turn:
    """From when a phase or a length of stay holds, by whom and why."""

    word: str
    valid_from: datetime
    recorded_at: datetime
    set_by: str
    reason: str


@dataclass(frozen=True)
class Reference:
    """Published, and no number of units for so many people; locale key `reference.<name>`."""

    name: str
    sector: Sector
    emergency: str
    stabilised: str
    source: str


@dataclass(frozen=True)
class Published:
    """What others published. `entries`: as `data.analytics.standard_entry` checks them."""

    entries: tuple[Mapping[str, Any], ...]
    references: tuple[Reference, ...]
    unpublished: tuple[Service, ...]
