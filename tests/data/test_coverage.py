"""Coverage: need from a standard and people, what was delivered, the gap in units; no report is missing, not zero."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.coverage import CARRIES, coverage, level_of
from data.analytics.standards import Denominators, Standard, mean_present
from data.types import SectorCoverage, ServiceCoverage, Site, Window
from data.vocabulary import Level, Sector, Service, SiteKind, Stage, State

DAY = Window(datetime(2019, 6, 14, 5, tzinfo=UTC), datetime(2019, 6, 15, 5, tzinfo=UTC))
NOON = datetime(2019, 6, 14, 17, tzinfo=UTC)
SITE = Site(
    "norte", "Norte", "PE", "America/Lima", SiteKind.SIMULATION, 0, Stage.MIGRATION_CONTROL,
    (Stage.MIGRATION_CONTROL,), (Sector.WASH, Sector.FOOD, Sector.HEALTH, Sector.SHELTER), None,
)  # fmt: skip


def standard(service: Service, value: float, per: str, unit: str, denominator: str = "present") -> Standard:
    return Standard(service, value, per, denominator, unit, "a handbook", "emergency", False)


WATER = standard(Service.WATER, 15, "per-person-day", "litros")
LATRINES = standard(Service.LATRINES, 50, "people-per-unit", "letrinas")
PLACES = standard(Service.SHELTER_PLACES, 3.5, "units-per-person", "m²")
SCREENING = standard(Service.HEALTH_SCREENING, 1, "per-arrival", "tamizajes", "arrivals")


def line(service: Service, quantity: float | None, unit: str, start: float = 0, end: float = 12, **more: object):
    """Hours counted from the day's start."""
    sector = {Service.WATER: "wash", Service.LATRINES: "wash", Service.SHELTER_PLACES: "shelter"}.get(service, "health")
    return {
        "sector": sector, "service": str(service), "organisation": "Agua", "source": "agua", "quantity": quantity,
        "unit": unit, "people": None, "capacity": None, "start": DAY.start + timedelta(hours=start),
        "end": DAY.start + timedelta(hours=end), "received_at": NOON, **more,
    }  # fmt: skip


def people(present: float | None = 1000, arrivals: float | None = 600) -> Denominators:
    return Denominators(present, lambda span: arrivals, lambda span: present)


def judged(
    lines, standards: tuple[Standard, ...], who: Denominators | None = None, now: datetime = NOON
) -> tuple[SectorCoverage, ...]:
    return coverage(SITE, lines, {row.service: row for row in standards}, who or people(), DAY, now)


def service(sectors: tuple[SectorCoverage, ...], wanted: Service) -> ServiceCoverage:
    return next(row for sector in sectors for row in sector.services if row.service is wanted)


def test_water_for_half_a_day_is_half_a_days_water():
    found = service(judged([line(Service.WATER, 6000, "litros")], (WATER,)), Service.WATER)
    assert (found.required, found.delivered, found.gap) == (7500, 6000, 1500)
    assert found.ratio == pytest.approx(0.8)
    assert (found.standard_value, found.denominator_value, found.standard_source) == (15, 1000, "a handbook")


def test_a_shift_not_yet_reported_is_not_a_gap():
    reported_until_six = [line(Service.WATER, 3750, "litros", 0, 6)]
    found = service(judged(reported_until_six, (WATER,)), Service.WATER)
    assert found.ratio == pytest.approx(1.0)
    assert found.as_of == DAY.start + timedelta(hours=6)


def test_latrines_stand_and_are_not_added_up_over_shifts():
    shifts = [line(Service.LATRINES, 12, "letrinas", 0, 6), line(Service.LATRINES, 14, "letrinas", 6, 12)]
    found = service(judged(shifts, (LATRINES,)), Service.LATRINES)
    assert (found.required, found.delivered, found.gap) == (20, 14, 6)


def test_latrines_of_two_organisations_add_up():
    both = [
        line(Service.LATRINES, 8, "letrinas"),
        line(Service.LATRINES, 5, "letrinas", organisation="Otra", source="otra"),
    ]
    found = service(judged(both, (LATRINES,)), Service.LATRINES)
    assert found.delivered == 13
    assert found.organisations == ("Agua", "Otra")


def test_what_comes_in_pieces_is_missing_in_whole_ones():
    found = service(judged([line(Service.LATRINES, 14, "letrinas")], (LATRINES,), people(1001)), Service.LATRINES)
    assert (found.required, found.gap) == (21, 7)


def test_square_metres_need_not_be_whole():
    found = service(judged([line(Service.SHELTER_PLACES, 3000.5, "m²")], (PLACES,)), Service.SHELTER_PLACES)
    assert found.gap == pytest.approx(499.5)


def test_screenings_are_measured_by_arrivals():
    found = service(judged([line(Service.HEALTH_SCREENING, 450, "tamizajes")], (SCREENING,)), Service.HEALTH_SCREENING)
    assert (found.required, found.gap, found.denominator) == (600, 150, "arrivals")


def test_no_report_is_missing_and_never_zero():
    sectors = judged([], (WATER,))
    found = service(sectors, Service.WATER)
    assert (found.delivered, found.gap, found.ratio) == (None, None, None)
    assert (found.state, found.level) == (State.MISSING, Level.NO_DATA)
    assert found.required == 7500
    wash = next(row for row in sectors if row.sector is Sector.WASH)
    assert (wash.state, wash.level) == (State.MISSING, Level.NO_DATA)


def test_an_empty_count_is_not_zero_and_a_zero_is():
    empty = service(judged([line(Service.WATER, None, "litros")], (WATER,)), Service.WATER)
    assert (empty.delivered, empty.state) == (None, State.MISSING)
    zero = service(judged([line(Service.WATER, 0, "litros")], (WATER,)), Service.WATER)
    assert (zero.delivered, zero.gap, zero.level) == (0, 7500, Level.CRITICAL)


def test_without_a_standard_there_is_no_need_and_no_gap():
    found = service(
        judged([line(Service.MEDICAL_ATTENTION, 80, "atenciones", people=80.0)], ()), Service.MEDICAL_ATTENTION
    )
    assert (found.required, found.gap, found.level) == (None, None, Level.NO_DATA)
    assert (found.delivered, found.state, found.contacts) == (80, State.OK, 80)


def test_without_people_present_the_need_is_unknown():
    found = service(judged([line(Service.WATER, 6000, "litros")], (WATER,), people(None)), Service.WATER)
    assert (found.required, found.ratio, found.delivered) == (None, None, 6000)


def test_another_spelling_is_converted_and_another_unit_is_not_compared():
    found = service(judged([line(Service.WATER, 6, "m3")], (WATER,)), Service.WATER)
    assert (found.delivered, found.ratio) == (6000, 0.8)
    drums = service(judged([line(Service.WATER, 6, "bidones")], (WATER,)), Service.WATER)
    assert (drums.delivered, drums.state) == (None, State.MISSING)


def test_more_than_needed_is_shown_as_more():
    found = service(judged([line(Service.WATER, 9000, "litros")], (WATER,)), Service.WATER)
    assert found.ratio == pytest.approx(1.2)
    assert found.gap == 0


def test_before_the_first_report_of_a_morning_yesterdays_figure_stays_with_its_age():
    night = [line(Service.WATER, 15000, "litros", -24, 0)]
    early = service(judged(night, (WATER,), now=DAY.start + timedelta(hours=2)), Service.WATER)
    assert (early.ratio, early.as_of) == (pytest.approx(1.0), DAY.start)
    late = service(judged(night, (WATER,), now=DAY.start + CARRIES + timedelta(minutes=1)), Service.WATER)
    assert (late.state, late.silent_since) == (State.MISSING, DAY.start)


def test_the_worst_comes_first_and_what_nobody_reports_before_what_is_nearly_covered():
    sectors = judged(
        [
            line(Service.WATER, 7000, "litros"),
            line(Service.LATRINES, 4, "letrinas"),
            line(Service.HEALTH_SCREENING, 590, "tamizajes"),
        ],
        (WATER, LATRINES, SCREENING, PLACES),
    )
    assert [row.sector for row in sectors] == [Sector.WASH, Sector.SHELTER, Sector.FOOD, Sector.HEALTH]
    assert [row.service for row in sectors[0].services] == [Service.LATRINES, Service.WATER]


def test_a_sector_that_reports_is_shown_even_where_the_sites_file_forgot_it():
    sectors = judged([line(Service.LEGAL_ORIENTATION, 5, "", sector="protection")], ())
    assert {row.sector for row in sectors} == {*SITE.sectors, Sector.PROTECTION}


@given(st.floats(0, 20000), st.floats(0, 20000), st.floats(0, 400000))
def test_more_people_never_need_less(few, more, litres):
    low, high = sorted((few, more))
    lines = [line(Service.WATER, litres, "litros")]
    one = service(judged(lines, (WATER,), people(low)), Service.WATER)
    two = service(judged(lines, (WATER,), people(high)), Service.WATER)
    assert one.required is not None
    assert two.required is not None
    assert one.required <= two.required
    assert one.gap is not None
    assert two.gap is not None
    assert 0 <= one.gap <= two.gap


@given(st.floats(0, 2), st.floats(0, 2))
def test_more_coverage_is_never_a_worse_level(one, other):
    order = [Level.CRITICAL, Level.ALERT, Level.WATCH, Level.NORMAL]
    low, high = sorted((one, other))
    assert order.index(level_of(low)) <= order.index(level_of(high))


def test_what_is_used_by_the_day_follows_the_hours_people_were_there():
    six = DAY.start + timedelta(hours=6)
    readings = [(DAY.start, 100.0), (six, 1300.0)]
    assert mean_present(readings, Window(DAY.start, six)) == 100
    assert mean_present(readings, Window(DAY.start, six + timedelta(hours=6))) == 700
    assert mean_present([(six, 50.0)], Window(DAY.start, six + timedelta(hours=1))) == 50
    assert mean_present([], Window(DAY.start, six)) is None


def test_what_two_sources_tell_of_one_organisation_is_delivered_once():
    own = line(Service.WATER, 3750, "litros", source="adra", organisation="ADRA", own=True)
    matrix = line(Service.WATER, 4000, "litros", source="gtrm-5w", organisation="ADRA", own=False)
    for lines in ([own, matrix], [matrix, own]):
        assert service(judged(lines, (WATER,)), Service.WATER).delivered == 3750
    assert service(judged([matrix], (WATER,)), Service.WATER).delivered == 4000


def test_who_has_not_reported_yet_leaves_a_lower_bound_and_no_alarm():
    """Both deliver just what is needed; one of them reported only the first half of the morning."""
    late = [
        line(Service.WATER, 3750, "litros", organisation="A", source="a"),
        line(Service.WATER, 1875, "litros", end=6, organisation="B", source="b"),
    ]
    found = service(judged(late, (WATER,)), Service.WATER)
    assert (found.delivered, found.required, found.gap, found.at_least) == (5625, 7500, 1875, True)
    assert (found.carried_ratio, found.level) == (pytest.approx(1), Level.NORMAL)


def test_who_gave_no_amount_leaves_the_level_unknown_unless_the_rest_is_enough():
    silent = line(Service.WATER, None, "litros", organisation="B", source="b")
    half = service(judged([line(Service.WATER, 3750, "litros"), silent], (WATER,)), Service.WATER)
    whole = service(judged([line(Service.WATER, 7500, "litros"), silent], (WATER,)), Service.WATER)
    assert (half.at_least, half.level, half.carried_ratio) == (True, Level.NO_DATA, None)
    assert (whole.at_least, whole.level) == (True, Level.NORMAL)


def test_a_head_count_at_the_end_of_the_span_counts():
    noon = DAY.start + timedelta(hours=12)
    assert mean_present([(noon, 900.0)], Window(DAY.start, noon)) == 900
    assert mean_present([(noon + timedelta(hours=1), 900.0)], Window(DAY.start, noon)) == 900
