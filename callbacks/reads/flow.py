"""The flow page: curves of the day, hours against usual, days with how each is known."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from callbacks.reads.ground import Ground, events_around, ground
from data import queries
from data.analytics.baseline import History
from data.analytics.buckets import HOUR, Buckets, buckets, seconds
from data.analytics.windows import DAYS_BACK, day_on, local_date, named_window
from data.picture import series_key, usual
from data.queries import SeriesKey
from data.types import ClockReading, FlowModel, Scope, Window
from data.vocabulary import Measure, Method, State

DAYS_SHOWN = 30
# Beyond this a band of hours is too fine to read, and the days speak.
BAND_DAYS = 8


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
    known: dict[date, tuple[History | None, float]] = {}
    if len(hours) > BAND_DAYS * 24:
        return band[0], band[1], band[2]
    for place, hour in enumerate(hours):
        on = local_date(site, datetime.fromtimestamp(hour, base.now.tzinfo))
        if on not in known:
            known[on] = (
                usual(conn, key, site, on, base.alarms, scope.as_of),
                seconds(day_on(site, on).start),
            )
        history, start = known[on]
        slot = int((hour - start) // HOUR)
        if history is not None and 0 <= slot < 24:
            band[:, place] = history.hourly[:, slot]
    return band[0], band[1], band[2]


def _days(conn: Connection, scope: Scope, base: Ground) -> pd.DataFrame:
    """The last thirty days and today. A day nobody reported is there, without a figure."""
    seen = base.picture
    today = local_date(seen.site, base.now)
    back = max(DAYS_SHOWN, DAYS_BACK.get(scope.window, 0))
    starts = [day_on(seen.site, today - timedelta(days=n)).start for n in range(back, -1, -1)]
    days = pd.DataFrame({"day": pd.Series(starts).astype("datetime64[us, UTC]")})
    window = Window(starts[0], day_on(seen.site, today).end)
    served = _by_day(conn, series_key(seen.site, seen.official, Measure.SERVED), window, scope.as_of)
    came = _by_day(conn, series_key(seen.site, seen.official, Measure.ARRIVALS), window, scope.as_of)
    days = days.merge(served.rename(columns={"people": "entries"}), on="day", how="left")
    days = days.merge(came[["day", "people"]].rename(columns={"people": "arrivals"}), on="day", how="left")
    partly = (days["minutes"] < 1380) | (days["day"] >= day_on(seen.site, today).start)
    days["state"] = np.where(
        days["entries"].isna(), State.MISSING.value, np.where(partly, State.PROVISIONAL.value, State.OK.value)
    )
    return days[["day", "entries", "low", "high", "method", "state", "at_least", "arrivals"]]


def _by_day(conn: Connection, key: SeriesKey | None, window: Window, as_of: datetime | None) -> pd.DataFrame:
    columns = ["day", "people", "low", "high", "minutes", "method", "at_least"]
    if key is None:
        empty = pd.DataFrame({c: pd.Series(dtype=float) for c in columns})
        return empty.astype({"day": "datetime64[us, UTC]", "method": "str", "at_least": bool})
    return queries.flow_by_day(conn, key, window, as_of)[columns]
