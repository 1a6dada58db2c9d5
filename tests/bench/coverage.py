"""The coverage board of a post with nine services, one year and five of them behind it, at each new hour and minute.

Every figure is made up. CPU of this process; the two stores take turns.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Engine

from callbacks.boards import build
from data.ingest import ingest
from data.published_standards import published
from data.sites import add_site, load_site
from data.standards_book import set_standards
from data.store import create_store, migrate, reading, writing
from data.types import ClockReading, Scope
from data.vocabulary import SERVICE_SECTOR, Audience, Dataset, Language, Service
from tests.data.covered import HOUR, NOW, SITE

YEARS = (1, 5)
ROUNDS = 9
FINE = timedelta(days=6)  # that come by the hour; before them by the shift
SERVICES = {
    **{Service.WATER: ("litros", 5000), Service.LATRINES: ("letrinas", 30), Service.SHOWERS: ("duchas", 28)},
    **{Service.TAPS: ("grifos", 9), Service.SHELTER_PLACES: ("m²", 4000), Service.MEALS: ("raciones", 900)},
    **{Service.VACCINATION: ("dosis", 200), Service.MEDICAL_ATTENTION: ("atenciones", 60), Service.NURSES: ("", 2)},
}
HEADS = {
    Dataset.SERVICE: "organisation,sector,service,start,end,quantity,unit",
    Dataset.FLOW: "stage,measure,start,minutes,people",
    Dataset.PRESENT: "at,people",
    Dataset.STOCK: "organisation,item,at,quantity,unit",
}


def figures() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        stores = {years: _store(Path(folder) / str(years), years) for years in YEARS}
        taken: dict[tuple[int, str], list[float]] = {}
        for turn in range(ROUNDS):
            now = NOW + HOUR * (turn + 1)
            for years, engine in stores.items():
                _deliver(engine, Path(folder) / str(years), now - HOUR, now, HOUR)
                for name, at in (("new hour", now), ("same again", now), ("new minute", now + HOUR / 60)):
                    cpu = _cpu(lambda engine=engine, at=at: _board(engine, at))
                    taken.setdefault((years, name), []).append(cpu)
        for name in ("new hour", "new minute", "same again"):
            told = {years: statistics.median(taken[years, name][1:]) for years in YEARS}
            yield {
                "figure": f"coverage board, {name}",
                **{f"cpu_ms_{years}_years": round(cpu, 1) for years, cpu in told.items()},
                "ratio_5_years_to_1": round(told[YEARS[1]] / told[YEARS[0]], 2),
            }
        for engine in stores.values():
            engine.dispose()


def _store(var: Path, years: int) -> Engine:
    var.mkdir()
    engine = create_store(f"sqlite:///{var / 'caudal.sqlite'}")
    migrate(engine)
    first = NOW - timedelta(days=365 * years)
    with writing(engine) as conn:
        add_site(conn, load_site(SITE), first, "prueba")
        set_standards(conn, "norte", published().entries, first, first, "prueba")
    start = first
    while start < NOW - FINE:
        end = min(start + timedelta(days=30), NOW - FINE)
        _deliver(engine, var, start, end, 8 * HOUR)
        start = end
    _deliver(engine, var, NOW - FINE, NOW, HOUR)
    return engine


def _deliver(engine: Engine, var: Path, start: datetime, end: datetime, step: timedelta) -> None:
    starts = [start + step * number for number in range(round((end - start) / step))]
    rows: dict[Dataset, list[str]] = {dataset: [] for dataset in HEADS}
    for at in starts:
        share = step / timedelta(days=1)
        moment, ends = at.isoformat(), (at + step).isoformat()
        rows[Dataset.SERVICE] += [
            f"Agua,{SERVICE_SECTOR[service]},{service},{moment},{ends},{amount * share + at.hour:.0f},{unit}"
            for service, (unit, amount) in SERVICES.items()
        ]
        rows[Dataset.PRESENT].append(f"{moment},{900 + 10 * at.hour}")
        rows[Dataset.STOCK].append(f"Agua,tanques,{moment},{(240 - (at.timestamp() // 3600) % 240) * 100:.0f},litros")
        if step == HOUR:
            rows[Dataset.FLOW].append(f"migration-control,arrivals,{moment},60,{40 + at.hour}")
    for dataset, told in rows.items():
        if told:
            content = "\n".join([f"site,{HEADS[dataset]}", *(f"norte,{row}" for row in told), ""]).encode()
            receipt = ingest(engine, content, f"{dataset}.csv", source="migraciones", dataset=dataset, now=end, var=var)
            assert receipt.rejected == 0, receipt.issues


def _board(engine: Engine, now: datetime) -> bytes:
    with reading(engine) as conn:
        scope = Scope("norte", Language.ES, Audience.OPEN, "today")
        return orjson.dumps(build(conn, "coverage", scope, ClockReading(now, 1.0, False)).to_json())


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    for figure in figures():
        print(orjson.dumps(figure).decode(), flush=True)
