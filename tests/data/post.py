"""A post whose hours are reported by one source, for tests of its alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine

from data.alert_book import open_alerts
from data.ingest import ingest
from data.sites import add_site, load_site
from data.store import reading, writing
from data.types import AlertCard
from data.vocabulary import Dataset

SITE = """
site = "norte"
name = "Norte"
country = "PE"
zone = "America/Lima"
kind = "simulation"
entry_stage = "migration-control"
stages = ["migration-control"]
sectors = ["wash"]

[[source]]
source = "control"
organisation = "Control"
name = "Control"

[[official]]
stage = "migration-control"
measure = "arrivals"
source = "control"

[[official]]
stage = "migration-control"
measure = "served"
source = "control"

[[cadence]]
source = "control"
dataset = "flow"
minutes = 60
"""
START = datetime(2019, 4, 1, 5, tzinfo=UTC)
NOON = datetime(2019, 5, 20, 17, tzinfo=UTC)  # seven weeks later


def hourly(first: datetime, people: list[int]) -> bytes:
    rows = ["site,stage,measure,start,minutes,people"]
    for hour, count in enumerate(people):
        at = (first + timedelta(hours=hour)).isoformat()
        rows += [f"norte,migration-control,{measure},{at},60,{count}" for measure in ("arrivals", "served")]
    return "\n".join(rows).encode()


def send(engine: Engine, var: Path, first: datetime, people: list[int], now: datetime) -> None:
    receipt = ingest(
        engine,
        hourly(first, people),
        f"{first:%Y%m%dT%H}.csv",
        source="control",
        dataset=Dataset.FLOW,
        now=now,
        var=var,
    )
    assert receipt.rejected == 0


def open_post(engine: Engine) -> None:
    """Without any hour yet, for tests whose rules look at nothing of it."""
    with writing(engine) as conn:
        add_site(conn, load_site(SITE), START, "test")


def open_calm_post(engine: Engine, var: Path, since: datetime = START) -> None:
    """Seven calm weeks of hours, up to noon; fewer where no usual is wanted."""
    open_post(engine)
    hours = round((NOON - since) / timedelta(hours=1))
    send(engine, var, since, [60 + (hour * 7) % 11 for hour in range(hours)], NOON)


def cards(engine: Engine) -> tuple[AlertCard, ...]:
    with reading(engine) as conn:
        return open_alerts(conn, "norte")
