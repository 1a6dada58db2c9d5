"""The coming hours: a roster, expected arrivals, and what follows for whoever joins now."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics import erlang
from data.analytics.buckets import HOUR
from data.analytics.coming import ArrivalsBasis, Coming, going_on
from data.analytics.needed import NeedReason, Target, counters_needed, counters_needed_now
from data.analytics.prospects import clearing, virtual_wait
from data.analytics.rates import Rate
from data.analytics.staffing import NO_PLAN, Ahead, CountersBasis, Plan, counters_ahead
from data.analytics.steps import Steps, first_empty, minus, queue_after
from data.analytics.what_if import Asked, exactly, what_follows

FIVE_POINT_FOUR = 60 / 5.4
HALF_AN_HOUR = Target(0.5, 0.8)
NOW = 10.5 * HOUR  # half past ten


def level(*steps: float) -> Steps:
    """By the hour from now."""
    return Steps(np.arange(len(steps), dtype=float), np.array(steps, dtype=float))


def roster(*lines: tuple[float, float, float]) -> Plan:
    """From hour, up to hour, counters."""
    start, end, counters = (np.array(part, dtype=float) for part in zip(*lines, strict=True))
    return Plan(start * HOUR, end * HOUR, counters)


# --- the roster ---


def test_counters_open_now_hold_until_the_running_shift_ends_and_then_the_roster_speaks():
    ahead = counters_ahead(11, roster((6, 14, 15), (14, 22, 30)), NOW)
    assert ahead is not None
    assert ahead.counters.since.tolist() == [0, 3.5, 11.5]
    assert ahead.counters.level.tolist() == [11, 30, 11]
    assert ahead.basis(3) is CountersBasis.OPEN
    assert ahead.basis(5) is CountersBasis.PLAN
    assert ahead.basis(12) is CountersBasis.PLAN_THEN_OPEN


def test_without_a_roster_what_is_open_goes_on_and_with_neither_nobody_knows():
    ahead = counters_ahead(11, NO_PLAN, NOW)
    assert ahead is not None
    assert (ahead.counters.level.tolist(), ahead.basis(None)) == ([11], CountersBasis.OPEN)
    assert counters_ahead(None, NO_PLAN, NOW) is None
    assert counters_ahead(None, roster((20, 22, 9)), NOW) is None
    planned = counters_ahead(None, roster((6, 14, 15)), NOW)
    assert planned is not None
    assert planned.counters.level[0] == 15


def test_a_gap_in_the_roster_is_not_a_closed_post():
    ahead = counters_ahead(11, roster((6, 12, 15), (14, 16, 30)), NOW)
    assert ahead is not None
    assert ahead.counters.level.tolist() == [11, 11, 30, 11]


def test_of_overlapping_lines_the_one_begun_last_counts():
    ahead = counters_ahead(11, roster((6, 18, 15), (12, 13, 20)), NOW)
    assert ahead is not None
    assert ahead.counters.at(np.array([2.0, 3.0])).tolist() == [20, 15]


# --- virtual wait ---


def test_more_counters_planned_shorten_the_wait_to_the_minute():
    rate = exactly(10.0)
    ahead = counters_ahead(10, roster((6, 12.5, 10), (12.5, 20, 30)), NOW)
    assert ahead is not None
    wait = virtual_wait(500, rate, ahead)
    assert wait is not None
    # Two hours at 100, then 300 people at 300 an hour.
    assert wait.hours == pytest.approx(3.0)
    assert (wait.low, wait.high, wait.counters) == (pytest.approx(3.0), pytest.approx(3.0), CountersBasis.PLAN)


def test_a_closed_post_has_no_wait_until_the_roster_opens_it():
    closed = counters_ahead(0, NO_PLAN, NOW)
    opens = counters_ahead(0, roster((6, 14, 0), (14, 22, 10)), NOW)
    assert closed is not None
    assert opens is not None
    assert virtual_wait(50, exactly(10.0), closed) is None
    wait = virtual_wait(50, exactly(10.0), opens)
    assert wait is not None
    assert wait.hours == pytest.approx(3.5 + 0.5)


# --- time to clear ---


def test_the_surge_of_the_notes_clears_as_printed_along_steps():
    waiting = 12 * (350 - 11 * FIVE_POINT_FOUR)
    ahead = Ahead(level(30), np.zeros(1, dtype=bool))
    found = clearing(waiting, exactly(FIVE_POINT_FOUR), ahead, going_on(100, 2, NOW), NOW)
    assert found.after is not None
    assert round(found.after / timedelta(hours=1), 2) == 11.71
    assert found.arrivals is ArrivalsBasis.PRESENT_RATE


def test_expected_arrivals_and_the_roster_decide_when_the_queue_is_gone():
    """Half an hour at +100, then hours at +50, -100, -100: 100 + 50 + 50 - 100 - 100 is gone after 3.5 hours."""
    coming = Coming(10 * HOUR, *(np.array([200.0, 150, 0, 0, 0]) for _ in range(3)))
    found = clearing(100, exactly(10.0), Ahead(level(10), np.zeros(1, dtype=bool)), coming, NOW)
    assert found.after == timedelta(hours=3.5)
    assert (found.soonest, found.latest) == (found.after, found.after)
    assert found.arrivals is ArrivalsBasis.FORECAST


def test_the_interval_is_wider_than_that_of_either_part_and_narrower_than_both_added():
    rate = Rate.around(10.0, 6, 1.0, 0.004, 0.0)
    coming = Coming(NOW, np.array([80.0]), np.array([100.0]), np.array([120.0]))
    certain = Coming(NOW, *(np.array([100.0]) for _ in range(3)))
    ahead = Ahead(level(20), np.zeros(1, dtype=bool))
    widths = []
    for r, c in ((rate, certain), (exactly(10.0), coming), (rate, coming)):
        found = clearing(500, r, ahead, c, NOW)
        assert found.soonest < found.after < found.latest
        widths.append(found.latest / timedelta(hours=1))
    assert max(widths[:2]) < widths[2]
    slow, _ = rate.of(500 + 100 * 5, 5)
    assert widths[2] < first_empty(500, Steps(np.zeros(1), np.array([120 - 20 * slow])))


def test_just_enough_capacity_may_be_never():
    rate, ahead = Rate.around(10.0, 6, 1.0, 0.004, 0.0), Ahead(level(20), np.zeros(1, dtype=bool))
    found = clearing(500, rate, ahead, going_on(190, 2, NOW), NOW)
    assert found.after is not None
    assert found.latest is None


def test_after_the_last_forecast_hour_its_last_day_goes_on():
    night_and_day = np.array([0.0] * 12 + [100.0] * 12)
    coming = Coming(NOW, night_and_day, night_and_day, night_and_day)
    steps = coming.steps(NOW)
    assert steps.at(np.array([5.0, 15.0, 30.0])).tolist() == [0, 100, 50]


flows = st.lists(st.floats(-500, 500), min_size=1, max_size=48)


@given(st.floats(0, 5000), flows)
def test_the_queue_is_gone_exactly_when_it_says(waiting, changes):
    change = level(*changes)
    hours = first_empty(waiting, change)
    if hours is None:
        assert queue_after(waiting, change, 24 * 300) > 0 or changes[-1] > -1
        return
    assert queue_after(waiting, change, hours) == pytest.approx(0, abs=1e-6)
    assert hours >= 0
    if hours > 0.01:
        assert queue_after(waiting, change, hours * 0.99) > 0


@given(st.floats(0, 5000), st.lists(st.floats(0, 400), min_size=1, max_size=30), st.integers(1, 40), st.floats(2, 20))
def test_another_counter_in_every_hour_never_makes_anything_later(waiting, coming, counters, rate):
    few, many = (minus(level(*coming), level(c * rate)) for c in (counters, counters + 1))
    slow, fast = first_empty(waiting, few), first_empty(waiting, many)
    assert slow is None or (fast is not None and fast <= slow + 1e-9)
    assert queue_after(waiting, many, 7) <= queue_after(waiting, few, 7) + 1e-9


# --- counters needed ---


@pytest.mark.parametrize(("arriving", "counters"), [(21, 3), (83, 8), (125, 12), (210, 20), (330, 30)])
def test_with_nobody_waiting_the_counters_are_those_of_the_notes(arriving, counters):
    need = counters_needed_now(0, arriving, FIVE_POINT_FOUR, HALF_AN_HOUR)
    assert (need.counters, need.reason) == (counters, NeedReason.CHANCE)


def test_with_people_waiting_the_queue_decides_and_it_is_said():
    need = counters_needed_now(600, 100, 10.0, Target(2.0))
    # The first to join has 600 before him: 600 / (c 10) <= 2.
    assert (need.counters, need.reason) == (30, NeedReason.BACKLOG)
    assert erlang.counters_for_target(100, 10.0, 2.0, 0.8) < 30


def test_hour_by_hour_the_backlog_goes_over_and_too_few_counters_are_told():
    needs = counters_needed(0, [300, 300, 50, 50], 10.0, Target(1.0), most=20)
    assert [need.backlog for need in needs] == [0, 100, 200, 50]
    assert [need.reason for need in needs[:2]] == [NeedReason.TOO_FEW, NeedReason.TOO_FEW]
    assert needs[2].counters == 20
    enough = counters_needed(0, [300, 300, 50, 50], 10.0, Target(1.0))
    assert [need.backlog for need in enough] == [0, 0, 0, 0]


@given(
    st.floats(0, 3000), st.floats(0, 500), st.floats(3, 30), st.floats(0.1, 6), st.floats(0.5, 0.95), st.floats(0, 200)
)
def test_more_people_or_a_stricter_target_never_need_fewer_counters(waiting, arriving, rate, hours, share, more):
    def need(q: float = waiting, a: float = arriving, t: float = hours, p: float = share) -> int:
        return counters_needed_now(q, a, rate, Target(t, p)).counters

    here = need()
    assert need(q=waiting + more) >= here
    assert need(a=arriving + more) >= here
    assert need(t=hours / 2) >= here
    assert need(p=min(0.99, share + 0.04)) >= here


@given(st.floats(1, 3000), st.floats(0, 500), st.floats(3, 30), st.floats(0.1, 6))
def test_with_the_counters_needed_nobody_who_joins_waits_longer_and_with_one_fewer_somebody_does(q, a, rate, hours):
    need = counters_needed_now(q, a, rate, Target(hours))

    def longest(counters: int) -> float:
        ends = (q, max(0.0, q + a - counters * rate))
        return max(ends) / (counters * rate) if counters else float("inf")

    assert longest(need.counters) <= hours + 1e-6
    if need.reason is NeedReason.BACKLOG:
        # Or they fit into a long target, and as many are needed as without them.
        chance = counters_needed_now(0, a, rate, Target(hours)).counters
        assert longest(need.counters - 1) > hours - 1e-6 or need.counters == chance
    assert need.reason is not NeedReason.CHANCE


@given(st.floats(0, 3000), st.floats(0, 500), st.floats(3, 30), st.floats(0.1, 24), st.floats(1, 4))
def test_a_longer_target_never_needs_more_counters_with_a_backlog_or_without(q, a, rate, hours, longer):
    short, long = (counters_needed_now(q, a, rate, Target(target)) for target in (hours, hours * longer))
    assert long.counters <= short.counters
    if q >= 0.5:
        assert short.reason is long.reason is NeedReason.BACKLOG


def test_people_who_fit_into_a_long_target_are_a_backlog_all_the_same():
    need = counters_needed_now(600, 100, 10.0, Target(8.0))
    assert (need.counters, need.reason) == (erlang.counters_for_target(100, 10.0, 8.0, 0.8), NeedReason.BACKLOG)


# --- what if ---


def test_the_answer_of_the_notes():
    found = what_follows(Asked(2733, 100, 30, exactly(FIVE_POINT_FOUR), hours=6))
    assert round(found.clears * 60) == 11 * 60 + 43
    assert round(found.wait, 1) == 8.2
    assert (round(found.capacity, 1), round(found.utilisation, 2)) == (333.3, 0.3)
    assert round(found.after) == 1333
    assert found.counters_needed == 50
    assert what_follows(Asked(0, 0, 50, exactly(FIVE_POINT_FOUR), 6)).after == 0


def test_over_capacity_there_is_growth_and_never_a_time():
    found = what_follows(Asked(10, 350, 30, exactly(FIVE_POINT_FOUR)))
    assert (found.clears, round(found.growth), round(found.utilisation, 2)) == (None, 17, 1.05)
    assert found.counters_needed == 32
    assert what_follows(Asked(0, 350, 30, exactly(FIVE_POINT_FOUR))).clears is None


@given(st.floats(0, 5000), st.floats(0, 500), st.integers(0, 60), st.floats(2, 30), st.floats(0.5, 48))
def test_with_as_many_counters_as_it_says_the_queue_is_gone_in_time(waiting, arriving, counters, rate, hours):
    found = what_follows(Asked(waiting, arriving, counters, exactly(rate), hours))
    assert found.wait is None or found.wait >= 0
    assert found.after is not None
    assert found.after >= 0
    enough = what_follows(Asked(waiting, arriving, found.counters_needed, exactly(rate), hours))
    assert enough.after == pytest.approx(0, abs=1e-3)
