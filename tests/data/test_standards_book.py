"""The standards of a place: decisions that are never overwritten, phases, short stays, and the file of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from data.analytics.standard_entry import WrongStandard, checked_standard
from data.analytics.standards import COUNTED_BY, NEED
from data.plan_checks import WrongPlan
from data.plan_file import read_plan
from data.published_standards import published
from data.queries.board import phase_and_stay
from data.sites import add_site, load_site
from data.standard_shapes import HeldStandard, Standard
from data.standards_book import (
    every_standard,
    overruled,
    set_standards,
    standard_history,
    standards_in_force,
    switch_to,
    turns,
)
from data.standards_file import WrongStandardsFile, published_text, read_standards, standards_text
from data.store import reading, writing
from data.tables import audit
from data.versions import version_of
from data.vocabulary import Phase, Service, Stay

NOW = datetime(2019, 6, 14, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
SITE = """
site = "norte"
name = "Norte"
country = "PE"
zone = "America/Lima"
entry_stage = "migration-control"
stages = ["migration-control"]
sectors = ["wash"]
phase = "emergency"
"""
LATRINES = {
    "service": "latrines", "phase": "emergency", "value": 50, "per": "people-per-unit", "denominator": "present",
    "unit": "letrinas", "source": "UNHCR", "reason": "acuerdo del grupo",
}  # fmt: skip
WATER = {
    "service": "water", "phase": "emergency", "value": 15, "per": "per-person-day", "denominator": "present",
    "unit": "litros", "source": "UNHCR", "transit_value": 3,
}  # fmt: skip


@pytest.fixture
def place(any_engine):
    with writing(any_engine) as conn:
        add_site(conn, load_site(SITE), NOW - 48 * HOUR, "test")
    return any_engine


def decide(engine, *entries, at=NOW):
    with writing(engine) as conn:
        return set_standards(conn, "norte", entries, at, at, "Rosa")


def value(engine, at=NOW, as_of=None, service=Service.LATRINES):
    with reading(engine) as conn:
        found = standards_in_force(conn, "norte", at, as_of).get(service)
    return None if found is None else found.value


def test_a_decision_holds_from_its_moment_and_the_one_before_stays_for_what_was_before(place):
    decide(place, LATRINES, at=NOW - 5 * HOUR)
    decide(place, {**LATRINES, "value": 40})
    assert (value(place, NOW - HOUR), value(place, NOW)) == (50, 40)
    assert value(place, NOW - 6 * HOUR) is None
    with reading(place) as conn:
        told = standard_history(conn, "norte", "latrines", "emergency")
    assert [(one.standard.value, one.standard.set_by) for one in told] == [(40, "Rosa"), (50, "Rosa")]


def test_a_decision_about_the_past_is_not_known_before_it_was_written(place):
    decide(place, LATRINES, at=NOW - 5 * HOUR)
    decide(place, {**LATRINES, "value": 20, "valid_from": NOW - 4 * HOUR})
    assert value(place, NOW - 3 * HOUR) == 20
    assert value(place, NOW - 3 * HOUR, as_of=NOW - HOUR) == 50


def test_what_holds_already_is_written_once_and_raises_nothing(place):
    assert decide(place, LATRINES) == ("latrines/emergency",)
    with reading(place) as conn:
        before = version_of(conn, "norte")
    assert decide(place, LATRINES, at=NOW + HOUR) == ()
    with reading(place) as conn:
        assert version_of(conn, "norte") == before
        assert len(standard_history(conn, "norte", "latrines", "emergency")) == 1


def test_a_withdrawn_standard_is_none_from_then_on(place):
    decide(place, LATRINES, at=NOW - HOUR)
    decide(place, {**LATRINES, "withdrawn": True})
    assert (value(place, NOW - HOUR), value(place, NOW)) == (50, None)
    with reading(place) as conn:
        assert every_standard(conn, "norte", NOW)[0].withdrawn


def test_the_phase_decides_which_standard_holds_and_is_told_in_the_audit(place):
    decide(place, LATRINES, {**LATRINES, "phase": "stabilised", "value": 20}, at=NOW - HOUR)
    with writing(place) as conn:
        assert switch_to(conn, "norte", Phase.STABILISED, NOW, NOW, "Rosa", "las estadías se alargan")
        assert not switch_to(conn, "norte", Phase.STABILISED, NOW, NOW, "Rosa", "otra vez")
    assert (value(place, NOW - HOUR), value(place, NOW)) == (50, 20)
    with reading(place) as conn:
        told = conn.execute(select(audit).where(audit.c.action == "phase-set")).one()
        phases, _ = turns(conn, "norte")
    assert (told.who, told.facts["before"], told.facts["phase"]) == ("Rosa", "emergency", "stabilised")
    assert told.facts["reason"] == phases[0].reason == "las estadías se alargan"


def test_where_people_pass_in_hours_water_is_three_litres_and_provisional(place):
    decide(place, WATER, at=NOW - HOUR)
    with writing(place) as conn:
        switch_to(conn, "norte", Stay.UNDER_A_DAY, NOW, NOW, "Rosa", "pasan en horas")
    with reading(place) as conn:
        held = standards_in_force(conn, "norte", NOW)[Service.WATER]
    assert (held.value, held.provisional, held.transit) == (3, True, True)
    assert value(place, NOW - HOUR, service=Service.WATER) == 15


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"value": 0}, "number"),
        ({"value": 5e-324}, "number"),
        ({"value": int("f" * 4000, 16)}, "number"),
        ({"phase": ["emergency"]}, "choice"),
        ({"valid_from": datetime.fromisoformat("9999-12-31T23:59:59-12:00")}, "moment"),
        ({"value": float("nan")}, "number"),
        ({"value": True}, "number"),
        ({"service": "swimming"}, "choice"),
        ({"denominator": "arrivals-under-5", "per": "per-person-day"}, "choice"),
        ({"transit_value": 3}, "transit"),
        ({"source": " "}, "text"),
        ({"colour": "red"}, "unknown"),
        ({"valid_from": datetime.fromisoformat("2019-01-01")}, "moment"),
    ],
)
def test_what_is_no_standard_is_refused_with_its_reason_and_nothing_is_written(place, change, code):
    with pytest.raises(WrongStandard) as wrong:
        decide(place, {**WATER, "service": "water", "transit_value": None}, {**LATRINES, **change})
    assert code in {one.code for one in wrong.value.wrongs}
    assert value(place, service=Service.WATER) is None


def test_every_published_standard_is_one_that_a_site_can_take(place):
    assert len(decide(place, *published().entries)) == len(published().entries)
    taken = {(entry["service"], entry["phase"]) for entry in published().entries}
    assert ("latrines", "stabilised") in taken
    named = {Service(entry["service"]) for entry in published().entries}
    assert named.isdisjoint(published().unpublished)
    assert list(read_standards(published_text(published().entries)).entries) == list(published().entries)


def test_the_file_of_one_site_makes_another_the_same(place):
    decide(place, LATRINES, WATER, at=NOW - 3 * HOUR)
    decide(place, {**LATRINES, "withdrawn": True}, {**WATER, "value": 17.25, "provisional": True})
    with writing(place) as conn:
        add_site(conn, load_site(SITE.replace("norte", "sur")), NOW, "test")
        written = standards_text(every_standard(conn, "norte", NOW), *phase_and_stay(conn, "norte", NOW))
        set_standards(conn, "sur", read_standards(written).entries, NOW + HOUR, NOW, "Rosa")
        again = standards_text(every_standard(conn, "sur", NOW + HOUR), *phase_and_stay(conn, "sur", NOW))
        same = set_standards(conn, "norte", read_standards(written).entries, NOW + HOUR, NOW, "Rosa")
    assert again == written
    assert same == ()


TEXTS = st.text(max_size=40).map(str.strip)
SOURCES = TEXTS.filter(bool)


@st.composite
def held(draw):
    per = draw(st.sampled_from(list(NEED)))
    moment = draw(st.integers(0, 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)))
    transit = draw(st.none() | st.floats(0.01, 1e5)) if per == "per-person-day" else None
    told = Standard(
        draw(st.sampled_from(list(Service))), draw(st.floats(0.001, 1e6)), per,
        draw(st.sampled_from(COUNTED_BY[per])), draw(SOURCES), draw(SOURCES),
        draw(st.sampled_from(["emergency", "stabilised"])), draw(st.booleans()), transit, moment, "", draw(TEXTS),
    )  # fmt: skip
    return HeldStandard(told, moment, draw(st.booleans()))


@given(st.lists(held(), max_size=5, unique_by=lambda one: (one.standard.service, one.standard.phase)))
def test_what_is_written_is_read_back_and_written_the_same(some):
    text = standards_text(some, "emergency", "under-a-day")
    file = read_standards(text)
    rows = [checked_standard(entry) for entry in file.entries]
    assert (file.phase, file.stay) == ("emergency", "under-a-day")
    assert [row["value"] for row in rows] == [one.standard.value for one in some]
    assert [row["source"] for row in rows] == [one.standard.source for one in some]
    assert [bool(row["withdrawn"]) for row in rows] == [one.withdrawn for one in some]
    assert [row["valid_from"] for row in rows] == [one.standard.valid_from for one in some]


@pytest.mark.parametrize("odd", ["a" + "[" * 5000, "x = " + "9" * 5000, "x = 1\nx = 2"])
def test_what_is_no_toml_is_told(odd):
    for read, error in ((read_standards, WrongStandardsFile), (read_plan, WrongPlan)):
        with pytest.raises(error) as wrong:
            read(odd)
        assert [one.code for _, one in wrong.value.wrongs] == ["no_toml"]


def test_a_file_of_another_editor_is_read_and_odd_values_are_told():
    assert read_standards("\ufeffversion = 1\n").entries == ()
    text = 'version = true\nphase = ["war"]\n[[standard]]\nservice = ["water"]\nphase = "emergency"\nvalue = 0xf'
    with pytest.raises(WrongStandardsFile) as wrong:
        read_standards(text + "f" * 5000)
    assert {"version", "choice", "number"} <= {one.code for _, one in wrong.value.wrongs}


def test_a_decision_that_another_one_overrules_says_so(place):
    decide(place, {**LATRINES, "value": 500})
    late = NOW + HOUR
    older = {**LATRINES, "value": 50, "valid_from": NOW - HOUR}
    assert decide(place, older, at=late)
    with reading(place) as conn:
        assert overruled(conn, "norte", older, older["valid_from"], late)
        assert not overruled(conn, "norte", older, None, late)
        assert not overruled(conn, "norte", older, late, late)
    assert (value(place, late), value(place, NOW - HOUR / 2)) == (500, 50)


def test_nobody_decides_without_a_name(place):
    with writing(place) as conn, pytest.raises(WrongStandard) as wrong:
        set_standards(conn, "norte", [LATRINES], NOW, NOW, " ")
    assert [one.code for one in wrong.value.wrongs] == ["no_name"]


def test_a_file_with_mistakes_tells_all_of_them():
    text = 'version = 2\nphase = "war"\n[[standard]]\nservice = "water"\nphase = "emergency"\nvalue = -1\n'
    with pytest.raises(WrongStandardsFile) as wrong:
        read_standards(text)
    codes = [one.code for _, one in wrong.value.wrongs]
    assert {"version", "choice", "number", "text"} <= set(codes)
    assert len(codes) >= 6
