"""A table of counts gone through bucket by bucket: what was not reported stays unknown, and time is only time."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from data.analytics.buckets import HOUR
from data.analytics.estimates import Counted, Estimate, estimates

NAN = math.nan


def table(
    arrivals: list[float],
    served: list[float],
    counters: float | list[float] = 11.0,
    waiting: dict[int, float] | None = None,
    start: float = 0.0,
    hours: float = 1.0,
) -> Counted:
    size = len(arrivals)
    heads = np.full(size, NAN)
    for place, people in (waiting or {}).items():
        heads[place] = people
    opened = np.full(size, counters) if isinstance(counters, float) else np.array(counters)
    return Counted(
        start + np.arange(size) * hours * HOUR, hours, np.array(arrivals, float), np.array(served, float), opened, heads
    )


def told(counted: Counted, planned: bool = True) -> list[tuple[float | None, ...]]:
    return [
        (row.queue, row.wait, row.low, row.high, row.head_wait, None if row.rate is None else row.rate.value)
        for row in estimates(counted, planned)
    ]


# --- missing is not zero ---


def test_a_bucket_nobody_reported_leaves_the_queue_unknown_until_heads_are_counted():
    rows = estimates(table([200, 200, NAN, 200, 200], [110] * 5, waiting={0: 90, 4: 400}))
    assert [row.queue for row in rows] == [90, 180, None, 90, 400]
    assert [row.at_least for row in rows] == [False, False, False, True, False]
    assert [row.wait is None for row in rows] == [True, False, True, False, False]
    assert rows[4].unexplained is None  # across the unreported bucket nobody can say


def test_a_head_count_corrects_and_what_it_found_is_kept_apart():
    rows = estimates(table([200, 200, 200], [110] * 3, waiting={0: 90, 2: 250}))
    assert [row.queue for row in rows] == [90, 180, 250]
    assert rows[2].unexplained == 250 - 270


def test_a_queue_below_zero_is_shown_as_the_mistake_it_is():
    rows = estimates(table([10, 10], [10, 50], waiting={0: 5}))
    assert rows[1].queue == -35
    assert rows[1].negative
    assert (rows[1].wait, rows[1].head_wait, rows[1].realised) == (None, None, None)


def test_without_any_head_count_the_queue_is_at_least_what_it_has_grown():
    rows = estimates(table([100, 0, 200], [40, 80, 110]))
    assert [(row.queue, row.at_least) for row in rows] == [(60, True), (0, True), (90, True)]


def test_counters_nobody_reported_leave_the_rate_unknown_and_speak_for_two_hours():
    rows = estimates(table([200] * 8, [110] * 8, [11.0, 11, 11, NAN, NAN, NAN, 11, 11]), planned=False)
    assert [row.wait is None for row in rows] == [True, False, False, False, False, True, False, False]


# --- known answers ---


def test_later_rows_are_the_plan_unless_that_is_refused():
    counted = table([200] * 6 + [0] * 6, [100] * 6 + [300] * 2 + [0] * 4, [10.0] * 6 + [30.0] * 6, waiting={0: 100})
    with_plan, without = estimates(counted), estimates(counted, planned=False)
    assert with_plan[5].queue == without[5].queue == 600
    assert with_plan[5].wait == pytest.approx(2.0, rel=0.01)
    assert without[5].wait == pytest.approx(6.0, rel=0.01)
    assert with_plan[5].realised == pytest.approx(2.0)


def test_growth_is_told_near_the_limit_and_not_far_below():
    growing, calm = (estimates(table([people] * 6, [110] * 6, waiting={0: 500}))[-1] for people in (130, 60))
    assert growing.utilisation == pytest.approx(130 / 110, rel=0.01)
    assert growing.growth == pytest.approx(20, abs=1)
    assert calm.growth is None


# --- what must always hold ---

counts = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=2, max_size=30)


@given(counts, st.integers(0, 3000))
def test_people_are_conserved_and_no_wait_is_negative(rows, first):
    came, gone = (list(map(float, part)) for part in zip(*rows, strict=True))
    found = estimates(replace(table(came, gone), waiting_before=float(first)))
    assert found[-1].queue == first + sum(came) - sum(gone)
    for row in found:
        assert row.negative == (row.queue is not None and row.queue < 0)
        for wait in (row.wait, row.low, row.high, row.head_wait, row.realised):
            assert wait is None or wait >= 0
        if row.wait is not None and row.low is not None and row.high is not None:
            assert row.low <= row.wait <= row.high


@given(counts, st.integers(-(10**5), 10**5))
def test_the_same_hours_at_another_time_give_the_same(rows, hours):
    came, gone = (list(map(float, part)) for part in zip(*rows, strict=True))
    here, there = (told(table(came, gone, start=start)) for start in (0.0, hours * HOUR))
    for one, other in zip(here, there, strict=True):
        assert [cell is None for cell in one] == [cell is None for cell in other]
        assert [cell or 0.0 for cell in one] == pytest.approx([cell or 0.0 for cell in other], rel=1e-5, abs=1e-5)


@given(counts, st.integers(0, 29), st.sampled_from(["arrivals", "served"]))
def test_a_missing_bucket_is_never_read_as_zero(rows, place, name):
    assume(place < len(rows))
    came, gone = (list(map(float, part)) for part in zip(*rows, strict=True))
    counted = replace(table(came, gone), waiting_before=500.0)
    column = getattr(counted, name).copy()
    column[place] = NAN
    found = estimates(replace(counted, **{name: column}))
    assert found[place].queue is None
    assert all(row.at_least for row in found[place + 1 :])
    before = estimates(counted)[:place]
    assert [row.queue for row in found[:place]] == [row.queue for row in before]


@given(counts, st.integers(0, 500))
def test_the_bound_without_head_counts_is_never_above_the_queue(rows, first):
    """Whatever stood there at first, as long as the counts are true and so never serve more than were there."""
    came, gone, queue = [], [], float(first)
    for more, fewer in rows:
        came.append(float(more))
        gone.append(min(float(fewer), queue + more))
        queue += came[-1] - gone[-1]
    true = estimates(replace(table(came, gone), waiting_before=float(first)))
    for bound, row in zip(estimates(table(came, gone)), true, strict=True):
        assert bound.queue <= row.queue + 1e-9


@given(counts)
def test_quarters_and_the_hours_they_make_up_give_the_same_queue(rows):
    came, gone = (np.repeat(np.array(part, float), 4) / 4 for part in zip(*rows, strict=True))
    fine = estimates(table(list(came), list(gone), hours=0.25))[3::4]
    coarse = estimates(table(list(came.reshape(-1, 4).sum(1)), list(gone.reshape(-1, 4).sum(1))))
    assert [row.queue for row in fine] == pytest.approx([row.queue for row in coarse])


@pytest.mark.parametrize(("on", "hours"), [((2019, 3, 31), 23), ((2019, 10, 27), 25), ((2019, 6, 14), 24)])
def test_days_of_twenty_three_and_twenty_five_hours_and_midnight_are_like_any_other(on, hours):
    """At Melilla's border clocks change; the counts of a day are those of its hours, whatever they are called."""
    zone = ZoneInfo("Africa/Ceuta")
    midnight = datetime(*on, tzinfo=zone).astimezone(UTC).timestamp()
    following = datetime(on[0], on[1], on[2], 23, tzinfo=zone).astimezone(UTC).timestamp() + HOUR
    assert (following - midnight) / HOUR == hours
    size = hours + 12  # on over the next midnight
    here = told(table([150.0] * size, [110.0] * size, start=midnight))
    plain = told(table([150.0] * size, [110.0] * size, start=0.0))
    assert [row[0] for row in here] == [row[0] for row in plain] == [40.0 * (n + 1) for n in range(size)]
    assert here[hours][1] == pytest.approx(plain[hours][1])


def test_one_row_says_as_much_as_it_can():
    [only] = estimates(table([10], [5]))
    assert only == Estimate(
        0.0, 5.0, True, None, None, None, None, None, pytest.approx(0.5), None, None, None
    )  # fmt: skip
