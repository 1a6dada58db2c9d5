"""Dates that a spreadsheet of another country turned round when it opened the file.

Of dates written day first, a spreadsheet that expects the month first makes date cells of those whose day may be a
month, with day and month exchanged, and leaves the others as texts. So a column in which every date cell has a day up
to 12 and every text one above is spoilt: nobody knows what its date cells said.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import numpy as np

from data.sources.moments import ISO, NUMERIC, Doubtful
from data.sources.sheet import Cells, Mask

LEAST = 3  # distinct dates of each kind; fewer may be chance


def with_doubtful(cells: Cells) -> Cells:
    """The column with its date cells marked as doubtful, where the pattern says so."""
    if not any(isinstance(value, date) for value in cells.values):
        return cells
    standing = np.bincount(cells.codes, minlength=len(cells.values)) > 0
    values = [value for value, stands in zip(cells.values, standing, strict=True) if stands]
    dates = {_day(value) for value in values if isinstance(value, date)}
    texts = {parts for value in values if isinstance(value, str) and (parts := _parts(value))}
    if len(dates) < LEAST or len(texts) < LEAST:
        return cells
    if any(day.day > 12 for day in dates) or any(max(parts) <= 12 for parts in texts):
        return cells
    months = {min(parts) for parts in texts}
    if {day.month for day in dates} <= months and not {day.day for day in dates} <= months:
        return cells  # as they stand they are of the months of the texts; exchanged they would not be
    return cells.map(lambda value: _marked(value) if isinstance(value, date) else value)


def doubtful(cells: Cells) -> Mask:
    return cells.where(lambda value: isinstance(value, Doubtful))


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _parts(text: str) -> tuple[int, int] | None:
    """The two numbers of a written date that may be its day and its month."""
    if ISO.fullmatch(text):
        return int(text[5:7]), int(text[8:10])
    found = NUMERIC.fullmatch(text)
    if found is None:
        return None
    return (int(found[2]), int(found[3])) if len(found[1]) == 4 else (int(found[1]), int(found[2]))


def _marked(value: Any) -> Doubtful:
    at = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return Doubtful(at.year, at.month, at.day, at.hour, at.minute, at.second)
