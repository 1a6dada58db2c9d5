"""How good the forecast was: made again at past moments, each from what was known then, and held against what came.

Rolling origin: baseline refitted every night on the days before, four moments a day. Beside it, at the same moments,
what anybody could do: last week's same hour, and quantiles of the same hour of the last eight weeks. Compared by the
pinball loss of the 10, 50 and 90 % quantiles (Gneiting and Raftery 2007), which rewards both sharp and honest bands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from data.analytics.forecast import BAND
from data.analytics.outlook import level_after, night, outlook, slots_ahead
from data.analytics.seasonal import LEAST_DAYS, Past
from data.backtested import Backtest, BacktestRow

DAYS = 28
ORIGINS = 4  # a day
HOURS = (1, 6, 24, 72)
DAYS_AHEAD = (1, 2, 3)  # for series told by the day
WEEKS = 8
LEAST_WEEKS = 3  # of eight, else there is nothing to compare with


@dataclass(frozen=True)
class Tried:
    """One forecast held against what came, beside the two others: 3 quantiles each."""

    horizon: int  # hours; 0: the total of the whole day, from its midnight
    origin: int  # slot of the line from which it was forecast
    place: int  # and the one that was (of a day's total, its first)
    came: float
    ours: tuple[float, float, float]
    last_week: tuple[float, float, float]
    eight_weeks: tuple[float, float, float]


# Of a day of the past, factors on what is expected of the days before it and from it on (`upstream.carried`).
Tilt = Callable[[int], tuple[np.ndarray, np.ndarray] | None]


def backtest(past: Past, days: int = DAYS, tilt: Tilt | None = None) -> Backtest | None:
    """Of the last `days` whole days; None under 14 days of history before the first of them that can be tried."""
    tried = trials(past, days, tilt=tilt)
    if not tried:
        return None
    rows = []
    for horizon in sorted({one.horizon for one in tried}):
        row = row_of([one for one in tried if one.horizon == horizon])
        if row is not None:
            rows.append(row)
    first = max(past.days - days, LEAST_DAYS)
    return Backtest(past.days - first, 24 // past.slots, tuple(rows)) if rows else None


def trials(past: Past, days: int = DAYS, every: int = 1, tilt: Tilt | None = None) -> list[Tried]:
    """Of every so many of the last `days` days."""
    found: list[Tried] = []
    line, totals = past.people.ravel(), day_totals(past)
    late = after_gap(line)
    slots = past.slots
    horizons = HOURS if slots > 1 else DAYS_AHEAD
    for day in range(max(past.days - days, LEAST_DAYS), past.days, every):
        before, after = (None, None) if tilt is None else tilt(day) or (None, None)
        known = night(past.until(day), None if before is None else before[:, None])
        if known is None:
            continue
        for origin in range(0, slots, max(1, slots // ORIGINS)):
            at = day * slots + origin
            count = min(max(horizons), len(line) - at)
            by_slot = None if after is None else np.repeat(after, slots)
            state = level_after(known, line[day * slots : at], by_slot)
            ahead = slots_ahead(origin, count, slots, past.special[day:], by_slot)
            seen = outlook(known, state, ahead)
            band = seen.paths.hourly
            for horizon in horizons:
                place = at + horizon - 1
                if horizon <= count and not np.isnan(line[place]) and not late[place]:
                    naive = last_week(line, place, at, slots)
                    eight = eight_weeks(line, place, slots)
                    if naive is not None and eight is not None:
                        ours = _three(band[:, horizon - 1])
                        hours = horizon if slots > 1 else horizon * 24
                        found.append(Tried(hours, at, place, float(line[place]), ours, naive, eight))
            if origin == 0 and slots > 1 and not np.isnan(totals[day]):
                naive, eight = last_week(totals, day, day, 1), eight_weeks(totals, day, 1)
                if naive is not None and eight is not None:
                    ours = seen.paths.total(0, slots)
                    found.append(Tried(0, at, at, float(totals[day]), ours, naive, eight))
    return found


def day_totals(past: Past) -> np.ndarray:
    """People of each day; NaN where not all of what is usually reported came."""
    known = ~np.isnan(past.people)
    usually = known.mean(axis=0) >= 0.5
    whole = known[:, usually].all(axis=1) & usually.any()
    sums = np.where(whole, np.where(known, past.people, 0.0).sum(axis=1), np.nan)
    return np.where(np.isnan(past.totals), sums, past.totals)


def after_gap(line: np.ndarray) -> np.ndarray:
    """Slots right after an unreported one: their report may hold the people of both, and is nobody's forecast."""
    known = ~np.isnan(line)
    return known & np.concatenate([[False], ~known[:-1]])


def eight_weeks(line: np.ndarray, place: int, slots: int) -> tuple[float, float, float] | None:
    """Quantiles of the same slot of the last eight weeks."""
    past = line[[place - 7 * slots * week for week in range(1, WEEKS + 1) if place >= 7 * slots * week]]
    past = past[~np.isnan(past)]
    return None if len(past) < LEAST_WEEKS else _three(np.quantile(past, BAND))


def last_week(line: np.ndarray, place: int, origin: int, slots: int) -> tuple[float, float, float] | None:
    """The same slot of last week (or of the newest week that has one), and the 10 and 90 % quantiles of its errors
    at this hour of the day in the eight weeks before the forecast was made."""
    weeks = [place - 7 * slots * week for week in range(1, 4)]
    value = next((line[one] for one in weeks if one >= 0 and not np.isnan(line[one])), None)
    if value is None:
        return None
    days = place - slots * np.arange(1, 7 * WEEKS + 4)
    days = days[(days < origin) & (days >= 7 * slots)]
    errors = line[days] - line[days - 7 * slots]
    errors = errors[~np.isnan(errors)]
    low, high = np.quantile(errors, (BAND[0], BAND[2])) if len(errors) >= LEAST_WEEKS else (0.0, 0.0)
    return max(0.0, float(value + min(low, 0.0))), float(value), float(value + max(high, 0.0))


def pinball(came: np.ndarray, quantiles: np.ndarray) -> np.ndarray:
    """Mean loss of the three quantiles (3, n) for each that came (n)."""
    off = came[None, :] - quantiles
    share = np.array(BAND)[:, None]
    loss: np.ndarray = np.maximum(share * off, (share - 1) * off).mean(axis=0)
    return loss


def row_of(tried: list[Tried]) -> BacktestRow | None:
    came = np.array([one.came for one in tried])
    ours, naive, eight = (
        np.array([getattr(one, name) for one in tried]).T for name in ("ours", "last_week", "eight_weeks")
    )
    losses = [float(pinball(came, made).mean()) for made in (ours, naive, eight)]
    some = came > 0
    off = np.abs(came - ours[1])
    share = off[some] / came[some]
    return BacktestRow(
        horizon_hours=tried[0].horizon,
        n=len(tried),
        error_people=float(np.median(off)),
        error_share=float(share.mean()) if some.any() else None,
        error_share_median=float(np.median(share)) if some.any() else None,
        ratio_last_week=_over(losses[0], losses[1]),
        ratio_eight_weeks=_over(losses[0], losses[2]),
        coverage=float(((came >= ours[0]) & (came <= ours[2])).mean()),
        below=float((came < ours[0]).mean()),
        above=float((came > ours[2]).mean()),
    )


def _over(loss: float, other: float) -> float | None:
    return loss / other if other > 0 else None


def _three(quantiles: Any) -> tuple[float, float, float]:
    low, mid, high = (float(q) for q in quantiles)
    return low, mid, high
