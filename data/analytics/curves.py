"""The home picture of one day: cumulative arrivals over served; the height between is the queue, the width the wait."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.analytics import queueing
from data.analytics.baseline import History
from data.analytics.buckets import HOUR, Buckets, curve, seconds
from data.analytics.curve_reading import readings
from data.analytics.observed import Observed
from data.analytics.stages import StageState
from data.analytics.windows import local_date
from data.types import DayCurves, Site, Window
from data.vocabulary import SOFT_METHODS, Method

MODELLED = frozenset({Method.MODELLED})


def day_curves(
    site: Site, day: Window, seen: Observed, state: StageState, usual: History | None, now_seconds: float
) -> DayCurves:
    """Curves of one operational day at one stage.

    `seen.arrivals` may begin days earlier: who is served now may have joined then. The arrivals start from the queue
    carried into the day. An unreported hour is a hole in the curve; after it the curve goes on as a lower bound.
    """
    start, end = seconds(day.start), min(seconds(day.end), now_seconds)
    came, went = seen.arrivals.between(start, end), seen.served.between(start, end)
    carried = carried_in(seen, start)
    at, arrivals, partly_a, holes_a = _cumulative(came, start, carried or 0.0)
    at_served, served, partly_s, holes_s = _cumulative(went, start, 0.0)
    moments = np.unique(np.concatenate([at, at_served, holes_a.mean(axis=1), holes_s.mean(axis=1)]))
    points = pd.DataFrame(
        {
            "at": _times(moments),
            "arrivals": _placed(moments, at, arrivals, holes_a),
            "served": _placed(moments, at_served, served, holes_s),
            "provisional": np.isin(moments, partly_a) | np.isin(moments, partly_s),
            "modelled": _by(moments, came, MODELLED) | _by(moments, went, MODELLED),
            "arrivals_soft": _by(moments, came, SOFT_METHODS),
            "served_soft": _by(moments, went, SOFT_METHODS),
        }
    )
    wait_to = level = None
    queue, running = _queue_at(seen, end), now_seconds < seconds(day.end)
    if running:
        queue, wait_to = state.waiting, state.waiting_at
    if wait_to is None or queue is None or state.joined is None or wait_to < day.start or len(at) < 2:
        wait_to = None
    else:
        level = float(np.interp(seconds(wait_to), at, arrivals)) - queue
    return DayCurves(
        stage=seen.stage,
        day=day,
        points=points,
        usual=_usual(usual, day),
        carried_in=carried,
        queue_now=queue,
        queue_at_least=state.at_least,
        wait_from=state.joined if wait_to is not None else None,
        wait_to=wait_to,
        wait_level=level,
        queue_at=state.waiting_at if running else None,
        closed=running and state.closed,
        waited_at_closing=state.waited_at_closing if running else None,
        arrivals_at_least=bool(came.at_least.any()) or len(holes_a) > 0,
        weekday=local_date(site, day.start).weekday(),
        served_method=_main_method(went),
        arrivals_method=_main_method(came),
        readings=readings(points, start, seen.arrivals),
    )


def carried_in(seen: Observed, start: float) -> float | None:
    """The queue at the day's first moment, from the head count before it and the counts in between."""
    return _queue_at(seen, start)


def _queue_at(seen: Observed, at: float) -> float | None:
    read = seen.readings
    before = np.flatnonzero(~np.isnan(read.waiting) & (read.at <= at) & (read.at > at - 24 * HOUR))
    if len(before) == 0:
        return None
    last = before[-1]
    since, to = float(read.at[last]), float(read.waiting[last])
    if since == at:
        return to
    arrivals, served = seen.arrivals.unbroken(), seen.served.unbroken()
    if not len(arrivals) or not len(served) or max(arrivals.start[0], served.start[0]) > since:
        return to if at - since <= HOUR else None
    path = queueing.queue_path(curve(arrivals), curve(served), read.at[before], read.waiting[before], np.array([at]))
    return float(path.waiting[0])


def _cumulative(hours: Buckets, start: float, first: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Moments, people so far, the moments that close an hour still filling, and the unreported spans (n, 2)."""
    if len(hours) == 0:
        return np.array([start]), np.array([first]), np.zeros(0), np.zeros((0, 2))
    # A report covers its time up to the next one, or up to a whole hour where that one comes late.
    ends = np.append(np.minimum(hours.start[1:], hours.start[:-1] + HOUR), hours.end[-1])
    partly = ends[-1:][hours.minutes[-1:] < 60]
    before = np.concatenate([[start], ends[:-1]])
    late = hours.start > before + 1
    holes = np.column_stack([before[late], hours.start[late]])
    so_far = first + np.cumsum(hours.people)
    at = np.column_stack([hours.start, ends]).ravel()
    people = np.column_stack([np.concatenate([[first], so_far[:-1]]), so_far]).ravel()
    at, kept = np.unique(at, return_index=True)
    return at, people[kept], partly, holes


def _placed(moments: np.ndarray, at: np.ndarray, people: np.ndarray, holes: np.ndarray) -> np.ndarray:
    """Linear between the curve's own moments; NaN outside them and inside unreported spans."""
    if len(at) < 2:
        return np.full(len(moments), np.nan)
    inside = (moments >= at[0]) & (moments <= at[-1])
    for since, until in holes:
        inside &= (moments <= since) | (moments >= until)
    return np.where(inside, np.interp(moments, at, people), np.nan)


def _by(moments: np.ndarray, hours: Buckets, methods: frozenset[Method]) -> np.ndarray:
    """Whether the hour before each moment was reported by one of these methods."""
    if len(hours) == 0:
        return np.zeros(len(moments), dtype=bool)
    index = np.clip(np.searchsorted(hours.start, moments - 1, side="right") - 1, 0, len(hours) - 1)
    return np.isin(hours.method[index].astype(str), sorted(methods))


def _usual(usual: History | None, day: Window) -> pd.DataFrame:
    if usual is None:
        return pd.DataFrame(
            {"at": _times(np.zeros(0)), **{c: pd.Series([], dtype=float) for c in ("low", "mid", "high")}}
        )
    at = seconds(day.start) + np.arange(25) * HOUR
    inside = at <= seconds(day.end)  # 23 hours where the clocks go forward
    low, mid, high = usual.cumulative[:, inside]
    return pd.DataFrame({"at": _times(at[inside]), "low": low, "mid": mid, "high": high})


def _times(epochs: np.ndarray) -> pd.Series:
    return pd.Series(pd.DatetimeIndex((epochs * 1e6).astype("datetime64[us]"), tz="UTC"))


def _main_method(hours: Buckets) -> Method | None:
    """The method of most hours."""
    if len(hours) == 0:
        return None
    names, counts = np.unique(hours.method.astype(str), return_counts=True)
    return Method(str(names[counts.argmax()]))
