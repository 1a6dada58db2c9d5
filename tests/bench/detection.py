"""Surge detection on the surge benchmark's simulated series and on real ones, by the code of `caudal detect`.

Simulated: the benchmark's quick profile in both worlds, scored by its own `metrics.py`, with 90 % intervals by
bootstrap over series. `CAUDAL_DETECTION_SEEDS=202,404`, `CAUDAL_DETECTION_SHARE=6`: every so many of its series only.
`CAUDAL_DETECTION_PER_MONTH=1,0.333`. Peers beside it where `CAUDAL_DETECTION_PYTHON` names a Python with scipy
(`CAUDAL_DETECTION_PEERS=bocpd,cusumres,zhow,farrh,c2d`), thresholds calibrated on seed 101 for the same rate; and with
their own limits the methods of R's surveillance where `CAUDAL_DETECTION_R` names an Rscript that has it
(`CAUDAL_DETECTION_R_PEERS=glrnb,farr`). Real series: see `tests.bench.detection_real`.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from data.analytics.detection.filling import filled
from data.analytics.detection.limits import limits
from data.analytics.detection.state import Kind
from data.detection_file import series_file
from data.national_holidays import countries, national_holidays
from tests.bench.detection_real import real
from tests.bench.forecast import SHARED

SEEDS = tuple(int(seed) for seed in os.environ.get("CAUDAL_DETECTION_SEEDS", "404").split(","))
PER_MONTH = tuple(float(rate) for rate in os.environ.get("CAUDAL_DETECTION_PER_MONTH", "1").split(","))
SHARE = int(os.environ.get("CAUDAL_DETECTION_SHARE", "1"))
PEERS = os.environ.get("CAUDAL_DETECTION_PEERS", "bocpd,cusumres,zhow,farrh,c2d").split(",")
PYTHON = os.environ.get("CAUDAL_DETECTION_PYTHON")
R = os.environ.get("CAUDAL_DETECTION_R")
R_PEERS = os.environ.get("CAUDAL_DETECTION_R_PEERS", "glrnb,farr").split(",")
CALIBRATED_ON = 101
DRAWS = 400
COUNTS = {"null": 24, "surge": 36, "daily": 6}  # series of the quick profile


def figures() -> Iterator[dict[str, Any]]:
    sys.path.insert(0, str(SHARED / "surge-bench"))
    for world in ("plain", "bus"):
        for seed in SEEDS:
            yield from simulated(world, seed)
    yield from real()


def simulated(world: str, seed: int) -> Iterator[dict[str, Any]]:
    made = benchmark(world, seed)
    files = {name: one[0] for name, one in made.items()}
    for rate in PER_MONTH:
        said = {name: ours(content, rate) for name, content in files.items()}
        wrong = error_of_expected(made, {name: expected for name, (_, expected) in said.items()})
        found = scored(made, {name: alarm for name, (alarm, _) in said.items()})
        yield {
            "figure": f"detection, {world} world, seed {seed}, {rate:g} a month",
            **found,
            "error_of_expected": wrong,
        }
    if PYTHON is None:
        yield {"figure": f"peers, {world} world, seed {seed}", "skipped": "CAUDAL_DETECTION_PYTHON names no Python"}
    else:
        null = {name: one for name, one in benchmark(world, CALIBRATED_ON).items() if name.startswith("null")}
        for peer in PEERS:
            calm, scores = peers(peer, {name: one[0] for name, one in null.items()}), peers(peer, files)
            for rate in PER_MONTH:
                strength = calibrated(null, calm, rate)
                alarms = {name: np.nan_to_num(score, nan=-1e9) >= strength for name, score in scores.items()}
                yield {"figure": f"peer {peer}, {world} world, seed {seed}, {rate:g} a month", **scored(made, alarms)}
    if R is not None:
        for peer in R_PEERS:
            alarms = {name: said > 0 for name, said in by_r(peer, files).items()}
            yield {"figure": f"peer R {peer}, {world} world, seed {seed}, its own limits", **scored(made, alarms)}


def benchmark(world: str, seed: int) -> dict[str, tuple[bytes, dict[str, Any], np.ndarray]]:
    """File, truth and true expectation of each series, as the benchmark's `build` makes them."""
    import sim  # type: ignore[import-not-found]

    made = {}
    for kind, count in COUNTS.items():
        for number in range(0, count, SHARE):
            level = list(sim.RATES)[(number + number // 3) % 3]
            frame, truth, base = sim.make_series(seed, kind, level, number, world)
            made[f"{kind}_{number:03d}"] = frame.to_csv(index=False).encode(), truth, base
    return made


def ours(content: bytes, per_month: float) -> tuple[np.ndarray, np.ndarray]:
    """Alarm and expected of each hour."""
    series = series_file(content)
    series = series.with_holidays(national_holidays(countries(), series.past.first, series.past.end))
    alarm, expected = np.zeros(len(series.places), bool), np.full(len(series.places), np.nan)
    on = False
    for day in filled(series.past, limits(per_month)):
        hours = slice(day.day * 24, day.day * 24 + 24)
        alarm[hours] = on
        if len(day.verdicts) == 24:
            alarm[hours] = [verdict.alarm is Kind.SURGE for verdict in day.verdicts]
            expected[hours] = [verdict.expected for verdict in day.verdicts]
        elif day.verdicts:
            alarm[hours.stop - 1] = day.verdicts[0].alarm is Kind.SURGE
        on = bool(alarm[hours.stop - 1])
    return alarm, expected


def scored(made: dict[str, tuple[bytes, dict[str, Any], np.ndarray]], alarms: dict[str, np.ndarray]) -> dict[str, Any]:
    import metrics  # type: ignore[import-not-found]

    sets: dict[str, list[Any]] = defaultdict(list)
    for name, (_, truth, _) in made.items():
        sets[name.split("_")[0]].append(metrics.score_series(alarms[name], truth))
    told = told_of(metrics.summarise, sets)
    draw = np.random.default_rng(1)
    spread: dict[str, list[float]] = defaultdict(list)
    for _ in range(DRAWS):
        drawn = {kind: [of[place] for place in draw.integers(0, len(of), len(of))] for kind, of in sets.items()}
        for key, value in told_of(metrics.summarise, drawn).items():
            spread[key].append(value)
    low, high = ({key: float(np.nanquantile(of, share)) for key, of in spread.items()} for share in (0.05, 0.95))
    return {key: [rounded(value), rounded(low[key]), rounded(high[key])] for key, value in told.items()}


def told_of(summarise: Callable[[list[Any]], dict[str, Any]], sets: dict[str, list[Any]]) -> dict[str, float]:
    surge, null, daily = summarise(sets["surge"]), summarise(sets["null"]), summarise(sets["daily"])
    every, big, middling = surge["all"], surge["big3"] or {}, surge["mod"] or {}
    deadline = surge.get("shape_deadline") or {}
    missing = float("nan")
    return {
        "false_alarms_calm": null["fa30"],
        "false_alarms_surge_set": surge["fa30"],
        "pod": every["pod"],
        "median_delay": every["med_delay"],
        "cap48": every["mean_cap48"],
        "pod_3x": big.get("pod", missing),
        "median_3x": big.get("med_delay", missing),
        "pod_1.5_2x": middling.get("pod", missing),
        "cap48_1.5_2x": middling.get("mean_cap48", missing),
        "deadline_median": deadline.get("med_delay", missing),
        "alarms_per_surge": every["frag"],
        "end_median": every["end_delay"],
        "daily_pod": daily["all"]["pod"],
        "daily_false_alarms": daily["fa30"],
    }


def rounded(value: float) -> float | None:
    return round(float(value), 3) if np.isfinite(value) else None


def error_of_expected(
    made: dict[str, tuple[bytes, dict[str, Any], np.ndarray]], expected: dict[str, np.ndarray]
) -> float:
    """As the benchmark's runner has it: of the clean hours of the surge set."""
    errors = []
    for name, (_, truth, base) in made.items():
        if not name.startswith("surge"):
            continue
        clean = np.arange(truth["n"]) >= truth["warm_h"]
        for event in truth["events"]:
            clean[event["onset"] : event["end"] + 168] = False
        clean &= np.isfinite(expected[name]) & (base > 0)
        if clean.any():
            errors.append(float(np.abs(expected[name] - base)[clean].sum() / base[clean].sum()))
    return round(float(np.mean(errors)), 3)


def peers(method: str, files: dict[str, bytes]) -> dict[str, np.ndarray]:
    """Score of each hour by one of the benchmark's reference methods."""
    return said_by([str(PYTHON), str(SHARED / "surge-bench" / "peers" / "pypeers.py"), method], files, "score")


def by_r(method: str, files: dict[str, bytes]) -> dict[str, np.ndarray]:
    """Alarms of each hour by a method of R's surveillance."""
    return said_by([str(R), str(SHARED / "surge-bench" / "peers" / "peers.R"), method], files, "alarm")


def said_by(command: list[str], files: dict[str, bytes], column: str) -> dict[str, np.ndarray]:
    with tempfile.TemporaryDirectory() as folder:
        given, said = Path(folder) / "in", Path(folder) / "out"
        given.mkdir()
        for name, content in files.items():
            (given / f"{name}.csv").write_bytes(content)
        subprocess.run([*command, str(given), str(said)], check=True)
        numbers = {}
        for name in files:
            with open(said / f"{name}.csv", newline="") as file:
                rows = [row[column] for row in csv.DictReader(file)]
            numbers[name] = np.array([float("nan" if row in ("", "NA") else row) for row in rows])
    return numbers


def calibrated(
    null: dict[str, tuple[bytes, dict[str, Any], np.ndarray]], scores: dict[str, np.ndarray], rate: float
) -> float:
    """The lowest score that gives at most `rate` false alarms per 30 days, as the benchmark's runner finds it."""
    import metrics

    def alarms(strength: float) -> float:
        made = [metrics.score_series(np.nan_to_num(scores[name], nan=-1e9) >= strength, null[name][1]) for name in null]
        return float(metrics.summarise(made)["fa30"])

    every = np.concatenate([scores[name][null[name][1]["warm_h"] :] for name in null])
    every = every[np.isfinite(every)]
    low, high = float(np.quantile(every, 0.5)), float(every.max()) + 1e-6
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if alarms(middle) > rate else (low, middle)
    return high
