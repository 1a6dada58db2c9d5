"""How the sectors of a site stood in the last three days, read from the store; not yet masked for anyone."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection

from data.analytics.coverage import STANDS_FOR, moment_of
from data.analytics.coverage_past import LONGEST, STEP, Row, steps_until, stood
from data.analytics.observed import Observed
from data.analytics.seen import PresentNow
from data.analytics.standards import PARTS, STANDING, Denominators, Standard, stayed_overnight
from data.covering import MARK, denominators, service_rows
from data.days import day_of
from data.observing import Official
from data.queries.board import standards_moved
from data.queries.figures import counts_of_people
from data.standards_book import standards_in_force
from data.types import SectorCoverage, Site, Window
from data.vocabulary import Service

Spans = tuple[tuple[Window, tuple[SectorCoverage, ...]], ...]
Rules = Mapping[Service, Standard]


def sectors_past(
    conn: Connection,
    site: Site,
    now: datetime,
    here: PresentNow | None,
    entry: Observed,
    official: Official,
    as_of: datetime | None = None,
) -> Spans:
    """Every sector over each span of the last 72 hours. A span is kept until a report or a count in it changes."""
    steps = steps_until(now, day_of(site, now).start)
    reach = Window(steps[0].start - STANDS_FOR, now)
    rules = _rules(conn, site, steps, as_of)
    told = _Rows(service_rows(conn, site, reach, as_of))
    people = denominators(conn, site, reach, now, rules[steps[-1]], here, entry, official, as_of)
    counted = sorted(counts_of_people(conn, site.site, reach, here.source, as_of).items()) if here else []
    # One number for the standards of a span: they are looked at for every span of every board.
    ruled = {id(held): hash(tuple(sorted(held.items()))) for held in rules.values()}
    found = []
    for step in steps:
        held = rules[step]
        near = {service: told.near(service, step, held[service].per in STANDING) for service in held}
        nights = any(rule.denominator == "overnight" for rule in held.values())
        asked = replace(
            people,
            present=next((number for at, number in reversed(counted) if at <= step.end), None),
            overnight=stayed_overnight(counted, step.end, site.zone) if nights else None,
        )
        marks = tuple(row[MARK] for rows in near.values() for row in rows)
        mark = (step, site, ruled[id(held)], marks, _people(asked, step))
        kept = _kept_spans(mark) if step.end - step.start == STEP else []
        if not kept:
            kept.append(stood(site, near, held, asked, step))
        found.append((step, kept[0]))
    return tuple(found)


class _Rows:
    """Rows of `covering.service_rows` by service, each in order of its start."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self._rows: dict[str, list[Row]] = {}
        for row in rows:
            self._rows.setdefault(str(row["service"]), []).append(row)
        self._starts = {service: [moment_of(row["start"]) for row in mine] for service, mine in self._rows.items()}
        self._tellers = {service: len({_teller(row) for row in mine}) for service, mine in self._rows.items()}

    def near(self, service: Service, step: Window, stands: bool) -> Sequence[Row]:
        """Those that may say something of the span."""
        starts = self._starts.get(str(service), [])
        since = step.end - STANDS_FOR if stands else step.start
        first = bisect_left(starts, since - LONGEST)
        last = bisect_left(starts, step.end)
        mine = self._rows.get(str(service), [])[first:last]
        if stands:
            return self._newest(service, mine)
        return [row for row in mine if moment_of(row["end"]) > since]

    def _newest(self, service: Service, rows: Sequence[Row]) -> Sequence[Row]:
        """The newest of each teller, all of them that begin together: what stands is not told twice."""
        begins: dict[object, object] = {}
        found: list[Row] = []
        for row in reversed(rows):
            if begins.setdefault(_teller(row), row["start"]) == row["start"]:
                found.append(row)
            elif len(begins) == self._tellers[str(service)]:
                break
        return found[::-1]


def _teller(row: Row) -> tuple[object, object]:
    return row["organisation"], row["source"]


def _rules(conn: Connection, site: Site, steps: Sequence[Window], as_of: datetime | None) -> Mapping[Window, Rules]:
    """The standards at the end of each span: asked once, unless one began to hold in between.

    Without those counted by a part of the arrivals: people are told apart by whole days only.
    """
    last = _not_apart(standards_in_force(conn, site.site, steps[-1].end, as_of))
    if not standards_moved(conn, site.site, steps[0].end, steps[-1].end):
        return dict.fromkeys(steps, last)
    return {step: _not_apart(standards_in_force(conn, site.site, step.end, as_of)) for step in steps}


def _not_apart(rules: Rules) -> Rules:
    return {service: rule for service, rule in rules.items() if rule.denominator not in PARTS}


def _people(people: Denominators, step: Window) -> tuple[object, ...]:
    """What the need of the span is counted by."""
    return people.present, people.arrivals(step), people.present_over(step), people.overnight


@lru_cache(maxsize=2048)
def _kept_spans(mark: object) -> list[tuple[SectorCoverage, ...]]:
    """A place to keep the sectors of one span."""
    return []


__all__ = ["Spans", "sectors_past"]
