"""The detector on real series, day after day as they came: onsets told when, alarms in calm, injected surges.

O'Hare by the hour 2018-2020, Balkan route and Italy by the day, and the reconstruction of CEBAF. Holidays: none, no
site file names them. Every alarm in a calm span counts as a false one, whatever it told of.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np

from data.analytics.detection.filling import Told, filled, usual_after
from data.analytics.detection.limits import limits
from data.analytics.detection.opening import Event
from data.analytics.detection.state import Kind
from data.analytics.detection.stream import Day, detected
from data.analytics.seasonal import Past
from tests.bench.forecast import SHARED, balkan, by_day, italy, ohare

ONE = limits(1)
ONSETS = (  # series, kind, onset, days within which it must be told
    ("Slovenia", Kind.SURGE, date(2015, 10, 17), 0),
    ("Hungary", Kind.COLLAPSE, date(2015, 10, 17), 0),
    ("Italy", Kind.SURGE, date(2023, 9, 12), 0),
    ("CEBAF", Kind.SURGE, date(2018, 10, 23), 2),
    ("CEBAF", Kind.SURGE, date(2019, 6, 8), 0),
    ("O'Hare", Kind.COLLAPSE, date(2020, 3, 22), 0),
)
CALM = {  # half-open
    "O'Hare": (date(2018, 1, 1), date(2020, 1, 1)),
    "Italy": (date(2019, 10, 1), date(2025, 9, 14)),  # two weeks of zeros at the end of the file are no landings
    "CEBAF, autumn 2018": (date(2018, 9, 8), date(2018, 10, 23)),
    "CEBAF, spring 2019": (date(2019, 1, 1), date(2019, 6, 8)),
}
INJECTED = ((2.0, 48, 24), (1.5, 72, 40))  # times, hours, how often
PLACES = (
    "Greek islands", "Greek mainland", "North Macedonia", "Serbia", "Croatia", "Hungary", "Slovenia", "Austria",
)  # fmt: skip


def real() -> Iterator[dict[str, Any]]:
    routes = {PLACES[number]: past for number, past in enumerate(balkan().values())}
    hourly = ohare(2017, 2020)
    series = {**routes, "Italy": italy(), "CEBAF": cebaf(), "O'Hare": hourly}
    told = {name: list(filled(past, ONE)) for name, past in series.items()}
    for name, kind, onset, within in ONSETS:
        late = opened_after(series[name], told[name], kind, onset)
        figure = f"onset, {name}, {kind} of {onset}"
        yield {"figure": figure, "days_after": late, "asked": within, "met": late is not None and late <= within}
    for name, (first, last) in CALM.items():
        of = name.split(",")[0]
        yield {"figure": f"calm, {name}", **alarms(series[of], told[of], first, last)}
    for name in routes:
        of = routes[name]
        yield {"figure": f"alarms, {name}", **alarms(of, told[name], of.first + timedelta(days=7), of.end)}
    for times, hours, often in INJECTED:
        yield {
            "figure": f"injected at O'Hare, {times:g} times for {hours} h",
            **injected(hourly, told["O'Hare"], times, hours, often),
        }
    yield from speed(hourly, told["O'Hare"])


def cebaf() -> Past:
    with open(SHARED / "facts" / "cebaf_daily_reference.csv", newline="") as file:
        return by_day({date.fromisoformat(row["date"]): float(row["entries"]) for row in csv.DictReader(file)})


def opened_after(past: Past, told: list[Told], kind: Kind, onset: date) -> int | None:
    """Days from the onset to the alarm, at most a week; None for one that was on before or never came."""
    for day in told[(onset - past.first).days : (onset - past.first).days + 8]:
        if any(verdict.event is Event.OPENED and verdict.alarm is kind for verdict in day.verdicts):
            return day.day - (onset - past.first).days
    return None


def alarms(past: Past, told: list[Told], first: date, last: date) -> dict[str, Any]:
    days = [day for day in told[(first - past.first).days : (last - past.first).days] if day.verdicts]
    said = [(past.first + timedelta(days=day.day), verdict) for day in days for verdict in day.verdicts]
    opened = [(str(on), str(verdict.alarm)) for on, verdict in said if verdict.event is Event.OPENED]
    heard = len({on for on, verdict in said if verdict.told})
    return {
        "days_reported": heard,
        "alarms_per_30_days": round(30 * len(opened) / heard, 2),
        "surges_per_30_days": round(30 * sum(kind == Kind.SURGE for _, kind in opened) / heard, 2),
        "share_in_alarm": round(float(np.mean([verdict.alarm is not None for _, verdict in said])), 3),
        "opened": opened,
    }


def injected(past: Past, told: list[Told], times: float, hours: int, often: int) -> dict[str, Any]:
    """The same onsets every time, anywhere in the calm years where no alarm is on."""
    draw = np.random.default_rng(2018)
    first, last = ((on - past.first).days for on in CALM["O'Hare"])
    delays: list[float] = []
    while len(delays) < often:
        day, hour = int(draw.integers(first, last - 8)), int(draw.integers(24))
        before = told[day - 1]
        if before.state is None or before.state.alarm is not None or np.isnan(past.people[day, hour]):
            continue
        line = past.people.copy().ravel()
        line[day * 24 + hour : day * 24 + hour + hours] *= times
        some = replace(past, people=line.reshape(past.people.shape)).until(day + 2 + hours // 24)
        said = [verdict for one in filled(some, ONE, state=before.state, first=day) for verdict in one.verdicts]
        on = [place for place in range(hour, hour + hours + 3) if said[place].alarm is Kind.SURGE]
        # one that stood before the onset is none
        early = said[hour - 1].alarm is Kind.SURGE if hour else False
        delays.append(on[0] - hour + 1.0 if on and not early else np.inf)
    found = np.isfinite(delays)
    return {"found": int(found.sum()), "of": often, "median_hours": float(np.median(delays))}


def speed(past: Past, told: list[Told]) -> Iterator[dict[str, Any]]:
    """One bucket of 1,000 series on one core, states read and written as the store keeps them; and a night."""
    day = past.days - 40
    known = usual_after(past.until(day))
    state = told[day - 1].state
    assert known is not None
    assert state is not None
    kept = state.to_json()
    begun = time.process_time()
    for _ in range(1000):
        after, _said = detected(known, type(state).from_json(kept), Day(np.array([9]), past.people[day, 9:10]), ONE)
        after.to_json()
    yield {"figure": "1,000 series, one bucket each", "cpu_seconds": round(time.process_time() - begun, 2)}
    begun = time.process_time()
    for night in range(day, day + 20):
        usual_after(past.until(night))
    yield {"figure": "a night of one series", "cpu_ms": round(50 * (time.process_time() - begun), 1)}
