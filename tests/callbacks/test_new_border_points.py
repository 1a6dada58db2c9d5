"""A new border point is a TOML file: every page works for it, silent and reporting, with no code touched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from callbacks.boards import build
from dashboard.encoded import plain
from data.days import day_of
from data.ingest import ingest
from data.sites import WrongSiteFile, add_site, load_site
from data.store import reading, writing
from data.types import ClockReading, Scope, Site
from data.vocabulary import Audience, Dataset, Language
from layouts.pages import PAGES
from layouts.translator import translator
from tests.stores import migrated

# A post of a country whose clocks change: 2 April and 11 September 2022 are no days of 24 hours.
CHACALLUTA = """
site = "chacalluta"
name = "Chacalluta (Arica)"
country = "CL"
zone = "America/Santiago"
entry_stage = "migration-control"
stages = ["migration-control", "services"]
lanes = ["general", "priority"]
sectors = ["wash", "food"]
services = ["water", "meals"]
phase = "emergency"

[[source]]
source = "pdi"
organisation = "Policía de Investigaciones"
name = "PDI, Chacalluta"

[[official]]
stage = "migration-control"
measure = "served"
source = "pdi"
reason = "Única fuente"

[[official]]
stage = "migration-control"
measure = "arrivals"
source = "pdi"
reason = "Única fuente"

[[cadence]]
source = "pdi"
dataset = "flow"
minutes = 60
"""
EXAMPLES = files("data.example_sites")
SITES = {
    "tacna": (EXAMPLES / "tacna-santa-rosa.toml").read_text("utf-8"),
    "rumichaca": (EXAMPLES / "rumichaca.toml").read_text("utf-8"),
    "chacalluta": CHACALLUTA,
}
# Afternoon of the day at whose end Chile's clocks go back: 25 hours; everywhere else a day like another.
NOW = datetime(2022, 4, 2, 17, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Engine]:
    engine = migrated(sqlite_url)
    yield engine
    engine.dispose()


def added(engine: Engine, text: str) -> Site:
    file = load_site(text)
    with writing(engine) as conn:
        add_site(conn, file, datetime(2022, 1, 1, tzinfo=UTC), "test")
    return file.site


def boards(engine: Engine, site: Site) -> dict[tuple[str, Language], dict]:
    with reading(engine) as conn:
        return {
            (page, language): plain(
                build(conn, page, Scope(site.site, language, Audience.OPEN, window), ClockReading(NOW, 1.0, False))
            )
            for page in PAGES
            for language in Language
            for window in ("today", "7d")
        }


def reports(site: Site) -> Iterator[tuple[Dataset, str]]:
    """A day and a half of hours of the entry stage, a queue, and a service, from local midnight of the day before."""
    zone = ZoneInfo(site.zone)
    stage, today = site.entry_stage, NOW.astimezone(zone).date()
    first = datetime.combine(today - timedelta(days=1), datetime.min.time(), tzinfo=zone).astimezone(UTC)
    hours = int((NOW - first) / timedelta(hours=1))
    lines = ["site,stage,measure,start,minutes,people"]
    for hour in range(hours):
        start = (first + timedelta(hours=hour)).isoformat()
        lines += [f"{site.site},{stage},{measure},{start},60,{40}" for measure in ("arrivals", "served")]
    yield Dataset.FLOW, "\n".join(lines)
    at = (NOW - timedelta(minutes=10)).isoformat()
    yield Dataset.QUEUE, f"site,stage,at,waiting,counters_open\n{site.site},{stage},{at},55,4\n"
    yield Dataset.PRESENT, f"site,at,people\n{site.site},{at},80\n"
    day = day_of(site, NOW)
    service = f"{site.site},Cruz Roja,wash,water,{day.start.isoformat()},{NOW.isoformat()},500,litros"
    yield Dataset.SERVICE, f"site,organisation,sector,service,start,end,quantity,unit\n{service}\n"


@pytest.mark.parametrize("name", list(SITES))
def test_every_page_of_a_new_border_point_works_silent_and_reporting(store: Engine, var: Path, name: str):
    site = added(store, SITES[name])
    for board in boards(store, site).values():
        assert board["as_of"] is None
        assert board["kpis"].get("entries_today", {"value": None})["value"] is None, "no report is not zero"
    source = load_site(SITES[name]).official[0]["source"]
    for dataset, content in reports(site):
        receipt = ingest(store, content.encode(), "r.csv", source=source, dataset=dataset, now=NOW, var=var)
        assert (receipt.rejected, receipt.issues, receipt.flags) == (0, (), ())
    made = boards(store, site)
    local = NOW.astimezone(ZoneInfo(site.zone))
    whole = int((NOW - day_of(site, NOW).start) / timedelta(hours=1))
    assert whole == {"tacna": 12, "rumichaca": 12, "chacalluta": 14}[name], f"{local} is hour {whole} of its day"
    assert made["situation", Language.ES]["kpis"]["entries_today"]["value"] == 40 * whole
    for language in Language:
        t = translator(language)
        told = str(made["coverage", language]["texts"]["services"])
        for service in site.services:
            assert t(f"service.{service}") in told, "a service that the site offers is listed, reported or not"
        lanes = str(made["queue", language]["texts"]["stations"])
        assert t("lane.priority") in lanes, "a lane of the site that says nothing is seen"


def test_the_day_of_the_clock_change_has_25_hours(store: Engine, var: Path):
    site = added(store, CHACALLUTA)
    day = day_of(site, NOW)
    assert (day.end - day.start) == timedelta(hours=25)
    assert day.start.astimezone(ZoneInfo(site.zone)).date() == date(2022, 4, 2)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('lanes = ["general", "priority"]', 'lanes = ["express"]'), "lanes: 'express' is none of general, priority"),
        (('services = ["water", "meals"]', 'services = ["casino"]'), "services: 'casino'"),
        (('source = "pdi"\nreason', 'source = "pdi"\nwhy = "x"\nreason'), "unknown entry 'why'"),
        (("[[cadence]]", '[[tolerance]]\nname = "mood"\nvalue = 1\n\n[[cadence]]'), "name = 'mood' is none of"),
        (("[[cadence]]", '[[definition]]\nsource = "pdi"\nstage = "x"\n\n[[cadence]]'), "measure is missing"),
        (
            (
                "[[cadence]]",
                '[[standard]]\nservice = "water"\nphase = "emergency"\nvalue = 15\nper = "per-moon"\n'
                'denominator = "present"\nunit = "litros"\nsource = "x"\n\n[[cadence]]',
            ),
            "per = 'per-moon' is none of",
        ),
    ],
)
def test_a_wrong_entry_is_named_with_what_was_expected(change: tuple[str, str], says: str):
    assert change[0] in CHACALLUTA
    with pytest.raises(WrongSiteFile) as wrong:
        load_site(CHACALLUTA.replace(*change, 1))
    assert says in str(wrong.value)
