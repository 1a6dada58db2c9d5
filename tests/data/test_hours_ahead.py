"""The coming hours of a queue: counters needed in each, the queue to expect, and whether the roster was kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from callbacks.reads.queue import next_hour
from data.analytics.buckets import HOUR
from data.analytics.coming import Coming
from data.analytics.hours_ahead import HOURS_SHOWN, expected_queue, needs
from data.analytics.observed import Observed
from data.analytics.plan_kept import plan_kept
from data.analytics.rates import Rate
from data.analytics.staffing import NO_PLAN, Plan
from data.analytics.stages import StageState
from data.vocabulary import Lane, Stage
from tests.data.test_queueing import NOON, head_counts
from tests.layouts.models import SITE

RATE = Rate(60 / 5.4, 10.0, 12.3, 24.0, 1.0, 0.0066, 0.0)
CALM = StageState(
    Stage.MIGRATION_CONTROL, Lane.GENERAL, waiting=0.0, counters_open=12, counters_total=40, arriving=125.0, rate=RATE
)
NOBODY_PLANS = Observed(Stage.MIGRATION_CONTROL, Lane.GENERAL)
AT = NOON.timestamp()


def coming(*people: float) -> Coming:
    mid = np.array(people)
    return Coming(AT, mid * 0.8, mid, mid * 1.2)


def rostered(*lines: tuple[float, float, float]) -> Observed:
    start, end, counters = (np.array(part, dtype=float) for part in zip(*lines, strict=True))
    return replace(NOBODY_PLANS, plan=Plan(AT + start * HOUR, AT + end * HOUR, counters))


def test_where_nobody_waits_over_chance_alone_decides():
    told = needs(CALM, NOBODY_PLANS, None, NOON, NOON, 30)  # the printed table: 125 an hour, 80 % within 30 min: 12
    assert [one.counters for one in told.hours] == [12] * HOURS_SHOWN
    assert {one.reason for one in told.hours} == {"chance"}
    assert told.arrivals == "present-rate"


def test_a_forecast_is_taken_hour_by_hour_and_the_plan_stands_beside_it():
    told = needs(CALM, rostered((0, 2, 8), (3, 6, 20)), coming(125, 210, *[21.0] * 22), NOON, NOON, 30)
    assert [one.counters for one in told.hours[:3]] == [12, 20, 3]
    assert [one.planned for one in told.hours[:4]] == [8, 8, None, 20]
    assert told.arrivals == "forecast"


def test_a_queue_needs_more_than_chance_and_more_than_there_are_is_said():
    standing = replace(CALM, waiting=400.0)
    calm, strict = (needs(standing, NOBODY_PLANS, coming(*[100.0] * 24), NOON, NOON, m).hours for m in (120, 30))
    assert (calm[0].counters, calm[0].reason) == (18, "backlog")  # 400 people within two hours
    assert (strict[0].counters, strict[0].reason) == (72, "too-few")
    assert strict[1].waiting == pytest.approx(400 + 100 - 40 * RATE.value)  # with the 40 there are


def test_the_queue_of_the_next_round_hour_is_what_the_open_counters_leave():
    standing = replace(CALM, waiting=400.0)
    told = needs(standing, NOBODY_PLANS, coming(*[100.0] * 24), NOON, NOON + timedelta(minutes=30), 30)
    assert told.hours[0].waiting == pytest.approx(400 + (100 - 12 * RATE.value) / 2)


@pytest.mark.parametrize(
    ("state", "missing"),
    [
        (replace(CALM, waiting=None), "waiting"),
        (replace(CALM, outdated=True), "waiting"),
        (replace(CALM, waiting=-20.0), "negative"),
        (replace(CALM, rate=None), "rate"),
        (replace(CALM, arriving=None), "arrivals"),
    ],
)
def test_what_was_not_reported_is_not_guessed(state: StageState, missing: str):
    assert needs(state, NOBODY_PLANS, None, NOON, NOON, 30).missing == missing
    assert not expected_queue(state, NOBODY_PLANS, None, NOON).hours


def test_the_queue_to_expect_follows_the_forecast_with_its_band():
    told = expected_queue(replace(CALM, waiting=400.0), NOBODY_PLANS, coming(*[200.0] * 24), NOON)
    assert [one.at for one in told.hours[:2]] == [NOON, NOON + timedelta(hours=1)]
    assert told.hours[0].low == told.hours[0].mid == told.hours[0].high == 400
    assert told.hours[3].mid == pytest.approx(400 + 3 * (200 - 12 * RATE.value))
    assert told.hours[3].low < told.hours[3].mid < told.hours[3].high
    assert expected_queue(CALM, NOBODY_PLANS, None, NOON).missing == "forecast"


def test_the_roster_beside_what_was_open_counts_only_hours_that_both_tell():
    # Head counts on the hour from 07:00 to 12:00 with 11 open; the roster speaks from 09:00 to 11:00 and after noon.
    read = head_counts([10.0] * 6, 11)
    plan = rostered((-3, -2, 15), (-2, -1, 9), (2, 4, 30)).plan
    told = plan_kept(read, plan, AT - 5 * HOUR, AT)
    assert (told.compared_minutes, told.short_minutes) == (120, 60)
    assert (told.most_short, told.most_short_at) == (4, NOON - timedelta(hours=3))
    assert [planned for _, planned in told.steps] == [None, 15, 9, None]
    assert plan_kept(read, NO_PLAN, AT - 5 * HOUR, AT).steps == ()


def test_the_next_round_hour_is_that_of_the_sites_clock():
    odd = replace(SITE, zone="Asia/Kolkata")
    at = datetime(2019, 6, 14, 17, 40, tzinfo=UTC)  # 23:10 there
    assert next_hour(odd, at).astimezone(ZoneInfo("Asia/Kolkata")).strftime("%H:%M") == "00:00"
    assert next_hour(SITE, NOON.replace(minute=0)) == NOON
