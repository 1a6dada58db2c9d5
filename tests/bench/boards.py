"""Building and encoding the boards of the demo store, warm, beside a bare pandas read of the same store; then those of
ten queues, of one year and of five, at each new hour."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
from sqlalchemy import select

from callbacks.boards import build
from data.clock import Replay, reading, stored_replay
from data.store import create_store
from data.store import reading as reading_store
from data.tables import flow_hourly
from data.types import Scope
from data.vocabulary import Audience, Language
from tests.bench import boards_by_years
from tests.journeys.conftest import run_caudal

PAGES = ("situation", "flow", "queue", "coverage", "alerts", "reports", "wall")
ROUNDS = 15


def figures() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        run_caudal(var, "demo", "--no-serve")
        engine = create_store(f"sqlite:///{var / 'caudal.sqlite'}")
        with reading_store(engine) as conn:
            replay = stored_replay(conn)
            assert isinstance(replay, Replay)
            clock = reading(replay, datetime.now(UTC))
            everything = _median(lambda: pd.read_sql(select(flow_hourly), conn))
            for page in PAGES:
                scope = Scope("cebaf-tumbes", Language.ES, Audience.OPEN, "today")
                taken = _median(lambda page=page, scope=scope: orjson.dumps(build(conn, page, scope, clock).to_json()))
                yield {
                    "figure": f"board built and encoded, {page}",
                    "median_ms": round(taken * 1000, 1),
                    "ratio_to_reading_the_rollup_with_pandas": round(taken / everything, 3),
                }
        engine.dispose()
    yield from boards_by_years.figures()


def _median(work: Callable[[], object]) -> float:
    work()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)
