"""The flow page: curves of the day, hours against usual, days with how each is known."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from callbacks.reads.ground import Ground, events_around, ground
from data import queries
from data.analytics.buckets import HOUR, Buckets, buckets, moment, seconds
from data.analytics.windows import DAYS_BACK, day_on, local_date, named_window
from data.days import day_of, days_of
from data.picture import series_key
from data.queries import SeriesKey
from data.types import ClockReading, FlowModel, Scope, Window
from data.usual import usual
from data.vocabulary import Measure, Method, State

DAYS_SHOWN = 30
# Beyond this a band of hours is too fine to read, and the days speak.
BAND_DAYS = 8
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def flow(conn: Connection, scope: Scope, clock: ClockReading) -> FlowModel:
    base = ground(conn, scope, clock)
    window = named_window(scope.window, base.now, base.picture.site)
    return FlowModel(
        frame=base.frame,
        kpis=base.kpis,
        curves=base.curves,
        hours=_hours(conn, scope, base, window),
        days=_days(conn, scope, base),
        events=events_around(conn, scope, window),
        alerts=base.alerts,
    )


def _hours(conn: Connection, scope: Scope, base: Ground, window: Window) -> pd.DataFrame:
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
        }
    )


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


def _days(conn: Connection, scope: Scope, base: Ground) -> pd.DataFrame:
    """The last thirty days and today. A day nobody reported is there, without a figure."""
    seen = base.picture
    today = day_of(seen.site, base.now)
    back = max(DAYS_SHOWN, DAYS_BACK.get(scope.window, 0))
    days = days_of(seen.site, Window(day_on(seen.site, local_date(seen.site, base.now) - back * DAY).start, today.end))
    window = Window(days[0].start, today.end)
    served = _by_day(conn, series_key(seen.site, seen.official, Measure.SERVED), window, scope.as_of)
    came = _by_day(conn, series_key(seen.site, seen.official, Measure.ARRIVALS), window, scope.as_of)
    rows = []
    for day in days:
        row, arrivals = served.get(day.start), came.get(day.start)
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
            )
        )
    names = ("day", "entries", "low", "high", "method", "state", "at_least", "differs", "arrivals", "arrivals_at_least")
    return pd.DataFrame(rows, columns=names).astype(
        dict.fromkeys(("entries", "low", "high", "differs", "arrivals"), float)
    )


def _by_day(
    conn: Connection, key: SeriesKey | None, window: Window, as_of: datetime | None
) -> dict[datetime, dict[str, Any]]:
    """Rows of `queries.flow_by_day` by the day's start."""
    if key is None:
        return {}
    rows = queries.flow_by_day(conn, key, window, as_of).to_dict("records")
    return {row["day"].to_pydatetime(): {str(name): cell for name, cell in row.items()} for row in rows}
