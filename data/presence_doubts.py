"""Doubts that ask two figures at once: people served and people there, people at a stage and at the one before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Table, select

from data.analytics.buckets import epochs, moment
from data.analytics.doubts import Counts, Doubt, Heads, more_after_than_before, served_over_present
from data.chosen import official_sources
from data.flags import Judged, settle
from data.frames import frame
from data.grains import winning
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
    conn: Connection, site: Site, stage: str, window: Window, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """People served at a stage who were neither waiting there nor arrived, of every source that serves there.

    Without head counts of the stage, against everybody in the centre. Looked at again whenever flow, queue or
    presence of the window or of the day before it was reported.
    """
    judged = Window(window.start, window.end + REACH)
    seen = Window(window.start - REACH, window.end + REACH)
    waiting = _heads(conn, queue_reading, "waiting", site.site, seen, stage)
    present = _heads(conn, present_reading, "people", site.site, seen, None)
    flow = _flow(conn, site.site, stage, seen) if waiting or present else {}
    served_by = {source for source, measure in flow if measure == Measure.SERVED}
    _mend(conn, site.site, stage, judged, served_by, now, report_id)
    if not served_by:
        return ()
    official = official_sources(conn, site.site, now)
    raised: tuple[Flag, ...] = ()
    for (source, measure), served in flow.items():
        if measure != Measure.SERVED:
            continue
        chosen, counter = official.get((stage, Measure.SERVED)), official.get((site.entry_stage, PRESENT))
        # What two sources count differently is for the reconciliation: only the official series is asked by others'.
        by_others = chosen in (None, source)
        came = {name: counts for (name, counted), counts in flow.items() if counted == Measure.ARRIVALS}
        arrived = (
            came.get(_one_of(came, source, official.get((stage, Measure.ARRIVALS)))) if by_others else came.get(source)
        )
        queue = waiting.get(_one_of(waiting, source, chosen)) if by_others else waiting.get(source)
        centre = present.get(_one_of(present, source, counter)) if by_others else present.get(source)
        found = []
        if queue is not None and arrived is not None:
            found = served_over_present(served, arrived, queue, waiting=True)
        elif centre is not None:
            found = served_over_present(served, arrived, centre, waiting=False)
        key = {"stage": stage, "measure": str(Measure.SERVED), "lane": str(Lane.GENERAL)}
        doubts = [
            Doubt(
                Dataset.FLOW,
                OVER,
                source,
                key,
                moment(float(served.start[one.place])),
                moment(float(served.end[one.place])),
                {"value": float(served.people[one.place]), "there": one.there, "arrived": one.arrived},
            )
            for one in found
        ]
        raised += settle(conn, site.site, _judged(source, stage, judged, OVER), doubts, now, report_id)
    return raised


def doubt_presence(
    conn: Connection, touched: Touched, dataset: Dataset, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """Head counts came or went: who was served after them is looked at again."""
    at = touched.lines["at"]
    window = Window(at.min().to_pydatetime(), at.max().to_pydatetime() + timedelta(microseconds=1))
    stages = touched.lines["stage"].unique() if dataset is Dataset.QUEUE else touched.site.stages
    raised: tuple[Flag, ...] = ()
    for stage in sorted({str(stage) for stage in stages}):
        raised += presence_doubts(conn, touched.site, stage, window, now, report_id)
    return raised


def _mend(
    conn: Connection, site: str, stage: str, judged: Window, still: set[str], now: datetime, report_id: int
) -> None:
    """Where a source's figures or every head count were undone, there is nothing left to doubt."""
    f = line_flag.c
    sources = conn.execute(
        select(f.source)
        .where(f.site == site, f.ended_at.is_(None), f.code == OVER, f.start >= judged.start, f.start < judged.end)
        .distinct()
    ).scalars()
    for source in sorted({*sources} - still):
        settle(conn, site, _judged(source, stage, judged, OVER), [], now, report_id)


def _judged(source: str, stage: str, window: Window, code: str) -> Judged:
    return Judged(Dataset.FLOW, code, window, source, {"stage": [stage]})


def _one_of(found: Mapping[str, object], source: str, official: str | None) -> str:
    """The same source's own counts, else the official one's, else those of whoever counted most often."""
    for name in (source, official):
        if name is not None and name in found:
            return name
    return next(iter(found), "")


def _heads(
    conn: Connection, table: Table, column: str, site: str, window: Window, stage: str | None
) -> dict[str, Heads]:
    """Head counts by source, whoever counted most often first."""
    c = table.c
    here = [c.site == site, c.at >= window.start, c.at < window.end, counting(table), c[column].is_not(None)]
    if stage is not None:
        here += [c.stage == stage, c.lane == str(Lane.GENERAL)]
    stmt = select(
        *(c.source, c.at, c[column].label("people"), c.at_least),
        *(c.issued_at, c.received_at, c.line_id),
    ).where(*here)
    if conn.execute(stmt.limit(1)).first() is None:  # nobody counts heads here: no frame is made of nothing
        return {}
    read = frame(conn, stmt)
    won = winning(read, ["source", "at"]).sort_values("at")
    order = [source for source, _ in Counter(won["source"]).most_common()]
    return {
        source: Heads(epochs(part["at"]), part["people"].to_numpy(dtype=float), part["at_least"].to_numpy(dtype=bool))
        for source in order
        for part in [won[won["source"] == source]]
    }


def _flow(conn: Connection, site: str, stage: str, window: Window) -> dict[tuple[str, str], Counts]:
    """Hours by source and measure; the days of a source that reports no hours."""
    h, d = flow_hourly.c, flow_daily.c
    hours = frame(
        conn,
        select(h.source, h.measure, h.hour.label("start"), h.people, h.minutes, h.at_least).where(
            *(h.site == site, h.stage == stage, h.measure.in_(COUNTED), h.lane == str(Lane.GENERAL)),
            *(h.hour >= window.start, h.hour < window.end),
        ),
    )
    days = frame(
        conn,
        select(d.source, d.measure, d.day.label("start"), d.people, d.minutes, d.at_least).where(
            *(d.site == site, d.stage == stage, d.measure.in_(COUNTED), d.lane == str(Lane.GENERAL)),
            *(d.day >= window.start - REACH, d.day < window.end, d.grain_minutes > 60),
        ),
    )
    by_day = days[~days["source"].isin(hours["source"])]
    both = pd.concat([part for part in (hours, by_day) if len(part)] or [hours], ignore_index=True)
    found = {}
    for (source, measure), part in both.sort_values("start").groupby(["source", "measure"], sort=True):
        start = epochs(part["start"])
        end = start + part["minutes"].to_numpy(dtype=float) * 60
        found[str(source), str(measure)] = Counts(
            start, end, part["people"].to_numpy(dtype=float), part["at_least"].to_numpy(dtype=bool)
        )
    return found


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
