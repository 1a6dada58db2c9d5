"""How each sector stood in the last days, in spans of three hours. Pure.

In each span what was delivered in it is compared with the need of that span; a report over a longer time is taken as
spread evenly over it, up to a day. What stands is compared as it stood at the span's end. A span that nobody reports is
missing, never uncovered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from data.analytics.coverage import sector_of, service_coverage
from data.analytics.standards import STANDING, Denominators, Standard
from data.types import CoverageStretch, SectorCoverage, SectorTimeline, ServiceCoverage, Site, Window
from data.vocabulary import SERVICE_SECTOR, Level, Sector, Service, State

STEP = timedelta(hours=3)
REACH = timedelta(hours=72)
LONGEST = timedelta(hours=25)  # of a report that is spread over its time: a day, also where clocks are put back
Row = Mapping[str, object]


def steps_until(now: datetime, day: datetime) -> tuple[Window, ...]:
    """Spans by the site's day, which begins at `day`: those of 72 hours that are over, and the one that runs now."""
    last = day + (now - day) // STEP * STEP
    starts = [last - REACH + STEP * number for number in range(REACH // STEP + 1)]
    return tuple(Window(start, min(start + STEP, now)) for start in starts if start < now)


def stood(
    site: Site,
    rows: Mapping[Service, Sequence[Row]],
    standards: Mapping[Service, Standard],
    people: Denominators,
    step: Window,
) -> tuple[SectorCoverage, ...]:
    """Every sector of the site over one span. `rows`: by service, of `queries.service_totals`, begun before its end."""
    judged: dict[Sector, list[ServiceCoverage]] = {sector: [] for sector in site.sectors}
    for service, standard in standards.items():
        sector = SERVICE_SECTOR[service]
        if sector is None:
            continue
        mine = rows.get(service, ())
        inside = mine if standard.per in STANDING else clipped(mine, step)
        told = service_coverage(sector, service, inside, standard, people, step, step.end)
        judged.setdefault(sector, []).append(told)
    return tuple(sector_of(sector, services) for sector, services in judged.items())


def clipped(rows: Sequence[Row], step: Window) -> list[Row]:
    """The share of each report that lies in the span."""
    found: list[Row] = []
    for row in rows:
        start, end = row["start"], row["end"]
        assert isinstance(start, datetime)
        assert isinstance(end, datetime)
        inside = min(end, step.end) - max(start, step.start)
        if inside <= timedelta(0) or end - start > LONGEST:
            continue
        share = inside / (end - start)
        part = {name: _share(row[name], share) for name in ("quantity", "people")}
        found.append({**row, **part, "start": max(start, step.start), "end": min(end, step.end)})
    return found


def _share(value: object, share: float) -> object:
    return value * share if isinstance(value, int | float) else value


def state_of(row: SectorCoverage) -> str:
    """One word for a span: a level, "missing", "none" without a standard, "masked"."""
    if row.worst is None:
        return "none"
    if row.state is State.MASKED:
        return "masked"
    return "missing" if row.level is Level.NO_DATA else str(row.level)


def timelines(spans: Sequence[tuple[Window, Sequence[SectorCoverage]]]) -> tuple[SectorTimeline, ...]:
    """Of each sector the stretches in which it stood alike, in order of time."""
    found: dict[Sector, list[CoverageStretch]] = {}
    for span, sectors in spans:
        for row in sectors:
            told = found.setdefault(row.sector, [])
            state = state_of(row)
            if told and told[-1].state == state and told[-1].end == span.start:
                told[-1] = CoverageStretch(told[-1].start, span.end, state)
            else:
                told.append(CoverageStretch(span.start, span.end, state))
    return tuple(SectorTimeline(sector, tuple(stretches)) for sector, stretches in found.items())
