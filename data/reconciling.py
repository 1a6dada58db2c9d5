"""Reconciliation: what each source says of one figure in a window, read from the store and laid side by side."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select

from data import grains, queries
from data.analytics.buckets import moment, seconds
from data.analytics.reconciliation import Amount, Reported, Span, beside, has_a_hole
from data.cadences import ALWAYS
from data.days import days_of
from data.frames import frame
from data.history import organisations, recorded_by
from data.officials import Choice, choices
from data.queries import SeriesKey
from data.revisions import counting
from data.tables import definition, flow_line, report_site
from data.tolerances import tolerances
from data.types import Reconciliation, Site, SourceFigure, Window
from data.vocabulary import EVERY_LANE, Dataset, Measure, Method, Stage

LONGEST_DAY_MINUTES = 1500


def reconciliation(
    conn: Connection, site: Site, stage: Stage, measure: Measure, window: Window, now: datetime, as_of: datetime | None
) -> Reconciliation:
    """Every source of a figure; the official one first, then by name. `now` bounds what may be asked of a window."""
    chosen = choices(conn, site.site, now, as_of).get((str(stage), str(measure)))
    official = chosen.source if chosen and chosen.source else None
    told = _reported(conn, site, stage, measure, window, now, as_of)
    words = _definitions(conn, site.site, stage, measure, now, as_of)
    known = organisations(conn, as_of)
    deliveries = _deliveries(conn, site.site, window, as_of)
    limit = tolerances(conn, site.site, now, as_of)["source-difference"]
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


def _reported(
    conn: Connection, site: Site, stage: Stage, measure: Measure, window: Window, now: datetime, as_of: datetime | None
) -> Mapping[str, Reported]:
    """By source, of all lanes: whole days, hours of the other days, and reports longer than a day."""
    longer = _longer(conn, site.site, stage, measure, window, as_of)
    days = days_of(site, window)
    reach = Window(days[0].start, days[-1].end)
    found = {}
    for name in sorted({*_sources(conn, site.site, stage, measure, reach, as_of), *longer}):
        key = SeriesKey(site.site, str(stage), str(measure), name, EVERY_LANE)
        ends = {day.start: day.end for day in days if window.start <= day.start and day.end <= window.end}
        by_day: dict[Span, Amount] = {}
        for row in queries.flow_by_day(conn, key, reach, as_of).to_dict("records"):
            start = row["day"].to_pydatetime()
            end = ends.get(start)
            if end is not None and row["minutes"] >= (end - start).total_seconds() / 60 and end <= now:
                by_day[seconds(start), seconds(end)] = _amount(row, seconds(end) - seconds(start))
        rest = [day for day in days if (seconds(day.start), seconds(day.end)) not in by_day]
        hours: dict[Span, Amount] = {}
        whole = sorted(by_day)
        if rest:
            asked = Window(max(rest[0].start, window.start), min(rest[-1].end, window.end))
            for row in queries.flow_by_hour(conn, key, asked, as_of).to_dict("records"):
                start_at = row["hour"].timestamp()
                if not _inside(start_at, whole):
                    length = float(row["minutes"]) * 60
                    hours[start_at, start_at + length] = _amount(row, length)
        weeks = {
            span: one
            for span, one in longer.get(name, {}).items()
            if not any(span[0] < end and start < span[1] for start, end in (*by_day, *hours))
        }
        if by_day or hours or weeks:
            found[name] = Reported(by_day, hours, weeks)
    return found


def _inside(at: float, spans: Sequence[Span]) -> bool:
    """Whether a moment falls into one of these spans, which are in order and do not overlap."""
    place = bisect_right(spans, (at, float("inf"))) - 1
    return place >= 0 and at < spans[place][1]


def _amount(row: Mapping[object, object], length: float) -> Amount:
    told = {str(name): value for name, value in row.items()}
    return Amount(
        float(told["people"]),  # type: ignore[arg-type]
        length,
        bool(told["at_least"]),
        Method(str(told["method"])),
        told["received_at"].timestamp(),  # type: ignore[attr-defined]
    )


def _sources(
    conn: Connection, site: str, stage: Stage, measure: Measure, window: Window, as_of: datetime | None
) -> list[str]:
    line = flow_line.c
    if as_of is None:
        rows = queries.series(conn, site, window)
        here = rows[(rows["stage"] == stage) & (rows["measure"] == measure)]
        return sorted(set(here["source"]))
    return list(
        conn.execute(
            select(line.source)
            .where(line.site == site, line.stage == stage, line.measure == measure)
            .where(line.start >= window.start, line.start < window.end, counting(flow_line, as_of))
            .distinct()
        ).scalars()
    )


def _longer(
    conn: Connection, site: str, stage: Stage, measure: Measure, window: Window, as_of: datetime | None
) -> Mapping[str, Mapping[Span, Amount]]:
    """Reports of weeks and months inside the window, by source; of those that overlap the earlier and longer one."""
    line = flow_line.c
    lines = frame(
        conn,
        select(*(line[name] for name in queries.flow.LINE_COLUMNS)).where(
            *(line.site == site, line.stage == stage, line.measure == measure),
            *(line.start >= window.start, line.start < window.end, line.minutes > LONGEST_DAY_MINUTES),
            counting(flow_line, as_of),
        ),
    )
    if lines.empty:
        return {}
    found: dict[str, dict[Span, Amount]] = {}
    totals = grains.summed(grains.flow_totals(lines), ["source", "start", "minutes"], ["people", "low", "high"])
    for row in totals.sort_values(["start", "minutes"], ascending=[True, False]).to_dict("records"):
        length = float(row["minutes"]) * 60
        span = (row["start"].timestamp(), row["start"].timestamp() + length)
        mine = found.setdefault(str(row["source"]), {})
        if span[1] <= seconds(window.end) and not any(span[0] < end and start < span[1] for start, end in mine):
            mine[span] = _amount(row, length)
    return found


def _definitions(
    conn: Connection, site: str, stage: Stage, measure: Measure, at: datetime, as_of: datetime | None
) -> Mapping[str, str]:
    d = definition.c
    rows = conn.execute(
        select(d.source, d.words)
        .where(d.site == site, d.stage == stage, d.measure == measure, d.valid_from <= at)
        .where(*recorded_by(definition, as_of))
        .order_by(d.valid_from, d.recorded_at)
    )
    return {row.source: row.words for row in rows}


def _deliveries(conn: Connection, site: str, window: Window, as_of: datetime | None) -> Mapping[str, int]:
    """How many deliveries about flow speak of the window, by source."""
    rs = report_site.c
    rows = conn.execute(
        select(rs.source, func.count())
        .where(rs.site == site, rs.dataset == Dataset.FLOW, counting(report_site, as_of))
        .where(rs.period_start < window.end, rs.period_end > window.start)
        .group_by(rs.source)
    )
    return {str(name): int(number) for name, number in rows}


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
