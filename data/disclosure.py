"""Small counts, masked in this one place before anything leaves for somebody who may not see them.

Site totals of flow and queue are never masked. What is crossed by sector and service is: for the `open` audience a
count of people under the threshold is hidden together with every figure from which it could be worked out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from data.analytics.standards import PARTS
from data.scenario_shapes import Offered
from data.sources.words import plain
from data.types import Breakdown, BreakdownDay, Revision, SectorCoverage, ServiceCoverage, Window
from data.vocabulary import Audience, Sector, State

INSIDE = 5  # smallest count the open audience sees inside the mechanism
# Categories where any count points at somebody: no cell of theirs is crossed by hour for anyone outside protection.
PROTECTED = (Sector.GBV, Sector.TRAFFICKING)
# The same in a partner's own words for a need.
PROTECTED_NEED = re.compile(r"\b(vbg|gbv|sv|violencia|violence|violacion|sexual(es)?|abus\w+|trata|traffick\w+|tr)\b")
PEOPLE_UNITS = ("people", "personas", "person", "persons", "atenciones", "contacts", "cases", "casos")
# Every figure of a service that would give its count back.
HIDDEN: dict[str, Any] = {
    **dict.fromkeys(("delivered", "gap", "ratio", "carried_ratio", "contacts", "done_per_hour")),
    "state": State.MASKED,
    "masked": True,
}


def is_small(count: float | None, threshold: int = INSIDE) -> bool:
    """Zero is no one's secret; missing is not a count."""
    return count is not None and 0 < count < threshold


# What a need counted by a part of the arrivals is made of: of a day that runs people are not told apart (below).
APART: dict[str, Any] = dict.fromkeys(
    ("required", "gap", "ratio", "carried_ratio", "denominator_value", "needed_per_hour")
)


def masked_service(row: ServiceCoverage, audience: Audience, threshold: int = INSIDE) -> ServiceCoverage:
    if audience is Audience.PROTECTION:
        return row
    if row.denominator in PARTS and row.denominator_value is not None:
        row = replace(row, **APART, masked=True)
    counts_people = row.sector in PROTECTED or row.unit.lower() in PEOPLE_UNITS
    if counts_people and is_small(row.delivered, threshold):
        # The need and the gap would give the count back.
        return replace(
            row,
            **HIDDEN,
        )
    if is_small(row.contacts, threshold):
        if row.sector in PROTECTED:
            return replace(row, **HIDDEN)
        # Two sessions for two people: another unit than people says the same number.
        if is_small(row.delivered, threshold):
            return replace(row, **HIDDEN)
        return replace(row, contacts=None, masked=True)
    return row


def masked_offer(told: Offered, sector: Sector | None, audience: Audience, threshold: int = INSIDE) -> Offered:
    """What there is of a service, by institution: of the protected sectors to nobody else, small counts to none."""
    if audience is Audience.PROTECTION:
        return told
    hidden = replace(told, amount=None, by=dict.fromkeys(told.by), contacts=None, masked=True)
    if sector in PROTECTED:
        return hidden
    small = is_small(told.amount, threshold)
    if small and (told.unit.lower() in PEOPLE_UNITS or is_small(told.contacts, threshold)):
        return hidden
    if told.unit.lower() in PEOPLE_UNITS and any(is_small(amount, threshold) for amount in told.by.values()):
        return replace(told, by=dict.fromkeys(told.by), masked=True)
    return told


def masked_revision(row: Revision, audience: Audience) -> Revision:
    """That a part of a figure changed is told; how many people it counts is not: a total would give others away."""
    if audience is Audience.PROTECTION or not row.broken_down:
        return row
    return replace(row, old=None, new=None, masked=True)


def masked_sectors(
    sectors: tuple[SectorCoverage, ...], audience: Audience, threshold: int = INSIDE
) -> tuple[SectorCoverage, ...]:
    """As the audience may see them, in the same order."""
    if audience is Audience.PROTECTION:
        return sectors
    return tuple(_masked_sector(row, audience, threshold) for row in sectors)


def _masked_sector(row: SectorCoverage, audience: Audience, threshold: int) -> SectorCoverage:
    services = tuple(masked_service(service, audience, threshold) for service in row.services)
    if services == row.services:
        return row
    # Level and order of a masked service stay: they say that something is short, not how many people there were.
    worst = None if row.worst is None else services[row.services.index(row.worst)]
    return replace(row, services=services, worst=worst, state=worst.state if worst else row.state)


def masked_spans(
    spans: Sequence[tuple[Window, tuple[SectorCoverage, ...]]], audience: Audience, threshold: int = INSIDE
) -> tuple[tuple[Window, tuple[SectorCoverage, ...]], ...]:
    """Sectors by hours of the day: of the protected ones nothing at all, of the others as everywhere."""
    if audience is Audience.PROTECTION:
        return tuple(spans)
    return tuple(
        (
            span,
            tuple(
                replace(row, state=State.MASKED) if row.sector in PROTECTED and row.worst is not None else row
                for row in masked_sectors(sectors, audience, threshold)
            ),
        )
        for span, sectors in spans
    )


def masked_breakdown(told: Breakdown, audience: Audience, threshold: int = INSIDE) -> Breakdown:
    """People told apart, for everybody: each day by itself, whatever range it is asked in.

    Ranges are sums of days, so that what one of them does not show, no difference of two shows. A day that still runs
    has no parts yet: seen twice, it would tell who came in between.
    """
    if audience is Audience.PROTECTION:
        return told
    return replace(told, days=tuple(masked_day(day, threshold) for day in told.days))


def masked_served(
    told: Mapping[tuple[str, str, str], BreakdownDay], audience: Audience, threshold: int = INSIDE
) -> Mapping[tuple[str, str, str], BreakdownDay]:
    """Contacts of a day told apart, by sector, service and dimension: of the protected sectors to nobody else.

    A need that names them is told to nobody else either, in whatever sector: not even that there was somebody.
    """
    if audience is Audience.PROTECTION:
        return told
    open_ones = {key: day for key, day in told.items() if key[0] not in PROTECTED}
    return {key: _without_protected(day, threshold) for key, day in open_ones.items()}


def _without_protected(day: BreakdownDay, threshold: int) -> BreakdownDay:
    gone = [part for part in day.parts if PROTECTED_NEED.search(plain(part))]
    if not gone:
        return masked_day(day, threshold)
    kept = {part: people for part, people in day.parts.items() if part not in gone}
    rest = (day.rest or 0.0) + sum(day.parts[part] or 0.0 for part in gone)
    return masked_day(replace(day, parts=kept, rest=rest), threshold, (None,))


def masked_arrivals(
    told: Mapping[str, BreakdownDay], audience: Audience, threshold: int = INSIDE
) -> Mapping[str, BreakdownDay]:
    """The arrivals of a day by dimension, as `masked_breakdown` tells them."""
    if audience is Audience.PROTECTION:
        return told
    return {by: masked_day(day, threshold) for by, day in told.items()}


def masked_day(day: BreakdownDay, threshold: int, already: Collection[str | None] = ()) -> BreakdownDay:
    """Small parts hidden, those hidden `already`, and with them the next larger ones until none follows from the total.

    That is: at least two are hidden, and together they are more than a small count and one for each of them. Zero is
    no one's secret, but where a single part holds everybody, the zeros beside it would say so.
    """
    told = [*day.parts.items(), (None, day.rest)]
    if day.running and day.parts:
        everybody = sum(people for _, people in told if people is not None)
        return replace(day, parts=dict.fromkeys(day.parts), rest=None, reserved=everybody, rest_reserved=True)
    hidden = hidden_among(told, threshold, already)
    if not hidden:
        return day
    return replace(
        day,
        parts={part: None if part in hidden else people for part, people in day.parts.items()},
        rest=None if None in hidden else day.rest,
        reserved=sum(people for part, people in told if part in hidden and people is not None),
        rest_reserved=None in hidden,
    )


def hidden_among(
    told: Sequence[tuple[Any, float | None]], threshold: int = INSIDE, already: Collection[Any] = ()
) -> set[Any]:
    """Which cells of a total are not shown, by their names: the small ones, those hidden `already`, and with them the
    next larger ones until no hidden cell follows from the total (`are_safe`)."""
    cells = sorted(
        (name not in already and not is_small(people, threshold), people, str(name), name)
        for name, people in told
        if people is not None and people > 0
    )
    count = sum(not shown for shown, *_ in cells)
    if not count:
        return set()
    while count < len(cells) and not are_safe([people for _, people, *_ in cells[:count]], threshold):
        count += 1
    hidden = {name for *_, name in cells[:count]}
    if count < 2:
        hidden |= {name for name, people in told if people == 0}
    return hidden


def are_safe(people: Sequence[float], threshold: int = INSIDE) -> bool:
    """Whether hidden cells may be told as one sum: at least two, and more than a small count and one for each."""
    return len(people) > 1 and sum(people) >= threshold + len(people)
