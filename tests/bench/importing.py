"""Rows per second of `ingest`, everything validated and the rollups kept, beside bare pandas read_csv + to_sql."""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from data.ingest import ingest
from data.sites import add_site, load_site
from data.store import create_store, migrate, writing
from tests.journeys.test_live import SITE

ROWS = 1_000_000


def figures() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder)
        engine = create_store(f"sqlite:///{var / 'caudal.sqlite'}")
        migrate(engine)
        now = datetime.now(UTC)
        with writing(engine) as conn:
            add_site(conn, load_site(SITE.format(zone="America/Lima")), now, "bench")
        content = _content(now)
        began = time.perf_counter()
        bare = pd.read_csv(io.BytesIO(content))
        bare_engine = create_store(f"sqlite:///{var / 'bare.sqlite'}")
        bare.to_sql("flow", bare_engine, index=False)
        baseline = time.perf_counter() - began
        began = time.perf_counter()
        receipt = ingest(engine, content, "bench.csv", source="prueba", now=now, var=var)
        taken = time.perf_counter() - began
        assert receipt.accepted == ROWS
        yield {
            "figure": f"import of {ROWS} flow rows, SQLite",
            "rows_per_second": round(ROWS / taken),
            "ratio_to_pandas_read_csv_to_sql": round(taken / baseline, 2),
        }
        engine.dispose()
        bare_engine.dispose()


def _content(now: datetime) -> bytes:
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(minutes=15 * (ROWS // 2 + 1))
    lines = ["site,stage,measure,start,minutes,people"]
    for row in range(ROWS // 2):
        start = (first + timedelta(minutes=15 * row)).isoformat()
        lines.append(f"prueba,migration-control,arrivals,{start},15,{row % 97}")
        lines.append(f"prueba,migration-control,served,{start},15,{row % 89}")
    return "\n".join(lines).encode()
