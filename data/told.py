"""What each source said of one figure in a window: its days, the hours of other days, and longer reports."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from data import grains, queries
from data.analytics.buckets import seconds
from data.analytics.reconciliation import Amount, Reported, Span
from data.days import days_of
from data.frames import epochs_of, frame
from data.grains import WEAKEST_FIRST
from data.queries import SeriesKey
from data.queries.figures import any_long, figure_rows
from data.queries.flow import LINE_COLUMNS, LONGEST_DAY
from data.revisions import counting
from data.tables import flow_line
from data.types import Site, Window
from data.vocabulary import Lane, Measure, Method, Stage

Cell = tuple[float, float, float, bool, str, float]  # start, people, minutes, at_least, method, received (epoch s)
Lanes = dict[str, list[Cell]]
RANK = {str(method): place for place, method in enumerate(WEAKEST_FIRST)}


def reported(
    conn: Connection, site: Site, stage: Stage, measure: Measure, window: Window, now: datetime, as_of: datetime | None
) -> Mapping[str, Reported]:
    """By source, of all lanes: whole days, hours of the other days, and reports longer than a day."""
    longer = _longer(conn, site.site, stage, measure, window, as_of)
    days = days_of(site, window)
    reach = Window(days[0].start, days[-1].end)
    spans = [(seconds(day.start), seconds(day.end)) for day in days]
    inside = [span for span in spans if seconds(window.start) <= span[0] and span[1] <= seconds(window.end)]
    ends = {start: end for start, end in inside if end <= seconds(now)}
    by_day = _cells(conn, site.site, stage, measure, "day", reach, as_of)
    names = sorted({*by_day, *_sources(conn, site.site, stage, measure, reach, as_of), *longer})
    whole = {name: _whole_days(by_day.get(name, {}), ends) for name in names}
    rest = {name: [span for span in spans if span not in whole[name]] for name in names}
    asked = {
        name: (max(left[0][0], seconds(window.start)), min(left[-1][1], seconds(window.end)))
        for name, left in rest.items()
        if left
    }
    by_hour: dict[str, Lanes] = {}
    if asked:
        first, last = min(start for start, _ in asked.values()), max(end for _, end in asked.values())
        whole_reach = Window(*(datetime.fromtimestamp(at, tz=window.start.tzinfo) for at in (first, last)))
        by_hour = _cells(conn, site.site, stage, measure, "hour", whole_reach, as_of)
    found = {}
    for name in names:
        hours = _hours(by_hour.get(name, {}), asked[name], sorted(whole[name])) if name in asked else {}
        weeks = {
            span: one
            for span, one in longer.get(name, {}).items()
            if not any(span[0] < end and start < span[1] for start, end in (*whole[name], *hours))
        }
        if whole[name] or hours or weeks:
            found[name] = Reported(whole[name], hours, weeks)
    return found


def _whole_days(lanes: Lanes, ends: Mapping[float, float]) -> dict[Span, Amount]:
    """Days reported from their first minute to their last, by every lane that reports at all."""
    found = {}
    for start, people, minutes, at_least, method, received in _across(lanes):
        end = ends.get(start)
        if end is not None and minutes >= (end - start) / 60:
            found[start, end] = Amount(people, end - start, at_least, Method(method), received)
    return found


def _hours(lanes: Lanes, asked: Span, whole: Sequence[Span]) -> dict[Span, Amount]:
    kept = {lane: [cell for cell in cells if asked[0] <= cell[0] < asked[1]] for lane, cells in lanes.items()}
    return {
        (start, start + minutes * 60): Amount(people, minutes * 60, at_least, Method(method), received)
        for start, people, minutes, at_least, method, received in _across(kept)
        if not _inside(start, whole)
    }


def _across(lanes: Lanes) -> Iterable[Cell]:
    """As `grains.across_lanes`: a lane that reports elsewhere in the window and not here leaves a lower bound."""
    told = [cells for cells in lanes.values() if cells]
    if len(told) < 2:
        return told[0] if told else []
    places: dict[float, list[Cell]] = {}
    for cells in told:
        for cell in cells:
            places.setdefault(cell[0], []).append(cell)
    return [
        (
            start,
            sum(one[1] for one in here),
            min(one[2] for one in here),
            any(one[3] for one in here) or len(here) < len(told),
            min((one[4] for one in here), key=lambda method: RANK.get(method, 0)),
            max(one[5] for one in here),
        )
        for start, here in sorted(places.items())
    ]


def _cells(
    conn: Connection, site: str, stage: Stage, measure: Measure, period: str, window: Window, as_of: datetime | None
) -> dict[str, Lanes]:
    """By source and lane, in order of time."""
    found: dict[str, Lanes] = {}
    if as_of is None:
        rows = figure_rows(conn, site, str(stage), str(measure), period, window)
        if rows:
            sources, lanes, start, people, minutes, least, methods, received = zip(*rows, strict=True)
            cells = zip(
                *(epochs_of(start).tolist(), map(float, people), map(float, minutes), map(bool, least), methods),
                epochs_of(received).tolist(),
                strict=True,
            )
            for source, lane, cell in zip(sources, lanes, cells, strict=True):
                found.setdefault(source, {}).setdefault(lane, []).append(cell)
        return found
    read = {"hour": queries.flow_by_hour, "day": queries.flow_by_day}[period]
    for source in _sources(conn, site, stage, measure, window, as_of):
        for lane in Lane:
            then = read(conn, SeriesKey(site, str(stage), str(measure), source, str(lane)), window, as_of)
            if len(then):
                found.setdefault(source, {})[str(lane)] = [
                    (at.timestamp(), float(people), float(minutes), bool(least), str(method), received.timestamp())
                    for at, people, minutes, least, method, received in zip(
                        *(then[name] for name in (period, "people", "minutes", "at_least", "method", "received_at")),
                        strict=True,
                    )
                ]
    return found


def _inside(at: float, spans: Sequence[Span]) -> bool:
    """Whether a moment falls into one of these spans, which are in order and do not overlap."""
    place = bisect_right(spans, (at, float("inf"))) - 1
    return place >= 0 and at < spans[place][1]


def _sources(
    conn: Connection, site: str, stage: Stage, measure: Measure, window: Window, as_of: datetime | None
) -> list[str]:
    """As known at a moment; now the figures themselves say it."""
    if as_of is None:
        return []
    line = flow_line.c
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
    if not any_long(conn, site, window):
        return {}
    line = flow_line.c
    lines = frame(
        conn,
        select(*(line[name] for name in LINE_COLUMNS)).where(
            *(line.site == site, line.stage == stage, line.measure == measure),
            *(line.start >= window.start, line.start < window.end, line.minutes > LONGEST_DAY),
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
            mine[span] = Amount(
                *(float(row["people"]), length, bool(row["at_least"]), Method(str(row["method"]))),
                row["received_at"].timestamp(),
            )
    return found
