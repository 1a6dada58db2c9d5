"""The arithmetic of a crowd, against the printed values of the domain notes and against what must always hold."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics import erlang, queueing, rates
from data.analytics.buckets import HOUR, Buckets, Curve, buckets, curve
from data.analytics.observed import Observed, Readings, readings
from data.analytics.pressure import pressure
from data.analytics.sentences import situation_sentence
from data.analytics.stages import stage_state
from data.analytics.steps import Steps, first_empty, queue_after
from data.vocabulary import Lane, Level, Stage

FIVE_POINT_FOUR = 60 / 5.4  # people per counter-hour at 5.4 minutes each


def steady(per_hour: list[float], start: float = 0.0) -> Curve:
    at = start + np.arange(len(per_hour) + 1) * HOUR
    return Curve(at, np.concatenate([[0.0], np.cumsum(per_hour)]))


@pytest.mark.parametrize(("counters", "waits"), [(3, 0.7022), (4, 0.3199), (5, 0.1304), (6, 0.0474)])
def test_erlang_c_gives_the_printed_values_at_load_two_and_a_half(counters, waits):
    assert round(erlang.erlang_c(2.5, counters), 4) == waits


@pytest.mark.parametrize(
    ("counters", "arriving", "capacity", "rho", "waits", "minutes"),
    [(11, 110, 122.2, 0.900, 0.654, 3.2), (30, 300, 333.3, 0.900, 0.471, 0.8), (30, 330, 333.3, 0.990, 0.936, 16.8)],
)
def test_five_point_four_minutes_each_gives_the_printed_waits(counters, arriving, capacity, rho, waits, minutes):
    assert round(counters * FIVE_POINT_FOUR, 1) == capacity
    assert round(queueing.utilisation(arriving, counters * FIVE_POINT_FOUR), 3) == rho
    assert round(erlang.erlang_c(arriving / FIVE_POINT_FOUR, counters), 3) == waits
    assert round(erlang.mean_wait_hours(arriving, FIVE_POINT_FOUR, counters) * 60, 1) == minutes


@pytest.mark.parametrize(
    ("arriving", "counters", "root_rule"), [(21, 3, 4), (83, 8, 11), (125, 12, 15), (210, 20, 24), (330, 30, 36)]
)
def test_counters_for_four_in_five_within_half_an_hour(arriving, counters, root_rule):
    assert erlang.counters_for_target(arriving, FIVE_POINT_FOUR, 0.5, 0.8) == counters
    assert erlang.counters_by_root_rule(arriving, FIVE_POINT_FOUR) == root_rule


def test_the_surge_of_the_notes_builds_and_clears_as_printed():
    arrivals, served = steady([350.0] * 12), steady([11 * FIVE_POINT_FOUR] * 12)
    path = queueing.queue_path(arrivals, served, np.zeros(1), np.zeros(1), np.array([12 * HOUR]))
    waiting = path.waiting[0]
    assert round(waiting) == 2733
    capacity = 30 * FIVE_POINT_FOUR
    clears = queueing.time_to_clear(waiting, capacity, 100)
    assert clears is not None
    assert round(clears / timedelta(hours=1), 2) == 11.71
    assert round(clears / timedelta(minutes=1)) == 11 * 60 + 43
    assert round(queueing.virtual_wait(waiting, capacity), 1) == 8.2


def test_above_capacity_there_is_growth_and_no_mean_wait():
    capacity = 30 * FIVE_POINT_FOUR
    assert round(queueing.utilisation(350, capacity), 2) == 1.05
    assert round(queueing.growth_per_hour(350, capacity)) == 17
    assert erlang.mean_wait_hours(350, FIVE_POINT_FOUR, 30) is None
    assert queueing.time_to_clear(10, capacity, 350) is None
    assert queueing.counters_that_stop_growth(350, FIVE_POINT_FOUR, 30) == 2


def test_an_exact_number_of_counters_is_not_rounded_up():
    assert queueing.counters_that_stop_growth(30 * FIVE_POINT_FOUR, FIVE_POINT_FOUR, 17) == 13


def test_a_head_count_corrects_the_model_and_the_difference_is_kept():
    arrivals, served = steady([100.0] * 4), steady([60.0] * 4)
    path = queueing.queue_path(arrivals, served, np.array([0.0, 2 * HOUR]), np.array([0.0, 50.0]), np.arange(5) * HOUR)
    assert path.waiting.tolist() == [0, 40, 50, 90, 130]
    assert path.unexplained.tolist() == [0, 0, -30, 0, 0]


def test_a_negative_queue_is_shown_as_the_data_error_it_is():
    path = queueing.queue_path(steady([10.0]), steady([50.0]), np.array([0.0]), np.array([5.0]), np.array([0.0, HOUR]))
    assert path.waiting[-1] == -35


def test_before_the_first_reading_the_queue_is_unknown_but_has_a_lower_bound():
    arrivals, served = steady([0.0, 100.0, 100.0]), steady([40.0, 60.0, 60.0])
    path = queueing.queue_path(arrivals, served, np.array([]), np.array([]), np.array([3 * HOUR]))
    assert np.isnan(path.waiting[0])
    assert queueing.least_queue(arrivals, served, 3 * HOUR) == 80


def test_who_is_served_now_joined_where_the_horizontal_gap_ends():
    arrivals = steady([100.0, 200.0, 300.0])
    # 350 waiting at 03:00: the first 250 have gone, and the 250th came at 01:45.
    assert queueing.joined_at(arrivals, 350, 3 * HOUR) == pytest.approx(1.75 * HOUR)
    assert queueing.joined_at(arrivals, 0, 3 * HOUR) == 3 * HOUR
    assert queueing.joined_at(arrivals, 601, 3 * HOUR) is None


def test_people_waiting_more_than_a_while_are_those_left_of_the_older_arrivals():
    arrivals = steady([100.0] * 24)
    assert queueing.waiting_longer_than(arrivals, 1500, 24 * HOUR, 12) == pytest.approx(300)
    assert queueing.waiting_longer_than(arrivals, 900, 24 * HOUR, 12) == 0
    assert queueing.waiting_longer_than(arrivals, 2500, 24 * HOUR, 25) is None


def test_a_staffing_plan_is_integrated_until_the_queue_is_served():
    plan = Steps(np.array([0.0, 1.0, 2.0]), np.array([100.0, 100.0, 200.0]))
    assert first_empty(250, plan.times(-1)) == pytest.approx(2.25)
    assert first_empty(250, Steps(np.array([0.0, 1.0]), np.array([-100.0, 0.0]))) is None
    changes = Steps(np.array([0.0, 1.0]), np.array([50.0, -100.0]))
    assert first_empty(100, changes) == pytest.approx(2.5)
    assert first_empty(100, Steps(np.zeros(1), np.array([50.0]))) is None
    assert queue_after(100, changes, 2.0) == pytest.approx(50)
    assert queue_after(100, changes, 5.0) == 0


def test_the_rate_is_learned_only_from_hours_with_a_queue():
    served = np.array([110.0, 20.0, 121.0, 99.0])
    hours, now = np.arange(4) * HOUR, 4 * HOUR
    each = np.ones(4)
    rate = rates.service_rate(hours, each, served, np.full(4, 11.0), np.array([50.0, 0.0, 80.0, 60.0]), now)
    assert rate is not None
    assert rate.value == pytest.approx(10, rel=0.02)
    assert rate.hours == 3
    assert rate.low < 10 < rate.high
    assert rates.service_rate(hours, each, served, np.full(4, 11.0), np.zeros(4), now) is None
    assert rates.service_rate(hours, each, served, np.full(4, np.nan), np.full(4, 9.0), now) is None


def test_old_hours_do_not_hide_a_new_rate():
    """Twelve hours at ten a counter-hour, then three at six: those three are what counts."""
    served = np.array([110.0] * 12 + [66.0] * 3)
    start, each, eleven = np.arange(15) * HOUR, np.ones(15), np.full(15, 11.0)
    told = rates.service_rates(start, each, served, eleven, np.full(15, 500.0))
    after = [one.value for one in told[11:] if one is not None]
    assert after[0] == pytest.approx(10, rel=0.02)
    assert after[2] < 8.5
    assert after[3] == pytest.approx(6, rel=0.1)
    assert told[12].high - told[12].low > told[11].high - told[11].low


def test_one_odd_quarter_hardly_moves_the_rate():
    served = np.array([28.0, 27, 29, 28, 26, 28, 3, 28])
    start, each = np.arange(8) * 900.0, np.full(8, 0.25)
    rate = rates.service_rate(start, each, served, np.full(8, 11.0), np.full(8, 500.0), 8 * 900.0)
    assert rate is not None
    assert rate.value == pytest.approx(28 * 4 / 11, rel=0.1)


def test_the_same_people_by_quarters_and_by_hours_give_the_same_rate():
    quarters = np.random.default_rng(5).poisson(30, 32).astype(float)
    hours = quarters.reshape(8, 4).sum(axis=1)
    fine = rates.service_rate(
        np.arange(32) * 900.0, np.full(32, 0.25), quarters, np.full(32, 12.0), np.full(32, 99.0), 8 * HOUR
    )
    coarse = rates.service_rate(np.arange(8) * HOUR, np.ones(8), hours, np.full(8, 12.0), np.full(8, 99.0), 8 * HOUR)
    assert fine is not None
    assert coarse is not None
    assert fine.value == pytest.approx(coarse.value, rel=0.03)


def test_the_longer_ahead_the_wider_the_interval():
    rate = rates.Rate.around(10.0, 6, 1.0, 0.002, 0.001)
    spans = [rate.of(1000, hours) for hours in (0, 4, 12)]
    assert [low for low, _ in spans] == sorted((low for low, _ in spans), reverse=True)
    assert rate.of(10, 1)[1] > rate.of(1000, 1)[1]


def test_open_counters_hold_between_readings_but_not_for_ever():
    hours = np.arange(6) * HOUR
    staffed = rates.mean_counters(hours, np.ones(6), np.array([0.0, 1.5 * HOUR]), np.array([10.0, 20.0]))
    assert staffed[:4].tolist() == [10, 15, 20, 20]
    assert np.isnan(staffed[5])


def test_an_unreported_hour_breaks_the_curve_instead_of_counting_as_zero():
    nine = datetime(2018, 10, 31, 9, tzinfo=UTC)
    hours = pd.DataFrame(
        {
            "hour": pd.to_datetime([nine, nine + timedelta(hours=1), nine + timedelta(hours=3)], utc=True),
            "people": [10.0, 20.0, 30.0],
            "minutes": [60, 60, 15],
            "at_least": False,
            "method": "counted",
            "received_at": pd.Timestamp(nine),
        }
    )
    tail = buckets(hours).unbroken()
    assert tail.people.tolist() == [30]
    assert curve(tail).at[-1] - curve(tail).at[0] == 900


people = st.lists(st.floats(0, 5000), min_size=2, max_size=72)


@given(people, people, st.floats(0, 5000))
def test_people_are_conserved(came, went, first):
    size = min(len(came), len(went))
    arrivals, served = steady(came[:size]), steady(went[:size])
    at = np.arange(size + 1) * HOUR
    path = queueing.queue_path(arrivals, served, np.zeros(1), np.array([first]), at)
    assert path.waiting[-1] == pytest.approx(first + sum(came[:size]) - sum(went[:size]), abs=1e-6)


@given(people, st.floats(0, 1))
def test_nobody_waits_a_negative_time_and_more_waiting_is_a_longer_wait(came, share):
    arrivals = steady(came)
    end = float(arrivals.at[-1])
    few = queueing.joined_at(arrivals, share * arrivals.people[-1] / 2, end)
    many = queueing.joined_at(arrivals, share * arrivals.people[-1], end)
    assert few is not None
    assert many is not None
    assert many <= few + 1e-6
    assert few <= end + 1e-6


@given(people, st.floats(0, 1), st.integers(-(10**6), 10**6))
def test_the_same_day_a_year_later_has_the_same_wait(came, share, hours):
    here, there = steady(came), steady(came, hours * HOUR)
    waiting = share * here.people[-1]
    first = queueing.joined_at(here, waiting, float(here.at[-1]))
    second = queueing.joined_at(there, waiting, float(there.at[-1]))
    assert first is not None
    assert second is not None
    assert second - first == pytest.approx(hours * HOUR, abs=1e-3)


@given(st.floats(0, 10000), st.floats(1, 500), st.integers(1, 60), st.floats(1, 60))
def test_another_counter_never_makes_anything_longer(waiting, arriving, counters, rate):
    fewer, more = counters * rate, (counters + 1) * rate
    assert queueing.virtual_wait(waiting, more) <= queueing.virtual_wait(waiting, fewer)
    slow, fast = (queueing.time_to_clear(waiting, c, arriving) for c in (fewer, more))
    assert slow is None or (fast is not None and fast <= slow)
    assert queueing.counters_that_stop_growth(arriving, rate, counters) >= queueing.counters_that_stop_growth(
        arriving, rate, counters + 1
    )


@given(st.floats(0.1, 20), st.integers(1, 40))
def test_more_counters_mean_fewer_who_wait(load, counters):
    few, many = erlang.erlang_c(load, counters), erlang.erlang_c(load, counters + 1)
    if few is None:
        return
    assert many is not None
    assert 0 <= many <= few <= 1


# --- a stage as it stands ---


NOON = datetime(2019, 6, 14, 17, tzinfo=UTC)


def whole_hours(per_hour: list[float]) -> Buckets:
    """The last hour ends at noon."""
    n = len(per_hour)
    starts = NOON.timestamp() - HOUR * np.arange(n, 0, -1)
    return Buckets(
        starts, np.full(n, 60.0), np.array(per_hour), np.zeros(n, dtype=bool),
        np.array(["counted"] * n, dtype=object), starts + HOUR,
    )  # fmt: skip


def head_counts(waiting: list[float], counters: float | None = None) -> Readings:
    """At the end of each hour, the last at noon."""
    n = len(waiting)
    nothing = np.full(n, np.nan)
    opened = nothing if counters is None else np.full(n, counters)
    return Readings(
        NOON.timestamp() - HOUR * np.arange(n - 1, -1, -1), np.array(waiting, dtype=float), opened, nothing, nothing,
        np.zeros(n, dtype=bool), np.array(["counted"] * n, dtype=object), np.array(["control"] * n, dtype=object),
    )  # fmt: skip


def test_without_counters_the_throughput_gives_the_wait_and_nobody_says_never():
    rising = [60.0, 80.0, 100.0, 120.0]
    seen = Observed(
        Stage.VACCINATION, Lane.GENERAL, whole_hours([80.0, 100.0, 120.0, 140.0]), whole_hours(rising),
        head_counts([20, 40, 60, 80, 100]),
    )  # fmt: skip
    state = stage_state(seen, NOON)
    assert state.wait == pytest.approx(100 / 100, rel=0.15)  # about what the last three hours served
    assert (state.utilisation, state.never_clears, state.clears_in) == (None, False, None)
    assert state.growth == pytest.approx(130 - state.capacity)


def test_with_counters_a_growing_queue_never_clears():
    seen = Observed(
        Stage.MIGRATION_CONTROL, Lane.GENERAL, whole_hours([150.0] * 4), whole_hours([110.0] * 4),
        head_counts([40, 80, 120, 160, 200], 11),
    )  # fmt: skip
    state = stage_state(seen, NOON)
    assert state.rate is not None
    assert (round(state.rate.value, 9), round(state.growth, 6), state.never_clears) == (10, 40, True)
    assert state.counters_to_add == 4


def test_numbered_tickets_are_a_head_count():
    told = readings(
        np.array([NOON.timestamp()]), np.array([np.nan]), (np.array([9.0]), np.array([np.nan])),
        (np.array([4321.0]), np.array([4001.0])), np.array([np.nan]), np.array([False]), np.array(["registered"]),
        np.array(["control"]),
    )  # fmt: skip
    state = stage_state(Observed(Stage.MIGRATION_CONTROL, Lane.GENERAL, readings=told), NOON)
    assert (state.waiting, state.counters_open) == (320, 9)


def hours_before(buckets: Buckets, hours: float) -> Buckets:
    return replace(buckets, start=buckets.start - hours * HOUR)


def test_hours_nobody_reported_do_not_make_a_queue_old():
    """300 wait, 100 come an hour: whoever is served now came three hours ago, whatever was not reported since."""
    waits = {}
    for silent in (0, 1, 2, 3, 13):
        came = hours_before(whole_hours([100.0] * 40), silent)
        seen = Observed(Stage.MIGRATION_CONTROL, Lane.GENERAL, came, came, head_counts([300]))
        state = stage_state(seen, NOON)
        waits[silent] = (state.head_wait, state.over_12h)
    assert waits[0] == waits[1] == waits[2] == (pytest.approx(3), 0)
    assert waits[3] == waits[13] == (None, None)


def test_a_queue_is_carried_on_only_as_far_as_all_who_left_were_counted():
    came, went = whole_hours([100.0] * 5), whole_hours([80.0] * 5)
    last_two = np.array([False, False, False, True, True])
    read = head_counts([300, 320, 340])  # the newest at noon
    early = replace(read, at=read.at - 3 * HOUR)  # the newest at nine
    exact = stage_state(Observed(Stage.MIGRATION_CONTROL, Lane.GENERAL, came, went, early), NOON)
    bounded = replace(went, at_least=last_two)
    partly = stage_state(Observed(Stage.MIGRATION_CONTROL, Lane.GENERAL, came, bounded, early), NOON)
    unread = stage_state(Observed(Stage.MIGRATION_CONTROL, Lane.GENERAL, came, bounded), NOON)
    assert exact.waiting == pytest.approx(340 + 3 * 20)
    assert (partly.waiting, partly.waiting_at) == (pytest.approx(340 + 20), NOON - timedelta(hours=2))
    assert unread.waiting is None


def test_a_queue_that_nobody_looked_at_for_hours_says_nothing_of_who_joins_now():
    read = head_counts([100, 140, 180], 11)
    hours = whole_hours([150.0] * 6), whole_hours([110.0] * 6)
    for age, outdated in ((1, False), (4, True)):
        parts = [hours_before(one, age) for one in hours]
        old = replace(read, at=read.at - age * HOUR)
        state = stage_state(Observed(Stage.MIGRATION_CONTROL, Lane.GENERAL, *parts, old), NOON)
        assert (state.waiting, state.outdated) == (180, outdated)
        assert (state.wait is None, state.over_12h is None, state.head_wait is None) == (outdated,) * 3
        said = situation_sentence(state, pressure(state, None, None))
        assert (said.key == "sentence.outdated") == outdated
        assert (pressure(state, None, None).level is Level.NO_DATA) == outdated


def test_a_stage_nobody_reports_is_unknown_and_not_empty():
    state = stage_state(Observed(Stage.TRANSPORT), NOON)
    assert (state.waiting, state.wait, state.growth, state.served_last_hour) == (None, None, None, None)


def test_a_short_queue_that_comes_and_goes_is_not_told_as_one_that_never_clears():
    seen = Observed(
        Stage.MIGRATION_CONTROL, Lane.GENERAL, whole_hours([112.0] * 4), whole_hours([110.0] * 4),
        head_counts([14, 16, 18, 20, 22], 11),
    )  # fmt: skip
    state = stage_state(seen, NOON)
    assert not state.stands
    assert not state.never_clears


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400)), min_size=2, max_size=20), st.floats(0, 900))
def test_whatever_is_counted_no_wait_is_negative(hours, first):
    came, went = (list(part) for part in zip(*hours, strict=True))
    waiting = [first, *(first + np.cumsum(came) - np.cumsum(went))]
    seen = Observed(
        Stage.MIGRATION_CONTROL, Lane.GENERAL, whole_hours(came), whole_hours(went), head_counts(waiting, 11)
    )
    state = stage_state(seen, NOON)
    assert state.waiting == pytest.approx(waiting[-1])
    for wait in (state.wait, state.wait_low, state.wait_high, state.head_wait):
        assert wait is None or wait >= 0
    assert state.clears_in is None or state.clears_in >= timedelta(0)
