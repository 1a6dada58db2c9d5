"""Referrals to State services: sums over periods, never a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from data.flow_shapes import Window

# Tables by which referrals are told apart, each by itself: two of them are never crossed.
REFERRALS_BY = ("need", "institution", "pathway", "priority")
# Named periods: whole weeks with the running one, and how many before it.
REFERRAL_WINDOWS: Mapping[str, int] = {"week": 1, "4w": 4, "12w": 12, "26w": 26}
NO_PRIORITY = "none"


@dataclass(frozen=True)
class Tally:
    """Sums over lines. `…_of`: referred in the lines that say how many were accepted, closed, overdue.

    `pending`: referred and not accepted; `open`: accepted and not closed; `unclosed`: referred and not closed;
    `in_time`: referred and not overdue; `in_limit`: pending and not overdue. A line in which more are accepted than
    referred, or more closed than accepted, counts nothing there and is `odd`; its own numbers stay as reported.
    `derived`: of `overdue`, what follows from the limit because nobody reported it.
    """

    referred: float = 0.0
    accepted: float = 0.0
    accepted_of: float = 0.0
    closed: float = 0.0
    closed_of: float = 0.0
    overdue: float = 0.0
    overdue_of: float = 0.0
    pending: float = 0.0
    open: float = 0.0
    open_of: float = 0.0  # referred in the lines that say both how many were accepted and how many closed
    unclosed: float = 0.0
    in_time: float = 0.0
    in_limit: float = 0.0
    derived: float = 0.0
    lines: int = 0
    odd: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(Tally)))

    @property
    def parts(self) -> tuple[float, ...]:
        """Every number of people that is told, or follows from what is told, beside `referred`."""
        return (
            self.accepted,
            self.referred - self.accepted_of,
            self.closed,
            self.referred - self.closed_of,
            self.overdue,
            self.referred - self.overdue_of,
            self.pending,
            self.open,
            self.open_of,
            self.accepted_of - self.open_of,
            self.closed_of - self.open_of,
            self.unclosed,
            self.in_time,
            self.in_limit,
            self.derived,
            self.overdue - self.derived,
        )


NOTHING = Tally()


@dataclass(frozen=True)
class Cell:
    """What referrals have in common: one name in each table of REFERRALS_BY."""

    need: str
    institution: str
    pathway: str
    priority: str


@dataclass(frozen=True)
class Period:
    """One week, or the longer time of which a report speaks. `over`: it ended before the moment it is told.

    `cells`: the ordinary referrals; `for_protection`: cells that only those who protect see counted. `withheld`: by
    need, those that are told by whole weeks of the whole site only, in no other sum. `twice`: lines that another source
    told too; `newest`: when the newest line was received.
    """

    span: Window
    over: bool
    cells: Mapping[Cell, Tally]
    for_protection: frozenset[Cell]
    withheld: Mapping[str, Tally]
    sources: tuple[str, ...]
    twice: int = 0
    newest: datetime | None = None

    @property
    def total(self) -> Tally:
        return sum(self.cells.values(), NOTHING)


@dataclass(frozen=True)
class Sum:
    """Cells added up as one audience may see them. `referred` and `states`: of what is shown, so that with `reserved`
    or `reserved_states` (cells of which it is not) they are at least so many. `some`: there is one at least, all of
    them of needs counted for protection only; `odd`: cells in which a report contradicts itself."""

    referred: float = 0.0
    states: Tally = NOTHING
    cells: int = 0
    reserved: int = 0
    reserved_states: int = 0
    odd: int = 0
    some: bool = False

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.referred + other.referred,
            self.states + other.states,
            self.cells + other.cells,
            self.reserved + other.reserved,
            self.reserved_states + other.reserved_states,
            self.odd + other.odd,
            self.some or other.some,
        )

    @property
    def hidden(self) -> bool:
        """Nothing of it is shown."""
        return self.reserved > 0 and not self.referred

    @property
    def states_hidden(self) -> bool:
        return self.reserved_states > 0 and not self.states.referred


@dataclass(frozen=True)
class ShownPeriod:
    """`withheld` is empty until the period is over."""

    span: Window
    over: bool
    total: Sum
    tables: Mapping[str, Mapping[str, Sum]]
    withheld: Mapping[str, Sum]
    sources: tuple[str, ...]
    twice: int
    newest: datetime | None


@dataclass(frozen=True)
class Referrals:
    """Whole weeks of a site as one audience may see them. `before`: as many weeks before, added up; None: no report.

    `silent`: weeks of the range of which nobody reported, those to come left out.
    """

    window: Window
    periods: tuple[ShownPeriod, ...]
    weeks: tuple[Window, ...]
    silent: tuple[Window, ...]
    total: Sum
    before: Sum | None
    tables: Mapping[str, Mapping[str, Sum]]
    before_tables: Mapping[str, Mapping[str, Sum]]
    withheld: Mapping[str, Sum]
    sources: tuple[str, ...]
    twice: int
    newest: datetime | None

    @property
    def reported(self) -> bool:
        return bool(self.periods)
