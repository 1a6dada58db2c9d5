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
from data.small_counts import INSIDE as INSIDE
from data.small_counts import are_safe as are_safe
from data.small_counts import hidden_among as hidden_among
from data.small_counts import hidden_rows as hidden_rows
from data.small_counts import is_small as is_small
from data.sources.words import plain
from data.types import Breakdown, BreakdownDay, Revision, SectorCoverage, ServiceCoverage, Window
from data.vocabulary import PYRAMID, Audience, Sector, State

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
        return replace(told, days=tuple(replace(day, margins=()) for day in told.days))
    masked = masked_pyramid if told.by == PYRAMID else masked_day
    return replace(told, days=tuple(masked(day, threshold) for day in told.days))


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


def masked_pyramid(day: BreakdownDay, threshold: int) -> BreakdownDay:
    """A day by sex and age at once, beside the same day by sex and by age, which anybody may ask for too.

    Age bands go whole: a band of which one cell is small, or which the day by age hides, and with it the next larger
    ones until neither a sex nor everybody's sum gives a hidden cell away (`hidden_rows`).
    """
    if (day.running and day.parts) or not day.parts:
        return replace(masked_day(day, threshold), margins=())
    cells = {tuple(part.split("|", 1)): people or 0.0 for part, people in day.parts.items()}
    sexes = sorted({sex for sex, _ in cells})
    bands = {band: [cells.get((sex, band), 0.0) for sex in sexes] for _, band in cells}
    rows: dict[str | None, list[float]] = {band: [*people, sum(people)] for band, people in bands.items()}
    rows[None] = [*(0.0 for _ in sexes), max(0.0, day.rest or 0.0)]
    margins = [masked_day(margin, threshold) for margin in day.margins]
    already: set[str | None] = {part for margin in margins for part, people in margin.parts.items() if people is None}
    if any(margin.rest_reserved for margin in margins):
        already.add(None)
    if already and not already & set(rows):  # a sex is hidden: some of its cells have to be
        already.add(min(bands, key=lambda band: (sum(bands[band]) == 0, sum(bands[band]), band)))
    hidden = hidden_rows(rows, threshold, already)
    if not hidden:
        return replace(day, margins=())
    return replace(
        day,
        # Of a hidden band every sex is hidden, whether anybody told it or not: that nobody did would be a zero.
        parts={
            **{part: people for part, people in day.parts.items() if part.split("|", 1)[1] not in hidden},
            **{f"{sex}|{band}": None for band in bands if band in hidden for sex in sexes},
        },
        rest=None if None in hidden else day.rest,
        reserved=sum(rows[name][-1] for name in hidden),
        rest_reserved=None in hidden,
        margins=(),
    )
