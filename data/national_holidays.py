"""Holidays of whole countries, as data, for a series that has no site whose events would name them."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".toml")


def countries() -> tuple[str, ...]:
    return tuple(_table())


def national_holidays(codes: Sequence[str], first: date, last: date) -> frozenset[date]:
    """Of these countries (KeyError for one that is not known), from `first` to `last`."""
    found = set()
    for code in codes:
        row = _table()[code]
        for year in range(first.year, last.year + 1):
            since = [day for day, begun in row.get("since", {}).items() if year >= begun]
            found |= {date.fromisoformat(f"{year}-{day}") for day in (*row["days"], *since)}
            found |= {easter(year) + timedelta(days=days) for days in row["easter"]}
    return frozenset(day for day in found if first <= day <= last)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    left = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * left) // 451
    month, day = divmod(h + left - 7 * m + 114, 31)
    return date(year, month, day + 1)


@lru_cache
def _table() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))
