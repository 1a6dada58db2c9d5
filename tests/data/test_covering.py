"""Coverage through the store: denominators as declared, what sectors were like, who is served less, and the masking."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbacks import reads
from callbacks.boards import build
from callbacks.series import coverage as api_coverage
from data.analytics.coverage_past import steps_until
from data.analytics.standards import DENOMINATORS, stayed_overnight
from data.analytics.throughput import throughput
from data.disclosure import INSIDE, masked_day, masked_service
from data.sites import site as site_named
from data.standards_book import switch_to
from data.store import reading, writing
from data.types import BreakdownDay, ClockReading, Scope, ServiceCoverage, Window
from data.vocabulary import Audience, Language, Level, Phase, Sector, Service, State
from layouts.html import to_html
from layouts.translator import translator
from tests.data.covered import (
    DAY,
    HOUR,
    NOW,
    open_covered,
    send_arrivals,
    send_present,
    send_service,
    standard,
)

CLOCK = ClockReading(NOW, 1.0, False)
LATRINES = standard("latrines", "emergency", 50, "people-per-unit", "letrinas") + standard(
    "latrines", "stabilised", 20, "people-per-unit", "letrinas"
)


def scope(audience: Audience = Audience.OPEN, **more) -> Scope:
    return Scope("norte", Language.ES, audience, "today", **more)


def seen(engine, audience: Audience = Audience.OPEN, **more):
    with reading(engine) as conn:
        return reads.READS["coverage"](conn, scope(audience, **more), CLOCK)


def service(model, wanted: Service) -> ServiceCoverage:
    return next(row for sector in model.sectors for row in sector.services if row.service is wanted)


@pytest.fixture
def latrines(any_engine, var):
    open_covered(any_engine, LATRINES)
    send_present(any_engine, var, (NOW - HOUR, 1000))
    send_service(any_engine, var, "latrines", "wash", [(DAY, NOW, 14, "letrinas", "")])
    return any_engine


def test_the_phase_changes_the_board_the_api_and_the_sentence_at_once(latrines):
    def told():
        with reading(latrines) as conn:
            board = build(conn, "coverage", scope(), CLOCK)
            situation = build(conn, "situation", scope(), CLOCK)
            rows = api_coverage(conn, scope(), Window(DAY, DAY + 24 * HOUR), site_named(conn, "norte"), NOW)["rows"]
        [row] = [one for one in rows if one["service"] == "latrines"]
        page = to_html(board.to_json()["texts"]["services"])
        assert f"1 por cada {row['standard_value']} personas" in page
        assert board.kpis["coverage_worst_sector"].value == situation.kpis["coverage_worst_sector"].value
        return row["required"], row["gap"], board.kpis["coverage_worst_sector"].note

    assert told() == (20, 6, "Agua y saneamiento · Letrinas: faltan 6 letrinas")
    with writing(latrines) as conn:
        switch_to(conn, "norte", Phase.STABILISED, NOW, NOW, "Rosa", "se quedan más")
    assert told() == (50, 36, "Agua y saneamiento · Letrinas: faltan 36 letrinas")
    with writing(latrines) as conn:
        switch_to(conn, "norte", Phase.EMERGENCY, NOW + HOUR, NOW + HOUR, "Rosa", "otra vez")
    assert service(seen(latrines), Service.LATRINES).required == 50  # not before it begins


def test_the_page_says_what_is_missing_in_words_and_opens_to_the_arithmetic(latrines):
    with reading(latrines) as conn:
        page = to_html(build(conn, "coverage", scope(), CLOCK).to_json()["texts"]["services"])
    for said in ("faltan 6 letrinas", "1\u202f000 personas ÷ 50 = 20 letrinas", "14 ÷ 20 = 70", "UNHCR", "<details"):
        assert said in page, said


def test_water_by_the_person_hour_and_children_only_where_everybody_was_told_apart(any_engine, var):
    more = standard("water", "emergency", 0.5, "per-person-hour", "litros", "person-hours")
    more += standard("nutrition-screening", "emergency", 1, "per-arrival", "tamizajes", "arrivals-under-5")
    open_covered(any_engine, more)
    send_present(any_engine, var, (DAY, 100), (DAY + 6 * HOUR, 300))
    send_service(any_engine, var, "water", "wash", [(DAY, NOW, 1200, "litros", "")])
    send_service(any_engine, var, "nutrition-screening", "nutrition", [(DAY, NOW, 9, "tamizajes", "")])
    hours = [DAY + number * HOUR for number in range(12)]
    send_arrivals(any_engine, var, [(at, 10, "", "") for at in hours])
    model = seen(any_engine, Audience.PROTECTION)
    water = service(model, Service.WATER)
    assert (water.denominator_value, water.required, water.gap) == (2400, 1200, 0)
    children = service(model, Service.NUTRITION_SCREENING)
    assert (children.denominator_value, children.required, children.ratio) == (None, None, None)
    parts = [(at, people, "", band) for at in hours for people, band in ((3, "0-4"), (7, "18-59"))]
    send_arrivals(any_engine, var, parts[:-2])
    assert service(seen(any_engine, Audience.PROTECTION), Service.NUTRITION_SCREENING).denominator_value is None
    send_arrivals(any_engine, var, parts[-2:])
    children = service(seen(any_engine, Audience.PROTECTION), Service.NUTRITION_SCREENING)
    assert (children.denominator_value, children.required, children.gap) == (36, 36, 27)
    # Children who come in the hours of a day that runs are nobody's business outside.
    hidden = service(seen(any_engine), Service.NUTRITION_SCREENING)
    assert (hidden.required, hidden.gap, hidden.ratio, hidden.denominator_value) == (None, None, None, None)
    assert (hidden.delivered, hidden.level) == (9, Level.CRITICAL)


def test_who_stayed_the_night_is_the_smallest_count_of_it():
    two, four = DAY + 2 * HOUR, DAY + 4 * HOUR
    told = [(DAY - HOUR, 900.0), (two, 400.0), (four, 350.0), (DAY + 8 * HOUR, 800.0)]
    assert stayed_overnight(told, NOW, "America/Lima") == 350
    assert stayed_overnight(told, DAY + 3 * HOUR, "America/Lima") is None  # the night is not over, the last untold
    assert stayed_overnight([], NOW, "America/Lima") is None


def test_every_denominator_has_its_words():
    for language in ("es", "en"):
        t = translator(language)
        assert [t(f"denominator.{name}") for name in DENOMINATORS]


def test_a_station_has_to_keep_up_with_the_last_hours():
    span = Window(DAY, NOW)
    given_ = [(NOW - number * HOUR, NOW - (number - 1) * HOUR, 50.0) for number in range(1, 13)]
    needed, done = throughput(given_, span, lambda last: 300.0 * ((last.end - last.start) / HOUR), 1.0)
    assert (needed, done) == (300, 50)
    assert throughput([], span, lambda last: 300.0, 1.0) is None
    assert throughput(given_, span, lambda last: None, 1.0) is None
    assert throughput([(DAY, NOW, None)], span, lambda last: 300.0, 1.0) is None


def test_sectors_stand_in_stretches_and_what_nobody_reported_is_missing(any_engine, var):
    open_covered(any_engine, standard("water", "emergency", 24, "per-person-day", "litros"))
    send_present(any_engine, var, *[(NOW - number * HOUR, 100) for number in range(1, 80)])
    told = [(NOW - number * HOUR, NOW - (number - 1) * HOUR, 100, "litros", "") for number in range(4, 40)]
    told += [(NOW - number * HOUR, NOW - (number - 1) * HOUR, 40, "litros", "") for number in range(40, 46)]
    send_service(any_engine, var, "water", "wash", told)
    lines = {one.sector: one.stretches for one in seen(any_engine).timeline}
    wash = [(part.state, (part.end - part.start) / HOUR) for part in lines[Sector.WASH]]
    assert [state for state, _ in wash] == ["missing", "critical", "normal", "missing"]
    assert sum(hours for _, hours in wash) == 72
    assert wash[-1] == ("missing", 3)
    assert [part.state for part in lines[Sector.HEALTH]] == ["none"]


def test_spans_of_three_hours_end_now_and_reach_three_days():
    steps = steps_until(NOW + timedelta(minutes=20), DAY)
    assert (steps[-1].start, steps[-1].end) == (NOW, NOW + timedelta(minutes=20))
    assert all(one.end == other.start for one, other in pairwise(steps))
    assert len(steps) == 25
    assert steps[-1].start - steps[0].start == timedelta(hours=72)


def test_a_correction_of_an_hour_of_yesterday_is_seen_in_the_timeline_at_once(any_engine, var):
    open_covered(any_engine, standard("water", "emergency", 24, "per-person-day", "litros"))
    send_present(any_engine, var, *[(NOW - number * HOUR, 100) for number in range(1, 80)])
    start = DAY - 12 * HOUR
    send_service(any_engine, var, "water", "wash", [(start, start + 3 * HOUR, 30, "litros", "")])

    def state():
        [wash] = [one for one in seen(any_engine).timeline if one.sector is Sector.WASH]
        return next(part.state for part in wash.stretches if part.start <= start < part.end)

    assert state() == "critical"
    later = NOW + timedelta(minutes=1)
    send_service(any_engine, var, "water", "wash", [(start, start + 3 * HOUR, 300, "litros", "")], now=later)
    assert state() == "normal"


def test_who_is_served_less_is_told_of_the_last_whole_day_and_small_groups_are_not(any_engine, var):
    open_covered(any_engine)
    start = DAY - 24 * HOUR
    told = ((200, "female", "0-17"), (100, "male", "0-17"), (100, "female", "18+"), (100, "male", "18+"))
    send_arrivals(any_engine, var, [(start, *row) for row in told], 1440)
    for people, sex, band in ((60, "female", "0-17"), (60, "male", "0-17"), (30, "female", "18+"), (50, "male", "18+")):
        row = (start, start + 8 * HOUR, "", "", people)
        send_service(any_engine, var, "medical-attention", "health", [row], (sex, band))
    by = {one.by: one for one in seen(any_engine).equity}
    assert {group.part: (group.contacts, group.arrivals) for group in by["sex"].groups} == {
        "female": (90, 300),
        "male": (110, 200),
    }
    assert (by["sex"].worst, by["sex"].gap) == ("female", pytest.approx(0.3 - 0.4))
    assert by["age_band"].worst == "0-17" or by["age_band"].gap == pytest.approx(0, abs=0.1)
    send_service(
        any_engine, var, "psychosocial", "health", [(start, start + 8 * HOUR, "", "", 3)], ("female", ""), "Otra"
    )
    send_service(
        any_engine, var, "psychosocial", "health", [(start, start + 8 * HOUR, "", "", 40)], ("male", ""), "Otra"
    )
    small = [one for one in seen(any_engine).equity if one.service is Service.PSYCHOSOCIAL]
    assert [[group.contacts for group in one.groups] for one in small] == [[None, None]]
    assert all(one.gap is None for one in small)
    whole = [one for one in seen(any_engine, Audience.PROTECTION).equity if one.service is Service.PSYCHOSOCIAL]
    assert {group.contacts for group in whole[0].groups} == {3, 40}


def test_violence_is_never_told_by_the_hour_to_everybody(any_engine, var):
    open_covered(any_engine, standard("gbv-response", "emergency", 1, "per-arrival", "atenciones", "arrivals"))
    send_arrivals(any_engine, var, [(DAY + number * HOUR, 10, "", "") for number in range(12)])
    send_service(any_engine, var, "gbv-response", "gbv", [(DAY, NOW, 90, "atenciones", 90)])
    states = {one.sector: {part.state for part in one.stretches} for one in seen(any_engine).timeline}
    assert states[Sector.GBV] == {"masked"}
    told = {
        one.sector: {part.state for part in one.stretches} for one in seen(any_engine, Audience.PROTECTION).timeline
    }
    assert "masked" not in told[Sector.GBV]


COUNTS = st.integers(0, 60).map(float)


def row(delivered: float, required: float, unit: str = "atenciones", sector: Sector = Sector.HEALTH, **more):
    said = {field.name: None for field in fields(ServiceCoverage)} | {
        "sector": sector, "service": Service.MEDICAL_ATTENTION, "delivered": delivered, "required": required,
        "unit": unit, "gap": max(0.0, required - delivered), "ratio": delivered / required if required else 1.0,
        "state": State.OK, "level": Level.ALERT, "contacts": delivered, "organisations": (), "masked": False,
        "at_least": False, "carried_ratio": delivered / required if required else 1.0, "done_per_hour": delivered / 3,
        "transit": False, "standard_provisional": False, "needed_per_hour": required / 3, **more,
    }  # fmt: skip
    return ServiceCoverage(**said)


@given(
    COUNTS, st.integers(1, 60).map(float), st.sampled_from(["atenciones", "raciones"]), st.sampled_from(list(Sector))
)
def test_no_shown_number_of_a_masked_row_gives_its_count_back(delivered, required, unit, sector):
    """Every pair of what is shown, by the arithmetic that the page itself prints."""
    shown = masked_service(row(delivered, required, unit, sector), Audience.OPEN)
    if not 0 < delivered < INSIDE:
        return
    assert shown.masked
    assert (shown.delivered, shown.contacts, shown.done_per_hour) == (None, None, None)
    assert (shown.gap, shown.ratio, shown.carried_ratio) == (None, None, None)


@given(st.dictionaries(st.sampled_from("abcdef"), COUNTS, min_size=1), COUNTS)
def test_no_hidden_part_of_a_day_follows_from_the_total_and_the_parts_that_are_shown(parts, rest):
    day = BreakdownDay(Window(DAY, NOW), sum(parts.values()) + rest, parts, rest, False, False, None)
    shown = masked_day(day, INSIDE)
    cells = [*shown.parts.values(), None if shown.rest_reserved else shown.rest]
    true = [*parts.values(), rest]
    hidden = [number for number, cell in zip(true, cells, strict=True) if cell is None]
    assert not any(0 < cell < INSIDE for cell in cells if cell is not None)
    if any(hidden):
        left = day.total - sum(cell for cell in cells if cell is not None)
        # More than one value of each hidden cell fits what is left.
        assert left == sum(hidden)
        assert len(hidden) > 1
    assert shown.total == day.total


def test_one_function_masks_services_wherever_they_leave(any_engine, var):
    """Page, situation, wall and API: a count of three is nowhere among what the open audience is given."""
    open_covered(any_engine, standard("medical-attention", "emergency", 1, "per-arrival", "atenciones", "arrivals"))
    send_arrivals(any_engine, var, [(DAY + number * HOUR, 7, "", "") for number in range(12)])
    send_service(any_engine, var, "medical-attention", "health", [(DAY, NOW, 3, "atenciones", 3)])
    with reading(any_engine) as conn:
        rows = api_coverage(conn, scope(), Window(DAY, DAY + 24 * HOUR), site_named(conn, "norte"), NOW)["rows"]
        boards = [build(conn, page, scope(), CLOCK).to_json() for page in ("coverage", "situation", "wall")]
        full = build(conn, "coverage", scope(Audience.PROTECTION), CLOCK).to_json()
    [told] = [one for one in rows if one["service"] == "medical-attention"]
    assert [told[name] for name in ("delivered", "gap", "ratio", "contacts", "done_per_hour")] == [None] * 5
    for board in boards:
        assert "81 atenciones" not in to_html(list(board["texts"].values()))
        assert board["kpis"].get("coverage_worst_sector", {}).get("value") is None
    assert "faltan 81 atenciones" in to_html(full["texts"]["services"])


def test_more_than_needed_is_told_and_marked(any_engine, var):
    open_covered(any_engine, LATRINES)
    send_present(any_engine, var, (NOW - HOUR, 500))
    send_service(any_engine, var, "latrines", "wash", [(DAY, NOW, 13, "letrinas", "")])
    with reading(any_engine) as conn:
        page = to_html(build(conn, "coverage", scope(), CLOCK).to_json()["texts"]["services"])
    assert "130\u202f%" in page
    assert "over-mark" in page


def test_as_of_a_moment_the_standard_known_then_is_the_one_that_is_used(latrines):
    with writing(latrines) as conn:
        switch_to(conn, "norte", Phase.STABILISED, NOW, NOW, "Rosa", "se quedan más", since=NOW - 2 * HOUR)
    assert service(seen(latrines), Service.LATRINES).required == 50
    before = seen(latrines, as_of=NOW - timedelta(minutes=1))
    assert service(before, Service.LATRINES).standard_value in (50, None)
