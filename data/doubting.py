"""Soft rules at work: what a delivery touched is looked at, inside its transaction, and doubts follow the figures."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from sqlalchemy import Connection, Table

from data.analytics.baseline import DAYS
from data.analytics.buckets import epochs
from data.analytics.doubts import Doubt, Limits, far_from_usual
from data.days import day_starting
from data.flags import Judged, any_flags, settle
from data.frames import epochs_of, raw
from data.later_stages import later_stage_doubts
from data.presence_doubts import COUNTED, presence_doubts
from data.rollups import HOUR, Rebuilt, Touched
from data.tables import flow_daily, flow_hourly
from data.tolerances import tolerances
from data.types import Flag, Site, Window
from data.vocabulary import Dataset, Lane

HISTORY = timedelta(days=DAYS)
LANES = [str(lane) for lane in Lane]
WHOLE_DAY_MINUTES = 1380  # the shortest day a zone has


def doubt_flow(
    conn: Connection, touched: Touched, rebuilt: Iterable[Rebuilt], now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """Every soft rule about flow, for the stretches a delivery rebuilt. Returns the doubts raised just now."""
    site, source = touched.site.site, touched.source
    limits = limits_of(tolerances(conn, site, now))
    raised: list[Flag] = []
    for stretch in rebuilt:
        known = any_flags(conn, site, source, Window(stretch.window.start, stretch.window.end + HISTORY))
        for stage, measure in touched.pairs:
            for found, judged in (
                *_unusual(conn, touched, stretch, stage, measure, limits),
                *_odd_parts(touched, stretch, stage, measure),
                _differing_days(touched, stretch, stage, measure),
            ):
                if found or known:
                    raised += settle(conn, site, judged, found, now, report_id)
        stages = sorted({stage for stage, measure in touched.pairs if measure in COUNTED})
        raised += presence_doubts(conn, touched.site, stages, stretch.window, now, report_id)
        raised += later_stage_doubts(conn, touched, stretch.window, now, report_id)
    return tuple(raised)


def limits_of(agreed: Mapping[str, float]) -> Limits:
    return Limits(agreed["times-usual"], agreed["times-highest"], agreed["smallest-usual"])


def _unusual(
    conn: Connection, touched: Touched, stretch: Rebuilt, stage: str, measure: str, limits: Limits
) -> list[tuple[list[Doubt], Judged]]:
    """Hours and days far from what is usual; also those of the eight weeks after, whose usual has changed."""
    site, source = touched.site, touched.source
    reach = Window(stretch.window.start - HISTORY, stretch.window.end + HISTORY)
    hours = _around(conn, touched, stretch.hours, stage, measure, reach, stretch.window, flow_hourly)
    days = _around(conn, touched, stretch.days, stage, measure, reach, stretch.window, flow_daily)
    found: dict[str, list[Doubt]] = {"times_usual": [], "outside_history": []}
    for lane in sorted({*hours, *days}):
        key = {"stage": stage, "measure": measure, "lane": lane}
        since = stretch.window.start
        odd_hours = [] if lane not in hours else odd_figures(site, hours[lane].whole_hours, True, since, limits)
        odd_days = [] if lane not in days else odd_figures(site, days[lane], False, since, limits)
        by_date = {on for on, _, _, _, _ in odd_hours}
        # An hour that is too much makes its day too much: the hour is asked about.
        for _, start, end, code, facts in [*odd_hours, *(one for one in odd_days if one[0] not in by_date)]:
            found[code].append(Doubt(Dataset.FLOW, code, source, key, start, end, facts))
    judged = Window(stretch.window.start, reach.end)
    keys = {"stage": [stage], "measure": [measure]}
    return [(doubts, Judged(Dataset.FLOW, code, judged, source, keys)) for code, doubts in found.items()]


@dataclass(frozen=True)
class Figures:
    """Of one series: when each begins (seconds since 1970), people, minutes reported. In no order."""

    start: np.ndarray
    people: np.ndarray
    minutes: np.ndarray

    @property
    def whole_hours(self) -> Figures:
        whole = self.minutes >= 60
        return Figures(self.start[whole], self.people[whole], self.minutes[whole])


def _around(
    conn: Connection,
    touched: Touched,
    at_hand: pd.DataFrame,
    stage: str,
    measure: str,
    reach: Window,
    window: Window,
    table: Table,
) -> dict[str, Figures]:
    """Figures of the lanes of a series in `reach`; those of a long `window` are at hand and not read again."""
    c = table.c
    moment = "hour" if table is flow_hourly else "day"
    long = window.end - window.start > HISTORY
    spans = (Window(reach.start, window.start), Window(window.end, reach.end)) if long else (reach,)
    rows: list[Sequence[Any]] = []
    for span in spans:
        rows += conn.execute(
            raw(conn, table, ["lane", moment, "people", "minutes"]).where(
                *(c.site == touched.site.site, c.stage == stage, c.measure == measure, c.source == touched.source),
                *(c.lane.in_(LANES), c[moment] >= span.start, c[moment] < span.end),
            )
        ).all()
    found = {
        lane: [
            Figures(epochs_of([row[1] for row in part]), *(np.array([row[n] for row in part], float) for n in (2, 3)))
        ]
        for lane in {str(row[0]) for row in rows}
        for part in [[row for row in rows if row[0] == lane]]
    }
    if long:
        own = at_hand[(at_hand["stage"] == stage) & (at_hand["measure"] == measure)]
        for lane, part in own.groupby("lane"):
            cells = (part[name].to_numpy(dtype=float) for name in ("people", "minutes"))
            found.setdefault(str(lane), []).append(Figures(epochs(part[moment]), *cells))
    return {
        lane: Figures(
            *(np.concatenate([getattr(part, name) for part in parts]) for name in ("start", "people", "minutes"))
        )
        for lane, parts in found.items()
    }


Told = tuple[object, datetime, datetime, str, Mapping[str, float]]


def odd_figures(site: Site, figures: Figures, hourly: bool, since: datetime, limits: Limits) -> list[Told]:
    """Local date, start, end, code and facts of what is far from usual among figures from `since` on."""
    if len(figures.start) == 0:
        return []
    utc = pd.DatetimeIndex((figures.start * 1e6).astype("datetime64[us]"), tz="UTC")
    local = utc.tz_convert(site.zone).tz_localize(None).to_numpy().astype("datetime64[h]")
    wall = local.astype(np.int64) - site.day_start_hour
    slots = 24 if hourly else 1
    day, slot = wall // 24, wall % 24 if hourly else np.zeros(len(wall), dtype=np.int64)
    first = int(day.min())
    people = np.full((int(day.max()) - first + 1, slots), np.nan)
    minutes = np.zeros_like(people)
    people[day - first, slot] = figures.people
    minutes[day - first, slot] = figures.minutes
    on = since.astimezone(ZoneInfo(site.zone)) - timedelta(hours=site.day_start_hour)
    judged = ~np.isnan(people)
    judged[: max(0, (on.date() - date(1970, 1, 1)).days - first)] = False
    dates = [date(1970, 1, 1) + timedelta(days=first + row) for row in range(len(people))]
    whole = np.zeros_like(judged) if hourly else minutes >= WHOLE_DAY_MINUTES
    least = 20 if hourly else 1
    told: list[Told] = []
    for complete, cells in ((False, judged & ~whole), (True, judged & whole)):
        for odd in far_from_usual(people, dates, cells, limits, least, complete):
            start = day_starting(site, dates[odd.row])
            end = day_starting(site, dates[odd.row] + timedelta(days=1))
            if hourly:
                at = datetime.combine(dates[odd.row], datetime.min.time(), tzinfo=ZoneInfo(site.zone))
                at += timedelta(hours=site.day_start_hour + odd.slot)
                start = pd.Timestamp(at).tz_convert("UTC").to_pydatetime()
                end = start + timedelta(hours=1)
            told.append((dates[odd.row], start, end, odd.code, odd.facts))
    return told


def _odd_parts(touched: Touched, stretch: Rebuilt, stage: str, measure: str) -> list[tuple[list[Doubt], Judged]]:
    odd = stretch.odd_parts
    here = odd[(odd["stage"] == stage) & (odd["measure"] == measure)].to_dict("records") if len(odd) else []
    doubts = []
    for row in here:
        start = row["start"].to_pydatetime()
        key = {"stage": stage, "measure": measure, "lane": str(row["lane"]), "dimension": str(row["dimension"])}
        facts = {"value": float(row["value"]), "sum": float(row["sum"]), "dimension": str(row["dimension"])}
        end = start + timedelta(minutes=int(row["minutes"]))
        doubts.append(Doubt(Dataset.FLOW, "parts_differ", touched.source, key, start, end, facts))
    told = (Dataset.FLOW, "parts_differ")
    of = (touched.source, {"stage": [stage], "measure": [measure]})
    judged = [Judged(*told, stretch.window, *of, over=HOUR)]
    if stretch.fine is not None:  # the other hours of the day were not looked at
        judged.append(Judged(*told, stretch.fine, *of, up_to=HOUR))
    return [(doubts, one) for one in judged]


def _differing_days(touched: Touched, stretch: Rebuilt, stage: str, measure: str) -> tuple[list[Doubt], Judged]:
    """A day's own report beside the sum of its hours or shifts, where they are not the same."""
    differing = stretch.differing_days
    here = differing[(differing["stage"] == stage) & (differing["measure"] == measure)] if len(differing) else differing
    doubts = []
    for row in here.to_dict("records") if len(here) else ():
        start = row["day"].to_pydatetime()
        key = {"stage": stage, "measure": measure, "lane": str(row["lane"])}
        facts = {"value": float(row["people"] + row["differs"]), "sum": float(row["people"])}
        end = start + timedelta(days=1)
        doubts.append(Doubt(Dataset.FLOW, "day_differs", touched.source, key, start, end, facts))
    keys = {"stage": [stage], "measure": [measure]}
    return doubts, Judged(Dataset.FLOW, "day_differs", stretch.window, touched.source, keys)
