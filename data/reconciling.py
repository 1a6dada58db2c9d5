"""Reconciliation: what each source says of one figure in a window, read from the store and laid side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, select

from data import queries
from data.analytics.buckets import moment, seconds
from data.analytics.reconciliation import Reported, Span, beside, has_a_hole
from data.analytics.reporting import LONGEST_SPAN
from data.cadences import ALWAYS
from data.days import days_of
from data.history import organisations, recorded_by
from data.officials import Choice, choices
from data.queries.statements import AT, END, SITE, START, at_moment, every, kept_statement
from data.queries.statements import asked as asked_of
from data.revisions import counting
from data.tables import Utc, definition, report_span
from data.told import reported
from data.tolerances import tolerances
from data.types import Reconciliation, Site, SourceFigure, Window
from data.vocabulary import Dataset, Measure, Stage


def reconciliation(
    conn: Connection, site: Site, stage: Stage, measure: Measure, window: Window, now: datetime, as_of: datetime | None
) -> Reconciliation:
    """Every source of a figure; the official one first, then by name. `now` bounds what may be asked of a window."""
    return _reconciled(conn, site, stage, measure, _beside(conn, site, window, now, as_of))


def reconciliations(
    conn: Connection, site: Site, window: Window, now: datetime, as_of: datetime | None
) -> tuple[Reconciliation, ...]:
    """Of every one of `figures_to_compare`."""
    asked = _beside(conn, site, window, now, as_of)
    figures = figures_to_compare(conn, site, window, as_of)
    return tuple(_reconciled(conn, site, stage, measure, asked) for stage, measure in figures)


@dataclass(frozen=True)
class _Beside:
    """What is the same for every figure of a site and a window, read once."""

    window: Window
    now: datetime
    as_of: datetime | None
    chosen: Mapping[tuple[str, str], Choice]
    organisations: Mapping[str, str | None]
    deliveries: Mapping[str, int]
    limit: float


def _beside(conn: Connection, site: Site, window: Window, now: datetime, as_of: datetime | None) -> _Beside:
    return _Beside(
        *(window, now, as_of),
        choices(conn, site.site, now, as_of),
        organisations(conn, as_of),
        _deliveries(conn, site.site, window, as_of),
        tolerances(conn, site.site, now, as_of)["source-difference"],
    )


def _reconciled(conn: Connection, site: Site, stage: Stage, measure: Measure, asked: _Beside) -> Reconciliation:
    window, now, as_of = asked.window, asked.now, asked.as_of
    known, deliveries, limit = asked.organisations, asked.deliveries, asked.limit
    chosen = asked.chosen.get((str(stage), str(measure)))
    official = chosen.source if chosen and chosen.source else None
    told = reported(conn, site, stage, measure, window, now, as_of)
    words = _definitions(conn, site.site, stage, measure, now, as_of)
    days = [(seconds(day.start), seconds(day.end)) for day in days_of(site, window)]
    names = sorted({*told, *([official] if official else [])}, key=lambda name: (name != official, name))
    until = min(window.end, now)
    figures = tuple(
        _figure(
            name,
            known.get(name),
            name == official,
            told.get(name, Reported()),
            None if official is None or name == official else told.get(official),
            days,
            Window(window.start, until),
            window.end <= now,
            words.get(name),
            deliveries.get(name, 0),
            limit,
        )
        for name in names
    )
    return Reconciliation(stage, measure, window, official, *_why(chosen), limit, figures)


def _why(chosen: Choice | None) -> tuple[str | None, str | None, datetime | None]:
    if chosen is None or not chosen.source:
        return None, None, None
    return chosen.reason, chosen.set_by, None if chosen.valid_from == ALWAYS else chosen.valid_from


def _figure(
    name: str,
    organisation: str | None,
    official: bool,
    told: Reported,
    other: Reported | None,
    days: Sequence[Span],
    window: Window,
    over: bool,
    words: str | None,
    reports: int,
    limit: float,
) -> SourceFigure:
    spans, amounts = told.spans, told.amounts
    compared = None if other is None else beside(told, other, days)
    share = None if compared is None else compared.share
    start, until = seconds(window.start), seconds(window.end)
    grains_seen = {round(end - begin) // 60 for begin, end in spans}
    return SourceFigure(
        source=name,
        organisation=organisation,
        official=official,
        value=told.people,
        at_least=any(one.at_least for one in amounts) or has_a_hole(spans, told.seconds, start, until, over),
        method=told.method,
        definition=words,
        first=moment(spans[0][0]) if spans else None,
        last=moment(max(end for _, end in spans)) if spans else None,
        hours=told.seconds / 3600,
        hours_asked=max(0.0, until - start) / 3600,
        grain_minutes=max(grains_seen) if grains_seen else None,
        reports=reports,
        as_of=moment(max(one.received for one in amounts)) if amounts else None,
        periods=0 if compared is None else compared.periods,
        compared=0 if compared is None else compared.compared,
        difference=None if compared is None else compared.difference,
        difference_share=share,
        flagged=share is not None and abs(share) > limit + 1e-9,
    )


def _definitions(
    conn: Connection, site: str, stage: Stage, measure: Measure, at: datetime, as_of: datetime | None
) -> Mapping[str, str]:
    bound = {**at_moment(site, at, as_of), "stage": str(stage), "measure": str(measure)}
    return {row.source: row.words for row in conn.execute(_defined(conn, as_of), bound)}


@kept_statement
def _defined(conn: Connection, as_of: Any) -> Select[Any]:
    d = definition.c
    return (
        select(d.source, d.words)
        .where(d.site == SITE, d.stage == bindparam("stage"), d.measure == bindparam("measure"), d.valid_from <= AT)
        .where(*recorded_by(definition, as_of))
        .order_by(d.valid_from, d.recorded_at)
    )


def _deliveries(conn: Connection, site: str, window: Window, as_of: datetime | None) -> Mapping[str, int]:
    """How many deliveries about flow speak of the window, by source."""
    bound = {**asked_of(site, window, as_of), "since": window.start - LONGEST_SPAN}
    rows = conn.execute(_speaking(conn, as_of), bound)
    return {str(name): int(number) for name, number in rows}


@kept_statement
def _speaking(conn: Connection, as_of: Any) -> Select[Any]:
    # A delivery's period may be years long; the pieces of time it speaks of are looked up, whatever the years stored.
    s = report_span.c
    return (
        select(s.source, func.count(s.report_id.distinct()))
        .where(s.site == SITE, *every(report_span, "source"), s.dataset == str(Dataset.FLOW))
        .where(s.start >= bindparam("since", type_=Utc()), s.start < END, s.end > START, counting(report_span, as_of))
        .group_by(s.source)
    )


def figures_to_compare(
    conn: Connection, site: Site, window: Window, as_of: datetime | None
) -> tuple[tuple[Stage, Measure], ...]:
    """The figures of which the page speaks: those of the entry stage, and every other that several sources report."""
    rows = queries.series(conn, site.site, window, as_of)
    told = rows[["stage", "measure", "source"]].drop_duplicates()
    reported = Counter(zip(told["stage"], told["measure"], strict=True))
    shared = {pair for pair, sources in reported.items() if sources > 1}
    entry = {(str(site.entry_stage), str(measure)) for measure in (Measure.ARRIVALS, Measure.SERVED)}
    return tuple(
        (stage, measure)
        for stage in sorted(site.stages, key=lambda one: one != site.entry_stage)
        for measure in Measure
        if (str(stage), str(measure)) in shared | entry
    )
