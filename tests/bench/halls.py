"""Waits of a real immigration hall from people and booths alone, beside what the same inputs say by themselves.

Chicago O'Hare 2016-2019 (`cbp-airport-wait-ord` of the real data). Each tested year is told by what the years before
it taught, and so are the simple predictors: each is turned into minutes by a monotone curve learned from the same
measured waits, weighed by age in the same way.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from data.analytics.load_wait import DAY, HALF_LIFE_DAYS, Hall, learned
from tests.conftest import ROOT

LEARNED_FROM, TESTED = 2016, (2018, 2019)
STEPS = 40
WEEK = 168


def hall_of(folder: Path) -> tuple[Hall, np.ndarray, np.ndarray]:
    """Every hour of 2016-2019: hall, measured mean wait (minutes), year. An hour without flights has no row: nobody."""
    columns = {"all_avg_wait": "wait", "all_total": "people", "all_booths": "booths"}
    told = pd.concat([pd.read_csv(folder / f"ORD-{year}.csv") for year in range(LEARNED_FROM, TESTED[-1] + 1)])
    told["at"] = pd.to_datetime(told["date"]) + pd.to_timedelta(told["hour"].str[:2].astype(int), unit="h")
    told = told.drop_duplicates("at").set_index("at")[list(columns)].rename(columns=columns).sort_index()
    every = told.reindex(pd.date_range(told.index[0], told.index[-1], freq="h"))
    index = pd.DatetimeIndex(every.index)
    booths = every["booths"].where((every["booths"] > 0) & (every["booths"] < 50))  # 0 and 51 are written by mistake
    empty = every["people"].isna()
    hall = Hall(
        index.as_unit("s").to_numpy().astype(np.int64).astype(float),
        index.hour.to_numpy(),
        every["people"].fillna(0).to_numpy(float),
        booths.mask(empty, 0).to_numpy(float),
    )
    return hall, every["wait"].to_numpy(float), index.year.to_numpy()


def figures() -> Iterator[dict[str, Any]]:
    folder = Path(os.environ.get("CAUDAL_TEST_SHARED", ROOT.parent / "shared")) / "data" / "cbp-airport-wait-ord"
    hall, wait, year = hall_of(folder)
    for years in ((2018,), (2019,), TESTED):
        yield {"figure": f"waits of {years[0]}-{years[-1]}", **scores(hall, wait, year, years)}


def scores(hall: Hall, wait: np.ndarray, year: np.ndarray, years: tuple[int, ...]) -> dict[str, Any]:
    """Rank correlation and median absolute error in minutes of each, over the hours of `years` that all can tell."""
    told = {name: np.full(len(wait), np.nan) for name in ("engine", *simple(hall), "always the median")}
    low, high = np.full((2, len(wait)), np.nan)
    for one in years:
        here, until = year == one, float(hall.at[year == one][0])
        law = learned(hall, wait, until)
        assert law is not None
        low[here], told["engine"][here], high[here] = law.minutes(hall)[:, here]
        past = (hall.at < until) & ~np.isnan(wait)
        age = 0.5 ** ((until - hall.at) / DAY / HALF_LIFE_DAYS)
        for name, load in simple(hall).items():
            told[name][here] = _monotone(load, wait, age, past)[here]
        told["always the median"][here] = np.median(wait[past])
    use = ~np.isnan(wait) & np.isin(year, years) & ~np.isnan(np.stack(list(told.values()))).any(axis=0)
    inside = ((wait >= low) & (wait <= high))[use]
    return {
        "hours": int(use.sum()),
        "inside_the_80_percent_band": round(float(inside.mean()), 3),
        **{
            name: {
                "rank_correlation": _rank_correlation(part[use], wait[use]),
                "median_absolute_error_minutes": round(float(np.median(np.abs(part - wait)[use])), 2),
            }
            for name, part in told.items()
        },
    }


def simple(hall: Hall) -> dict[str, np.ndarray]:
    load = np.divide(hall.served, hall.counters, out=np.full(len(hall.at), np.nan), where=hall.counters > 0)
    # An hour without people had no load, whoever stood at the booths.
    load = np.where(hall.served == 0, 0.0, load)
    return {
        "people per booth": load,
        "people per booth an hour before": np.concatenate([[np.nan], load[:-1]]),
        "people per booth a week before": np.concatenate([np.full(WEEK, np.nan), load[:-WEEK]]),
    }


def _rank_correlation(one: np.ndarray, other: np.ndarray) -> float | None:
    if np.ptp(one) == 0:
        return None
    ranks = [pd.Series(part).rank().to_numpy() for part in (one, other)]
    return round(float(np.corrcoef(*ranks)[0, 1]), 3)


def _monotone(load: np.ndarray, wait: np.ndarray, age: np.ndarray, past: np.ndarray) -> np.ndarray:
    """Minutes by load: weighted medians of the past in equal shares, made to rise by pooling neighbours."""
    known = np.flatnonzero(past & ~np.isnan(load))
    parts = np.array_split(known[np.argsort(load[known], kind="stable")], STEPS)
    middles = [float(np.median(load[part])) for part in parts]
    pools: list[list[np.ndarray]] = []
    heights: list[float] = []
    for part in parts:
        pools.append([part])
        heights.append(_weighted_median(wait[part], age[part]))
        while len(heights) > 1 and heights[-2] > heights[-1]:
            last = pools.pop()
            pools[-1] += last
            heights.pop()
            pool = np.concatenate(pools[-1])
            heights[-1] = _weighted_median(wait[pool], age[pool])
    steps = np.repeat(heights, [len(pool) for pool in pools])
    return np.where(np.isnan(load), np.nan, np.interp(np.nan_to_num(load), middles, steps))


def _weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values)
    return float(values[order][np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)])
