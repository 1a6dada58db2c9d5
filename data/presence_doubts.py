"""People served who were neither there nor arrived: a doubt that asks several figures at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, select

from data.analytics.buckets import moment
from data.analytics.doubts import Counts, Doubt, Heads, served_over_present
from data.chosen import official_sources
from data.days import day_of, days_of
from data.flags import Judged, settle
from data.frames import epochs_of, raw
from data.grains import REVISION
from data.queries.statements import every
from data.revisions import counting
from data.rollups import HOUR, Touched
from data.tables import flow_daily, flow_hourly, line_flag, present_reading, queue_reading
from data.types import Flag, Site, Window
from data.vocabulary import PRESENT, Dataset, Lane, Measure

COUNTED = (str(Measure.ARRIVALS), str(Measure.SERVED))
OVER = "served_over_present"

Series = tuple[str, str]  # source, measure
Staged = dict[str, dict[Series, Counts]]


def presence_doubts(
    conn: Connection, site: Site, stages: Collection[str], window: Window, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """People served at these stages who were neither waiting there nor arrived, of every source that serves there.

    Without head counts of the stage, against everybody in the centre. Looked at again whenever flow, queue or
    presence of the window or of the day before it was reported. Each day is judged by what was reported of it and of
    the day before, so that the order of deliveries does not decide.
    """
    days = days_of(site, window)
    days = (day_of(site, days[0].start - HOUR), *days, day_of(site, days[-1].end))
    seen, judged = Window(days[0].start, days[-1].end), Window(days[1].start, days[-1].end)
    centre = _heads(conn, present_reading, "people", site.site, seen).get("", {})
    queues = _heads(conn, queue_reading, "waiting", site.site, seen)
    by_hour, by_day = _flow(conn, site.site, stages, seen) if centre or queues.keys() & stages else ({}, {})
    doubted = doubted_by(conn, site.site, judged, OVER)
    if not by_hour and not by_day and not doubted:
        return ()
    official = official_sources(conn, site.site, now)
    raised: tuple[Flag, ...] = ()
    for stage in stages:
        told = (by_hour.get(stage, {}), by_day.get(stage, {}), queues.get(stage, {}), centre)
        found: dict[str, list[Doubt]] = {}
        for before, day in pairwise(days):
            _served_over(site, stage, day, _sight(*told, Window(before.start, day.end)), official, found)
        # Where a source's figures or every head count were undone, there is nothing left to doubt.
        for source in sorted({*found, *(source for source, at in doubted if at == stage)}):
            looked_at = judged_of(source, stage, judged, OVER)
            raised += settle(conn, site.site, looked_at, found.get(source, []), now, report_id)
    return raised


@dataclass(frozen=True)
class _Sight:
    """What is known of two days: flow by source and measure, head counts by source, who counted most often first."""

    flow: Mapping[Series, Counts]
    waiting: Mapping[str, Heads]
    present: Mapping[str, Heads]


def _sight(
    by_hour: Mapping[Series, Counts],
    by_day: Mapping[Series, Counts],
    waiting: Mapping[str, Heads],
    present: Mapping[str, Heads],
    window: Window,
) -> _Sight:
    start, end = window.start.timestamp(), window.end.timestamp()

    def of(counts: Mapping[Series, Counts]) -> dict[Series, Counts]:
        parts = {key: part.within(start, end) for key, part in counts.items()}
        return {key: part for key, part in parts.items() if len(part.start)}

    def heads(counts: Mapping[str, Heads]) -> dict[str, Heads]:
        parts = {source: part.within(start, end) for source, part in counts.items()}
        often = sorted(parts.items(), key=lambda item: (-len(item[1].at), item[0]))
        return {source: part for source, part in often if len(part.at)}

    hours = of(by_hour)
    hourly = {source for source, _ in hours}
    days = {key: part for key, part in of(by_day).items() if key[0] not in hourly}
    return _Sight(dict(sorted((hours | days).items())), heads(waiting), heads(present))


def _served_over(
    site: Site,
    stage: str,
    day: Window,
    sight: _Sight,
    official: Mapping[tuple[str, str], str],
    doubts: dict[str, list[Doubt]],
) -> None:
    """Adds the doubts of one day, by source."""
    chosen, counter = official.get((stage, Measure.SERVED)), official.get((site.entry_stage, PRESENT))
    came = {source: counts for (source, measure), counts in sight.flow.items() if measure == Measure.ARRIVALS}
    key = {"stage": stage, "measure": str(Measure.SERVED), "lane": str(Lane.GENERAL)}
    for (source, measure), served in sight.flow.items():
        if measure != Measure.SERVED:
            continue
        # What two sources count differently is for the reconciliation: only the official series is asked by others'.
        by_others = chosen in (None, source)

        def told(by: Mapping[str, Any], vouches: str | None, own: str = source, others: bool = by_others) -> Any:
            return by.get(_one_of(by, own, vouches) if others else own)

        arrived = told(came, official.get((stage, Measure.ARRIVALS)))
        queue, there = told(sight.waiting, chosen), told(sight.present, counter)
        if queue is not None and arrived is not None:
            found = served_over_present(served, arrived, queue, waiting=True)
        elif there is not None:
            found = served_over_present(served, arrived, there, waiting=False)
        else:
            continue
        for one in found:
            start, end = moment(float(served.start[one.place])), moment(float(served.end[one.place]))
            facts = {"value": float(served.people[one.place]), "there": one.there, "arrived": one.arrived}
            if day.start <= start < day.end:
                doubts.setdefault(source, []).append(Doubt(Dataset.FLOW, OVER, source, key, start, end, facts))


def doubt_presence(
    conn: Connection, touched: Touched, dataset: Dataset, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """Head counts came or went: who was served after them is looked at again."""
    at = touched.lines["at"]
    window = Window(at.min().to_pydatetime(), at.max().to_pydatetime() + timedelta(microseconds=1))
    stages = touched.lines["stage"].unique() if dataset is Dataset.QUEUE else touched.site.stages
    return presence_doubts(conn, touched.site, sorted({str(stage) for stage in stages}), window, now, report_id)


def doubted_by(conn: Connection, site: str, judged: Window, code: str) -> set[tuple[str, str]]:
    """Source and stage of what is doubted as it stands."""
    f = line_flag.c
    asked = (f.site == site, f.ended_at.is_(None), f.code == code)
    rows = conn.execute(select(f.source, f.key).where(*asked, f.start >= judged.start, f.start < judged.end))
    return {(row.source, row.key["stage"]) for row in rows}


def judged_of(source: str, stage: str, window: Window, code: str) -> Judged:
    return Judged(Dataset.FLOW, code, window, source, {"stage": [stage]})


def _one_of(found: Mapping[str, object], source: str, official: str | None) -> str:
    """The same source's own counts, else the official one's, else those of whoever counted most often."""
    for name in (source, official):
        if name is not None and name in found:
            return name
    return next(iter(found), "")


def _heads(conn: Connection, table: Table, column: str, site: str, window: Window) -> dict[str, dict[str, Heads]]:
    """Head counts by stage (a table that knows none: "") and source."""
    c = table.c
    staged = "stage" in c
    here = [c.site == site, c.at >= window.start, c.at < window.end, counting(table), c[column].is_not(None)]
    if staged:
        here += [c.lane == str(Lane.GENERAL), *every(table, "stage")]
    names = ["source", "at", column, "at_least", *(["stage"] if staged else [])]
    stmt = raw(conn, table, names).where(*here).order_by(*(c[name] for name in ("at", *REVISION)))
    # Of one moment the newest comes last and stays.
    counted: dict[tuple[str, str], dict[Any, tuple[float, bool]]] = {}
    for source, at, people, at_least, *stage in conn.execute(stmt):
        counted.setdefault((stage[0] if stage else "", source), {})[at] = (people, at_least)
    found: dict[str, dict[str, Heads]] = {}
    for (at_stage, source), counts in counted.items():
        people, least = zip(*counts.values(), strict=True)
        heads = Heads(epochs_of(list(counts)), np.array(people, dtype=float), np.array(least, dtype=bool))
        found.setdefault(at_stage, {})[source] = heads
    return found


def _flow(conn: Connection, site: str, stages: Collection[str], window: Window) -> tuple[Staged, Staged]:
    """Hours, and days that are told by no hours; each by stage, then by source and measure."""
    h, d = flow_hourly.c, flow_daily.c
    names = ["stage", "source", "measure", "people", "minutes", "at_least"]
    hours = raw(conn, flow_hourly, [*names, "hour"]).where(
        *(h.site == site, h.stage.in_(sorted(stages)), h.measure.in_(COUNTED), h.lane == str(Lane.GENERAL)),
        *(h.hour >= window.start, h.hour < window.end, *every(flow_hourly, "source")),
    )
    days = raw(conn, flow_daily, [*names, "day"]).where(
        *(d.site == site, d.stage.in_(sorted(stages)), d.measure.in_(COUNTED), d.lane == str(Lane.GENERAL)),
        *(d.day >= window.start, d.day < window.end, d.grain_minutes > 60, *every(flow_daily, "source")),
    )
    by_hour, by_day = (_series(conn.execute(stmt.order_by(*stmt.selected_columns[-1:]))) for stmt in (hours, days))
    return by_hour, by_day


def _series(rows: Iterable[Sequence[Any]]) -> Staged:
    found: dict[str, dict[Series, list[Sequence[Any]]]] = {}
    for stage, source, measure, *told in rows:
        found.setdefault(stage, {}).setdefault((source, measure), []).append(told)
    return {stage: {key: _counts(told) for key, told in series.items()} for stage, series in found.items()}


def _counts(rows: Sequence[Sequence[Any]]) -> Counts:
    people, minutes, at_least, at = zip(*rows, strict=True)
    start = epochs_of(at)
    end = start + np.array(minutes, dtype=float) * 60
    return Counts(start, end, np.array(people, dtype=float), np.array(at_least, dtype=bool))
