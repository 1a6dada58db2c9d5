"""A proposed mapping, entry by entry, each with how sure it is and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from data.sources.numbers import Signs
from data.sources.proposing.columns import Guess, Seen
from data.types import Issue
from data.vocabulary import Dataset


@dataclass(frozen=True)
class Line:
    """A canonical column and the columns of the file that fill it."""

    name: str
    how: str  # one, first, join, hours (as `mapped.Take`)
    columns: tuple[Seen, ...]
    score: float
    why: str
    optional: bool = False


@dataclass(frozen=True)
class Part:
    """A value column of a wide table."""

    column: Seen
    set: Mapping[str, str]
    total: bool = False


@dataclass(frozen=True)
class Constant:
    """What the file does not say. `value` is FILL_IN where a person has to; `choices` are the words it may be."""

    name: str
    value: str
    why: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Word:
    wording: str
    word: str  # FILL_IN where nothing was recognised
    why: str  # known, similar, says, or "" for none


@dataclass(frozen=True)
class Times:
    """`order` "" where the dates leave it open; `period` None where `end` or `minutes` says it."""

    order: str = "iso"
    example: str = ""
    period: str | None = None
    minutes: int | None = None
    last_day: bool | None = False  # None: an end column that could be either


@dataclass(frozen=True)
class Proposal:
    filename: str
    dataset: Dataset
    sheet: str | None
    rows: int
    too_long: tuple[int, ...]  # lines with more cells than the header
    swapped: Mapping[str, int]  # headers of columns with dates turned round, and how many
    lines: tuple[Line, ...]
    parts: tuple[Part, ...]
    constants: tuple[Constant, ...]
    times: Times
    signs: Signs | None  # of the columns with signs in them; None where no sign stands
    words: Mapping[str, tuple[Word, ...]]
    status: Seen | None  # says how far an activity is
    planned: tuple[str, ...]  # what stands there for activities still to come
    unused: tuple[tuple[Seen, Guess | None], ...]
    personal: tuple[str, ...]
    notes: tuple[Issue, ...]
