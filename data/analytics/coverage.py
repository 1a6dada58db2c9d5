"""Services against their standards: need, delivered, gap in units. No report is missing, never zero.

Coverage = delivered / required, required = standard x denominator x period. What is delivered is compared with the
need of the same span, from the day's start to the end of the last report: a shift not yet reported is not a gap.
What stands on the ground (latrines, places) is compared as it stands now, never summed over shifts.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from data.analytics.standards import DIVISIBLE, NEED, PRESENT_OVER, STANDING, Denominators, Standard, in_unit
from data.analytics.throughput import throughput
from data.types import SectorCoverage, ServiceCoverage, Site, Window
from data.vocabulary import SERVICE_SECTOR, Level, Sector, Service, State

# Share of the need that is met, under which watch, alert and critical begin. Provisional: nobody published any.
LIMITS = (1.0, 0.8, 0.5)
# Standing things stay on the ground between reports; after this nobody knows any more.
STANDS_FOR = timedelta(hours=36)
# In the morning, before today's first report, yesterday's figure stays on, with its age.
CARRIES = timedelta(hours=12)
STALE_AFTER = timedelta(hours=12)


def coverage(
    site: Site,
    lines: Sequence[Mapping[str, object]],
    standards: Mapping[Service, Standard],
    people: Denominators,
    day: Window,
    now: datetime,
    last_heard: Mapping[Service, datetime] | None = None,
) -> tuple[SectorCoverage, ...]:
    """Every sector of the site, worst first.

    `lines` are the rows of `queries.service_totals`, reaching back far enough for things that stand;
    `last_heard` says when a service silent since before then was last reported. A service that has a
    standard or that the site says it offers shows as missing without a report.
    """
    found: dict[tuple[Sector, Service], list[Mapping[str, object]]] = {}
    for row in lines:
        if moment_of(row["start"]) < now:
            found.setdefault((Sector(str(row["sector"])), Service(str(row["service"]))), []).append(row)
    for service in dict.fromkeys([*standards, *site.services]):
        sector = SERVICE_SECTOR[service]
        if sector is not None and not any(key[1] is service for key in found):
            found[sector, service] = []
    judged = [
        service_coverage(
            sector, service, rows, standards.get(service), people, day, now, (last_heard or {}).get(service)
        )
        for (sector, service), rows in found.items()
    ]
    # A sector that somebody reports is shown, whether or not the site's file lists it.
    listed = list(dict.fromkeys([*site.sectors, *(row.sector for row in judged if row.state is not State.MISSING)]))
    sectors = [sector_of(sector, [row for row in judged if row.sector is sector]) for sector in listed]
    return tuple(sorted(sectors, key=_sector_badness))


def service_coverage(
    sector: Sector,
    service: Service,
    rows: Sequence[Mapping[str, object]],
    standard: Standard | None,
    people: Denominators,
    day: Window,
    now: datetime,
    last_heard: datetime | None = None,
) -> ServiceCoverage:
    standing = standard is not None and standard.per in STANDING
    span, used = standing_rows(rows, now) if standing else _delivered_span(rows, day, now)
    used = one_source_each(used)
    twice = [row for row in used if not row.get("counted", True)]
    active, used = used, [row for row in used if row.get("counted", True)]
    by_organisation = delivered_by(used, standard, standing)
    delivered = known_sum(list(by_organisation.values()))
    required = denominator = counted_by = None
    if standard is not None:
        until = span.end if span else now
        need_span = span or Window(day.start, until)
        counted_by = PRESENT_OVER if standard.denominator == "present" and not standing else standard.denominator
        # What stands serves whoever came in the last day.
        counted_in = Window(now - timedelta(days=1), now) if standing else need_span
        denominator = people.of(counted_by, counted_in)
        if denominator is not None:
            share_of_day = (need_span.end - need_span.start) / timedelta(days=1)
            required = NEED[standard.per](denominator, standard.value, share_of_day)
    ratio = _ratio(delivered, required)
    carried = _carried(used, by_organisation, None if standing else span)
    carried_ratio = _ratio(carried, required)
    # What two may have reported both is counted once, as the larger says: it is at least that.
    at_least = delivered is not None and (carried != delivered or bool(twice))
    # A lower bound that is enough is enough; one that is not leaves the level to who has yet to report.
    surely = level_of(ratio) is Level.NORMAL
    ends = [row["end"] for row in rows if isinstance(row["end"], datetime)]
    last = min(max(ends), now) if ends else last_heard
    state = State.MISSING
    if active:
        state = State.STALE if last is None or last < now - STALE_AFTER else State.OK
    pace = None
    if standard is not None and standard.per == "per-arrival" and span is not None:
        given = [(moment_of(row["start"]), moment_of(row["end"]), _amount(row, standard, standing)) for row in used]
        pace = throughput(given, span, lambda last: people.of(standard.denominator, last), standard.value)
    contacts = [float(v) for row in used if (v := _number(row["people"])) is not None]
    return ServiceCoverage(
        sector=sector,
        service=service,
        delivered=delivered,
        required=required,
        unit=standard.unit if standard else next((str(r["unit"]) for r in used if r["unit"]), ""),
        gap=gap_of(delivered, required, standard.unit if standard else ""),
        ratio=ratio,
        state=state if delivered is not None or standard is None else State.MISSING,
        level=Level.NORMAL if surely else level_of(carried_ratio),
        as_of=last if active else None,
        denominator=counted_by,
        denominator_value=denominator,
        standard_value=standard.value if standard else None,
        standard_per=standard.per if standard else None,
        standard_source=standard.source if standard else None,
        phase=standard.phase if standard else None,
        organisations=tuple(sorted({str(row["organisation"]) for row in active})),
        contacts=sum(contacts) if contacts else None,
        silent_since=last if not active else None,
        at_least=at_least,
        carried_ratio=carried_ratio,
        standard_provisional=bool(standard and standard.provisional),
        standard_since=standard.valid_from if standard else None,
        transit=bool(standard and standard.transit),
        since=None if standing or span is None else span.start,
        until=None if standing or span is None else span.end,
        needed_per_hour=None if pace is None else pace[0],
        done_per_hour=None if pace is None else pace[1],
    )


def level_of(ratio: float | None) -> Level:
    if ratio is None:
        return Level.NO_DATA
    watch, alert, critical = LIMITS
    if ratio < critical:
        return Level.CRITICAL
    if ratio < alert:
        return Level.ALERT
    return Level.WATCH if ratio < watch else Level.NORMAL


def _delivered_span(
    rows: Sequence[Mapping[str, object]], day: Window, now: datetime
) -> tuple[Window | None, list[Mapping[str, object]]]:
    """The part of the day that reports speak for, and those reports; yesterday's until today's first one comes."""
    for start, end in ((day.start, now), (day.start - (day.end - day.start), day.start)):
        used = [row for row in rows if start <= moment_of(row["start"]) < end]
        if used:
            return Window(start, min(now, max(moment_of(row["end"]) for row in used))), used
        if now > day.start + CARRIES:
            break
    return None, []


def standing_rows(
    rows: Sequence[Mapping[str, object]], now: datetime
) -> tuple[Window | None, list[Mapping[str, object]]]:
    """The newest report of each organisation that still speaks for now."""
    newest: dict[tuple[object, object], datetime] = {}
    for row in rows:
        key = (row["organisation"], row["source"])
        newest[key] = max(newest.get(key, moment_of(row["start"])), moment_of(row["start"]))
    used = [
        row
        for row in rows
        if moment_of(row["start"]) == newest[row["organisation"], row["source"]]
        and moment_of(row["end"]) > now - STANDS_FOR
    ]
    if not used:
        return None, []
    return Window(min(moment_of(row["start"]) for row in used), now), used


def one_source_each(rows: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """What several sources tell of one organisation is one delivery: its own report counts, else the newest one's."""
    told: dict[object, dict[object, tuple[bool, datetime, str]]] = {}
    for row in rows:
        sources = told.setdefault(row["organisation"], {})
        rank = (bool(row.get("own")), moment_of(row["end"]), str(row["source"]))
        sources[row["source"]] = max(rank, sources.get(row["source"], rank))
    chosen = {organisation: max(sources, key=lambda name: sources[name]) for organisation, sources in told.items()}
    return [row for row in rows if row["source"] == chosen[row["organisation"]]]


def delivered_by(
    rows: Sequence[Mapping[str, object]], standard: Standard | None, standing: bool
) -> dict[object, float | None]:
    """Units delivered, or standing, by organisation; None where it gave no amount that can be compared."""
    found: dict[object, float | None] = {}
    for row in rows:
        amount = _amount(row, standard, standing)
        before = found.setdefault(row["organisation"], None)
        if amount is not None:
            found[row["organisation"]] = amount + (before or 0.0)
    return found


def _amount(row: Mapping[str, object], standard: Standard | None, standing: bool) -> float | None:
    """What a report gives, in the standard's unit; None where it gives nothing that can be compared."""
    amount = _number(row["quantity"])
    if amount is None and standing:
        amount = _number(row["capacity"])
    if amount is None and not standing and standard is not None and standard.per == "per-arrival":
        amount = _number(row["people"])
    if amount is None or standard is None:
        return amount
    return in_unit(amount, str(row["unit"] or ""), standard.unit)


def _carried(
    rows: Sequence[Mapping[str, object]], by_organisation: Mapping[object, float | None], span: Window | None
) -> float | None:
    """The sum had every organisation gone on at its own pace to the end of the span; None where one gave no amount.

    `span` None: things that stand, which nobody carries on.
    """
    total = 0.0
    for organisation, amount in by_organisation.items():
        if amount is None:
            return None
        share = 1.0
        if span is not None:
            until = min(span.end, max(moment_of(row["end"]) for row in rows if row["organisation"] == organisation))
            share = (span.end - span.start) / (until - span.start) if until > span.start else 1.0
        total += amount * share
    return total if by_organisation else None


def known_sum(amounts: Sequence[float | None]) -> float | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known else None


def _ratio(delivered: float | None, required: float | None) -> float | None:
    if delivered is None or required is None:
        return None
    return delivered / required if required > 0 else 1.0


def gap_of(delivered: float | None, required: float | None, unit: str) -> float | None:
    """Units missing, whole ones where a unit comes in pieces."""
    if delivered is None or required is None:
        return None
    gap = max(0.0, required - delivered)
    return gap if unit.lower() in DIVISIBLE else float(math.ceil(gap - 1e-9))


def sector_of(sector: Sector, services: list[ServiceCoverage]) -> SectorCoverage:
    ordered = tuple(sorted(services, key=lambda row: _badness(row.level, row.ratio, row.required is None)))
    worst = ordered[0] if ordered else None
    return SectorCoverage(
        sector=sector,
        level=worst.level if worst else Level.NO_DATA,
        state=worst.state if worst else State.MISSING,
        worst=worst,
        services=ordered,
    )


# A service nobody reports may be anything: it stands before what is known to be nearly covered.
BADNESS = (Level.CRITICAL, Level.ALERT, Level.NO_DATA, Level.WATCH, Level.NORMAL)


def _badness(level: Level, ratio: float | None, no_standard: bool = False) -> tuple[bool, int, float]:
    return (no_standard, BADNESS.index(level), ratio if ratio is not None else 0.0)


def _sector_badness(row: SectorCoverage) -> tuple[bool, int, float]:
    if row.worst is None:
        return _badness(row.level, 1.0)  # after a sector whose need is known
    return _badness(row.level, row.worst.ratio, row.worst.required is None and row.worst.state is not State.MISSING)


def moment_of(value: object) -> datetime:
    assert isinstance(value, datetime)
    return value


def _number(value: object) -> float | None:
    number = float(value) if isinstance(value, int | float) else math.nan
    return None if math.isnan(number) else number
