"""A centre with people, services and standards, for tests of coverage through the store, at noon of 14 June 2019."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from data.ingest import ingest
from data.sites import add_site, load_site
from data.store import writing
from data.vocabulary import Dataset

SITE = """
site = "norte"
name = "Norte"
country = "PE"
zone = "America/Lima"
entry_stage = "migration-control"
stages = ["migration-control"]
sectors = ["wash", "health", "gbv"]
phase = "emergency"

[[official]]
stage = "migration-control"
measure = "arrivals"
source = "migraciones"
"""
NOW = datetime(2019, 6, 14, 17, tzinfo=UTC)
DAY = datetime(2019, 6, 14, 5, tzinfo=UTC)
HOUR = timedelta(hours=1)


def open_covered(engine: Engine, more: str = "") -> None:
    with writing(engine) as conn:
        add_site(conn, load_site(SITE + more), NOW - timedelta(days=30), "test")


def standard(service: str, phase: str, value: float, per: str, unit: str, denominator: str = "present") -> str:
    return (
        f'\n[[standard]]\nservice = "{service}"\nphase = "{phase}"\nvalue = {value}\nper = "{per}"\n'
        f'denominator = "{denominator}"\nunit = "{unit}"\nsource = "UNHCR"\n'
    )


def send(
    engine: Engine, var: Path, dataset: Dataset, source: str, head: str, rows: list[str], now: datetime = NOW
) -> None:
    content = "\n".join([f"site,{head}", *(f"norte,{row}" for row in rows), ""]).encode()
    receipt = ingest(engine, content, f"{dataset}.csv", source=source, dataset=dataset, now=now, var=var)
    assert receipt.rejected == 0, receipt.issues


def send_present(engine: Engine, var: Path, *told: tuple[datetime, float]) -> None:
    send(
        engine, var, Dataset.PRESENT, "migraciones", "at,people", [f"{at.isoformat()},{people}" for at, people in told]
    )


def send_arrivals(engine: Engine, var: Path, rows: list[tuple[datetime, int, str, str]], minutes: int = 60) -> None:
    """Start, people, sex and age band ("" for the total)."""
    head = "stage,measure,start,minutes,people,sex,age_band"
    told = [
        f"migration-control,arrivals,{start.isoformat()},{minutes},{people},{sex},{band}"
        for start, people, sex, band in rows
    ]
    send(engine, var, Dataset.FLOW, "migraciones", head, told)


def send_service(
    engine: Engine,
    var: Path,
    service: str,
    sector: str,
    told: list[tuple[datetime, datetime, object, str, object]],
    more: tuple[str, str] = ("", ""),
    organisation: str = "Agua",
    now: datetime = NOW,
) -> None:
    """Start, end, quantity, unit, people; `more`: sex and age band."""
    head = "organisation,sector,service,start,end,quantity,unit,people,sex,age_band"
    rows = [
        f"{organisation},{sector},{service},{start.isoformat()},{end.isoformat()},{amount},{unit},{people},"
        f"{more[0]},{more[1]}"
        for start, end, amount, unit, people in told
    ]
    send(engine, var, Dataset.SERVICE, organisation.lower(), head, rows, now)
