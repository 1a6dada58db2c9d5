"""The flow page: curves of the day, hours against usual, days with how each is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from callbacks.reads.compared import compared
from callbacks.reads.corrections import closed_periods, due_reports, recent_revisions
from callbacks.reads.ground import Ground, events_around, ground
from callbacks.reads.other_day import other_day
from callbacks.reads.published import published
from callbacks.reads.told_apart import told_apart
from data import queries
from data.analytics.buckets import HOUR, Buckets, buckets, moment, seconds
from data.analytics.windows import DAYS_BACK, asked_window, curve_day, day_on, local_date
from data.days import day_of, days_of
from data.earlier import Marks
from data.flags import open_flags
from data.frames import epochs_of
from data.long_grains import only_long
from data.picture import series_key
from data.presence import presence
from data.queries import SeriesKey
from data.queries.board import day_rows
from data.queries.flow import DAY_COLUMNS as DAY_CELLS
from data.reconciling import reconciliations
from data.revised import revised
from data.types import ClockReading, FlowModel, Reconciliation, Scope, Window
from data.usual import usual
from data.vocabulary import SOFT_METHODS, Measure, Method, State

DAYS_SHOWN = 30
LONG_BACK = timedelta(days=400)
# Beyond this a band of hours is too fine to read, and the days speak.
BAND_DAYS = 8
DAY_COLUMNS = [
    *("day", "entries", "low", "high", "method", "state", "at_least", "differs", "arrivals", "arrivals_at_least"),
    *("entries_was", "arrivals_was", "approved"),
]
DAY, MINUTE, MOMENT = timedelta(days=1), timedelta(minutes=1), timedelta(microseconds=1)


def flow(conn: Connection, scope: Scope, clock: ClockReading) -> FlowModel:
    base = ground(conn, scope, clock)
    site = base.picture.site
    window = asked_window(scope, base.now, site)
    day = curve_day(scope, base.now, site)
    curves = base.curves if day == base.picture.day else other_day(conn, scope, base, day).curves
    days = _days_shown(scope, base)
    marks = _marks(conn, scope, base, Window(days[0].start, days[-1].end))
    return FlowModel(
        frame=base.frame,
        kpis=base.kpis,
        curves=curves,
        hours=_hours(conn, scope, base, window, marks),
        days=_days(conn, scope, base, days, marks),
        events=events_around(conn, scope, Window(min(window.start, days[0].start), window.end)),
        alerts=base.alerts,
        sources=_sources(conn, scope, base, window),
        doubts=open_flags(conn, scope.site, Window(days[0].start, days[-1].end), scope.as_of),
        revisions=recent_revisions(conn, scope, window, base.frame.version),
        long=only_long(conn, site, Window(base.now - LONG_BACK, base.now), scope.as_of),
        window=window,
        comparison=compared(conn, scope, base, curves),
        breakdown=told_apart(conn, scope, base, window),
        presence=presence(conn, site, base.picture.official, window, base.now, scope.as_of) if scope.presence else None,
        beside=published(conn, site, base.frame.version, base.now, scope.as_of) if scope.published else None,
    )


def _marks(conn: Connection, scope: Scope, base: Ground, window: Window) -> dict[Measure, Marks]:
    """What was corrected, of arrivals and of served."""
    seen = base.picture
    return {
        m: revised(conn, seen.site, series_key(seen.site, seen.official, m), window, scope.as_of, base.frame.version)
        for m in (Measure.ARRIVALS, Measure.SERVED)
    }


def _sources(conn: Connection, scope: Scope, base: Ground, window: Window) -> tuple[Reconciliation, ...]:
    """Every source of the figures this page shows, and of others that several report."""
    return reconciliations(conn, base.picture.site, window, base.now, scope.as_of)


def _hours(
    conn: Connection, scope: Scope, base: Ground, window: Window, marks: Mapping[Measure, Marks]
) -> pd.DataFrame:
    """Every hour of the window, reported or not; people and served are missing where nobody reported."""
    seen = base.picture
    keys = {m: series_key(seen.site, seen.official, m) for m in (Measure.ARRIVALS, Measure.SERVED)}
    came = _window_hours(conn, keys[Measure.ARRIVALS], seen.entry.arrivals, window, base.now, scope.as_of)
    went = _window_hours(conn, keys[Measure.SERVED], seen.entry.served, window, base.now, scope.as_of)
    hours = np.arange(seconds(window.start) // HOUR * HOUR, seconds(window.end), HOUR)
    low, mid, high = _bands(conn, scope, base, hours, keys[Measure.ARRIVALS])
    placed = {name: _place(part, hours) for name, part in (("came", came), ("went", went))}
    return pd.DataFrame(
        {
            "hour": pd.DatetimeIndex((hours * 1e6).astype("datetime64[us]"), tz="UTC"),
            "people": _people(came, placed["came"]),
            "served": _people(went, placed["went"]),
            "usual_low": low,
            "usual_mid": mid,
            "usual_high": high,
            "provisional": _flag(came, placed["came"], ~came.whole) | _flag(went, placed["went"], ~went.whole),
            "at_least": _flag(came, placed["came"], came.at_least),
            "modelled": _flag(came, placed["came"], came.method == Method.MODELLED),
            "people_soft": _flag(came, placed["came"], np.isin(came.method.astype(str), sorted(SOFT_METHODS))),
            "served_soft": _flag(went, placed["went"], np.isin(went.method.astype(str), sorted(SOFT_METHODS))),
            "people_was": _was(hours, marks[Measure.ARRIVALS]),
            "served_was": _was(hours, marks[Measure.SERVED]),
            "late": _late(conn, scope, base, came, Measure.ARRIVALS, marks, placed["came"])
            | _late(conn, scope, base, went, Measure.SERVED, marks, placed["went"]),
        }
    )


def _was(hours: np.ndarray, marks: Marks) -> np.ndarray:
    """What a corrected hour had said; NaN where none was corrected."""
    if not marks.hours:
        return np.full(len(hours), np.nan)
    told = {seconds(at): people for at, people in marks.hours.items()}
    return np.array([told.get(float(hour), np.nan) for hour in hours])


def _late(
    conn: Connection,
    scope: Scope,
    base: Ground,
    part: Buckets,
    measure: Measure,
    marks: Mapping[Measure, Marks],
    placed: np.ndarray,
) -> np.ndarray:
    """Hours first told after their report was due."""
    source = base.picture.source(measure)
    if source is None or len(part) == 0:
        return np.zeros(len(placed), dtype=bool)
    reach = Window(moment(float(part.start[0])), moment(float(part.start[-1]) + HOUR))
    due = due_reports(conn, base.picture.site, source, reach, scope.as_of, base.frame.version)
    told = {seconds(hour): seconds(at) for hour, at in marks[measure].first.items()}
    late = np.array(
        [
            due.late(moment(float(start)), moment(told.get(float(start), float(at))))
            for start, at in zip(part.start, part.received, strict=True)
        ],
        dtype=bool,
    )
    return _flag(part, placed, late)


def _window_hours(
    conn: Connection, key: SeriesKey | None, at_hand: Buckets, window: Window, now: datetime, as_of: datetime | None
) -> Buckets:
    if key is None or (len(at_hand) and at_hand.start[0] <= seconds(window.start)):
        return at_hand.between(seconds(window.start), seconds(min(window.end, now)))
    return buckets(queries.flow_by_hour(conn, key, Window(window.start, min(window.end, now)), as_of))


def _place(part: Buckets, hours: np.ndarray) -> np.ndarray:
    """Row of the report of each hour; -1 where there is none."""
    if len(part) == 0:
        return np.full(len(hours), -1)
    index = np.clip(np.searchsorted(part.start, hours + HOUR - 1, side="right") - 1, 0, len(part) - 1)
    return np.where((part.start[index] >= hours) & (part.start[index] < hours + HOUR), index, -1)


def _people(part: Buckets, placed: np.ndarray) -> np.ndarray:
    return np.array([part.people[i] if i >= 0 else np.nan for i in placed])


def _flag(part: Buckets, placed: np.ndarray, flags: np.ndarray) -> np.ndarray:
    return np.array([bool(flags[i]) if i >= 0 else False for i in placed], dtype=bool)


def _bands(
    conn: Connection, scope: Scope, base: Ground, hours: np.ndarray, key: SeriesKey | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Usual low, middle and high of each hour, by the day it falls in."""
    band = np.full((3, len(hours)), np.nan)
    site = base.picture.site
    if 0 < len(hours) <= BAND_DAYS * 24:
        for day in days_of(site, Window(moment(hours[0]), moment(hours[-1] + HOUR))):
            history = usual(conn, key, site, local_date(site, day.start), base.alarms, scope.as_of)
            slots = ((hours - seconds(day.start)) // HOUR).astype(int)
            inside = (hours >= seconds(day.start)) & (hours < seconds(day.end)) & (slots < 24)
            if history is not None:
                band[:, inside] = history.hourly[:, slots[inside]]
    return band[0], band[1], band[2]


def _days_shown(scope: Scope, base: Ground) -> tuple[Window, ...]:
    """The last thirty days and today; of a range that somebody chose its days, and what is missing to thirty."""
    site = base.picture.site
    if scope.span is not None:
        last = day_of(site, min(scope.span.end - MOMENT, base.now))
        before = local_date(site, last.start) - DAYS_SHOWN * DAY
        return days_of(site, Window(min(day_on(site, before).start, scope.span.start), last.end))
    back = max(DAYS_SHOWN, DAYS_BACK.get(scope.window, 0))
    first = day_on(site, local_date(site, base.now) - back * DAY).start
    return days_of(site, Window(first, day_of(site, base.now).end))


def _days(
    conn: Connection, scope: Scope, base: Ground, days: tuple[Window, ...], marks: Mapping[Measure, Marks]
) -> pd.DataFrame:
    """A day nobody reported is there, without a figure."""
    seen = base.picture
    window = Window(days[0].start, days[-1].end)
    vouched = {one.window: one.who for one in closed_periods(conn, scope, window, base.frame.version)}
    served = _by_day(conn, series_key(seen.site, seen.official, Measure.SERVED), window, scope.as_of)
    came = _by_day(conn, series_key(seen.site, seen.official, Measure.ARRIVALS), window, scope.as_of)
    rows = []
    for day in days:
        row, arrivals = served.get(seconds(day.start)), came.get(seconds(day.start))
        partly = row is not None and (day.end > base.now or row["minutes"] < (day.end - day.start) / MINUTE)
        state = State.MISSING if row is None else State.PROVISIONAL if partly else State.OK
        rows.append(
            (
                day.start,
                *((None, None, None, None) if row is None else (row[c] for c in ("people", "low", "high", "method"))),
                state.value,
                bool(row and row["at_least"]),
                row["differs"] if row else None,
                arrivals["people"] if arrivals else None,
                bool(arrivals and arrivals["at_least"]),
                marks[Measure.SERVED].days.get(day.start),
                marks[Measure.ARRIVALS].days.get(day.start),
                vouched.get(day),
            )
        )
    numbers = ("entries", "low", "high", "differs", "arrivals", "entries_was", "arrivals_was")
    return pd.DataFrame(rows, columns=DAY_COLUMNS).astype(dict.fromkeys(numbers, float))


def _by_day(
    conn: Connection, key: SeriesKey | None, window: Window, as_of: datetime | None
) -> dict[float, dict[str, Any]]:
    """Rows of `queries.flow_by_day` by the day's start, in seconds since 1970."""
    if key is None:
        return {}
    if as_of is not None:
        told = queries.flow_by_day(conn, key, window, as_of).to_dict("records")
        return {row["day"].timestamp(): {str(name): cell for name, cell in row.items()} for row in told}
    rows = day_rows(conn, key, window)
    starts = epochs_of([row[0] for row in rows]).tolist()
    return {start: dict(zip(DAY_CELLS, row, strict=True)) for start, row in zip(starts, rows, strict=True)}
