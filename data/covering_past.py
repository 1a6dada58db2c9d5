"""How the sectors of a site stood in the last three days, read from the store; not yet masked for anyone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from data.analytics.coverage import STANDS_FOR
from data.analytics.coverage_past import REACH, STEP, Row, steps_until, stood
from data.analytics.observed import Observed
from data.analytics.seen import PresentNow
from data.analytics.standards import PARTS, Denominators, Standard
from data.covering import denominators, service_rows
from data.days import day_of
from data.observing import Official
from data.queries.board import print_of_services, standards_moved
from data.queries.figures import counts_of_people
from data.standards_book import standards_in_force
from data.types import SectorCoverage, Site, Window
from data.versions import version_of
from data.vocabulary import Service

Spans = tuple[tuple[Window, tuple[SectorCoverage, ...]], ...]


def sectors_past(
    conn: Connection,
    site: Site,
    now: datetime,
    here: PresentNow | None,
    entry: Observed,
    official: Official,
    as_of: datetime | None = None,
) -> Spans:
    """Every sector over each span of the last 72 hours. A span that is over is kept until something in it changes."""
    steps = steps_until(now, day_of(site, now).start)
    reach = Window(steps[0].start - STANDS_FOR, now)
    rows = service_rows(conn, site, reach, as_of)
    rules = _rules(conn, site, steps, as_of)
    people = denominators(conn, site, reach, now, rules[steps[-1]], here, entry, official, as_of)
    counted = sorted(counts_of_people(conn, site.site, reach, here.source, as_of).items()) if here else []
    prints = _prints(conn, site, steps, as_of)
    # One number for the standards of a span: they are looked at for every span of every board.
    ruled = {id(told): hash(tuple(sorted(told.items()))) for told in rules.values()}
    found = []
    for step in steps:
        present = next((number for at, number in reversed(counted) if at <= step.end), None)
        asked = replace(people, present=present)
        mark = (prints[step], step, site, ruled[id(rules[step])], _people(asked, step))
        kept = _kept_spans(mark) if prints[step] is not None and step.end - step.start == STEP else []
        if not kept:
            since = step.start - STANDS_FOR
            near: list[Row] = [row for row in rows if row["end"] > since]  # type: ignore[operator]
            kept.append(stood(site, near, rules[step], asked, step))
        found.append((step, kept[0]))
    return tuple(found)


def _rules(
    conn: Connection, site: Site, steps: Sequence[Window], as_of: datetime | None
) -> Mapping[Window, Mapping[Service, Standard]]:
    """The standards at the end of each span: asked once, unless one began to hold in between."""
    moved = standards_moved(conn, site.site, steps[0].end, steps[-1].end)
    last = standards_in_force(conn, site.site, steps[-1].end, as_of)
    if not moved:
        return dict.fromkeys(steps, last)
    return {step: standards_in_force(conn, site.site, step.end, as_of) for step in steps}


def _people(people: Denominators, step: Window) -> tuple[object, ...]:
    """What the need of the span is counted by; told-apart arrivals change only with the data."""
    return people.present, people.arrivals(step), people.present_over(step)


def _prints(
    conn: Connection, site: Site, steps: Sequence[Window], as_of: datetime | None
) -> dict[Window, tuple[object, ...] | None]:
    """Of each span what changes with the lines it may stand on; None as of a moment: nothing is kept of that."""
    if as_of is not None:
        return dict.fromkeys(steps)
    days = {day_of(site, step.start) for step in steps}
    # Arrivals told apart and nights are read besides, for few sites: theirs are worked out at every version.
    told = standards_in_force(conn, site.site, steps[-1].end).values()
    apart = any(rule.denominator in (*PARTS, "overnight") for rule in told)
    version = version_of(conn, site.site) if apart else None
    lines = {
        day: (
            str(conn.engine.url),
            print_of_services(conn, site.site, Window(day.start - STANDS_FOR, min(day.end, steps[-1].end))),
            version,
        )
        for day in days
    }
    return {step: lines[day_of(site, step.start)] for step in steps}


@lru_cache(maxsize=2048)
def _kept_spans(mark: object) -> list[tuple[SectorCoverage, ...]]:
    """A place to keep the sectors of one span."""
    return []


__all__ = ["REACH", "Spans", "sectors_past"]
