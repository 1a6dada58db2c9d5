"""A generated border point with ten queues (six stages, four of them with a priority lane) and years of hours behind
it: what the boards' cost is measured on. Every figure is made up by a formula; none is of a real place."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from data.ingest import ingest
from data.sites import add_site, load_site
from data.store import create_store, migrate, writing
from data.types import ClockReading

SITE = "diez"
NOW = datetime(2019, 6, 14, 17, tzinfo=UTC)  # noon at the place
NEWS = 12  # hours of the last day that come by the hour
HOUR = timedelta(hours=1)
STAGES = ("vaccination", "migration-control", "asylum-cepr", "child-protection-upe", "services", "transport")
QUEUES = tuple((stage, "general") for stage in STAGES) + tuple((stage, "priority") for stage in STAGES[:4])
SERVICES = (("water", "wash", "litros"), ("meals", "food", "raciones"), ("medical-attention", "health", "atenciones"))


def site_file() -> str:
    officials = "".join(
        f'[[official]]\nstage = "{stage}"\nmeasure = "{measure}"\nsource = "conteo"\nreason = "de prueba"\n'
        for stage in STAGES
        for measure in ("arrivals", "served")
    )
    cadences = "".join(
        f'[[cadence]]\nsource = "conteo"\ndataset = "{name}"\nminutes = {every}\n'
        for name, every in (("flow", 60), ("queue", 60), ("service", 1440))
    )
    return f"""
site = "{SITE}"
name = "Diez colas"
country = "PE"
zone = "America/Lima"
kind = "simulation"
entry_stage = "migration-control"
stages = [{", ".join(f'"{stage}"' for stage in STAGES)}]
lanes = ["general", "priority"]
sectors = ["health", "wash", "food"]
services = ["water", "meals", "medical-attention"]
safe_capacity = 900
{officials}{cadences}
[[source]]
source = "conteo"
organisation = "Migraciones"
name = "Conteo de prueba"
"""


def people(queue: int, at: datetime, measure: str) -> int:
    """Two humps a day, livelier on Fridays, a slow year; served follows a little lower at the height of the day."""
    hour, weekday = (at.hour - 5) % 24, at.weekday()
    day = 60 + 45 * math.sin((hour - 6) / 24 * 2 * math.pi) + 20 * math.sin(hour / 12 * 2 * math.pi)
    level = (1.3 if weekday == 4 else 1.0) * (1 + 0.2 * math.sin(at.timetuple().tm_yday / 58))
    noise = (at.toordinal() * 31 + hour * 17 + queue * 7) % 13
    came = max(0.0, day * level / (1 + queue / 3) + noise)
    return round(came if measure == "arrivals" else min(came, 110 / (1 + queue / 3)))


def waiting(queue: int, at: datetime) -> int:
    hour = (at.hour - 5) % 24
    return round(max(0.0, 90 * math.sin((hour - 7) / 24 * 2 * math.pi)) / (1 + queue / 3)) + (at.day + queue) % 5


def flow_csv(hours: list[datetime]) -> bytes:
    rows = [
        f"{SITE},{stage},{measure},{lane},{at.isoformat()},60,{people(queue, at, measure)}"
        for at in hours
        for queue, (stage, lane) in enumerate(QUEUES)
        for measure in ("arrivals", "served")
    ]
    return "\n".join(["site,stage,measure,lane,start,minutes,people", *rows, ""]).encode()


def queue_csv(hours: list[datetime]) -> bytes:
    rows = [
        f"{SITE},{stage},{lane},{(at + HOUR).isoformat()},{waiting(queue, at)},{2 + at.hour // 4}"
        for at in hours
        for queue, (stage, lane) in enumerate(QUEUES)
    ]
    return "\n".join(["site,stage,lane,at,waiting,counters_open", *rows, ""]).encode()


def service_csv(days: list[datetime]) -> bytes:
    rows = [
        f"{SITE},Cruz Roja,{sector},{service},{day.isoformat()},{(day + 24 * HOUR).isoformat()},{900 + day.day},{unit}"
        for day in days
        for service, sector, unit in SERVICES
    ]
    return "\n".join(["site,organisation,sector,service,start,end,quantity,unit", *rows, ""]).encode()


def one_entry_hour(hour: datetime, more: int = 0) -> bytes:
    """The smallest delivery: arrivals of one hour at the entry."""
    rows = f"{SITE},migration-control,arrivals,general,{hour.isoformat()},60,{people(1, hour, 'arrivals') + more}"
    return f"site,stage,measure,lane,start,minutes,people\n{rows}\n".encode()


def generated(folder: Path, years: float, url: str | None = None) -> Engine:
    """A store with so many years until NOW: by the month, then by the day, the last day by the hour."""
    engine = create_store(url or f"sqlite:///{folder / 'caudal.sqlite'}")
    migrate(engine)
    first = NOW - timedelta(days=365 * years)
    with writing(engine) as conn:
        add_site(conn, load_site(site_file()), first - timedelta(days=1), "prueba")
    for start, end in _spans(first):
        hours = [start + HOUR * n for n in range(round((end - start) / HOUR))]
        deliver(engine, folder, hours, end)
        days = [hour for hour in hours if hour.hour == 5]
        if days and days[-1] + 24 * HOUR <= NOW:
            send(engine, folder, service_csv(days), "service", max(end, days[-1] + 24 * HOUR))
    return engine


def _spans(first: datetime) -> Iterator[tuple[datetime, datetime]]:
    start = first
    while start < NOW:
        left = NOW - start
        step = timedelta(days=30 if left > timedelta(days=38) else 1) if left > NEWS * HOUR else HOUR
        yield start, min(start + step, NOW)
        start += step


def deliver(engine: Engine, var: Path, hours: list[datetime], now: datetime) -> None:
    """Everybody's figures of these hours."""
    send(engine, var, flow_csv(hours), "flow", now)
    send(engine, var, queue_csv(hours), "queue", now)


def send(engine: Engine, var: Path, content: bytes, name: str, now: datetime) -> None:
    receipt = ingest(engine, content, f"{name}.csv", source="conteo", now=now, var=var)
    assert receipt.state == "accepted", receipt


def clock_at(now: datetime) -> ClockReading:
    return ClockReading(now=now, speed=1.0, replay=False)
