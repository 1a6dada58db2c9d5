"""What the rules find, when alerts open and close, and what the surge rule says of the reconstruction."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.baseline import history
from data.analytics.buckets import HOUR, Buckets, moment
from data.analytics.lifecycle import OPEN, Life, Patience, Seen, step
from data.analytics.rules import RULES, Recent, coverage_gap, pressure_high, source_silent, surge
from data.analytics.windows import day_on, local_date
from data.rhythm import Cadence, Contact, Reporting
from data.types import Pressure, PressureComponent, SectorCoverage, ServiceCoverage, Site, Window
from data.vocabulary import AlertState, Level, Rhythm, Sector, Service, SiteKind, Stage, State

LOCALES = Path(__file__).parents[2] / "layouts" / "locales"
SITE = Site(
    "cebaf", "CEBAF", "PE", "America/Lima", SiteKind.RECONSTRUCTION, 0, Stage.MIGRATION_CONTROL,
    (Stage.MIGRATION_CONTROL,), (Sector.WASH,), None,
)  # fmt: skip
NOON = datetime(2019, 6, 14, 17, tzinfo=UTC)
CALM = Pressure(Level.NORMAL, False, ())


def hours_until(now: datetime, people: np.ndarray) -> Buckets:
    """Whole hours, the last one ending at `now`."""
    n = len(people)
    starts = now.timestamp() - HOUR * np.arange(n, 0, -1)
    return Buckets(
        starts, np.full(n, 60.0), people.astype(float), np.zeros(n, dtype=bool),
        np.array(["counted"] * n, dtype=object), starts + HOUR,
    )  # fmt: skip


def seen(hours: Buckets, now: datetime = NOON, measure: str = "arrivals", **more: object) -> Recent:
    on = local_date(SITE, moment(float(hours.start[-1]))) if len(hours) else local_date(SITE, now)
    known = history(hours, on, SITE) if len(hours) else None
    recent = Recent(SITE, now, hours, day_on(SITE, on), known, measure, "migraciones", (), CALM, ())
    return replace(recent, **more)  # type: ignore[arg-type]


def calm_weeks(level: float = 60.0, weeks: int = 6, seed: int = 3) -> np.ndarray:
    return np.random.default_rng(seed).poisson(level, weeks * 7 * 24).astype(float)


def test_three_times_the_usual_for_half_a_day_is_a_surge_with_its_evidence():
    people = calm_weeks()
    people[-12:] *= 3
    (found,) = surge(seen(hours_until(NOON, people)))
    assert (found.seen, found.subject) == (Seen.BREACH, "migration-control/arrivals")
    assert found.evidence["ratio"] >= 1.5
    assert found.evidence["observed"] - found.evidence["expected"] == found.evidence["excess"]


def test_calm_weeks_are_not_a_surge():
    (found,) = surge(seen(hours_until(NOON, calm_weeks())))
    assert found.seen is Seen.CLEAR


def test_two_people_instead_of_one_is_not_a_surge():
    people = np.ones(6 * 7 * 24)
    people[-12:] = 2
    (found,) = surge(seen(hours_until(NOON, people)))
    assert found.seen is not Seen.BREACH


def test_without_history_or_without_recent_hours_the_rule_says_no_data():
    short = surge(seen(hours_until(NOON, calm_weeks(weeks=1))))
    old = surge(seen(hours_until(NOON - timedelta(hours=4), calm_weeks())))
    nothing = surge(seen(hours_until(NOON, np.zeros(0))))
    assert [found.seen for (found,) in (short, old, nothing)] == [Seen.NO_DATA] * 3


def test_an_unreported_hour_is_not_an_hour_without_people():
    people = calm_weeks(60.0)
    hours = hours_until(NOON, people)
    gap = hours.where(np.arange(len(hours)) != len(hours) - 5)
    (found,) = surge(seen(gap))
    assert found.seen is Seen.NO_DATA


def test_a_capped_series_says_that_it_is_one():
    people = calm_weeks()
    people[-24:] *= 2
    (found,) = surge(seen(hours_until(NOON, people), measure="served"))
    assert found.subject == "migration-control/served"
    assert found.evidence["measure"] == "served"


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


def covered(ratio: float | None, state: State = State.OK) -> SectorCoverage:
    level = Level.NO_DATA if ratio is None else (Level.CRITICAL if ratio < 0.5 else Level.WATCH)
    row = ServiceCoverage(
        Sector.WASH, Service.WATER, None if ratio is None else 100 * ratio, 100.0, "litros", None, ratio, state,
        level, NOON, "present", 10.0, 15.0, "per-person-day", "a handbook", "emergency",
    )  # fmt: skip
    return SectorCoverage(Sector.WASH, level, state, row, (row,))


@pytest.mark.parametrize(
    ("ratio", "state", "expected"),
    [
        (0.4, State.OK, Seen.BREACH),
        (0.55, State.OK, Seen.BETWEEN),
        (0.7, State.OK, Seen.CLEAR),
        (None, State.MISSING, Seen.NO_DATA),
    ],
)
def test_less_than_half_of_a_need_is_a_gap(ratio, state, expected):
    (found,) = coverage_gap(seen(hours_until(NOON, calm_weeks()), sectors=(covered(ratio, state),)))
    assert found.seen is expected


def test_a_masked_count_gives_no_alert_that_would_tell_it():
    assert coverage_gap(seen(hours_until(NOON, calm_weeks()), sectors=(covered(None, State.MASKED),))) == ()


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


def test_every_reason_of_a_change_has_its_words():
    used = {"limit_passed", "lasted", "did_not_last", "calmer", "again", "back_to_normal", "no_data", "data_back"}
    for language in ("es", "en"):
        words = tomllib.loads((LOCALES / language / "alerts.toml").read_text("utf-8"))["alert"]["reason"]
        assert used | {"rule_failed", "rule_works", "acknowledged"} == set(words)


# --- lifecycle ---

PATIENT = Patience(pending=timedelta(minutes=10), recovering=timedelta(minutes=30), no_data=timedelta(minutes=60))


def lived(sights: list[Seen], patience: Patience = PATIENT, every: int = 5) -> list[AlertState | None]:
    """State after each sight, `every` minutes apart; None where nothing is open."""
    life: Life | None = None
    states = []
    for number, sight in enumerate(sights):
        life, _ = step(life, sight, NOON + timedelta(minutes=every * number), patience)
        states.append(life.state if life else None)
    return states


def test_an_alert_waits_fires_recovers_and_is_over():
    states = lived([Seen.BREACH] * 3 + [Seen.CLEAR] * 8)
    assert states[:3] == [AlertState.PENDING, AlertState.PENDING, AlertState.FIRING]
    assert states[3:9] == [AlertState.RECOVERING] * 6
    assert states[9:] == [None, None]


def test_a_breach_that_does_not_last_is_never_told():
    assert lived([Seen.BREACH, Seen.CLEAR, Seen.CLEAR]) == [AlertState.PENDING, None, None]


def test_a_sawtooth_is_one_alert():
    saw = [Seen.BREACH, Seen.BREACH, Seen.BREACH, *[Seen.CLEAR, Seen.BETWEEN, Seen.BREACH] * 20]
    assert None not in lived(saw)


def test_between_the_limits_an_alert_stays_as_it_is():
    assert lived([Seen.BREACH] * 3 + [Seen.BETWEEN] * 50)[-1] is AlertState.FIRING
    assert lived([Seen.BETWEEN] * 5) == [None] * 5


def test_silence_keeps_the_last_state_and_then_says_so():
    states = lived([Seen.BREACH] * 3 + [Seen.NO_DATA] * 14)
    assert states[3:15] == [AlertState.FIRING] * 12
    assert states[15] is AlertState.NO_DATA


def test_when_data_come_back_an_alert_goes_on_where_it_stood():
    blind = [Seen.BREACH] * 3 + [Seen.NO_DATA] * 15
    assert lived([*blind, Seen.BREACH])[-1] is AlertState.FIRING
    assert lived([*blind, Seen.CLEAR])[-1] is AlertState.RECOVERING


def test_silence_with_nothing_open_opens_nothing():
    assert lived([Seen.NO_DATA] * 50) == [None] * 50


def test_a_rule_that_fails_is_seen_and_then_forgotten_when_it_works():
    assert lived([Seen.FAILED, Seen.FAILED, Seen.CLEAR]) == [AlertState.ERROR, AlertState.ERROR, None]
    assert lived([*[Seen.BREACH] * 3, Seen.FAILED, Seen.BREACH])[-2:] == [AlertState.ERROR, AlertState.FIRING]


@given(st.lists(st.sampled_from(list(Seen)), max_size=120))
def test_whatever_is_seen_the_machine_stays_in_its_states_and_remembers_them(sights):
    life: Life | None = None
    for number, sight in enumerate(sights):
        now = NOON + timedelta(minutes=5 * number)
        before = life.state if life else None
        life, change = step(life, sight, now, PATIENT)
        after = life.state if life else AlertState.RESOLVED
        assert life is None or life.state in OPEN
        # A change is stored exactly when the state changes.
        assert (change is not None) == (after is not (before or AlertState.RESOLVED))
        if change is not None:
            assert change.to is after
        if life is not None:
            assert Life.from_json(life.state, life.to_json()) == life


# --- the reconstruction ---


def firings(measure: str, first: datetime, last: datetime) -> list[str]:
    """Local times at which a surge alert opened, evaluated a quarter of an hour after each hour."""
    from data.demo.cebaf_reports import flow_rows

    lima = ZoneInfo("America/Lima")
    rows = flow_rows(Window(first - timedelta(days=62), last))
    rows = rows[(rows["measure"] == measure) & (rows["stage"] == "migration-control")]
    hour = rows["start"].str.slice(0, 13)
    by_hour = rows["people"].astype(float).groupby(hour).sum()
    starts = np.array([datetime.fromisoformat(f"{h}:00-05:00").timestamp() for h in by_hour.index])
    n = len(starts)
    whole = Buckets(
        starts, np.full(n, 60.0), by_hour.to_numpy(), np.zeros(n, dtype=bool),
        np.array(["modelled"] * n, dtype=object), starts + HOUR,
    )  # fmt: skip
    (rule,) = [rule for rule in RULES if rule.name == "surge"]
    life: Life | None = None
    opened, began, alarms = [], None, []
    for place in np.flatnonzero(whole.start >= first.timestamp()):
        now = moment(float(whole.end[place]) + 900)
        upto = whole.where((whole.start <= whole.start[place]) & (whole.start > whole.start[place] - 60 * 24 * HOUR))
        on = local_date(SITE, moment(float(upto.start[-1])))
        known = history(upto, on, SITE, [*alarms, *([Window(began, now)] if began else [])])
        recent = Recent(SITE, now, upto, day_on(SITE, on), known, measure, "reconstruccion", (), CALM, ())
        life, change = step(life, surge(recent)[0].seen, now, rule.patience)
        if change and change.reason == "limit_passed":
            began = now
            opened.append(now.astimezone(lima).strftime("%d %b"))
        if change and life is None and began:
            alarms.append(Window(began, now))
            began = None
    return opened


@pytest.mark.slow
def test_june_2019_is_told_on_the_day_it_begins():
    assert firings("arrivals", datetime(2019, 5, 16, 5, tzinfo=UTC), datetime(2019, 6, 14, 5, tzinfo=UTC)) == ["08 Jun"]


@pytest.mark.slow
def test_october_2018_is_told_when_arrivals_outgrow_the_post_days_before_entries_do():
    first, last = datetime(2018, 10, 9, 5, tzinfo=UTC), datetime(2018, 10, 31, 5, tzinfo=UTC)
    told = firings("arrivals", first, last)
    assert told[-1] <= "25 Oct"
    # 14 October is a Sunday of 2,462 entries in the reference: one false alarm in these weeks, and no more.
    assert len(told) <= 2
    assert "26 Oct" in firings("served", first, last)
