"""Who does what where, as an audience may see it: the rule of `data.disclosure`, row by row, before any sum.

Everything shown of a site's doings, on pages, in files and by the API, is made from rows masked here: of sums of what
is shown no difference gives away what is not. What is known besides is the total of a service's day (its page shows
it), so rows of one service and day are masked together, and their sum is told only where it gives none of them away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from data.analytics.doings import chosen, joined
from data.disclosure import INSIDE, PEOPLE_UNITS, PROTECTED, are_safe, hidden_among
from data.vocabulary import Audience
from data.who_shapes import NUMBERS, PARTS, Doings, Shown

Key = tuple[object, ...]


def shown_to(
    rows: Doings,
    audience: Audience,
    threshold: int = INSIDE,
    now: float = np.inf,
    also: frozenset[Key] = frozenset(),
) -> Shown:
    """`now`: a sum of hidden rows is told once their day is over: seen twice it would tell who came in between.

    `also`: rows that are hidden at another moment (`keys_of`), and so at every one.
    """
    if audience is not Audience.PROTECTION:
        rows = _protected_by_day(rows)
    group, first = _groups(rows)
    masked = audience is not Audience.PROTECTION
    hidden = np.zeros(len(rows), dtype=bool)
    hidden_parts = {name: np.zeros(len(rows), dtype=bool) for name in PARTS}
    reserved = np.zeros(len(first))
    if masked and len(rows):
        hidden, reserved = _hidden(rows, group, len(first), threshold, now, also)
        hidden_parts = _hidden_parts(rows, hidden, threshold)
    return Shown(rows, hidden, hidden_parts, group, reserved, rows.day[first], rows.month[first], rows.long[first])


def joined_shown(parts: Sequence[Shown]) -> Shown:
    """Several days that were masked one by one; at least one."""
    if len(parts) == 1:
        return parts[0]
    before = np.cumsum([0, *(len(part.reserved) for part in parts[:-1])])
    names = ("hidden", "reserved", "group_day", "group_month", "group_long")
    return Shown(
        doings=joined([part.doings for part in parts]),
        hidden_parts={name: np.concatenate([part.hidden_parts[name] for part in parts]) for name in PARTS},
        group=np.concatenate([part.group + first for part, first in zip(parts, before, strict=True)]),
        **{name: np.concatenate([getattr(part, name) for part in parts]) for name in names},
    )


def keys_of(shown: Shown) -> frozenset[Key]:
    """What names the hidden rows, whatever they say."""
    which = np.flatnonzero(shown.hidden)
    return frozenset(_keys(chosen(shown.doings, which)))


def _keys(rows: Doings) -> list[Key]:
    words = [[rows.words[name][code] for code in rows.codes[name].tolist()] for name in rows.codes]
    return list(zip(*words, rows.start.tolist(), rows.end.tolist(), rows.counted.tolist(), strict=True))


def _groups(rows: Doings) -> tuple[np.ndarray, np.ndarray]:
    """Of each row its service and day, or month where it is longer than its day; and the first row of each group."""
    sectors, services = len(rows.words["sector"]) or 1, len(rows.words["service"]) or 1
    period = np.where(rows.long, -1.0 - rows.month, rows.day)
    _, place = np.unique(period, return_inverse=True)
    key = (place.astype(np.int64) * sectors + rows.codes["sector"]) * services + rows.codes["service"]
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return group, first


def counts_of(rows: Doings) -> np.ndarray:
    """People each row speaks of; where only an amount was given that counts people, that. NaN: neither."""
    units = np.array([unit.lower() in PEOPLE_UNITS for unit in rows.words["unit"]] or [False])
    amounts = np.where(units[rows.codes["unit"]], rows.numbers["quantity"], np.nan)
    return np.where(np.isnan(rows.numbers["people"]), amounts, rows.numbers["people"])


def _hidden(
    rows: Doings, group: np.ndarray, groups: int, threshold: int, now: float, also: frozenset[Key]
) -> tuple[np.ndarray, np.ndarray]:
    counts = counts_of(rows)
    forced = np.zeros(len(rows), dtype=bool)
    if also:
        forced = np.array([key in also for key in _keys(rows)], dtype=bool)
    touched = np.unique(group[((counts > 0) & (counts < threshold)) | forced])
    hidden, reserved = forced.copy(), np.zeros(groups)
    if not len(touched):
        return hidden, reserved
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.stack([touched, touched + 1]))
    for name, start, stop in zip(touched.tolist(), *bounds.tolist(), strict=True):
        which = order[start:stop]
        gone = _hidden_of_group(which, counts, rows.counted, forced, threshold)
        hidden[list(gone)] = True
        reserved[name] = _reserved(gone, counts, rows, threshold, now)
    return hidden, reserved


def _hidden_of_group(
    which: np.ndarray, counts: np.ndarray, counted: np.ndarray, forced: np.ndarray, threshold: int
) -> set[int]:
    """Of all rows of a service and day, and of those counted by themselves: either sum may be told elsewhere."""
    people = {row: None if np.isnan(counts[row]) else float(counts[row]) for row in which.tolist()}
    gone = {row for row in people if forced[row]}
    gone |= hidden_among(list(people.items()), threshold, gone)
    return gone | hidden_among([(row, n) for row, n in people.items() if counted[row]], threshold, gone)


def _reserved(gone: set[int], counts: np.ndarray, rows: Doings, threshold: int, now: float) -> float:
    which = [row for row in gone if counts[row] > 0]
    told = [float(rows.numbers["people"][row]) for row in which]
    over = all(rows.end[row] <= now and rows.day[row] + 25 * 3600 <= now for row in gone)
    if not over or not all(rows.counted[row] for row in gone) or np.isnan(told).any() or not are_safe(told, threshold):
        return float("nan")
    return sum(told)


def _hidden_parts(rows: Doings, hidden: np.ndarray, threshold: int) -> dict[str, np.ndarray]:
    """Of a row whose total is shown, small parts and whatever would give them away."""
    parts = np.stack([rows.numbers[name] for name in PARTS], axis=1)
    people = rows.numbers["people"]
    rest = people - np.nansum(parts, axis=1)
    table = np.column_stack([parts, rest])
    small = ((table > 0) & (table < threshold)).any(axis=1) & ~hidden & ~np.isnan(parts).all(axis=1)
    found = np.repeat(hidden[:, None], len(PARTS), axis=1)
    for row in np.flatnonzero(small).tolist():
        told = [(place, None if np.isnan(n) else float(n)) for place, n in enumerate(table[row])]
        for place in hidden_among(told, threshold):
            if place < len(PARTS):
                found[row, place] = True
    return {name: found[:, place] for place, name in enumerate(PARTS)}


def _protected_by_day(rows: Doings) -> Doings:
    """Of protected sectors the open audience sees days, never the hours in which somebody was attended."""
    names = {place for place, word in enumerate(rows.words["sector"]) if word in PROTECTED}
    protected = np.isin(rows.codes["sector"], list(names)) if names else np.zeros(len(rows), dtype=bool)
    if not protected.any():
        return rows
    mine = chosen(rows, protected)
    if "" not in mine.words["shift"]:
        mine = replace(mine, words={**mine.words, "shift": (*mine.words["shift"], "")})
    none = mine.words["shift"].index("")
    mine.codes["shift"][:] = none
    start = np.where(mine.long, mine.start, mine.day)
    end = np.where(mine.long, mine.end, mine.day + 86_400)
    same = np.column_stack(
        [
            start,
            end,
            mine.counted,
            *(mine.codes[name] for name in ("organisation", "sector", "service", "place", "unit")),
        ]
    )
    _, first, group = np.unique(same, axis=0, return_index=True, return_inverse=True)
    group = group.reshape(-1)

    def added(values: np.ndarray) -> np.ndarray:
        known = ~np.isnan(values)
        total = np.bincount(group, np.where(known, values, 0.0), len(first))
        return np.where(np.bincount(group[known], minlength=len(first)) > 0, total, np.nan)

    days = chosen(replace(mine, start=start, end=end), first)
    flagged, partial = (np.bincount(group, getattr(mine, name), len(first)) > 0 for name in ("flagged", "partial"))
    days = replace(
        days, numbers={name: added(mine.numbers[name]) for name in NUMBERS}, flagged=flagged, partial=partial
    )
    return joined([chosen(rows, ~protected), days])
