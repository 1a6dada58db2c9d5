"""Need against what there is: by the standards in force, more people never need less, and missing is never zero."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert

from data.analytics.scenario import counted_in, counters_at, need_at, observed_stay, offered_now
from data.analytics.standards import DENOMINATORS, NEED, PARTS
from data.disclosure import masked_offer
from data.ingest import ingest
from data.scenario_shapes import CounterRate, NoNeed, Offered, Scenario, ScenarioTable, StayBasis
from data.scenarios import scenario_table
from data.sites import site as site_named
from data.standard_shapes import Standard
from data.standards_book import switch_to
from data.store import reading, writing
from data.tables import standard
from data.vocabulary import Audience, Dataset, Phase, Sector, Service, State
from tests.data.post import NOON, START, open_post

HOUR = timedelta(hours=1)
WATER = Standard(Service.WATER, 15, "per-person-day", "present", "litros", "s", "emergency", False, transit_value=3)
TOILETS = Standard(Service.LATRINES, 50, "people-per-unit", "present", "letrinas", "s", "emergency", False)
NOTHING = Offered(None, {}, "litros", standing=False)
# 8,000 people over 30 counters in a day: 11.1 an hour and counter (DOMAIN, section 1).
RATE = CounterRate(8000 / 24 / 30, 10.0, 12.0, 4.0, 0.5, 0.8)


def give(engine: Engine, rule: Standard) -> None:
    row = {name: vars(rule)[name] for name in ("value", "per", "denominator", "unit", "source", "phase", "provisional")}
    row |= {"transit_value": rule.transit_value, "service": str(rule.service), "set_by": "Rosa", "valid_from": START}
    with writing(engine) as conn:
        conn.execute(insert(standard).values(site="norte", **row))


def table(engine: Engine, now: datetime, stay: float | None = 24.0, as_of: datetime | None = None) -> ScenarioTable:
    with reading(engine) as conn:
        place = site_named(conn, "norte")
        return scenario_table(conn, place, (1000, 3500, 8000), stay, now, as_of, Audience.OPEN, 5)


def services(engine: Engine, var: Path, now: datetime, *rows: str) -> None:
    head = "site,organisation,sector,service,start,end,quantity,unit,people,capacity"
    text = "\n".join([head, *(f"norte,{row}" for row in rows)])
    receipt = ingest(engine, text.encode(), f"{now:%d%H}.csv", source="gtrm", dataset=Dataset.SERVICE, now=now, var=var)
    assert receipt.rejected == 0, receipt.issues


def span(since: float, until: float) -> str:
    return f"{(NOON + since * HOUR).isoformat()},{(NOON + until * HOUR).isoformat()}"


def line(found: ScenarioTable, service: Service):
    return next(one for one in found.lines if one.service is service)


def test_need_is_worked_out_by_the_standard_and_the_gap_is_what_is_missing(any_engine: Engine, var: Path):
    open_post(any_engine)
    give(any_engine, WATER)
    give(any_engine, TOILETS)
    shifts = [span(-24, -16), span(-16, -8), span(-8, 0)]
    services(
        any_engine,
        var,
        NOON,
        *(f"ADRA,wash,water,{one},4000,litros,," for one in shifts),
        f"COOPI,wash,water,{span(-24, 0)},2000,litros,,5000",
        f"COOPI,wash,latrines,{span(-8, 0)},22,letrinas,,",
    )
    found = table(any_engine, NOON)
    water, toilets = line(found, Service.WATER), line(found, Service.LATRINES)
    assert [need.required for need in water.needs] == [15_000, 52_500, 120_000]
    assert water.offered.by == {"ADRA": 12_000, "COOPI": 5_000}
    assert [need.shortfall for need in water.needs] == [0, 35_500, 103_000]
    assert not water.offered.at_least
    assert [need.required for need in toilets.needs] == [20, 70, 160]
    assert [need.shortfall for need in toilets.needs] == [0, 48, 138]
    # Half a day: fewer are there at once, and the water of those who only pass is another one.
    passing = table(any_engine, NOON, 12.0)
    assert [need.required for need in line(passing, Service.WATER).needs] == [1500, 5250, 12_000]
    assert line(passing, Service.WATER).standard.provisional
    assert [need.required for need in line(passing, Service.LATRINES).needs] == [10, 35, 80]


def test_switching_the_phase_changes_every_need_at_once(engine: Engine):
    open_post(engine)
    give(engine, TOILETS)
    give(engine, replace(TOILETS, value=20, phase="stabilised"))
    assert line(table(engine, NOON), Service.LATRINES).needs[0].required == 20
    with writing(engine) as conn:
        switch_to(conn, "norte", Phase.STABILISED, NOON, NOON, "Rosa", "acta")
    after = NOON + HOUR
    assert line(table(engine, after), Service.LATRINES).needs[0].required == 50
    assert line(table(engine, NOON - HOUR, as_of=NOON - HOUR), Service.LATRINES).needs[0].required == 20


def test_without_a_report_nothing_is_zero_and_without_a_standard_nothing_is_needed(engine: Engine, var: Path):
    open_post(engine)
    give(engine, TOILETS)
    services(engine, var, NOON, f"UNICEF,wash,hygiene-kits,{span(-8, 0)},300,kits,,")
    found = table(engine, NOON)
    silent, kits = line(found, Service.LATRINES), line(found, Service.HYGIENE_KITS)
    assert (silent.offered.amount, silent.offered.by, silent.needs[2].shortfall) == (None, {}, None)
    assert (kits.needs[0].why, kits.needs[0].required, kits.offered.amount) == (NoNeed.NO_STANDARD, None, 300)
    assert kits.offered.at_least
    assert (found.counters.needs[0].why, found.counters.offered.amount) == (NoNeed.NO_RATE, None)


def test_how_long_people_stay_is_not_made_up(engine: Engine):
    open_post(engine)
    give(engine, TOILETS)
    found = table(engine, NOON, None)
    assert (found.stays.hours, found.stays.basis) == (None, StayBasis.UNKNOWN)
    assert line(found, Service.LATRINES).needs[0].why is NoNeed.NO_STAY
    assert observed_stay(600, 1200).hours == 12
    assert observed_stay(600, 0).hours is None
    assert observed_stay(None, 50).basis is StayBasis.UNKNOWN


def test_thirty_counters_were_what_eight_thousand_a_day_took():
    """Never fewer than with which the line does not grow; the published thirty leave no room for chance."""
    there = Offered(11, {"Migraciones": 11}, "", standing=True)
    need = counters_at(Scenario(8000, None), RATE, there)
    assert need.floor == 30
    assert need.required == 31
    assert need.shortfall == 20
    assert counters_at(Scenario(8000, None), None, there).why is NoNeed.NO_RATE
    assert counters_at(Scenario(8000, None), RATE, replace(there, amount=None)).shortfall is None


@pytest.mark.parametrize("name", ["overnight", *PARTS])
def test_who_does_not_follow_from_arrivals_is_said(name: str):
    rule = replace(TOILETS, denominator=name)
    assert need_at(Scenario(8000, 24), rule, NOTHING).why is NoNeed.NOT_FROM_ARRIVALS


PEOPLE, STAYS = st.floats(0, 20_000), st.floats(0.5, 240)
RULES = st.builds(
    lambda value, per, denominator: replace(TOILETS, value=value, per=per, denominator=denominator),
    st.floats(0.1, 10_000),
    st.sampled_from(sorted(NEED)),
    st.sampled_from(DENOMINATORS),
)
AMOUNT = st.none() | st.floats(0, 1e6)


@given(PEOPLE, PEOPLE, STAYS, RULES, AMOUNT)
def test_more_people_never_need_less_and_what_is_short_is_what_is_needed_beyond_what_there_is(
    few: float, many: float, stay: float, rule: Standard, amount: float | None
):
    few, many = sorted((few, many))
    offered = Offered(amount, {"A": amount}, "letrinas", standing=True)
    less, more = (need_at(Scenario(people, stay), rule, offered) for people in (few, many))
    assert (less.required is None) is (more.required is None) is (less.why is not None)
    if less.required is None or more.required is None:
        return
    assert less.required <= more.required
    for need in (less, more):
        if amount is None:
            assert need.shortfall is None
        else:
            beyond = max(0.0, need.required - amount)
            assert need.shortfall == float(math.ceil(beyond - 1e-9))


@given(PEOPLE, PEOPLE, st.floats(1, 60), st.none() | st.integers(0, 90))
def test_more_people_never_need_fewer_counters(few: float, many: float, value: float, there: int | None):
    few, many = sorted((few, many))
    rate = CounterRate(value, value, value, 3.0, 0.5, 0.8)
    offered = Offered(there, {}, "", standing=True)
    less, more = (counters_at(Scenario(people, None), rate, offered) for people in (few, many))
    assert less.required <= more.required
    assert more.floor <= more.required
    assert more.shortfall == (None if there is None else max(0.0, more.required - there))


@given(PEOPLE, STAYS, st.floats(0.5, 240))
def test_who_stays_longer_is_there_more(people: float, short: float, long: float):
    short, long = sorted((short, long))
    assert counted_in("present", Scenario(people, short)) <= counted_in("present", Scenario(people, long))
    assert counted_in("arrivals", Scenario(people, short)) == people


def test_what_there_is_hides_what_would_point_at_somebody():
    few = Offered(3, {"A": 3.0}, "atenciones", standing=False)
    assert masked_offer(few, Sector.HEALTH, Audience.OPEN).amount is None
    assert masked_offer(few, Sector.HEALTH, Audience.OPEN).by == {"A": None}
    assert masked_offer(few, Sector.HEALTH, Audience.PROTECTION) == few
    some = Offered(300, {"A": 297.0, "B": 3.0}, "atenciones", standing=False)
    assert masked_offer(some, Sector.HEALTH, Audience.OPEN).amount == 300
    assert masked_offer(some, Sector.HEALTH, Audience.OPEN).by == {"A": None, "B": None}
    gbv = Offered(80, {"A": 80.0}, "sesiones", standing=False)
    assert masked_offer(gbv, Sector.GBV, Audience.OPEN).amount is None
    tents = Offered(3, {"A": 3.0}, "letrinas", standing=True)
    assert masked_offer(tents, Sector.WASH, Audience.OPEN) == tents


def test_what_is_given_counts_the_last_day_of_each_and_says_when_it_is_old():
    def row(who: str, since: float, until: float, quantity: float | None, unit: str = "litros") -> dict[str, object]:
        said = {"people": None, "capacity": None, "source": "s", "own": False, "organisation": who}
        return {**said, "start": NOON + since * HOUR, "end": NOON + until * HOUR, "quantity": quantity, "unit": unit}

    rows = [row("A", -26, -25, 9), row("A", -25, -13, 100), row("A", -13, -1, 50), row("B", -30, -20, 7)]
    told = offered_now(rows, WATER, NOON)
    assert (told.by, told.amount, told.state, told.at) == ({"A": 150, "B": 7}, 157, State.OK, NOON - HOUR)
    assert told.at_least  # B has not told of a whole day
    assert offered_now(rows, WATER, NOON + 12 * HOUR).state is State.STALE
    strange = offered_now([row("A", -24, 0, 5, "bidones")], WATER, NOON)
    assert (strange.amount, strange.by, strange.at_least) == (None, {"A": None}, True)
