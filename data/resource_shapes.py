"""The shapes of the register of resources: who has what, where, how much of it is free, and what a scenario takes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from data.vocabulary import ResourceGroup, State


@dataclass(frozen=True)
class Reported:
    """One reading as it was reported. `available` None: nobody said how much of it; `place` "": the site as a whole.

    `holds`: for how long after it the reading is taken for what there is.
    """

    group: ResourceGroup
    kind: str
    organisation: str
    source: str
    state: str
    quantity: float
    at: datetime
    holds: timedelta
    available: float | None = None
    place: str = ""
    unit: str = ""


@dataclass(frozen=True)
class Holding:
    """What one institution has of one kind, in one state and place, by its newest report.

    `available` None: nobody can say. `standing` STALE: too old to be taken for what there is now. `part`: of a whole
    that the institution reports too, so that no sum takes both.
    """

    group: ResourceGroup
    kind: str
    organisation: str
    source: str
    state: str
    quantity: float
    available: float | None
    at: datetime
    standing: State
    place: str = ""
    unit: str = ""
    part: bool = False


@dataclass(frozen=True)
class KindTotal:
    """A kind over all institutions. None: nobody reported it lately enough, or nobody can say how much is free.

    `old_quantity`: beside it, what older counts say, never summed with the rest; `old_at`: the oldest of them.
    `available_at_least`: of some nobody said whether they are free.
    """

    group: ResourceGroup
    kind: str
    unit: str
    quantity: float | None
    available: float | None
    available_at_least: bool
    old_quantity: float | None
    old_at: datetime | None
    organisations: tuple[str, ...]


@dataclass(frozen=True)
class Register:
    """Everything reported, by group, and what nobody reported: a group, or an institution that reports other things."""

    holdings: tuple[Holding, ...]
    totals: tuple[KindTotal, ...]
    silent_groups: tuple[ResourceGroup, ...]
    silent_organisations: tuple[str, ...]
