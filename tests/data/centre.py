"""A small centre for tests: its site file, deliveries in the canonical form, and what the store says of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from data import tables
from data.ingest import ingest
from data.queries import SeriesKey, flow_by_day, flow_by_hour
from data.receipts import Receipt
from data.sites import add_site, load_site
from data.store import reading, writing
from data.types import Window

SITE = """
site = "tumbes"
name = "CEBAF Tumbes"
country = "PE"
zone = "America/Lima"
entry_stage = "migration-control"
stages = ["vaccination", "migration-control", "transport"]
sectors = ["wash", "food"]
safe_capacity = 200

[[official]]
stage = "migration-control"
measure = "arrivals"
source = "migraciones"
reason = "GTRM, acta 12"

[[cadence]]
source = "migraciones"
dataset = "flow"
minutes = 60

[[standard]]
service = "water"
phase = "emergency"
value = 15
per = "per-person-day"
denominator = "present"
unit = "litros"
source = "Esfera 2018"

[[source]]
source = "migraciones"
organisation = "Migraciones"
name = "Migraciones, control migratorio"
contact_role = "jefe de turno"
"""

NOON = datetime(2018, 11, 1, 17, tzinfo=UTC)  # 1 November, noon at Tumbes
ARRIVALS = SeriesKey("tumbes", "migration-control", "arrivals", "migraciones")
LAST_OF_OCTOBER = Window(datetime(2018, 10, 31, 5, tzinfo=UTC), datetime(2018, 11, 1, 5, tzinfo=UTC))


def open_centre(engine: Engine, text: str = SITE) -> None:
    with writing(engine) as conn:
        add_site(conn, load_site(text), datetime(2018, 1, 1, tzinfo=UTC), "test")


def flow_csv(*rows: tuple[Any, ...], columns: Iterable[str] = ("start", "minutes", "people"), **same: Any) -> bytes:
    """A canonical file of arrivals at the entry stage; `same` columns hold one value for all rows."""
    constant = {"site": "tumbes", "stage": "migration-control", "measure": "arrivals", **same}
    header = ",".join([*constant, *columns])
    lines = [",".join([*map(str, constant.values()), *map(str, row)]) for row in rows]
    return "\n".join([header, *lines, ""]).encode()


def hour_csv(hour: str, people: float, **same: Any) -> bytes:
    """One hour of 31 October 2018."""
    return flow_csv((f"2018-10-31T{hour}", 60, people), **same)


def send(engine: Engine, var: Path, content: bytes, now: datetime = NOON, **more: Any) -> Receipt:
    return ingest(engine, content, "reporte.csv", **{"source": "migraciones", "now": now, "var": var, **more})


def people_by_hour(engine: Engine, as_of: datetime | None = None, key: SeriesKey = ARRIVALS) -> dict[str, float]:
    """Local hour of 31 October: people."""
    with reading(engine) as conn:
        hours = flow_by_hour(conn, key, LAST_OF_OCTOBER, as_of)
    local = (hours["hour"] - timedelta(hours=5)).dt.strftime("%H:%M")
    return dict(zip(local, hours["people"], strict=True))


def people_of_day(engine: Engine, as_of: datetime | None = None, key: SeriesKey = ARRIVALS) -> float | None:
    with reading(engine) as conn:
        days = flow_by_day(conn, key, LAST_OF_OCTOBER, as_of)
    return None if days.empty else float(days["people"].iloc[0])


def contents(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """The rollups, whole, to compare two stores."""
    found = {}
    with reading(engine) as conn:
        for table in (tables.flow_hourly, tables.flow_daily, tables.service_daily):
            columns = [c for c in table.c if c.name != "received_at"]
            found[table.name] = sorted(map(tuple, conn.execute(select(*columns))), key=repr)
    return found
