"""Soft rules about services: totals beside their parts, and quantities far from what is usual for who reports them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from sqlalchemy import Connection, select

from data.analytics.buckets import epochs
from data.analytics.doubts import Doubt, parts_that_differ
from data.doubting import HISTORY, Figures, limits_of, odd_figures
from data.flags import Judged, settle
from data.frames import frame
from data.rollups import Touched
from data.service_grains import ACTIVITY, BREAKDOWN
from data.service_rollups import RebuiltServices
from data.tables import service_daily
from data.tolerances import tolerances
from data.types import Flag, Window
from data.vocabulary import Dataset

SERIES = ["sector", "service", "organisation", "unit"]
AMOUNTS = ("quantity", "people")


def doubt_services(
    conn: Connection, touched: Touched, rebuilt: Iterable[RebuiltServices], now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """Every soft rule about services, for the stretches a delivery rebuilt. Returns the doubts raised just now."""
    raised: list[Flag] = []
    for stretch in rebuilt:
        raised += _odd_parts(conn, touched, stretch, now, report_id)
        raised += _unusual(conn, touched, stretch, now, report_id)
    return tuple(raised)


def _odd_parts(
    conn: Connection, touched: Touched, stretch: RebuiltServices, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    doubts = []
    period = [*ACTIVITY, "shift", "start", "end"]
    for column in AMOUNTS:
        lines = stretch.lines[stretch.lines[column].notna()].assign(at_least=False)
        for row in parts_that_differ(lines, period, column, BREAKDOWN).to_dict("records"):
            key = {name: str(row[name]) for name in (*SERIES, "activity", "place", "shift", "dimension")}
            facts = {"value": float(row["value"]), "sum": float(row["sum"]), "dimension": str(row["dimension"])}
            start, end = row["start"].to_pydatetime(), row["end"].to_pydatetime()
            doubts.append(
                Doubt(Dataset.SERVICE, "parts_differ", touched.source, {**key, "amount": column}, start, end, facts)
            )
    judged = Judged(Dataset.SERVICE, "parts_differ", stretch.window, touched.source, {})
    return settle(conn, touched.site.site, judged, doubts, now, report_id)


def _unusual(
    conn: Connection, touched: Touched, stretch: RebuiltServices, now: datetime, report_id: int
) -> tuple[Flag, ...]:
    """Days of each service, organisation and unit, beside the eight weeks before."""
    if stretch.days.empty:
        days = stretch.days[["day", "last_end", *SERIES, *AMOUNTS]]
    else:
        d = service_daily.c
        reach = Window(stretch.window.start - HISTORY, stretch.window.end + HISTORY)
        days = frame(
            conn,
            select(*(d[name] for name in ("day", "last_end", *SERIES, *AMOUNTS))).where(
                *(d.site == touched.site.site, d.source == touched.source),
                *(d.day >= reach.start, d.day < reach.end),
            ),
        )
    limits = limits_of(tolerances(conn, touched.site.site, now))
    found: dict[str, list[Doubt]] = {"times_usual": [], "outside_history": []}
    for told, part in days.groupby(SERIES, sort=True):
        # A day still running is no day with too little.
        reported = (epochs(part["last_end"]) - epochs(part["day"])) / 60
        words = dict(zip(SERIES, map(str, told), strict=True))
        for column in AMOUNTS:
            amounts = part[column].to_numpy(dtype=float)
            known = ~np.isnan(amounts)
            figures = Figures(epochs(part["day"])[known], amounts[known], reported[known])
            for _, start, end, code, facts in odd_figures(touched.site, figures, False, stretch.window.start, limits):
                key = {**words, "amount": column}
                found[code].append(Doubt(Dataset.SERVICE, code, touched.source, key, start, end, facts))
    raised: tuple[Flag, ...] = ()
    judged = Window(stretch.window.start, stretch.window.end + timedelta(days=HISTORY.days))
    for code, doubts in found.items():
        looked_at = Judged(Dataset.SERVICE, code, judged, touched.source, {})
        raised += settle(conn, touched.site.site, looked_at, doubts, now, report_id)
    return raised
