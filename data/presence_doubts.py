"""Doubts that ask two figures at once: people served and people there, people at a stage and at the one before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from sqlalchemy import Connection, Table, select

from data.analytics.buckets import epochs, moment
from data.analytics.doubts import Counts, Doubt, Heads, more_after_than_before, served_over_present
from data.chosen import official_sources
from data.flags import Judged, settle
from data.frames import epochs_of, frame, raw
from data.grains import REVISION
from data.revisions import counting
from data.rollups import Touched
from data.tables import flow_daily, flow_hourly, line_flag, present_reading, queue_reading
from data.types import Flag, Site, Window
from data.vocabulary import PRESENT, Dataset, Lane, Measure

REACH = timedelta(days=1)
WHOLE_DAY_MINUTES = 1380
COUNTED = (str(Measure.ARRIVALS), str(Measure.SERVED))
OVER, LATER = "served_over_present", "later_stage_over"


def presence_doubts(
    conn: Connection, site: Site, stages: Collection[str], window: Window, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """People served at these stages who were neither waiting there nor arrived, of every source that serves there.

    Without head counts of the stage, against everybody in the centre. Looked at again whenever flow, queue or
    presence of the window or of the day before it was reported.
    """
    judged = Window(window.start, window.end + REACH)
    seen = Window(window.start - REACH, window.end + REACH)
    centre = _heads(conn, present_reading, "people", site.site, seen).get("", {})
    queues = _heads(conn, queue_reading, "waiting", site.site, seen)
    flow = _flow(conn, site.site, stages, seen) if centre or queues.keys() & stages else {}
    doubted = _doubted(conn, site.site, judged)
    if not flow and not doubted:
        return ()
    official = official_sources(conn, site.site, now)
    raised: tuple[Flag, ...] = ()
    for stage in stages:
        of_stage = {(source, measure): counts for (at, source, measure), counts in flow.items() if at == stage}
        found = _served_over(site, stage, of_stage, queues.get(stage, {}), centre, official)
        # Where a source's figures or every head count were undone, there is nothing left to doubt.
        for source in sorted({*found, *(source for source, at in doubted if at == stage)}):
            looked_at = _judged(source, stage, judged, OVER)
            raised += settle(conn, site.site, looked_at, found.get(source, []), now, report_id)
    return raised


def _served_over(
    site: Site,
    stage: str,
    flow: Mapping[tuple[str, str], Counts],
    waiting: Mapping[str, Heads],
    present: Mapping[str, Heads],
    official: Mapping[tuple[str, str], str],
) -> dict[str, list[Doubt]]:
    """Doubts by source, for sources that have any."""
    chosen, counter = official.get((stage, Measure.SERVED)), official.get((site.entry_stage, PRESENT))
    came = {source: counts for (source, measure), counts in flow.items() if measure == Measure.ARRIVALS}
    key = {"stage": stage, "measure": str(Measure.SERVED), "lane": str(Lane.GENERAL)}
    doubts: dict[str, list[Doubt]] = {}
    for (source, measure), served in flow.items():
        if measure != Measure.SERVED:
            continue
        # What two sources count differently is for the reconciliation: only the official series is asked by others'.
        by_others = chosen in (None, source)

        def told(by: Mapping[str, Any], vouches: str | None, own: str = source, others: bool = by_others) -> Any:
            return by.get(_one_of(by, own, vouches) if others else own)

        arrived = told(came, official.get((stage, Measure.ARRIVALS)))
        queue, there = told(waiting, chosen), told(present, counter)
        if queue is not None and arrived is not None:
            found = served_over_present(served, arrived, queue, waiting=True)
        elif there is not None:
            found = served_over_present(served, arrived, there, waiting=False)
        else:
            continue
        for one in found:
            start, end = moment(float(served.start[one.place])), moment(float(served.end[one.place]))
            facts = {"value": float(served.people[one.place]), "there": one.there, "arrived": one.arrived}
            doubts.setdefault(source, []).append(Doubt(Dataset.FLOW, OVER, source, key, start, end, facts))
    return doubts


def doubt_presence(
    conn: Connection, touched: Touched, dataset: Dataset, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """Head counts came or went: who was served after them is looked at again."""
    at = touched.lines["at"]
    window = Window(at.min().to_pydatetime(), at.max().to_pydatetime() + timedelta(microseconds=1))
    stages = touched.lines["stage"].unique() if dataset is Dataset.QUEUE else touched.site.stages
    return presence_doubts(conn, touched.site, sorted({str(stage) for stage in stages}), window, now, report_id)


def _doubted(conn: Connection, site: str, judged: Window) -> set[tuple[str, str]]:
    """Source and stage of what is doubted as it stands."""
    f = line_flag.c
    asked = (f.site == site, f.ended_at.is_(None), f.code == OVER)
    rows = conn.execute(select(f.source, f.key).where(*asked, f.start >= judged.start, f.start < judged.end))
    return {(row.source, row.key["stage"]) for row in rows}


def _judged(source: str, stage: str, window: Window, code: str) -> Judged:
    return Judged(Dataset.FLOW, code, window, source, {"stage": [stage]})


def _one_of(found: Mapping[str, object], source: str, official: str | None) -> str:
    """The same source's own counts, else the official one's, else those of whoever counted most often."""
    for name in (source, official):
        if name is not None and name in found:
            return name
    return next(iter(found), "")


def _heads(conn: Connection, table: Table, column: str, site: str, window: Window) -> dict[str, dict[str, Heads]]:
    """Head counts by stage (a table that knows none: "") and source, whoever counted most often first."""
    c = table.c
    staged = "stage" in c
    here = [c.site == site, c.at >= window.start, c.at < window.end, counting(table), c[column].is_not(None)]
    if staged:
        here.append(c.lane == str(Lane.GENERAL))
    names = ["source", "at", column, "at_least", *(["stage"] if staged else [])]
    stmt = raw(conn, table, names).where(*here).order_by(*(c[name] for name in ("at", *REVISION)))
    # Of one moment the newest comes last and stays.
    counted: dict[tuple[str, str], dict[Any, tuple[float, bool]]] = {}
    for source, at, people, at_least, *stage in conn.execute(stmt):
        counted.setdefault((stage[0] if stage else "", source), {})[at] = (people, at_least)
    found: dict[str, dict[str, Heads]] = {}
    for (at_stage, source), counts in sorted(counted.items(), key=lambda item: -len(item[1])):
        people, least = zip(*counts.values(), strict=True)
        heads = Heads(epochs_of(list(counts)), np.array(people, dtype=float), np.array(least, dtype=bool))
        found.setdefault(at_stage, {})[source] = heads
    return found


def _flow(conn: Connection, site: str, stages: Collection[str], window: Window) -> dict[tuple[str, str, str], Counts]:
    """Hours by stage, source and measure; the days of a source that reports no hours of a stage."""
    h, d = flow_hourly.c, flow_daily.c
    names = ["stage", "source", "measure", "people", "minutes", "at_least"]
    hours = raw(conn, flow_hourly, [*names, "hour"]).where(
        *(h.site == site, h.stage.in_(sorted(stages)), h.measure.in_(COUNTED), h.lane == str(Lane.GENERAL)),
        *(h.hour >= window.start, h.hour < window.end),
    )
    days = raw(conn, flow_daily, [*names, "day"]).where(
        *(d.site == site, d.stage.in_(sorted(stages)), d.measure.in_(COUNTED), d.lane == str(Lane.GENERAL)),
        *(d.day >= window.start - REACH, d.day < window.end, d.grain_minutes > 60),
    )
    by_hour, by_day = (_series(conn.execute(stmt.order_by(*stmt.selected_columns[-1:]))) for stmt in (hours, days))
    hourly = {(stage, source) for stage, source, _ in by_hour}
    coarse = {key: rows for key, rows in by_day.items() if key[:2] not in hourly}
    return {key: _counts(rows) for key, rows in sorted((by_hour | coarse).items())}


def _series(rows: Iterable[Sequence[Any]]) -> dict[tuple[str, str, str], list[Sequence[Any]]]:
    found: dict[tuple[str, str, str], list[Sequence[Any]]] = {}
    for row in rows:
        found.setdefault((row[0], row[1], row[2]), []).append(row[3:])
    return found


def _counts(rows: Sequence[Sequence[Any]]) -> Counts:
    people, minutes, at_least, at = zip(*rows, strict=True)
    start = epochs_of(at)
    end = start + np.array(minutes, dtype=float) * 60
    return Counts(start, end, np.array(people, dtype=float), np.array(at_least, dtype=bool))


def later_stage_doubts(
    conn: Connection, touched: Touched, window: Window, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """Days on which a stage after the entry had more people than the entry let through in two days.

    Stages before the entry are for those who need them (a vaccine); those after it are for who came in.
    """
    site = touched.site
    later = [str(stage) for stage in site.stages[site.stages.index(site.entry_stage) + 1 :]]
    entry = str(site.entry_stage)
    touches = {stage for stage, measure in touched.pairs if measure in COUNTED}
    if not later or not touches & {entry, *later}:
        return ()
    d = flow_daily.c
    seen = Window(window.start - REACH, window.end + REACH)
    days = frame(
        conn,
        select(d.stage, d.measure, d.source, d.day, d.people, d.minutes, d.at_least).where(
            *(d.site == site.site, d.stage.in_([entry, *later]), d.measure.in_(COUNTED)),
            *(d.lane == str(Lane.GENERAL), d.day >= seen.start - REACH / 2, d.day < seen.end),
            d.minutes >= WHOLE_DAY_MINUTES,
        ),
    )
    through = days[(days["stage"] == entry) & (days["measure"] == Measure.SERVED) & ~days["at_least"]]
    official = official_sources(conn, site.site, now).get((entry, Measure.SERVED))
    chosen = _one_of(dict(Counter(through["source"]).most_common()), touched.source, official)
    through = through[through["source"] == (official or chosen)]
    served = dict(zip(epochs(through["day"]), through["people"], strict=True))
    raised: tuple[Flag, ...] = ()
    for (stage, source), part in days[days["stage"] != entry].groupby(["stage", "source"], sort=True):
        came = part[part["measure"] == Measure.ARRIVALS]
        counted = came if len(came) else part
        starts = np.unique(np.concatenate([epochs(counted["day"]), epochs(through["day"])]))
        spans = [(float(start), 0.0) for start in starts]
        people = {
            float(start): (float(count), float(start) + minutes * 60.0)
            for start, count, minutes in zip(epochs(counted["day"]), counted["people"], counted["minutes"], strict=True)
        }
        key = {"stage": str(stage), "measure": str(counted["measure"].iloc[0]), "lane": str(Lane.GENERAL)}
        doubts = [
            Doubt(
                Dataset.FLOW,
                LATER,
                str(source),
                key,
                moment(start),
                moment(end),
                {"value": there, "through": before, "entry_stage": entry},
            )
            for start, end, there, before in more_after_than_before(served, people, spans)
        ]
        judged = _judged(str(source), str(stage), Window(window.start, window.end + REACH), LATER)
        raised += settle(conn, site.site, judged, doubts, now, report_id)
    return raised
