"""The summaries that pages read: rebuilt for what a delivery touched, inside the transaction that wrote its lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

import pandas as pd
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select, text, union_all

from data import grains
from data.analytics.doubts import FLOW_GROUP, parts_that_differ
from data.bulk import insert_frame
from data.days import day_of, days_of
from data.frames import frame
from data.revisions import counting
from data.tables import flow_daily, flow_hourly, flow_line, service_daily
from data.types import Site, Window
from data.vocabulary import Lane

# Lines are worked through a stretch of days at a time: enough to be worth a statement, few enough to hold.
LINES_AT_ONCE = 250_000
DAYS_AT_ONCE = 31

HOUR = timedelta(hours=1)
LINE_COLUMNS = [
    *grains.SERIES,
    *("start", "minutes"),
    *grains.BREAKDOWN,
    *("people", "low", "high", "at_least", "method"),
    *grains.REVISION,
]


@dataclass(frozen=True)
class Touched:
    """Where lines of one source at one site came or went.

    `lines`: stage, measure, start, minutes. With `report_id` they are that report's lines themselves, whole, so that
    only those of other reports need to be read again.
    """

    site: Site
    source: str
    lines: pd.DataFrame
    report_id: int | None = None

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        found = self.lines[["stage", "measure"]].drop_duplicates()
        return [(str(stage), str(measure)) for stage, measure in found.itertuples(index=False)]


@dataclass(frozen=True)
class Rebuilt:
    """A stretch of one source's figures as they are now, for who has questions about them.

    `hours`: SERIES, hour, people, minutes, at_least, method; `days`: SERIES and the columns of the daily rollup.
    `odd_parts`: totals that are not the sum of their parts, as `doubts.parts_that_differ` gives them. Lines of an hour
    or less were looked at in `fine` only (None: none came or went).
    """

    window: Window
    fine: Window | None
    hours: pd.DataFrame
    days: pd.DataFrame
    odd_parts: pd.DataFrame

    @cached_property
    def differing_days(self) -> pd.DataFrame:
        """Days whose own report is not the sum of their hours."""
        return self.days[self.days["differs"].notna()]


def rebuild_flow(conn: Connection, touched: Touched) -> Iterator[Rebuilt]:
    """Recompute the hours and the days in which lines begin, stretch by stretch as they are asked for."""
    for days, within in stretches(touched.site, touched.lines):
        odd = []
        made: tuple[Window, pd.DataFrame] | None = None
        short = within.loc[within["minutes"] <= 60, "start"]
        if len(short):
            # The clock hour of a line began up to an hour before it.
            first = short.min().floor("h").to_pydatetime() - HOUR
            hours = Window(first, short.max().floor("h").to_pydatetime() + 2 * HOUR)
            again, odd_hours = _rebuild_hours(conn, touched, hours)
            made = hours, again
            odd.append(odd_hours)
        by_hour, by_day, odd_days = _rebuild_days(conn, touched, days, made)
        parts = pd.concat([*odd, odd_days], ignore_index=True) if odd else odd_days
        fine = None if made is None else made[0]
        yield Rebuilt(Window(days[0].start, days[-1].end), fine, by_hour, by_day, parts)


def stretches(site: Site, lines: pd.DataFrame) -> Iterator[tuple[tuple[Window, ...], pd.DataFrame]]:
    """The operational days in which lines start, in runs without a gap, each run with its lines."""
    dates = lines["start"].dt.floor("D")
    seen = sorted(dates.unique())
    span = max(DAYS_AT_ONCE, int(LINES_AT_ONCE / max(1, len(lines) / max(1, len(seen)))))
    runs: list[list[pd.Timestamp]] = []
    for date in seen:
        if runs and (date - runs[-1][-1]).days <= 1 and (date - runs[-1][0]).days < span:
            runs[-1].append(date)
        else:
            runs.append([date])
    for run in runs:
        within = lines if len(runs) == 1 else lines[(dates >= run[0]) & (dates <= run[-1])]
        first = day_of(site, within["start"].min().to_pydatetime())
        last = day_of(site, within["start"].max().to_pydatetime())
        yield days_of(site, Window(first.start, last.end)), within


def _lines(conn: Connection, touched: Touched, window: Window, length: str) -> pd.DataFrame:
    """Counting lines that start in the window; `length` is a condition on minutes, as the index has it."""
    line = flow_line.c
    others = [] if touched.report_id is None else [line.report_id != touched.report_id]
    each = [
        select(*(line[name] for name in LINE_COLUMNS)).where(
            line.site == touched.site.site,
            line.stage == stage,
            line.measure == measure,
            line.start >= window.start,
            line.start < window.end,
            line.source == touched.source,
            text(length),
            counting(flow_line),
            *others,
        )
        for stage, measure in touched.pairs
    ]
    stored = frame(conn, select(union_all(*each).subquery()))
    if touched.report_id is None:
        return stored
    own = touched.lines
    own = own[(own["start"] >= window.start) & (own["start"] < window.end)].query(length)
    if stored.empty:
        return own[LINE_COLUMNS]
    return pd.concat([stored, own[LINE_COLUMNS].astype(stored.dtypes)], ignore_index=True)


def _same_series(table: Table, touched: Touched, moment: str, window: Window) -> ColumnElement[bool]:
    """Condition on a rollup: every lane of the touched series, from and until. It names each column of the key."""
    c = table.c
    lanes: Sequence[str] = [str(lane) for lane in Lane]
    return or_(
        *(
            and_(
                *(c.site == touched.site.site, c.stage == stage, c.measure == measure),
                *(c.lane.in_(lanes), c.source == touched.source),
                *(c[moment] >= window.start, c[moment] < window.end),
            )
            for stage, measure in touched.pairs
        )
    )


def _rebuild_hours(conn: Connection, touched: Touched, window: Window) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Returns the hours as they are now, and the totals that are not the sum of their parts."""
    # An hour of the window may hold lines that begin after the window's own end, where hours begin at the half.
    reach = Window(window.start, window.end + HOUR)
    lines = grains.flow_winning(_lines(conn, touched, reach, "minutes <= 60"))
    hours = grains.hours(grains.totals_of_flow(lines), touched.site)
    hours = hours[(hours["hour"] >= window.start) & (hours["hour"] < window.end)]
    conn.execute(delete(flow_hourly).where(_same_series(flow_hourly, touched, "hour", window)))
    insert_frame(conn, flow_hourly, hours.assign(site=touched.site.site))
    return hours, parts_that_differ(lines, FLOW_GROUP, "people")


def _rebuild_days(
    conn: Connection, touched: Touched, days: tuple[Window, ...], made: tuple[Window, pd.DataFrame] | None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns hours and days as they are now, and the totals that are not the sum of their parts.

    `made`: a stretch of hours just written, which need not be read again.
    """
    window = Window(days[0].start, days[-1].end)
    hours = _hours(conn, touched, window, made)
    lines = grains.flow_winning(_lines(conn, touched, window, "minutes > 60"))
    found = grains.days(hours, grains.totals_of_flow(lines), days)
    conn.execute(delete(flow_daily).where(_same_series(flow_daily, touched, "day", window)))
    insert_frame(conn, flow_daily, found.assign(site=touched.site.site))
    return hours, found, parts_that_differ(lines, FLOW_GROUP, "people")


def _hours(
    conn: Connection, touched: Touched, window: Window, made: tuple[Window, pd.DataFrame] | None
) -> pd.DataFrame:
    h = flow_hourly.c
    columns = [*grains.SERIES, "hour", "people", "minutes", "at_least", "method", "received_at"]
    stmt = select(*(h[name] for name in columns)).where(_same_series(flow_hourly, touched, "hour", window))
    if made is None:
        return frame(conn, stmt)
    known, own = made
    own = own.loc[(own["hour"] >= window.start) & (own["hour"] < window.end), columns]
    stored = frame(conn, stmt.where(or_(h.hour < known.start, h.hour >= known.end)))
    return own if stored.empty else pd.concat([stored, own.astype(stored.dtypes)], ignore_index=True)


def clear_site(conn: Connection, site: str) -> None:
    """Take all summaries of a site away, before they are made again."""
    for table in (flow_hourly, flow_daily, service_daily):
        conn.execute(delete(table).where(table.c.site == site))
