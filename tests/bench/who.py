"""Who does what where, of 40 organisations, 60 services and 90 days: built after each delivery, at one site and beside
ninety-nine others, and drawn and filtered in a browser on the same machine."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
from playwright.sync_api import sync_playwright
from sqlalchemy import Engine

from callbacks.who import who, who_ask
from data.bulk import insert_frame
from data.ingest import ingest
from data.places import site as site_named
from data.sites import add_site, load_site
from data.store import reading, writing
from data.tables import service_line
from data.types import ClockReading, Scope
from data.vocabulary import SERVICE_SECTOR, Audience, Language, Sector, Service
from layouts.html import to_html
from layouts.pages import who as page
from layouts.translator import translator
from tests.conftest import CHROMIUM_FLAGS, CHROMIUM_NAMES
from tests.journeys.conftest import Server
from tests.journeys.test_live import SITE
from tests.stores import migrated

ORGANISATIONS, SERVICES, DAYS, OTHERS = 40, 60, 90, 99
ROUNDS = 7
PAINTED = """addEventListener('load', () => requestAnimationFrame(() => requestAnimationFrame(
  () => { window.painted = performance.now(); })));"""
WHEN_PAINTED = """() => new Promise(done => {
  const look = () => window.painted ? done(window.painted) : requestAnimationFrame(look);
  look();
})"""
ASKED = {
    "yesterday by organisation": {"window": "yesterday"},
    "90 days by day": {"window": "90d", "across": "day"},
    "90 days by organisation": {"window": "90d"},
    "90 days by day, one sector": {"window": "90d", "across": "day", "sector": "wash"},
    "90 days by day, one organisation": {"window": "90d", "across": "day", "organisation": "Organización 07"},
}
PLAIN = {"site": "prueba", "lang": "es", "look": "light"}


def pairs() -> list[tuple[str, str]]:
    """Sixty rows of a matrix: every service under its sector, and then under others."""
    own = [(str(sector), str(service)) for service, sector in SERVICE_SECTOR.items() if sector]
    others = [(str(sector), str(Service.OTHER)) for sector in Sector]
    crossed = [(str(sector), str(Service.INFORMATION)) for sector in Sector]
    crossed += [(str(sector), str(Service.PSYCHOSOCIAL)) for sector in Sector]
    return list(dict.fromkeys([*own, *others, *crossed]))[:SERVICES]


def lines(site: str, first: datetime, days: int, organisations: int, report_id: int) -> pd.DataFrame:
    rows = [
        (site, f"fuente-{one:02d}", f"Organización {one:02d}", sector, service, f"Zona {one:02d}", day)
        for day in range(days)
        for one in range(organisations)
        for sector, service in pairs()
    ]
    made = pd.DataFrame(rows, columns=["site", "source", "organisation", "sector", "service", "place", "day"])
    number = pd.Series(range(len(made)))
    start = pd.Timestamp(first) + pd.to_timedelta(made.pop("day"), unit="D") + pd.Timedelta(hours=2)
    for name in ("sex", "age_band", "need", "shift"):
        made[name] = ""
    return made.assign(
        start=start,
        end=start + pd.Timedelta(hours=8),
        line_id=report_id * 2**24 + number,
        people=(number * 7919 % 400).astype(float),
        activity="",
        unit="",
        quantity=float("nan"),
        capacity=float("nan"),
        report_id=report_id,
        issued_at=pd.Timestamp(first),
        received_at=pd.Timestamp(first),
    )


def figures() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        var = Path(folder) / "var"
        var.mkdir()
        engine = migrated(f"sqlite:///{var / 'caudal.sqlite'}")
        now = datetime.now(UTC)
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        _open(engine, "prueba", now)
        with writing(engine) as conn:
            insert_frame(
                conn, service_line, lines("prueba", today - timedelta(days=DAYS - 1), DAYS, ORGANISATIONS, 900)
            )
        yield from _built(engine, var, 1)
        for other in range(OTHERS):
            _open(engine, f"otro-{other:02d}", now)
            with writing(engine) as conn:
                insert_frame(
                    conn, service_line, lines(f"otro-{other:02d}", today - timedelta(days=1), 1, 4, 1000 + other)
                )
        yield from _built(engine, var, 1 + OTHERS)
        engine.dispose()
        yield from _drawn(var)


def _open(engine: Engine, name: str, now: datetime) -> None:
    text = SITE.format(zone="Etc/GMT").replace('"prueba"', f'"{name}"').replace("Prueba", name)
    with writing(engine) as conn:
        add_site(conn, load_site(text), now, "bench")


def _built(engine: Engine, var: Path, sites: int) -> Iterator[dict[str, Any]]:
    taken: dict[str, list[float]] = {name: [] for name in ASKED}
    for turn in range(ROUNDS + 1):
        _deliver(engine, var, turn + sites * 1000)
        for name, asked in ASKED.items():
            spent = _spent(lambda asked=asked: _page(engine, asked))  # type: ignore[misc]
            if turn:
                taken[name].append(spent)
            elif sites == 1:
                yield {"figure": f"first build, {name}", "cpu_ms": round(spent * 1000, 1)}
    for name, spent_each in taken.items():
        yield {
            "figure": f"page built after a delivery, {name}, {sites} sites",
            "cpu_median_ms": round(statistics.median(spent_each) * 1000, 1),
            "cpu_max_ms": round(max(spent_each) * 1000, 1),
        }
    again = [_spent(lambda: _page(engine, ASKED["90 days by day"])) for _ in range(ROUNDS)]
    yield {
        "figure": f"page built with nothing new, 90 days by day, {sites} sites",
        "cpu_median_ms": round(statistics.median(again) * 1000, 1),
    }


def _deliver(engine: Engine, var: Path, turn: int) -> None:
    """One organisation corrects its sixty services of yesterday."""
    day = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    head = "site,organisation,sector,service,start,end,people,place\n"
    who_is = f"prueba,Organización {turn % ORGANISATIONS:02d}"
    rows = [
        f"{who_is},{sector},{service},{day}T02:00,{day}T10:00,{turn % 300 + 7},Zona {turn % ORGANISATIONS:02d}"
        for sector, service in pairs()
    ]
    content = (head + "\n".join(rows) + "\n").encode()
    source = f"fuente-{turn % ORGANISATIONS:02d}"
    receipt = ingest(engine, content, "ayer.csv", source=source, now=datetime.now(UTC), var=var)
    assert receipt.accepted == len(rows), receipt.issues[:1]


def _page(engine: Engine, asked: dict[str, str]) -> str:
    clock = ClockReading(datetime.now(UTC), 1.0, False)
    scope = Scope("prueba", Language.ES, Audience.OPEN, "today")
    with reading(engine) as conn:
        site = site_named(conn, "prueba")
        model = who(conn, scope, site, who_ask(asked, site, clock.now), clock)
    t = translator(Language.ES, site.zone)
    return to_html(page.body(model.frame, model.matrix, model.open_duplicates, asked, PLAIN, t))


def _spent(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _drawn(var: Path) -> Iterator[dict[str, Any]]:
    chromium = next(found for name in CHROMIUM_NAMES if (found := shutil.which(name)))
    server = Server(var).start()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
            window = browser.new_page(viewport={"width": 1920, "height": 1080})
            window.add_init_script(PAINTED)
            window.set_default_timeout(180_000)  # the first look reads ninety days
            for name, asked in ASKED.items():
                query = "&".join(f"{key}={value}" for key, value in {**PLAIN, **asked}.items())
                times = [_painted(window, f"{server.url}{page.ADDRESS}?{query}") for _ in range(ROUNDS)][2:]
                cells = window.evaluate("document.querySelectorAll('.who-matrix td').length")
                yield {
                    "figure": f"asked to painted in the browser, {name}",
                    "cells": cells,
                    "median_ms": round(statistics.median(times)),
                    "max_ms": round(max(times)),
                }
            browser.close()
    finally:
        server.stop()


def _painted(window: Any, address: str) -> float:
    window.goto(address)
    return float(window.evaluate(WHEN_PAINTED))
