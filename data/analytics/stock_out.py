"""The rule about goods that run out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor
from typing import Any
from zlib import crc32

from data.analytics.lifecycle import Seen
from data.analytics.rule import Finding, Recent
from data.types import StockLeft
from data.vocabulary import Level

LONGEST_SUBJECT = 160


@dataclass(frozen=True)
class StockOut:
    """Goods that last less than `lasts_hours`; calm again from `recovers_at` hours on. `item` "": any."""

    lasts_hours: float = 24.0
    recovers_at: float = 26.4
    item: str = ""
    level: Level = Level.ALERT

    def looks_at(self, one: StockLeft) -> bool:
        return self.item.strip().lower() in ("", one.item.strip().lower())


DAY = StockOut()


def stock_out(recent: Recent, rule: StockOut = DAY) -> tuple[Finding, ...]:
    """An item runs out within a day at the pace at which it is used. An old count or an unknown use is no data."""
    return tuple(_left(one, rule) for one in recent.stock if rule.looks_at(one))


def stock_watched(recent: Recent, rule: StockOut = DAY) -> frozenset[str]:
    return frozenset(_subject(one) for one in recent.stock if rule.looks_at(one))


def _subject(one: StockLeft) -> str:
    named = f"{one.organisation}/{one.item}/{one.unit}"
    if len(named) <= LONGEST_SUBJECT:
        return named
    # Two long names that begin alike stay two.
    return f"{named[: LONGEST_SUBJECT - 9]}#{crc32(named.encode()):08x}"


def _left(one: StockLeft, rule: StockOut) -> Finding:
    if one.idle:
        return Finding(_subject(one), Seen.CLEAR, rule.level, _evidence(one))
    if one.hours_left is None:
        return Finding(_subject(one), Seen.NO_DATA, rule.level)
    if one.hours_left < rule.lasts_hours:
        return Finding(_subject(one), Seen.BREACH, rule.level, _evidence(one))
    seen = Seen.BETWEEN if one.hours_left < rule.recovers_at else Seen.CLEAR
    return Finding(_subject(one), seen, rule.level, _evidence(one))


def _evidence(one: StockLeft) -> Mapping[str, Any]:
    """In whole hours: an alert that is reworded every minute is not read."""
    return {
        "organisation": one.organisation,
        "item": one.item,
        "unit": one.unit,
        "quantity": one.quantity,
        "counted_at": one.at.isoformat(),
        "used": None if one.use_per_hour is None else round(one.use_per_hour, 1),
        "hours_left": None if one.hours_left is None else floor(one.hours_left),
    }
