"""What two organisations report both is counted once in every sum: as the larger says, until somebody decides."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from callbacks import reads
from callbacks import who as asked_who
from callbacks.series import coverage as api_coverage
from data.analytics.overlaps import FIRST_COUNTS, KEEP_BOTH, SECOND_COUNTS
from data.deciding import decide_duplicate
from data.duplicates import duplicates
from data.sites import site as site_named
from data.store import reading, writing
from data.types import ClockReading, Scope, ServiceCoverage, Window
from data.vocabulary import Audience, Dataset, Language, Service
from tests.data.covered import DAY, HOUR, NOW, open_covered, send, send_present, send_service, standard

CLOCK = ClockReading(NOW, 1.0, False)
SCOPE = Scope("norte", Language.ES, Audience.OPEN, "today")
SIX = DAY + 6 * HOUR


@pytest.fixture
def centre(any_engine: Engine, var: Path) -> Engine:
    open_covered(any_engine, standard("water", "emergency", 15, "per-person-day", "litros"))
    send_present(any_engine, var, (NOW - 6 * HOUR, 100), (NOW - HOUR, 100))
    return any_engine


def water(engine: Engine, var: Path, organisation: str, litres: float, people: int, hours: float = 6) -> None:
    told = [(SIX, SIX + hours * HOUR, litres, "litros", people)]
    send_service(engine, var, "water", "wash", told, organisation=organisation)


def line(engine: Engine) -> ServiceCoverage:
    with reading(engine) as conn:
        model = reads.READS["coverage"](conn, SCOPE, CLOCK)
    return next(row for sector in model.sectors for row in sector.services if row.service is Service.WATER)


def everywhere(engine: Engine) -> tuple[float | None, float | None, float | None]:
    """Contacts of the day by the page of the coverage, by its API, and by who does what."""
    with reading(engine) as conn:
        site = site_named(conn, "norte")
        told = api_coverage(conn, SCOPE, Window(DAY, DAY + timedelta(days=1)), site, NOW)
        ask = asked_who.who_ask({"sector": "wash"}, site, NOW)
        matrix = asked_who.who(conn, SCOPE, site, ask, CLOCK).matrix
    [row] = [row for row in told["rows"] if row["service"] == "water"]
    [of_matrix] = [one.total.value for sector in matrix.sectors for one in sector.services if one.service == "water"]
    return line(engine).contacts, row["contacts"], of_matrix


def decide(engine: Engine, verdict: str) -> None:
    with writing(engine) as conn:
        [one] = duplicates(conn, "norte")
        decide_duplicate(conn, one.flag, verdict, "acta 3", "ana", NOW)


def test_the_page_and_the_matrix_count_the_larger_of_two_until_somebody_decides(centre: Engine, var: Path):
    water(centre, var, "Agua", 300, 60)
    water(centre, var, "Oxfam", 500, 90)
    assert everywhere(centre) == (90, 90, 90)
    told = line(centre)
    assert (told.delivered, told.at_least, told.organisations) == (500, True, ("Agua", "Oxfam"))
    decide(centre, FIRST_COUNTS)
    assert everywhere(centre) == (60, 60, 60)
    assert (line(centre).delivered, line(centre).at_least, line(centre).organisations) == (300, False, ("Agua",))
    decide(centre, SECOND_COUNTS)
    assert everywhere(centre) == (90, 90, 90)
    decide(centre, KEEP_BOTH)
    assert everywhere(centre) == (150, 150, 150)
    assert (line(centre).delivered, line(centre).at_least) == (800, False)


def test_a_third_organisation_of_another_time_counts_beside_the_larger_of_two(centre: Engine, var: Path):
    water(centre, var, "Agua", 300, 60, hours=3)
    water(centre, var, "Oxfam", 500, 90, hours=3)
    told = [(SIX + 3 * HOUR, SIX + 6 * HOUR, 40, "litros", 10)]
    send_service(centre, var, "water", "wash", told, organisation="Cruz Roja")
    assert everywhere(centre) == (100, 100, 100)
    assert line(centre).delivered == 540


def test_one_organisation_told_by_two_sources_is_one_delivery_and_never_vanishes(centre: Engine, var: Path):
    """Its own source says less than another one: nothing is left of neither otherwise."""
    water(centre, var, "Agua", 300, 60)
    head = "organisation,sector,service,start,end,quantity,unit,people"
    row = f"Agua,wash,water,{SIX.isoformat()},{(SIX + 6 * HOUR).isoformat()},500,litros,90"
    send(centre, var, Dataset.SERVICE, "gtrm", head, [row])
    contacts = everywhere(centre)
    assert contacts[0] is not None
    assert contacts[0] in (60, 90)
    assert set(contacts) == {contacts[0]}
