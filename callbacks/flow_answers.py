"""What `GET /api/v1/breakdown`, `/presence`, `/published` and `/compare` answer: the same reads as the flow page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pandas as pd
from sqlalchemy import Connection

from callbacks.asked import WrongAsk, series_ask, window_ask
from callbacks.picked import picked
from callbacks.reads.compared import compared
from callbacks.reads.ground import ground
from callbacks.reads.other_day import other_day
from callbacks.reads.published import published as beside
from callbacks.series import Answer, iso, known_at, number
from data import disclosure, queries
from data.analytics.by_the_clock import DAY_MINUTES
from data.analytics.windows import curve_day
from data.breaking_down import breakdown
from data.chosen import official_sources
from data.presence import presence
from data.types import BreakdownDay, ClockReading, Comparison, Scope, Site, Window, by_the_hour
from data.versions import version_of
from data.vocabulary import TOLD_BY, Measure, Stage, State

BREAKDOWN_USUAL, BREAKDOWN_LONGEST = timedelta(days=7), timedelta(days=366)
PRESENCE_USUAL, PRESENCE_LONGEST = timedelta(days=1), timedelta(days=100)


@dataclass(frozen=True)
class BreakdownAsk:
    site: Site
    stage: Stage
    measure: Measure
    by: str
    window: Window
    source: str | None
    as_of: datetime | None


def breakdown_ask(params: Mapping[str, str], site: Site, now: datetime) -> BreakdownAsk:
    """From `measure, stage, source, by, from, to, as_of`; raises WrongAsk."""
    by = params.get("by") or TOLD_BY[0]
    if by not in TOLD_BY:
        raise WrongAsk("by", by, "unknown_value", allowed=", ".join(TOLD_BY))
    series = series_ask(
        {name: value for name, value in params.items() if name not in ("step", "from", "to")}, site, now
    )
    window = window_ask(params, site, now, BREAKDOWN_USUAL, BREAKDOWN_LONGEST)
    return BreakdownAsk(site, series.stage, series.measure, by, window, series.source, series.as_of)


def parts(conn: Connection, ask: BreakdownAsk, scope: Scope, now: datetime) -> Answer:
    """One row per operational day and part; with the rest and what is reserved they sum to the day's total."""
    site, now = ask.site, now if ask.as_of is None else min(now, ask.as_of)
    source = ask.source or queries.official_source(conn, site.site, ask.stage, ask.measure, now, ask.as_of)
    rows: list[Answer] = []
    if ask.window.start < now:
        told = breakdown(conn, site, ask.stage, ask.measure, source, ask.by, ask.window, now, ask.as_of)
        told = disclosure.masked_breakdown(told, scope.audience, scope.mask_below)
        rows = [row for day in told.days for row in _part_rows(day, site, source)]
    return {
        "site": site.site,
        "stage": str(ask.stage),
        "measure": str(ask.measure),
        "source": source,
        "by": ask.by,
        "unit": "people",
        "as_of": known_at(conn, site, ask.as_of),
        "rows": rows,
    }


def _part_rows(day: BreakdownDay, site: Site, source: str | None) -> Iterator[Answer]:
    usual = State.PROVISIONAL if day.provisional else State.OK
    about = {
        "start": iso(day.day.start, site),
        "total": number(day.total),
        "at_least": day.at_least,
        "method": None if day.method is None else str(day.method),
        "source": source,
    }
    if day.total is None:
        yield {**about, "part": None, "value": None, "state": str(State.MISSING)}
        return
    for part, people in day.parts.items():
        yield {**about, "part": part, "value": number(people), "state": str(State.MASKED if people is None else usual)}
    rest = State.MASKED if day.rest_reserved else usual
    yield {**about, "part": "unclassified", "value": number(day.rest), "state": str(rest)}
    if day.reserved:
        yield {**about, "part": "reserved", "value": number(day.reserved), "state": str(usual)}


def present(conn: Connection, site: Site, window: Window, now: datetime, as_of: datetime | None) -> Answer:
    """One row per hour and per count of heads; below zero the figures contradict each other (`state` error)."""
    now = now if as_of is None else min(now, as_of)
    rows: list[Answer] = []
    flows: list[Answer] = []
    source = None
    if window.start < now:
        told = presence(conn, site, official_sources(conn, site.site, now, as_of), window, now, as_of)
        source = told.source
        counted = {one.at: one for one in told.counts}
        for at, people in zip(told.path["at"], told.path["present"], strict=True):
            count = counted.get(at.to_pydatetime())
            state = "missing" if pd.isna(people) else "error" if people < -0.5 else "ok"
            rows.append(
                {
                    "at": iso(at.to_pydatetime(), site),
                    "present": number(people),
                    "counted": None if count is None else number(count.people),
                    "expected": None if count is None else number(count.expected),
                    "unexplained": None if count is None else number(count.unexplained),
                    "state": state,
                }
            )
        for flow in told.flows:
            stage = None if flow.stage is None else str(flow.stage)
            about = {"measure": str(flow.measure), "stage": stage, "source": flow.source, "at_least": flow.at_least}
            flows.append({**about, "people": number(flow.people), "hours": flow.hours, "counts": flow.counts})
    return {
        "site": site.site,
        "source": source,
        "as_of": known_at(conn, site, as_of),
        "flows": flows,
        "rows": rows,
    }


def published(conn: Connection, site: Site, now: datetime, as_of: datetime | None) -> Answer:
    """One row per figure that others printed: hours of a wait, people of everything else."""
    now = now if as_of is None else min(now, as_of)
    rows: list[Answer] = []
    for one in beside(conn, site, version_of(conn, site.site), now, as_of):
        figure, then = one.figure, one.then or (None, None, None)
        rows.append(
            {
                "what": figure.what,
                "unit": "hours" if figure.what == "wait" else "people",
                "start": iso(figure.at, site),
                "end": iso(figure.until, site),
                "low": number(figure.low),
                "high": number(figure.high),
                "source": figure.source,
                "url": figure.url or None,
                "note": figure.note,
                "fixes": figure.fixes,
                "at": iso(one.at, site),
                "then": dict(zip(("low", "mid", "high"), map(number, then), strict=True)),
                "after": number(one.after),
                "at_least": one.at_least or one.more,
                "over": not one.more,
                "counters_open": one.counters,
                "off": number(one.off),
            }
        )
    return {"site": site.site, "as_of": known_at(conn, site, as_of), "at": iso(by_the_hour(now), site), "rows": rows}


def compare(conn: Connection, scope: Scope, clock: ClockReading) -> Answer:
    """The day asked for beside another, every quarter of an hour of the site's clock."""
    base = ground(conn, scope, clock)
    site, day = base.picture.site, curve_day(scope, base.now, base.picture.site)
    here = other_day(conn, scope, base, day).curves
    other = compared(conn, scope, base, here)
    shown = compared(conn, replace(scope, compare="yesterday"), base, here) if other is None else other
    return {
        "site": site.site,
        "day": iso(day.start, site),
        "compared": None if shown is None or shown.day is None else iso(shown.day.start, site),
        "name": None if shown is None or shown.name is None else dict(shown.name),
        "trouble": None if shown is None else shown.trouble,
        "as_of": known_at(conn, site, scope.as_of),
        "rows": [] if shown is None or shown.points is None else list(_clock_rows(shown, site, day)),
    }


def _clock_rows(other: Comparison, site: Site, day: Window) -> Iterator[Answer]:
    assert other.points is not None
    first = site.day_start_hour * 60
    for row in other.points.to_dict("records"):
        minute = round(first + float(row["minute"]))
        clock = "24:00" if minute == DAY_MINUTES else f"{minute // 60 % 24:02d}:{minute % 60:02d}"
        # The curve starts from the queue of the night before, who did not arrive on this day.
        arrivals = number(row["arrivals"] - other.carried_in)
        yield {"clock": clock, "arrivals": arrivals, "served": number(row["served"])}


def compare_scope(params: Mapping[str, str], scope: Scope, site: Site, now: datetime) -> Scope:
    """From `from, to, compare`; raises WrongAsk. Without a comparison the day before."""
    names = ("from", "to", "compare")
    chosen = picked({name: params[name] for name in names if name in params}, site, now)
    window = "range" if chosen.span else "today"
    return replace(scope, window=window, span=chosen.span, compare=chosen.compare or "yesterday")
