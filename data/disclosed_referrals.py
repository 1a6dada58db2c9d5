"""Referrals as an audience may see them, by the rules of `data.disclosure`: each cell of a period before any sum.

A cell (need, institution, pathway and priority together) that is small shows nothing, one of whose states any is small
shows its referrals only. Every row of every table, every week and every range is a sum of what cells show, so that
nothing follows from two of them, not even for somebody who knows that an institution takes one need only. A period's
total alone tells more, where what it adds gives no cell away.

Needs that are withheld are in none of these sums: they have rows of their own once the period is over, for everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import replace

from data.referral_shapes import NOTHING, REFERRALS_BY, Cell, Period, ShownPeriod, Sum, Tally
from data.small_counts import INSIDE, are_safe, columns_are_safe, is_small
from data.types import Window
from data.vocabulary import Audience

# What is reserved of which period: a cell, the need of a withheld row or the total; True: its states only.
Mark = tuple[Cell | str, bool]
Reserved = Mapping[Window, Set[Mark]]
NOTHING_RESERVED: Reserved = {}
TOTAL = ""


def shown_to(
    found: Iterable[Period], audience: Audience, threshold: int = INSIDE, also: Reserved = NOTHING_RESERVED
) -> tuple[ShownPeriod, ...]:
    """`also`: what is reserved at another moment (`reserved_in`), and so at every one."""
    if audience is Audience.PROTECTION:
        return tuple(_shown(one, frozenset()) for one in found)
    return tuple(_shown(one, _reserved(one, threshold, also.get(one.span, frozenset()))) for one in found)


def reserved_in(found: Iterable[Period], audience: Audience, threshold: int = INSIDE) -> Reserved:
    if audience is Audience.PROTECTION:
        return NOTHING_RESERVED
    return {one.span: _reserved(one, threshold, frozenset()) for one in found}


def _reserved(one: Period, threshold: int, also: Set[Mark]) -> set[Mark]:
    gone = set(also)
    rows: list[tuple[Cell | str, Tally]] = [*one.cells.items(), *one.withheld.items()]
    for cell, row in rows:
        protected = cell in one.for_protection and row.referred > 0
        if protected or is_small(row.referred, threshold):
            gone.add((cell, False))
        if (cell, False) in gone or any(is_small(part, threshold) for part in row.parts):
            gone.add((cell, True))
    return gone | _of_total(one, threshold, gone)


def _of_total(one: Period, threshold: int, gone: Set[Mark]) -> set[Mark]:
    """The total tells what is hidden as one sum: only where that gives none of it away, and nothing of the needs that
    are counted for protection. While the period runs it would tell who came in between."""
    without = [row for cell, row in one.cells.items() if (cell, False) in gone]
    stateless = [row.parts for cell, row in one.cells.items() if (cell, True) in gone]
    counts = [row.referred for row in without if row.referred > 0]
    protected = any((cell, False) in gone for cell in one.for_protection)
    found: set[Mark] = set()
    if protected or (counts and not (one.over and are_safe(counts, threshold))):
        found.add((TOTAL, False))
    kept = (TOTAL, False) in found or (TOTAL, False) in gone  # its states would say how many were referred
    if kept or (stateless and not (one.over and columns_are_safe(stateless, threshold))):
        found.add((TOTAL, True))
    return found


def _shown(one: Period, gone: Set[Mark]) -> ShownPeriod:
    sums = {
        cell: _sum(cell, row, gone, cell in one.for_protection and row.referred > 0) for cell, row in one.cells.items()
    }
    tables: dict[str, dict[str, Sum]] = {by: {} for by in REFERRALS_BY}
    for by, table in tables.items():
        for cell, shown in sums.items():
            name = getattr(cell, by)
            table[name] = table[name] + shown if name in table else shown
    withheld = {need: _sum(need, row, gone) for need, row in one.withheld.items()}
    return ShownPeriod(
        span=one.span,
        over=one.over,
        total=_total(one, sum(sums.values(), Sum()), gone),
        tables=tables,
        withheld=withheld if one.over else {},
        sources=one.sources,
        twice=one.twice,
        newest=one.newest,
    )


def _total(one: Period, told: Sum, gone: Set[Mark]) -> Sum:
    """`told`: what the cells show."""
    whole = one.total
    if (TOTAL, False) not in gone:
        told = replace(told, referred=whole.referred, reserved=0)
    if (TOTAL, True) not in gone:
        told = replace(told, states=whole, reserved_states=0)
    return told


def _sum(key: Cell | str, row: Tally, gone: Set[Mark], some: bool = False) -> Sum:
    hidden, stateless = (key, False) in gone, (key, True) in gone
    return Sum(
        referred=0.0 if hidden else row.referred,
        states=NOTHING if stateless else row,
        cells=1,
        reserved=hidden,
        reserved_states=stateless,
        odd=row.odd > 0,
        some=some and hidden,
    )
