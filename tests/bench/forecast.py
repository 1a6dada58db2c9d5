"""The forecast of 1 to 72 hours against the same hour of last week and of eight weeks, on simulated and real series.

Rolling origin, causal, by the product's own backtest. `ratio`: pinball loss over that of the better of the two others,
each series by its own mean. Simulated: both worlds of the surge benchmark, seeds that no tuning saw; real: O'Hare by
the hour, Balkan route and Italy by the day, nothing tuned on them. `CAUDAL_FORECAST_SERIES=12` series of each set,
`CAUDAL_FORECAST_SEEDS=404,505`.
"""

from __future__ import annotations

import csv
import os
import sys
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl

from data.analytics.backtest import Tried, pinball, trials
from data.analytics.seasonal import Past, seasonal
from tests.conftest import ROOT

SHARED = Path(os.environ.get("CAUDAL_TEST_SHARED", ROOT.parent / "shared"))
SERIES = int(os.environ.get("CAUDAL_FORECAST_SERIES", "12"))
SEEDS = tuple(int(seed) for seed in os.environ.get("CAUDAL_FORECAST_SEEDS", "404,505").split(","))
EVERY = int(os.environ.get("CAUDAL_FORECAST_EVERY", "3"))  # days between the midnights tried
WARM = 56  # days of the simulator that nobody scores
AFTER = 168  # hours after a surge that are not calm


def figures() -> Iterator[dict[str, Any]]:
    for world in ("plain", "bus"):
        for seed in SEEDS:
            yield from simulated(world, seed)
    yield from real("O'Hare by the hour, 2018-2019", {"ORD": ohare(2017, 2019)}, 730, 5 * EVERY)
    yield from real("Balkan route by the day, 2015-16", balkan(), 1000, 1)
    yield from real("Italy, landings by the day, 2020-2025", {"Italy": italy()}, 2000, EVERY)


def simulated(world: str, seed: int) -> Iterator[dict[str, Any]]:
    sys.path.insert(0, str(SHARED / "surge-bench"))
    import sim  # type: ignore[import-not-found]

    sets: dict[str, list[tuple[Tried, float]]] = defaultdict(list)
    wrong: dict[str, list[float]] = defaultdict(list)
    for kind, name in (("null", "calm"), ("surge", "surge")):
        for number in range(SERIES):
            level = list(sim.RATES)[(number + number // 3) % 3]
            frame, truth, base = sim.make_series(seed, kind, level, number, world)
            past = simulated_past(frame, sim.HOL)
            on, after = np.zeros(truth["n"], bool), np.zeros(truth["n"], bool)
            for event in truth["events"]:
                on[event["onset"] : event["end"]] = True
                after[event["end"] : event["end"] + AFTER] = True
            scale = float(np.nanmean(past.people))
            for one in trials(past, past.days - WARM, EVERY):
                if one.horizon == 0:
                    sets[f"{name} set, days"].append((one, 24 * scale))
                    continue
                sets[f"{name} set"].append((one, scale))
                sets[f"{name} set, {one.horizon} h ahead"].append((one, scale))
                if on[one.origin - 1]:
                    sets["made while a surge is on"].append((one, scale))
                if kind == "surge" and not (on | after)[one.place]:
                    sets["of calm hours of the surge set"].append((one, scale))
            wrong[name].append(error_of_expected(past, base, on | after))
    for name, found in [("both sets", sets["calm set"] + sets["surge set"]), *sets.items()]:
        yield {"figure": f"forecast, {world} world, seed {seed}, {name}", **scored(found)}
    for name, errors in wrong.items():
        yield {
            "figure": f"error of expected, {world} world, seed {seed}, {name} set",
            "wape": round(float(np.mean(errors)), 3),
        }


def simulated_past(frame: Any, holidays: list[str]) -> Past:
    people = frame["arrivals"].astype(float).to_numpy(na_value=np.nan).reshape(-1, 24).copy()
    by_day = (frame["span_h"].to_numpy().reshape(-1, 24) == 24).any(axis=1)
    totals = np.where(by_day, people[:, 23], np.nan)
    people[by_day] = np.nan
    first = date.fromisoformat(str(frame["bucket_start"].iloc[0])[:10])
    special = [(first + timedelta(days=day)).strftime("%m-%d") in holidays for day in range(len(people))]
    return Past(first, people, totals, np.array(special))


def error_of_expected(past: Past, base: np.ndarray, not_calm: np.ndarray) -> float:
    """Of the hours of every few days' baseline in calm times, as `metrics.py` of the surge benchmark has it."""
    off = total = 0.0
    for day in range(WARM, past.days, EVERY):
        usual = seasonal(past.until(day))
        hours = slice(day * 24, day * 24 + 24)
        calm = ~not_calm[hours] & (base[hours] > 0)
        if usual is not None and calm.any():
            expected = usual.expected(past.weekdays()[day : day + 1])[0]
            off += float(np.abs(expected - base[hours])[calm].sum())
            total += float(base[hours][calm].sum())
    return off / total


def real(name: str, series: dict[str, Past], days: int, every: int) -> Iterator[dict[str, Any]]:
    sets: dict[str, list[tuple[Tried, float]]] = defaultdict(list)
    for past in series.values():
        scale = float(np.nanmean(past.people))
        for one in trials(past, days, every):
            if one.horizon == 0:
                sets["days"].append((one, 24 * scale))
            else:
                sets["all"].append((one, scale))
                sets[f"{one.horizon} h ahead"].append((one, scale))
    for part, found in sets.items():
        yield {"figure": f"forecast, {name}, {part}", **scored(found)}


def scored(found: list[tuple[Tried, float]]) -> dict[str, Any]:
    came, scale = np.array([one.came for one, _ in found]), np.array([size for _, size in found])
    made = {name: np.array([getattr(one, name) for one, _ in found]).T for name in ("ours", "last_week", "eight_weeks")}
    loss = {name: float((pinball(came, quantiles) / scale).mean()) for name, quantiles in made.items()}
    low, _, high = made["ours"]
    some = came > 0
    return {
        "n": len(found),
        "ratio": round(loss["ours"] / min(loss["last_week"], loss["eight_weeks"]), 3),
        "ratio_last_week": round(loss["ours"] / loss["last_week"], 3),
        "ratio_eight_weeks": round(loss["ours"] / loss["eight_weeks"], 3),
        "coverage": round(float(((came >= low) & (came <= high)).mean()), 3),
        "below": round(float((came < low).mean()), 3),
        "above": round(float((came > high).mean()), 3),
        "mape_percent": round(100 * float((np.abs(came - made["ours"][1])[some] / came[some]).mean()), 1),
    }


def ohare(first: int, last: int) -> Past:
    """People per hour of all terminals; an hour without a row had no flight, and is no report."""
    start, end = date(first, 1, 1), date(last, 12, 31)
    people = np.full(((end - start).days + 1, 24), np.nan)
    for year in range(first, last + 1):
        with open(SHARED / "data" / "cbp-airport-wait-ord" / f"ORD-{year}.csv", newline="") as file:
            for row in csv.DictReader(file):
                cell = (date.fromisoformat(row["date"]) - start).days, int(row["hour"][:2])
                people[cell] = np.nan_to_num(people[cell]) + float(row["all_total"])
    return Past(start, people, np.full(len(people), np.nan), np.zeros(len(people), bool))


def by_day(days: dict[date, float]) -> Past:
    first, last = min(days), max(days)
    people = np.full(((last - first).days + 1, 1), np.nan)
    for day, count in days.items():
        people[(day - first).days, 0] = count
    return Past(first, people, np.full(len(people), np.nan), np.zeros(len(people), bool))


def balkan() -> dict[str, Past]:
    book = openpyxl.load_workbook(
        SHARED / "data" / "europe-2015-16-daily" / "arrivals analysis.xlsx", read_only=True, data_only=True
    )
    rows = [row[:9] for row in book["arrivals"].iter_rows(values_only=True) if hasattr(row[0], "date")]
    return {
        f"place {place}": by_day({row[0].date(): row[place] for row in rows if isinstance(row[place], int | float)})
        for place in range(1, 9)
    }


def italy() -> Past:
    newest: dict[date, tuple[str, float]] = {}
    with open(SHARED / "data" / "italy-landings-daily" / "sbarchi-per-giorno.csv", newline="") as file:
        for row in csv.DictReader(file):
            try:
                day, count = date.fromisoformat(row["Data"]), float(row["Valore"])
            except ValueError:
                continue  # dates that do not exist, blank values
            if day not in newest or row["Data_Report"] > newest[day][0]:
                newest[day] = row["Data_Report"], count
    return by_day({day: count for day, (_, count) in newest.items()})
