"""What it costs to hold many series against what is usual, minute after minute, on one core and one SQLite store.

CPU milliseconds per series: the first look at a series that nothing is known of, the next minute, the first look after
a restart, the first after midnight, and one after a correction of an old day. `CAUDAL_TICKS_SERIES=1000`.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Engine, insert, update

from data import midnights
from data.detecting import detection_of
from data.midnights import Memory
from data.queries import SeriesKey
from data.sites import add_site, load_site
from data.sites import site as site_named
from data.store import create_store, migrate, reading, writing
from data.tables import flow_hourly
from data.vocabulary import Measure, Stage
from tests.data.post import SITE

SERIES = int(os.environ.get("CAUDAL_TICKS_SERIES", "100"))
PER_SITE = 10
DAYS = 150
FIRST = datetime(2019, 1, 1, 5, tzinfo=UTC)  # midnight in Lima
NOON = FIRST + timedelta(days=DAYS, hours=12)
HOUR = timedelta(hours=1)


def figures() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_store(f"sqlite:///{Path(folder) / 'ticks.db'}")
        migrate(engine)
        keys = filled(engine)
        yield spent("first look, nothing known", engine, keys, NOON)
        begun = time.process_time()
        midnights.save(engine)
        yield {"figure": "written, once a night", "cpu_ms_per_series": per_series(time.process_time() - begun)}
        yield spent("next minute", engine, keys, NOON + timedelta(minutes=1))
        midnights.memory = Memory()
        yield spent("after a restart", engine, keys, NOON + timedelta(minutes=2))
        report_hours(engine, keys, NOON, 13)
        yield spent("after midnight", engine, keys, NOON + 13 * HOUR)
        some = keys[: max(1, SERIES // 20)]
        with writing(engine) as conn:
            conn.execute(update(flow_hourly).where(flow_hourly.c.hour == NOON - timedelta(days=10)).values(people=500))
        midnights.memory = Memory()
        with writing(engine) as conn:  # as a delivery that reaches back would have it
            conn.execute(update(midnights.detector_midnight).values(mark=""))
        yield spent("after a correction of an old day", engine, some, NOON + 13 * HOUR)
        engine.dispose()


def filled(engine: Engine) -> list[SeriesKey]:
    keys = []
    with writing(engine) as conn:
        for number in range((SERIES + PER_SITE - 1) // PER_SITE):
            name = f"n{number}"
            add_site(conn, load_site(SITE.replace('site = "norte"', f'site = "{name}"')), FIRST, "bench")
            keys += [
                SeriesKey(name, Stage.MIGRATION_CONTROL, Measure.ARRIVALS, f"s{place}")
                for place in range(min(PER_SITE, SERIES - number * PER_SITE))
            ]
    report_hours(engine, keys, FIRST, DAYS * 24 + 12)
    return keys


def report_hours(engine: Engine, keys: list[SeriesKey], first: datetime, hours: int) -> None:
    draw = np.random.default_rng(hours)
    usual = 60 * (1 + 0.5 * np.sin(np.arange(hours) / 24 * 2 * np.pi))
    for key in keys:
        people = draw.poisson(usual).astype(float)
        with writing(engine) as conn:
            conn.execute(
                insert(flow_hourly),
                [
                    {
                        "site": key.site,
                        **key.columns,
                        "hour": first + hour * HOUR,
                        "people": count,
                        "minutes": 60,
                        "at_least": False,
                        "method": "counted",
                        "received_at": first + (hour + 1) * HOUR,
                    }
                    for hour, count in enumerate(people.tolist())
                ],
            )


def spent(what: str, engine: Engine, keys: list[SeriesKey], now: datetime) -> dict[str, Any]:
    begun = time.process_time()
    told = 0
    with reading(engine) as conn:
        for key in keys:
            told += detection_of(conn, site_named(conn, key.site), key, now) is not None
    spent_seconds = time.process_time() - begun
    return {"figure": what, "series": told, "cpu_ms_per_series": round(1000 * spent_seconds / len(keys), 1)}


def per_series(seconds: float) -> float:
    return round(1000 * seconds / SERIES, 1)
