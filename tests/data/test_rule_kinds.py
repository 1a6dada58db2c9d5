"""Each kind of rule on a fixture whose trigger is known, and what it says where nobody reported."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.buckets import Buckets
from data.analytics.composite import part_seen, together
from data.analytics.detection.limits import limits
from data.analytics.kinds import built
from data.analytics.lifecycle import Life, Seen, step
from data.analytics.observed import Observed
from data.analytics.rule import Finding, Recent
from data.analytics.rule_params import checked
from data.analytics.seen import PresentNow
from data.analytics.stages import StageState
from data.detecting import detection
from data.rule_shapes import SetRule
from data.vocabulary import AlertState, Lane, Level, Method, Stage
from tests.data.recently import NOON, SITE, calm_weeks, hours_until, midnight_of_hours, seen, without

PLACE = (Stage.MIGRATION_CONTROL, Lane.GENERAL)
HOUR = timedelta(hours=1)


def rule(kind: str, **params: object) -> SetRule:
    return checked({"name": "mine", "kind": kind, "params": params})


def found(one: SetRule, recent: Recent) -> Finding:
    (finding,) = built(one, {}).find(recent)
    return finding


def hourly(*people: float, back: int = 0) -> Recent:
    """The last hours of arrivals; `back`: so many hours ago the newest ended."""
    return arriving(hours_until(NOON - back * HOUR, np.array(people, dtype=float)))


def arriving(hours: Buckets) -> Recent:
    return replace(seen(hours), observed={PLACE: Observed(*PLACE, arrivals=hours)})


@pytest.mark.parametrize(
    ("people", "expected"),
    [(99, Seen.BETWEEN), (100, Seen.BREACH), (90, Seen.BETWEEN), (89, Seen.CLEAR)],
)
def test_a_limit_is_passed_at_its_number_and_calm_a_tenth_under_it(people, expected):
    assert found(rule("threshold", of="arrivals", limit=100), hourly(50, people)).seen is expected


def test_a_limit_below_is_passed_at_its_number_and_calm_above():
    few = rule("threshold", of="arrivals", side="below", limit=10, recovers_at=15)
    assert [found(few, hourly(50, n)).seen for n in (10, 11, 15, 16)] == [
        *(Seen.BREACH, Seen.BETWEEN, Seen.BETWEEN, Seen.CLEAR)
    ]


def test_hours_are_summed_and_an_hour_that_nobody_reported_is_not_zero():
    three = rule("threshold", of="arrivals", limit=100, hours=3)
    assert found(three, hourly(30, 30, 40)).seen is Seen.BREACH
    hole = arriving(without(hours_until(NOON, np.array([30.0, 30, 40])), 1))
    assert found(three, hole).seen is Seen.NO_DATA  # 70 at least: perhaps 100, perhaps not
    enough = found(three, arriving(without(hours_until(NOON, np.array([70.0, 30, 40])), 1)))
    assert (enough.seen, enough.evidence["at_least"], enough.evidence["hours_covered"]) == (Seen.BREACH, True, 2)
    few = rule("threshold", of="arrivals", side="below", limit=80, hours=3)
    assert found(few, hole).seen is Seen.NO_DATA


def test_silence_is_neither_above_nor_below():
    for side in ("above", "below"):
        limit = rule("threshold", of="arrivals", side=side, limit=100)
        assert found(limit, hourly(500, back=3)).seen is not Seen.NO_DATA
        assert found(limit, hourly(500, back=4)).seen is Seen.NO_DATA
        assert found(limit, seen(hours_until(NOON, np.zeros(0)))).seen is Seen.NO_DATA
        for of in ("served", "waiting", "wait", "present"):
            assert found(rule("threshold", of=of, side=side, limit=1), hourly(500)).seen is Seen.NO_DATA


def test_queue_wait_and_presence_have_limits_too():
    state = StageState(*PLACE, waiting=240, waiting_at=NOON, wait=2.5, at_least=False)
    here = PresentNow(310, 200, NOON, True, Method.COUNTED, "acnur")
    now = replace(hourly(50), states={PLACE: state}, present=here)
    assert found(rule("threshold", of="waiting", limit=240), now).seen is Seen.BREACH
    wait = found(rule("threshold", of="wait", limit=150), now)
    assert (wait.seen, wait.evidence["value_minutes"]) == (Seen.BREACH, 150)
    assert found(rule("threshold", of="present", limit=300), now).seen is Seen.BREACH
    assert found(rule("threshold", of="present", limit=400), now).seen is Seen.NO_DATA  # 310 at least
    old = replace(now, states={PLACE: replace(state, outdated=True)})
    assert found(rule("threshold", of="waiting", limit=240), old).seen is Seen.NO_DATA


def test_percent_over_the_same_hours_of_the_same_kind_of_day():
    people = np.full(6 * 7 * 24, 50.0)
    people[-6:] = 80
    now = seen(hours_until(NOON, people))
    assert [found(rule("percent", percent=n), now).seen for n in (59, 60, 61, 66, 67)] == [
        *(Seen.BREACH, Seen.BREACH, Seen.BETWEEN, Seen.BETWEEN, Seen.CLEAR)
    ]
    assert found(rule("percent", percent=60, least_excess=181), now).seen is Seen.CLEAR  # 180 people more
    people[-6:] = 20
    fewer = found(rule("percent", percent=60, side="below"), seen(hours_until(NOON, people)))
    assert (fewer.seen, fewer.evidence["excess"], fewer.evidence["more_share"]) == (Seen.BREACH, -180, 0.6)


def test_percent_without_a_usual_or_without_most_hours_says_nothing():
    people = np.full(6 * 7 * 24, 50.0)
    many = rule("percent", percent=60)
    assert found(many, seen(hours_until(NOON, people[: 5 * 24]))).seen is Seen.NO_DATA
    assert found(many, seen(without(hours_until(NOON, people), 1, 2, 3))).seen is Seen.NO_DATA


def test_more_false_alarms_a_month_tell_a_surge_no_later():
    people = calm_weeks()
    people[-12:] *= 3
    first = {}
    for rate in (1 / 3, 30.0):
        for hours in range(1, 13):
            known = hours_until(NOON - (12 - hours) * HOUR, people[: len(people) - 12 + hours])
            at = NOON - (12 - hours) * HOUR
            midnight = midnight_of_hours(known, SITE, at.date(), allowed=limits(rate))
            told = detection(midnight, known, SITE, at, False, limits(rate))
            recent = replace(seen(known, now=at), detections={rate: told})
            if found(rule("surge", false_alarms_per_month=rate), recent).seen is Seen.BREACH:
                first[rate] = hours
                break
    assert first[30.0] <= first[1 / 3] <= 6


def test_a_surge_of_fewer_people_than_asked_is_none():
    people = calm_weeks()
    people[-12:] *= 3
    now = seen(hours_until(NOON, people))
    assert found(rule("surge"), now).seen is Seen.BREACH
    assert found(rule("surge", least_excess=100000), now).seen is not Seen.BREACH


def test_a_composite_fires_where_its_parts_do_at_once():
    parts = {
        "many": checked({"name": "many", "kind": "threshold", "params": {"of": "arrivals", "limit": 100}}),
        "queue": checked({"name": "queue", "kind": "threshold", "params": {"of": "waiting", "limit": 50}}),
    }
    crowd, calm = hourly(50, 120), hourly(50, 60)
    state = StageState(*PLACE, waiting=80, waiting_at=NOON)

    def said(mode: str, recent: Recent) -> Seen:
        (finding,) = built(rule("composite", mode=mode, rules=list(parts)), parts).find(recent)
        return finding.seen

    assert said("all", replace(crowd, states={PLACE: state})) is Seen.BREACH
    assert said("all", replace(calm, states={PLACE: state})) is Seen.CLEAR
    assert said("all", crowd) is Seen.NO_DATA  # nobody counts the queue
    assert said("all", calm) is Seen.CLEAR  # whatever the queue is
    assert said("any", crowd) is Seen.BREACH
    assert said("any", calm) is Seen.NO_DATA


def test_no_part_without_data_ever_makes_a_calm_of_any_or_an_alarm_of_all():
    every = [Seen.BREACH, Seen.BETWEEN, Seen.CLEAR, Seen.NO_DATA]
    for pair in product(every, every):
        if Seen.NO_DATA in pair:
            assert together("any", pair) is not Seen.CLEAR
            assert together("all", pair) is not Seen.BREACH
    assert part_seen([Seen.CLEAR, Seen.BLIND]) is Seen.NO_DATA
    assert part_seen([]) is Seen.NO_DATA


@given(st.lists(st.integers(90, 140), min_size=4, max_size=60), st.integers(100, 120))
def test_a_sawtooth_around_a_threshold_is_one_alert(teeth, limit):
    """Whatever swings above nine tenths of the limit opens at most one alert, and never ends it."""
    low = math.ceil(0.9 * limit)
    one = rule("threshold", of="arrivals", limit=limit)
    made = built(one, {})
    nothing = hourly(50)
    life: Life | None = None
    opened = 0
    for hour, people in enumerate([max(low, n) for n in teeth]):
        at = NOON + hour * HOUR
        seen_now = {PLACE: Observed(*PLACE, arrivals=hours_until(at, np.array([float(people)])))}
        (finding,) = made.find(replace(nothing, now=at, observed=seen_now))
        life, change = step(life, finding.seen, at, made.patience)
        opened += change is not None and change.to is AlertState.FIRING
        assert change is None or change.to is AlertState.FIRING
    assert opened == (1 if max(max(low, n) for n in teeth) >= limit else 0)


def test_a_rule_is_told_at_the_level_that_was_asked():
    critical = checked({**rule("threshold", of="arrivals", limit=100).entry(), "level": "critical"})
    finding = found(critical, hourly(120))
    assert (finding.level, finding.evidence["kind"]) == (Level.CRITICAL, "threshold")
