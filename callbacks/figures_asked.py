"""A figure that somebody asks about: read from an address, and what it says to whom, at a moment or now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from callbacks import who as asked_who
from callbacks.asked import WrongAsk
from callbacks.reads.ground import ground
from callbacks.series import coverage_of_day
from data.analytics.windows import day_on, local_date
from data.history import organisations
from data.question_shapes import COVERAGE, MASKED, WHO, FigureName, Question, Seen
from data.types import Cell, ClockReading, Kpi, Scope, ServiceCoverage, Site, Window
from data.vocabulary import Audience, KpiName, Sector, Service, State
from data.who_shapes import ACROSS, COUNTS
from layouts.questions import OF_A_DAY, column_word

METRICS = (*map(str, KpiName), COVERAGE, WHO)
LONGEST_WORD = 200
MOMENT = timedelta(seconds=1)
NOTHING = Seen(None, "people", State.MISSING)


@dataclass(frozen=True)
class Found:
    """A figure and the organisations that answer for it; none: the coordination does."""

    seen: Seen
    owners: tuple[str, ...] = ()


def figure_of(params: Mapping[str, str], site: Site, now: datetime) -> FigureName:
    """From `metric` and what it needs besides; raises WrongAsk.

    A headline of a day: `day`. COVERAGE: `sector, service, day`. WHO: `sector, service` ("" for a sector's total),
    `across, column` ("" for the total), `from, to` and, where they are asked for, `organisation, place, count`.
    """
    metric = _one_of(params, "metric", METRICS, "")
    if metric == WHO:
        return FigureName(WHO, tuple(sorted(_cell_words(params, site, now).items())))
    if metric == COVERAGE:
        words = {
            "sector": _one_of(params, "sector", tuple(map(str, Sector)), ""),
            "service": _one_of(params, "service", tuple(map(str, Service)), ""),
            "day": _day(params, site, now).isoformat(),
        }
        return FigureName(COVERAGE, tuple(sorted(words.items())))
    return FigureName(metric, (("day", _day(params, site, now).isoformat()),) if metric in OF_A_DAY else ())


def _day(params: Mapping[str, str], site: Site, now: datetime) -> date:
    text = params.get("day", "").strip()
    today = local_date(site, now)
    if not text:
        return today
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise WrongAsk("day", text, "bad_moment") from None
    if not date(2000, 1, 1) <= on <= today:
        raise WrongAsk("day", text, "moment_out_of_years", first="2000-01-01", last=today.isoformat())
    return on


def _cell_words(params: Mapping[str, str], site: Site, now: datetime) -> dict[str, str]:
    ask = asked_who.who_ask(params, site, now)
    zone = ZoneInfo(site.zone)
    service = params.get("service", "").strip()
    optional = {
        "organisation": ask.organisation,
        "place": "" if ask.place is None else ask.place or asked_who.WHOLE_SITE,
        "count": "" if ask.count == COUNTS[0] else ask.count,
    }
    return {
        "sector": _one_of(params, "sector", tuple(map(str, Sector)), ""),
        "service": _one_of(params, "service", tuple(map(str, Service)), "") if service else "",
        "across": _one_of(params, "across", ACROSS, ACROSS[0]),
        "column": params.get("column", "").strip()[:LONGEST_WORD],
        "from": ask.window.start.astimezone(zone).isoformat(timespec="minutes"),
        "to": ask.window.end.astimezone(zone).isoformat(timespec="minutes"),
        **{name: word for name, word in optional.items() if word},
    }


def _one_of(params: Mapping[str, str], name: str, allowed: tuple[str, ...], otherwise: str) -> str:
    word = params.get(name, "").strip() or otherwise
    if word not in allowed:
        raise WrongAsk(name, word, "unknown_value", allowed=", ".join(allowed))
    return word


def figure_seen(conn: Connection, scope: Scope, site: Site, figure: FigureName, clock: ClockReading) -> Found:
    """What a figure says to `scope.audience`: as known at `scope.as_of`, or now. A past day is told whole."""
    if figure.metric == WHO:
        return _cell(conn, scope, site, figure, clock)
    if figure.metric == COVERAGE:
        return _line(conn, scope, site, figure, clock)
    return _headline(conn, scope, site, figure, clock)


def _until(clock: ClockReading, day: Window) -> ClockReading:
    return clock if clock.now < day.end else replace(clock, now=day.end - MOMENT, speed=0.0)


def _headline(conn: Connection, scope: Scope, site: Site, figure: FigureName, clock: ClockReading) -> Found:
    on = figure.words.get("day")
    when = clock if on is None else _until(clock, day_on(site, date.fromisoformat(on)))
    told = ground(conn, replace(scope, window="today", span=None), when)
    kpi: Kpi = told.kpis[figure.metric]
    whose = organisations(conn, scope.as_of).get(kpi.source or "") if kpi.source else None
    seen = Seen(kpi.value, kpi.unit, kpi.state, kpi.at_least, kpi.word)
    return Found(seen, (whose,) if whose else ())


def _line(conn: Connection, scope: Scope, site: Site, figure: FigureName, clock: ClockReading) -> Found:
    words = figure.words
    day = day_on(site, date.fromisoformat(words["day"]))
    now = clock.now if scope.as_of is None else min(clock.now, scope.as_of)
    if now <= day.start:
        return Found(NOTHING)
    told = coverage_of_day(conn, scope, site, day, min(now, day.end))
    lines = (one for row in told if row.sector == words["sector"] for one in row.services)
    one = next((one for one in lines if one.service == words["service"]), None)
    return Found(NOTHING) if one is None else Found(_of_line(one), one.organisations)


def _of_line(one: ServiceCoverage) -> Seen:
    facts = {"delivered": one.delivered, "required": one.required, "gap": one.gap, "unit_of": one.unit}
    facts = {name: value for name, value in facts.items() if value not in (None, "")}
    if one.masked and one.ratio is None:
        return replace(MASKED, unit="ratio")
    if one.ratio is None:
        state = State.MISSING if one.delivered is None else one.state
        return Seen(one.delivered, "amount", state, one.at_least, facts=facts)
    return Seen(one.ratio, "ratio", one.state, one.at_least, facts=facts)


def _cell(conn: Connection, scope: Scope, site: Site, figure: FigureName, clock: ClockReading) -> Found:
    words = figure.words
    ask = asked_who.who_ask(words, site, clock.now)
    told = asked_who.who(conn, scope, site, ask, clock, 10**9).matrix
    rows = next((row for row in told.sectors if row.sector == words["sector"]), None)
    if rows is None:
        return Found(NOTHING)
    cell: Cell | None = rows.total
    who: tuple[str, ...] = ()
    if words["service"]:
        one = next((row for row in rows.services if row.service == words["service"]), None)
        keys = {column_word(key): key for key in told.columns}
        cell = None
        if one is not None:
            cell = one.cells.get(keys.get(words["column"])) if words["column"] else one.total
            who = cell.who if cell is not None else ()
    if ask.across == "organisation" and words["column"]:
        who = (words["column"],)
    return Found(NOTHING if cell is None else _of_cell(cell), who)


def _of_cell(cell: Cell) -> Seen:
    facts: dict[str, Any] = {"reserved": cell.hidden} if cell.hidden else {}
    if cell.value is not None:
        return Seen(cell.value, "contacts", State.OK, cell.at_least, facts=facts)
    if cell.hidden:
        return Seen(None, "contacts", State.MASKED, facts=facts)
    if cell.quantity is not None:
        return Seen(cell.quantity, "amount", State.OK, facts={"unit_of": cell.unit})
    return Seen(None, "contacts", State.MISSING)


def shown_seen(one: Question, audience: Audience, now: Seen) -> Seen:
    """What a question says of its figure to an audience. What is reserved now was reserved at every moment, and what
    only the asker was allowed to see stays with those who may."""
    if audience is Audience.PROTECTION:
        return one.seen
    if one.figure.crossed and (now.masked or now.facts.get("reserved")):
        return replace(MASKED, unit=one.seen_open.unit)
    return one.seen_open
