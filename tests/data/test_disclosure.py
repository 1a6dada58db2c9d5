"""Small counts do not leave for the open audience, nor anything from which they could be worked out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.disclosure import INSIDE, masked_sectors, masked_served, masked_service
from data.types import BreakdownDay, SectorCoverage, ServiceCoverage, Window
from data.vocabulary import Audience, Level, Sector, Service, State

PLAIN = ServiceCoverage(
    Sector.GBV, Service.GBV_RESPONSE, 3.0, 10.0, "atenciones", 7.0, 0.3, State.OK, Level.CRITICAL, None,
    "arrivals", 10.0, 1.0, "per-arrival", "a handbook", "emergency", ("Una",), 3.0,
)  # fmt: skip
START = datetime(2019, 6, 13, 5, tzinfo=UTC)
WHOLE_DAY = Window(START, START + timedelta(days=1))
SEVEN = replace(PLAIN, delivered=7.0, contacts=7.0)


def test_a_small_count_of_a_protected_category_is_masked_with_all_that_gives_it_back():
    masked = masked_service(PLAIN, Audience.OPEN)
    assert masked.state is State.MASKED
    assert masked.masked
    figures = (masked.delivered, masked.gap, masked.ratio, masked.carried_ratio, masked.contacts)
    assert figures == (None,) * 5


def test_whoever_works_in_protection_sees_it():
    assert masked_service(PLAIN, Audience.PROTECTION) == PLAIN


def test_zero_is_no_secret_and_missing_is_not_a_count():
    zero = replace(PLAIN, delivered=0.0, contacts=0.0)
    assert masked_service(zero, Audience.OPEN) == zero
    missing = replace(PLAIN, delivered=None, contacts=None)
    assert masked_service(missing, Audience.OPEN) == missing


def test_latrines_are_not_people():
    latrines = replace(PLAIN, sector=Sector.WASH, service=Service.LATRINES, unit="letrinas", contacts=None)
    assert masked_service(latrines, Audience.OPEN) == latrines


def test_a_small_number_of_people_attended_is_hidden_though_the_goods_are_shown():
    kits = replace(PLAIN, sector=Sector.WASH, unit="kits", delivered=40.0, contacts=4.0)
    masked = masked_service(kits, Audience.OPEN)
    assert (masked.delivered, masked.contacts, masked.masked) == (40.0, None, True)


def test_masking_a_sector_keeps_its_order_level_and_worst_service():
    other = replace(PLAIN, delivered=30.0, contacts=30.0, gap=0.0, ratio=3.0, level=Level.NORMAL)
    sector = SectorCoverage(Sector.GBV, Level.CRITICAL, State.OK, PLAIN, (PLAIN, other))
    (masked,) = masked_sectors((sector,), Audience.OPEN)
    assert [row.masked for row in masked.services] == [True, False]
    assert masked.worst == masked.services[0]
    assert (masked.level, masked.state) == (Level.CRITICAL, State.MASKED)


@given(st.floats(0, 100))
def test_no_count_under_the_threshold_is_ever_shown_to_the_open_audience(count):
    row = replace(PLAIN, delivered=count, contacts=count)
    shown = masked_service(row, Audience.OPEN)
    assert shown.delivered is None or not 0 < shown.delivered < INSIDE
    assert shown.contacts is None or not 0 < shown.contacts < INSIDE


def test_the_operator_sets_how_small_is_too_small():
    sector = SectorCoverage(Sector.GBV, Level.CRITICAL, State.OK, SEVEN, (SEVEN,))
    (wider,), (usual,) = masked_sectors((sector,), Audience.OPEN, 10), masked_sectors((sector,), Audience.OPEN)
    assert (wider.services[0].delivered, usual.services[0].delivered) == (None, 7)


def test_two_sessions_for_two_people_hide_as_two_people_do():
    sessions = replace(PLAIN, sector=Sector.HEALTH, unit="sesiones", delivered=2.0, contacts=2.0)
    assert masked_service(sessions, Audience.OPEN).delivered is None
    assert masked_service(replace(sessions, delivered=40.0), Audience.OPEN).delivered == 40


def needs(**parts: float) -> dict[tuple[str, str, str], BreakdownDay]:
    total = sum(parts.values()) + 10
    day = BreakdownDay(WHOLE_DAY, total, dict(parts), 10.0, at_least=False, provisional=False, method=None)
    return {("health", "medical-attention", "need"): day}


def test_a_need_that_names_a_protected_sector_is_not_even_named_to_the_open_audience():
    told = needs(**{"gestantes": 40.0, "personas mayores": 30.0, "sobrevivientes de VBG": 12.0})
    [seen] = masked_served(told, Audience.OPEN).values()
    assert set(seen.parts) == {"gestantes", "personas mayores"}
    assert seen.rest is None
    assert seen.rest_reserved
    assert masked_served(told, Audience.PROTECTION) == told


def test_few_people_of_a_need_hide_the_next_ones_too_so_that_no_subtraction_gives_them_back():
    [seen] = masked_served(needs(gestantes=3.0, mayores=20.0, discapacidad=60.0), Audience.OPEN).values()
    assert seen.parts["gestantes"] is None
    assert seen.parts["discapacidad"] == 60
    hidden = [name for name, people in seen.parts.items() if people is None]
    assert len(hidden) + (seen.rest is None) > 1


@given(st.dictionaries(st.sampled_from(["gestantes", "mayores", "trata de personas", "SV"]), st.integers(0, 40)))
def test_no_total_less_what_is_shown_gives_a_small_need(parts):
    told = needs(**{name: float(people) for name, people in parts.items()})
    [before], [seen] = told.values(), masked_served(told, Audience.OPEN).values()
    shown = [people for people in (*seen.parts.values(), seen.rest) if people is not None]
    assert not any(0 < people < INSIDE for people in shown)
    assert not {"trata de personas", "SV"} & set(seen.parts)
    hidden = (before.total or 0) - sum(shown)
    assert hidden == 0 or hidden >= INSIDE + 2 or not shown or hidden == before.total
