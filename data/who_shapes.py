"""Who does what, where and when, for whom: one row a service of one organisation at one place over one period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from data.flow_shapes import Window
from data.rhythm import Rates

if TYPE_CHECKING:
    import numpy as np

WORDS = ("organisation", "sector", "service", "place", "shift", "unit")
# Of whom: girls and boys are under 18.
PARTS = ("girls", "boys", "women", "men")
COUNTS = ("people", *PARTS)
NUMBERS = (*COUNTS, "quantity")
# By what the columns of a matrix are told apart.
ACROSS = ("organisation", "shift", "day", "month", "place")


@dataclass(frozen=True)
class Doings:
    """Rows as columns. Moments are seconds since 1970; NaN is not reported.

    `words`: the words of each column of words, in which its `codes` count. `day`: start of the operational day in which
    the row begins; `month`: of that day, as years times 12 plus months; `long`: longer than its day. `counted`: False
    for what somebody else reported too, which enters no sum. `flagged`: part of a possible duplicate that nobody
    decided yet. `partial`: some of what it adds up was reported without its parts.
    """

    words: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, np.ndarray]
    start: np.ndarray
    end: np.ndarray
    day: np.ndarray
    month: np.ndarray
    long: np.ndarray
    numbers: Mapping[str, np.ndarray]
    counted: np.ndarray
    flagged: np.ndarray
    partial: np.ndarray

    def __len__(self) -> int:
        return len(self.start)


@dataclass(frozen=True)
class Shown:
    """Doings as one audience may see them. `hidden`: no number of the row is shown.

    `hidden_parts`: of each part, the rows that do not show it. `group`: of each row, the service and day (month, of
    long ones) it belongs to; `reserved`: of each group, the people of its hidden rows together, NaN where that would
    tell one of them.
    """

    doings: Doings
    hidden: np.ndarray
    hidden_parts: Mapping[str, np.ndarray]
    group: np.ndarray
    reserved: np.ndarray
    group_day: np.ndarray
    group_month: np.ndarray
    group_long: np.ndarray


@dataclass(frozen=True)
class WhoAsk:
    """What of it: everything a page, a file and the API are asked alike."""

    window: Window
    across: str = "organisation"
    sector: str = ""
    organisation: str = ""
    place: str | None = None  # "": the place is the site as a whole; None: every place
    count: str = "people"


@dataclass(frozen=True)
class Cell:
    """A sum of the rows of one service and column.

    `value`: None where nobody gave a count. `at_least`: some of it is hidden, not told apart or not counted.
    """

    value: float | None
    at_least: bool = False
    hidden: int = 0  # rows whose number is not shown
    missing: int = 0  # rows that gave no such number
    flagged: bool = False
    quantity: float | None = None  # where nobody counted people: the amount, if it is in one unit
    unit: str = ""
    who: tuple[str, ...] = ()  # organisations, by name
    twice: int = 0  # rows that somebody else reported too: in no sum


@dataclass(frozen=True)
class ServiceRow:
    sector: str
    service: str
    cells: Mapping[Any, Cell]  # by key of the column; none where nobody was active
    total: Cell


@dataclass(frozen=True)
class SectorRows:
    sector: str
    services: tuple[ServiceRow, ...]
    total: Cell
    active: tuple[str, ...]  # organisations active in the current shift; of a period that is over, in it
    last: tuple[str, float] | None  # the last one before, and when its last report ended (seconds since 1970)


@dataclass(frozen=True)
class WhoMatrix:
    """`columns`: their keys in order; a key is a word, the seconds a day starts at, or a month."""

    ask: WhoAsk
    columns: tuple[Any, ...]
    sectors: tuple[SectorRows, ...]
    totals: Mapping[Any, Cell]  # of each column
    total: Cell
    shift: Window  # in which somebody is active or nobody is: the current one, else the period asked for
    of: str  # what it is: shift, day or period
    organisations: tuple[str, ...]  # to choose from
    places: tuple[str, ...]
    newest: float | None  # end of the newest period among the rows
    duplicates: int  # rows that enter no sum because somebody else reported them too


@dataclass(frozen=True)
class Partner:
    """One organisation of the mechanism. `state`: silent, late, fine, unasked (it reports, nothing was agreed) or
    reported-by-others."""

    organisation: str
    sources: tuple[str, ...]
    sectors: tuple[str, ...]
    services: tuple[str, ...]
    places: tuple[str, ...]
    last_period: datetime | None
    last_received: datetime | None
    rates: Rates
    state: str
