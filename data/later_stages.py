"""More people at a stage after the entry than the entry let through: a doubt that asks the figures of two stages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from sqlalchemy import Connection

from data.analytics.buckets import moment
from data.analytics.doubts import Doubt, more_after_than_before
from data.chosen import official_sources
from data.days import day_of, days_of
from data.flags import settle
from data.frames import epochs_of, raw
from data.presence_doubts import COUNTED, doubted_by, judged_of
from data.queries.statements import every
from data.rollups import HOUR, Touched
from data.tables import flow_daily
from data.types import Flag, Window
from data.vocabulary import Dataset, Lane, Measure

WHOLE_DAY_MINUTES = 1380
LATER = "later_stage_over"

# By stage, source and measure, then by the start of the day: people, minutes reported, whether it is a lower bound.
Told = dict[tuple[str, str, str], dict[float, tuple[float, int, bool]]]


def later_stage_doubts(
    conn: Connection, touched: Touched, window: Window, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """Days on which a stage after the entry had more people than the entry let through in two days.

    Stages before the entry are for those who need them (a vaccine); those after it are for who came in. Each day is
    judged by what was reported of it and of the day before, so that the order of deliveries does not decide.
    """
    site, entry = touched.site, str(touched.site.entry_stage)
    later = [str(stage) for stage in site.stages[site.stages.index(site.entry_stage) + 1 :]]
    touches = {stage for stage, measure in touched.pairs if measure in COUNTED}
    if not later or not touches & {entry, *later}:
        return ()
    days = days_of(site, window)
    days = (day_of(site, days[0].start - HOUR), *days, day_of(site, days[-1].end))
    judged = Window(days[1].start, days[-1].end)
    told = _whole_days(conn, site.site, [entry, *later], Window(days[0].start, judged.end))
    doubted = doubted_by(conn, site.site, judged, LATER)
    counted = {(stage, source) for stage, source, _ in told if stage != entry} | {(at, by) for by, at in doubted}
    if not counted:
        return ()
    through = {
        source: {day: people for day, (people, _, at_least) in days_told.items() if not at_least}
        for (stage, source, measure), days_told in sorted(told.items())
        if stage == entry and measure == Measure.SERVED
    }
    official = official_sources(conn, site.site, now).get((entry, Measure.SERVED))
    raised: tuple[Flag, ...] = ()
    for stage, source in sorted(counted):
        found = []
        for before, day in pairwise(days):
            let_in = _let_in(through, (before.start.timestamp(), day.start.timestamp()), source, official)
            one = _here(told, stage, source, day.start.timestamp())
            if let_in is None or one is None or not more_after_than_before(one[1], let_in):
                continue
            measure, people, minutes = one
            key = {"stage": stage, "measure": measure, "lane": str(Lane.GENERAL)}
            facts = {"value": people, "through": let_in, "entry_stage": entry}
            end = moment(day.start.timestamp() + minutes * 60)
            found.append(Doubt(Dataset.FLOW, LATER, source, key, day.start, end, facts))
        raised += settle(conn, site.site, judged_of(source, stage, judged, LATER), found, now, report_id)
    return raised


def _whole_days(conn: Connection, site: str, stages: list[str], window: Window) -> Told:
    d = flow_daily.c
    rows = conn.execute(
        raw(conn, flow_daily, ["stage", "source", "measure", "people", "minutes", "at_least", "day"]).where(
            *(d.site == site, d.stage.in_(stages), d.measure.in_(COUNTED), d.lane == str(Lane.GENERAL)),
            *(d.day >= window.start, d.day < window.end, d.minutes >= WHOLE_DAY_MINUTES),
            *every(flow_daily, "source"),
        )
    ).all()
    found: Told = {}
    for row, day in zip(rows, epochs_of([row[-1] for row in rows]).tolist(), strict=True):
        found.setdefault((row.stage, row.source, row.measure), {})[day] = (row.people, row.minutes, row.at_least)
    return found


def _let_in(
    through: Mapping[str, Mapping[float, float]], days: tuple[float, float], source: str, official: str | None
) -> float | None:
    """People let in on both days by one who told of both: the official source, else the same one, else another."""
    both = [by for by, told in through.items() if all(day in told for day in days)]
    by = official or (source if source in both else next(iter(both), None))
    return sum(through[by][day] for day in days) if by in both else None


def _here(told: Told, stage: str, source: str, day: float) -> tuple[str, float, int] | None:
    """Measure, people and minutes: who arrived at the stage, or else who was served there."""
    for measure in COUNTED:
        if (one := told.get((stage, source, measure), {}).get(day)) is not None:
            return measure, one[0], one[1]
    return None
