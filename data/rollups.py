"""The summaries that pages read: rebuilt for what a delivery touched, inside the transaction that wrote its lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pandas as pd
from sqlalchemy import Connection, delete, select, text

from data import grains, service_grains
from data.bulk import insert_frame
from data.days import day_of, days_of
from data.frames import frame
from data.revisions import counting
from data.tables import flow_daily, flow_hourly, flow_line, service_daily, service_line
from data.types import Site, Window

# Lines are read back a stretch of days at a time: enough of them to be worth a statement, few enough to hold.
LINES_AT_ONCE = 150_000
DAYS_AT_ONCE = 31


def rebuild_flow(conn: Connection, site: Site, source: str, touched: pd.DataFrame) -> None:
    """Recompute the hours and days in which lines of a source begin. `touched`: stage, measure, start, minutes."""
    for (stage, measure), lines in touched.groupby(["stage", "measure"], sort=False):
        series = {"site": site.site, "stage": str(stage), "measure": str(measure), "source": source}
        for days, within in _stretches(site, lines):
            fine = within.loc[within["minutes"] <= 60, "start"]
            if len(fine):
                # A line may begin up to an hour after the clock hour it belongs to.
                first = fine.min().floor("h").to_pydatetime() - timedelta(hours=1)
                last = fine.max().floor("h").to_pydatetime() + timedelta(hours=2)
                _rebuild_hours(conn, site, series, Window(first, last))
            _rebuild_days(conn, site, series, days)


def _stretches(site: Site, lines: pd.DataFrame) -> Iterator[tuple[tuple[Window, ...], pd.DataFrame]]:
    """The operational days in which lines start, in runs without a gap, each run with its lines."""
    dates = lines["start"].dt.floor("D")
    span = max(DAYS_AT_ONCE, int(LINES_AT_ONCE / max(1, len(lines) / dates.nunique())))
    seen = sorted(dates.unique())
    runs: list[list[pd.Timestamp]] = []
    for date in seen:
        if runs and (date - runs[-1][-1]).days <= 1 and (date - runs[-1][0]).days < span:
            runs[-1].append(date)
        else:
            runs.append([date])
    for run in runs:
        within = lines[(dates >= run[0]) & (dates <= run[-1])]
        window = Window(
            day_of(site, within["start"].min().to_pydatetime()).start,
            day_of(site, within["start"].max().to_pydatetime()).end,
        )
        yield days_of(site, window), within


def _lines(conn: Connection, series: dict[str, str], window: Window, length: str) -> pd.DataFrame:
    """Counting lines that start in the window; `length` is a condition on minutes, as the index has it."""
    line = flow_line.c
    columns = [
        *("lane", "start", "minutes"),
        *grains.BREAKDOWN,
        *("people", "low", "high", "at_least", "method"),
        *grains.REVISION,
    ]
    read = frame(
        conn,
        select(*(line[name] for name in columns))
        .where(*(line[name] == value for name, value in series.items()))
        .where(line.start >= window.start, line.start < window.end, text(length), counting(flow_line)),
    )
    return read.assign(**{name: series[name] for name in ("stage", "measure", "source")})


def _rebuild_hours(conn: Connection, site: Site, series: dict[str, str], window: Window) -> None:
    h = flow_hourly.c
    # An hour of the window may hold lines that begin up to its end, in the next one at the latest.
    reach = Window(window.start, window.end + timedelta(hours=1))
    hours = grains.hours(grains.flow_totals(_lines(conn, series, reach, "minutes <= 60")), site)
    hours = hours[(hours["hour"] >= window.start) & (hours["hour"] < window.end)]
    conn.execute(
        delete(flow_hourly)
        .where(*(h[name] == value for name, value in series.items()))
        .where(h.hour >= window.start, h.hour < window.end)
    )
    insert_frame(conn, flow_hourly, hours.assign(site=series["site"]))


def _rebuild_days(conn: Connection, site: Site, series: dict[str, str], days: tuple[Window, ...]) -> None:
    h, d = flow_hourly.c, flow_daily.c
    window = Window(days[0].start, days[-1].end)
    same = [h[name] == value for name, value in series.items()]
    hours = frame(
        conn,
        select(*(h[name] for name in grains.SERIES), h.hour, h.people, h.minutes, h.at_least, h.method, h.received_at)
        .where(*same)
        .where(h.hour >= window.start, h.hour < window.end),
    )
    coarse = grains.flow_totals(_lines(conn, series, window, "minutes > 60"))
    conn.execute(
        delete(flow_daily)
        .where(*(d[name] == value for name, value in series.items()))
        .where(d.day >= window.start, d.day < window.end)
    )
    insert_frame(conn, flow_daily, grains.days(hours, coarse, days).assign(site=series["site"]))


def rebuild_services(conn: Connection, site: Site, source: str, touched: pd.DataFrame) -> None:
    """Recompute the days in which lines of a source about services begin. `touched`: start."""
    line, d = service_line.c, service_daily.c
    for days, _ in _stretches(site, touched):
        window = Window(days[0].start, days[-1].end)
        lines = frame(
            conn,
            select(*(line[name] for name in service_grains.LINE_COLUMNS)).where(
                line.site == site.site,
                line.source == source,
                line.start >= window.start,
                line.start < window.end,
                counting(service_line),
            ),
        )
        conn.execute(
            delete(service_daily).where(
                d.site == site.site, d.source == source, d.day >= window.start, d.day < window.end
            )
        )
        found = service_grains.days(service_grains.service_totals(lines), days)
        insert_frame(conn, service_daily, found.assign(site=site.site))
