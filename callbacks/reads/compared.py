"""The day somebody lays over the day of the curves: yesterday, the same weekday, the usual, a date, a past surge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd
from sqlalchemy import Connection

from callbacks.reads.ground import Ground
from callbacks.reads.other_day import other_day
from data.analytics.buckets import epochs, moment, seconds
from data.analytics.by_the_clock import begins, hours_on_the_clock, minute_of, moment_at, on_the_clock
from data.analytics.windows import day_on, local_date
from data.types import Comparison, DayCurves, Scope

DAYS_BEFORE = {"yesterday": 1, "last-week": 7}
USUAL = "usual"
DAY = timedelta(days=1)


def compared(conn: Connection, scope: Scope, base: Ground, curves: DayCurves) -> Comparison | None:
    """None where nobody asked."""
    if not scope.compare:
        return None
    told = _usual(curves) if scope.compare == USUAL else _another_day(conn, scope, base, curves)
    return replace(told, begins=begins(curves.day, base.picture.site))


def _another_day(conn: Connection, scope: Scope, base: Ground, curves: DayCurves) -> Comparison:
    site = base.picture.site
    before = DAYS_BEFORE.get(scope.compare)
    kind = "date" if before is None else scope.compare
    on = date.fromisoformat(scope.compare) if before is None else local_date(site, curves.day.start) - before * DAY
    day = day_on(site, on)
    name = next((dict(one.name) for one in site.past_surges if one.day == on), None)
    asked = Comparison(kind, day=day, name=name)
    if day == curves.day:
        return replace(asked, trouble="same-day")
    if day.start >= base.now:
        return replace(asked, trouble="to-come")
    other = other_day(conn, scope, base, day)
    points = on_the_clock(other.curves.points, day, site)
    if points[["arrivals", "served"]].isna().all(axis=None):
        return replace(asked, trouble="nothing-reported")
    told = replace(
        asked,
        points=points,
        hours=hours_on_the_clock(other.came, other.went, day, site),
        carried_in=other.curves.carried_in or 0.0,
        clock_changes=any(one.end - one.start != DAY for one in (day, curves.day)),
    )
    last = _last_known(curves)
    if last is None:
        return told
    # Of a day that is over its very end, which the clock shows as 24:00.
    minute = 1440 if last >= curves.day.end.timestamp() else minute_of(moment(last), curves.day, site)
    there = seconds(moment_at(minute, day, site))
    arrived, served = (_at(other.curves.points, name, there) for name in ("arrivals", "served"))
    carried = other.curves.carried_in
    waiting = None if arrived is None or served is None or carried is None else arrived - served
    return replace(
        told,
        minute=minute,
        here=_less(_at(curves.points, "arrivals", last), curves.carried_in),
        there=_less(arrived, carried),
        waiting_there=waiting if waiting is not None and waiting >= 0 else None,
        there_at_least=other.curves.arrivals_at_least,
    )


def _usual(curves: DayCurves) -> Comparison:
    """The middle of like days; how far they spread is the band that is drawn anyway."""
    if curves.usual.empty:
        return Comparison(USUAL, trouble="short-history")
    start = seconds(curves.day.start)
    minutes = (epochs(curves.usual["at"]) - start) / 60
    mid = curves.usual["mid"].to_numpy(dtype=float)
    points = pd.DataFrame({"minute": minutes, "arrivals": mid, "served": np.nan})
    hours = pd.DataFrame({"minute": minutes[:-1], "people": np.diff(mid), "served": np.nan})
    last = _last_known(curves)
    told = Comparison(USUAL, points=points, hours=hours)
    if last is None:
        return told
    minute = round((last - start) / 60)
    here = _less(_at(curves.points, "arrivals", last), curves.carried_in)
    return replace(told, minute=minute, here=here, there=float(np.interp(minute, minutes, mid)))


def _last_known(curves: DayCurves) -> float | None:
    """The newest moment of the day whose arrivals are known."""
    known = curves.points[curves.points["arrivals"].notna()]
    return None if known.empty else float(epochs(known["at"])[-1])


def _at(points: pd.DataFrame, name: str, at: float) -> float | None:
    """People so far at a moment; None before the first report, after the last, and inside an unreported span."""
    people = points[name].to_numpy(dtype=float)
    known = np.flatnonzero(~np.isnan(people))
    when = epochs(points["at"])
    if len(known) == 0 or not when[known[0]] <= at <= when[known[-1]]:
        return None
    found = float(np.interp(at, when, people))
    return None if np.isnan(found) else found


def _less(people: float | None, carried: float | None) -> float | None:
    """Those who came since the day began: the curve starts from the queue carried into it."""
    return None if people is None else people - (carried or 0.0)
