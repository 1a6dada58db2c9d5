"""ISO 8601 times of one width read together: a year of quarter hours is read at one stroke, not text by text.

What is not plainly such a time is left alone, for `data.sources.moments.read` to read or to say what is wrong.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FIRST_YEAR, LAST_YEAR = 1970, 2200

Utc = npt.NDArray[np.datetime64]  # naive, microseconds, UTC; NaT where unknown
NEVER = np.datetime64("NaT", "us")

MINUTES, SECONDS = len("2018-10-31T14:00"), len("2018-10-31T14:00:00")
OFFSET = len("-05:00")
WIDTHS = {  # of a text: where its wall time ends
    **{MINUTES: MINUTES, MINUTES + 1: MINUTES, MINUTES + OFFSET: MINUTES},
    **{SECONDS: SECONDS, SECONDS + 1: SECONDS, SECONDS + OFFSET: SECONDS},
}
LONGEST_OFFSET = 24 * 60

Signs = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Together:
    """`wall` where a wall clock was read, `fixed` (UTC) where an offset stands, NaT in both where neither was."""

    wall: Utc
    fixed: Utc


def iso_together(values: list[Any]) -> Together:
    """Times written as 2018-10-31T14:00, with or without seconds, Z or an offset as -05:00."""
    found = Together(np.full(len(values), NEVER), np.full(len(values), NEVER))
    alike: dict[int, list[int]] = defaultdict(list)
    for place, value in enumerate(values):
        if isinstance(value, str) and len(value) in WIDTHS:
            alike[len(value)].append(place)
    for width, listed in alike.items():
        places = np.array(listed)
        signs = np.array([values[place] for place in listed], dtype=f"U{width}").view(np.uint32).reshape(-1, width)
        wall, good = _walls(signs[:, : WIDTHS[width]])
        if width == WIDTHS[width]:
            found.wall[places[good]] = wall[good]
            continue
        ahead, told = _offsets(signs[:, WIDTHS[width] :])
        good &= told
        found.fixed[places[good]] = (wall - ahead * np.timedelta64(1, "m"))[good]
    return found


def _walls(signs: Signs) -> tuple[Utc, npt.NDArray[np.bool_]]:
    """The wall times, and which of them are plainly that: a day of the calendar, an hour of the day."""
    good = (signs[:, 4] == ord("-")) & (signs[:, 7] == ord("-")) & (signs[:, 13] == ord(":"))
    good &= (signs[:, 10] == ord("T")) | (signs[:, 10] == ord(" "))
    year, month, day = (_number(signs, *ends, good) for ends in ((0, 4), (5, 7), (8, 10)))
    hour, minute = _number(signs, 11, 13, good), _number(signs, 14, 16, good)
    second = np.zeros_like(hour)
    if signs.shape[1] == SECONDS:
        good &= signs[:, 16] == ord(":")
        second = _number(signs, 17, 19, good)
    good &= (year >= FIRST_YEAR) & (year <= LAST_YEAR) & (month >= 1) & (month <= 12) & (day >= 1)
    good &= (hour < 24) & (minute < 60) & (second < 60)
    months = (np.where(good, year - 1970, 0) * 12 + np.where(good, month - 1, 0)).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + np.where(good, day - 1, 0)
    good &= days.astype("datetime64[M]") == months  # no 31 April
    wall: Utc = days.astype("datetime64[us]")
    wall += ((hour * 60 + minute) * 60 + second).astype("timedelta64[s]")
    return wall, good


def _offsets(signs: Signs) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """Minutes ahead of UTC, and which are plainly an offset."""
    if signs.shape[1] == 1:
        return np.zeros(len(signs), dtype=np.int64), (signs[:, 0] == ord("Z")) | (signs[:, 0] == ord("z"))
    good = (signs[:, 3] == ord(":")) & ((signs[:, 0] == ord("+")) | (signs[:, 0] == ord("-")))
    hours, minutes = _number(signs, 1, 3, good), _number(signs, 4, 6, good)
    good &= (minutes < 60) & (hours * 60 + minutes < LONGEST_OFFSET)
    return np.where(signs[:, 0] == ord("-"), -1, 1) * (hours * 60 + minutes), good


def _number(signs: Signs, start: int, end: int, good: npt.NDArray[np.bool_]) -> Numbers:
    """The number that the digits from start to end write; `good` becomes False where another sign stands."""
    digits = signs[:, start:end].astype(np.int64) - ord("0")
    good &= ((digits >= 0) & (digits <= 9)).all(axis=1)
    return digits @ (10 ** np.arange(end - start - 1, -1, -1))
