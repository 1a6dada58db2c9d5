"""The three parts of a confidence: what came, what came in time, and how much of it nobody asks about any more."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert

from callbacks.reads.ground import ground
from data.analytics.overlaps import KEEP_BOTH
from data.deciding import decide_duplicate
from data.duplicates import duplicates
from data.store import reading, writing
from data.sure_shapes import Checked, Sureness
from data.tables import hold, line_flag
from data.types import ClockReading, Kpi, Scope, Window
from data.validating import Behind, checked
from data.versions import raise_version
from data.vocabulary import Audience, Dataset, Language
from tests.data.covered import DAY, HOUR, NOW, open_covered, send_arrivals, send_service

WHOLE = Window(DAY, DAY + timedelta(days=1))
ARRIVALS = Behind(Dataset.FLOW, (("measure", "arrivals"), ("source", "migraciones"), ("stage", "migration-control")))
SERVICES = Behind(Dataset.SERVICE)
SIX = DAY + 6 * HOUR


@pytest.fixture
def centre(any_engine: Engine, var: Path) -> Engine:
    open_covered(any_engine)
    send_arrivals(any_engine, var, [(DAY + n * HOUR, 100, "", "") for n in range(8)])
    return any_engine


def told(engine: Engine, behind: Behind = ARRIVALS) -> Checked:
    with reading(engine) as conn:
        return checked(conn, "norte", [behind], WHOLE)[behind]


def headline(engine: Engine, name: str) -> Kpi:
    with reading(engine) as conn:
        scope = Scope("norte", Language.ES, Audience.OPEN, "today")
        return ground(conn, scope, ClockReading(NOW, 1.0, False)).kpis[name]


def doubt(engine: Engine, **more: object) -> None:
    key = {"stage": "migration-control", "measure": "arrivals", "lane": "general"}
    row = {
        **{"site": "norte", "flag": "f1", "turn": 0, "dataset": "flow", "code": "times_usual"},
        **{"source": "migraciones", "key": key, "start": DAY + 2 * HOUR, "end": DAY + 4 * HOUR},
        **{"facts": {}, "report_id": 1, "raised_at": NOW},
    }
    with writing(engine) as conn:
        conn.execute(insert(line_flag).values(**{**row, **more}))
        raise_version(conn, "norte")


def test_lines_in_doubt_are_no_valid_ones_and_a_corrected_line_counts_once(centre: Engine, var: Path):
    assert told(centre) == Checked(8, 0, 0, 0, 0)
    send_arrivals(centre, var, [(DAY, 120, "", "")])
    assert told(centre).lines == 8
    doubt(centre)
    assert told(centre) == Checked(8, 2, 0, 0, 2)
    assert told(centre).valid == 0.75
    kpi = headline(centre, "arrivals_today")
    assert kpi.sure is not None
    assert kpi.sure.checked == Checked(8, 2, 0, 0, 2)
    assert kpi.sure.score is None, "nobody agreed how often it is reported"
    doubt(centre, flag="f2", source="diresa")
    assert told(centre).doubted == 2, "of another source"


def test_what_waits_for_a_closed_period_is_a_line_that_is_not_valid(centre: Engine):
    with writing(centre) as conn:
        conn.execute(insert(hold).values(site="norte", report_id=1, start=DAY, end=WHOLE.end, held_at=NOW))
        raise_version(conn, "norte")
    assert told(centre) == Checked(8, 0, 8, 0, 8)


def test_an_open_duplicate_is_not_valid_until_somebody_decides(centre: Engine, var: Path):
    for who in ("Agua", "Oxfam", "Cruz Roja"):
        hours = 12 if who == "Cruz Roja" else 6
        start = DAY + hours * HOUR
        told_of = [(start, start + HOUR, 50, "litros", 20)]
        send_service(centre, var, "water", "wash", told_of, organisation=who)
    found = told(centre, SERVICES)
    assert (found.lines, found.twice, found.unsure) == (3, 2, 2)
    with writing(centre) as conn:
        [one] = duplicates(conn, "norte")
        decide_duplicate(conn, one.flag, KEEP_BOTH, "acta 3", "ana", NOW)
    assert told(centre, SERVICES) == Checked(3, 0, 0, 0, 0)


def test_without_lines_there_is_nothing_to_validate():
    assert Checked().valid is None
    assert Sureness(1.0, 0.5, Checked()).score == 75
    assert Sureness(1.0, 0.5, Checked(4, 1, 0, 0, 1)).score == 75
    assert Sureness(None, None, Checked(4)).score is None


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 40), st.integers(0, 40))
def test_more_doubts_never_make_a_figure_surer(complete: float, on_time: float, lines: int, unsure: int):
    unsure = min(unsure, lines)
    here = Sureness(complete, on_time, Checked(lines, unsure, 0, 0, unsure)).score
    worse = Sureness(complete, on_time, Checked(lines, lines, 0, 0, lines)).score
    assert here is not None
    assert worse is not None
    assert 0 <= worse <= here <= 100
