"""Which counts are small, and which others have to be hidden with them. `data.disclosure` says for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

INSIDE = 5  # smallest count the open audience sees inside the mechanism


def is_small(count: float | None, threshold: int = INSIDE) -> bool:
    """Zero is no one's secret; missing is not a count."""
    return count is not None and 0 < count < threshold


def hidden_among(
    told: Sequence[tuple[Any, float | None]], threshold: int = INSIDE, already: Collection[Any] = ()
) -> set[Any]:
    """Which cells of a total are not shown, by their names: the small ones, those hidden `already`, and with them the
    next larger ones until no hidden cell follows from the total (`are_safe`)."""
    cells = sorted(
        # What nobody told apart is often the same by every dimension: hidden in one it would be shown in another.
        (name not in already and not is_small(people, threshold), name is None, people, str(name), name)
        for name, people in told
        if people is not None and people > 0
    )
    count = sum(not shown for shown, *_ in cells)
    if not count:
        return set()
    while count < len(cells) and not are_safe([people for _, _, people, *_ in cells[:count]], threshold):
        count += 1
    hidden = {name for *_, name in cells[:count]}
    if count < 2:
        hidden |= {name for name, people in told if people == 0}
    return hidden


def are_safe(people: Sequence[float], threshold: int = INSIDE) -> bool:
    """Whether hidden cells may be told as one sum: at least two, and more than a small count and one for each."""
    return len(people) > 1 and sum(people) >= threshold + len(people)


def hidden_rows(
    rows: Mapping[Any, Sequence[float]], threshold: int = INSIDE, already: Collection[Any] = ()
) -> set[Any]:
    """Of a table with several numbers a row, the rows of which none is told: those with a small number, those hidden
    `already`, and with them the next larger ones until no column's sum over hidden rows gives one of them away.

    Rows go whole, so that each column and each row of what is hidden holds several unknown numbers: none follows from
    the sums of rows and columns, which are told.
    """
    hidden = {
        name for name, parts in rows.items() if name in already or any(is_small(part, threshold) for part in parts)
    }
    if not hidden:
        return hidden
    while unsafe := _unsafe_column(rows, hidden, threshold):
        left = [name for name in rows if name not in hidden]
        if not left:
            break
        # Of those that hold some of what is in danger the smallest; where none does, any.
        hidden.add(min(left, key=lambda name: (rows[name][unsafe - 1] == 0, sum(rows[name]), str(name))))
    return hidden


def _unsafe_column(rows: Mapping[Any, Sequence[float]], hidden: Collection[Any], threshold: int) -> int:
    """Which column's sum over hidden rows would give one of them away, counted from 1; 0: none."""
    for place, column in enumerate(zip(*(rows[name] for name in hidden), strict=True), start=1):
        people = [part for part in column if part > 0]
        if people and not are_safe(people, threshold):
            return place
    return 0


def columns_are_safe(rows: Sequence[Sequence[float]], threshold: int = INSIDE) -> bool:
    """Whether hidden rows of several numbers may be told as one sum a number."""
    return not _unsafe_column(dict(enumerate(rows)), range(len(rows)), threshold)
