"""What the rules find about sources, pressure and coverage, and the words they have for it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from data import disclosure
from data.alert_book import alert_sentence
from data.analytics.coverage import level_of
from data.analytics.lifecycle import Seen
from data.analytics.rule import Recent
from data.analytics.rules import RULES, coverage_gap, gaps_watched, pressure_high, source_silent
from data.rhythm import Cadence, Contact, Reporting
from data.types import Pressure, PressureComponent, SectorCoverage, ServiceCoverage
from data.vocabulary import AlertState, Audience, Level, Rhythm, Sector, Service, State
from layouts.translator import translator
from tests.data.recently import NOON, calm_weeks, hours_until, seen

LOCALES = Path(__file__).parents[2] / "layouts" / "locales"


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (NOON, Seen.CLEAR),
        (NOON + timedelta(seconds=1), Seen.BETWEEN),
        (NOON + timedelta(minutes=15), Seen.BETWEEN),
        (NOON + timedelta(minutes=15, seconds=1), Seen.BREACH),
    ],
)
def test_a_source_is_late_after_one_report_that_did_not_come_and_silent_after_two(now, expected):
    office = Contact("Migraciones", "jefe de turno", "anexo 12")
    deadlines = {"late_at": NOON, "silent_at": NOON + timedelta(minutes=15)}
    report = Reporting("migraciones", "flow", office, Cadence(Rhythm.MINUTES, NOON, 15, 4), (), NOON, **deadlines)
    (found,) = source_silent(replace(seen(hours_until(NOON, calm_weeks()), reports=(report,)), now=now))
    assert (found.seen, found.subject) == (expected, "migraciones/flow")
    assert found.evidence["call"] == "jefe de turno, anexo 12"


def test_where_nothing_is_expected_nobody_is_late():
    report = Reporting("socio", "service", Contact(), None, (), NOON - timedelta(days=9))
    (found,) = source_silent(seen(hours_until(NOON, calm_weeks()), reports=(report,)))
    assert found.seen is Seen.CLEAR


def part(name: str, value: float | None, level: Level) -> PressureComponent:
    return PressureComponent(name, value, level, (60, 120, 360), "minutes")


@pytest.mark.parametrize(
    ("wait", "level", "expected"),
    [
        (130, Level.ALERT, Seen.BREACH),
        (110, Level.WATCH, Seen.BETWEEN),
        (107, Level.WATCH, Seen.CLEAR),
        (None, Level.NO_DATA, Seen.NO_DATA),
    ],
)
def test_pressure_enters_at_the_limit_and_leaves_at_nine_tenths(wait, level, expected):
    pressure = Pressure(level, False, (part("wait_general", wait, level),))
    (found,) = pressure_high(seen(hours_until(NOON, calm_weeks()), pressure=pressure))
    assert found.seen is expected


def test_pressure_tells_what_it_is_about_and_what_nobody_reports():
    parts = (part("wait_general", 130, Level.ALERT), part("presence", None, Level.NO_DATA))
    (found,) = pressure_high(seen(hours_until(NOON, calm_weeks()), pressure=Pressure(Level.ALERT, True, parts)))
    assert (found.about, found.unknown) == ("wait_general", {"presence"})


def service(
    ratio: float | None,
    state: State = State.OK,
    name: Service = Service.WATER,
    required: float | None = 100.0,
    unit: str = "litros",
) -> ServiceCoverage:
    delivered = None if ratio is None or required is None else required * ratio
    return ServiceCoverage(
        Sector.WASH, name, delivered, required, unit, None, ratio, state, level_of(ratio), NOON,
        "present", 10.0, 15.0, "per-person-day", "a handbook", "emergency",
    )  # fmt: skip


def looked_at(*services: ServiceCoverage) -> Recent:
    """As `data.watch` gives it: as it is, and as the open audience may see it."""
    sector = SectorCoverage(Sector.WASH, services[0].level, services[0].state, services[0], services)
    shown = disclosure.masked_sectors((sector,), Audience.OPEN)
    return seen(hours_until(NOON, calm_weeks()), sectors=(sector,), shown_sectors=shown)


@pytest.mark.parametrize(
    ("ratio", "state", "expected"),
    [
        (0.4, State.OK, Seen.BREACH),
        (0.55, State.OK, Seen.BETWEEN),
        (0.7, State.OK, Seen.CLEAR),
        (None, State.MISSING, Seen.NO_DATA),
        (0.4, State.STALE, Seen.NO_DATA),
    ],
)
def test_less_than_half_of_a_need_is_a_gap(ratio, state, expected):
    (found,) = coverage_gap(looked_at(service(ratio, state)))
    assert (found.seen, found.subject) == (expected, "wash/water")


def test_a_need_that_nobody_can_work_out_is_no_data_and_not_silence():
    unknown = service(None, required=None)
    (found,) = coverage_gap(looked_at(unknown))
    assert found.seen is Seen.NO_DATA
    assert gaps_watched(looked_at(unknown)) == {"wash/water"}


@pytest.mark.parametrize(
    ("ratio", "carried", "expected"),
    [(0.3, 0.45, Seen.BREACH), (0.3, 0.9, Seen.CLEAR), (0.3, None, Seen.NO_DATA), (1.1, None, Seen.CLEAR)],
)
def test_who_has_yet_to_report_is_taken_to_go_on_as_before(ratio, carried, expected):
    level = Level.NORMAL if ratio >= 1 else level_of(carried)
    row = replace(service(ratio), at_least=True, carried_ratio=carried, level=level)
    (found,) = coverage_gap(looked_at(row))
    assert found.seen is expected
    assert found.evidence.get("at_least", found.seen is Seen.NO_DATA) is True


def test_one_service_that_is_met_says_nothing_of_another():
    found = coverage_gap(looked_at(service(None, required=None), service(0.95, name=Service.LATRINES)))
    assert {one.subject: one.seen for one in found} == {"wash/water": Seen.NO_DATA, "wash/latrines": Seen.CLEAR}


def test_a_service_without_a_standard_has_no_gap():
    plain = replace(service(None, required=None), standard_value=None)
    assert (coverage_gap(looked_at(plain)), gaps_watched(looked_at(plain))) == ((), frozenset())


def test_a_masked_count_decides_and_is_not_told():
    """Three of a hundred people attended: the gap stays open, and no figure says three."""
    row = service(0.03, unit="personas")
    assert looked_at(row).shown_sectors[0].services[0].state is State.MASKED
    (found,) = coverage_gap(looked_at(row))
    assert found.seen is Seen.BREACH
    assert found.evidence == {"sector": "wash", "service": "water", "masked": True}


@pytest.mark.parametrize(("ratio", "expected"), [(0.4, "breach"), (0.65, "between"), (0.85, "clear"), (1.0, "clear")])
def test_the_state_of_a_masked_gap_tells_no_more_than_its_level(ratio, expected):
    (found,) = coverage_gap(looked_at(service(ratio, unit="personas", required=4.0)))
    assert found.evidence["masked"] is True
    assert found.seen == expected


def test_every_rule_has_its_words_in_every_language():
    """Add a row to RULES and forget its words: this is the test that complains."""
    for language in ("es", "en"):
        file = tomllib.loads((LOCALES / language / "alerts.toml").read_text("utf-8"))
        words = file["alert"]
        for rule in RULES:
            assert rule.name in file["rule"], f"rule.{rule.name} is missing in {language}/alerts.toml"
            assert rule.name in words, f"alert.{rule.name} is missing in {language}/alerts.toml"
            assert {"name", "sentence"} <= words[rule.name].keys(), f"alert.{rule.name} needs name and sentence"
            assert rule.find.__doc__, f"rule {rule.name} does not say why"


# What people and time do to an alert, beside what the rules see.
STEPS = {
    "rule_failed",
    "rule_works",
    "acknowledged",
    "not_watched",
    "assessed",
    "escalated",
    "deadline_passed",
    "grew",
    "corrected",
}


def test_every_reason_of_a_change_has_its_words():
    used = {"limit_passed", "lasted", "did_not_last", "calmer", "again", "back_to_normal", "no_data", "data_back"}
    for language in ("es", "en"):
        words = tomllib.loads((LOCALES / language / "alerts.toml").read_text("utf-8"))["alert"]["reason"]
        assert used | STEPS == set(words)


@pytest.mark.parametrize(
    ("rule", "state", "evidence", "says"),
    [
        ("surge", AlertState.FIRING, {"measure": "arrivals", "at_least": True, "hours_covered": 10}, "Al menos"),
        ("surge", AlertState.FIRING, {"measure": "served", "at_least": True, "hours_covered": 10}, "Nadie cuenta"),
        ("surge", AlertState.NO_DATA, {"measure": "arrivals", "blind": True, "hours_covered": 3}, "No se puede saber"),
        ("surge", AlertState.RESOLVED, {"measure": "arrivals", "blind": True, "hours_covered": 3}, "No se puede saber"),
        ("coverage_gap", AlertState.NO_DATA, {"masked": True}, "reservadas"),
        ("pressure", AlertState.RESOLVED, {"error": "ZeroDivisionError"}, "no se pudo evaluar"),
        ("evaluation", AlertState.RESOLVED, {"error": "ZeroDivisionError"}, "este puesto"),
    ],
)
def test_every_state_of_an_alert_has_a_sentence(rule, state, evidence, says):
    facts = {"observed": 900, "expected": 300, "ratio": 3.0, "hours": 12, "stage": "migration-control"}
    more = {"source": "migraciones", "last_at": NOON.isoformat(), "sector": "wash", "service": "water"}
    sentence = alert_sentence(rule, state, facts | more | evidence)
    for language in ("es", "en"):
        assert "{" not in translator(language).sentence(sentence)
    assert says in translator("es").sentence(sentence)
