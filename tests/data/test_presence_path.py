"""People present: the last count and who came and went since; contradictions are told, not hidden."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.buckets import HOUR, Buckets
from data.analytics.presence import expected_counts, movement, present_at

GRID = np.arange(24) * HOUR


def hours(people, skip=()):
    kept = [n for n in range(len(people)) if n not in skip]
    no = np.zeros(len(kept), dtype=bool)
    start = GRID[kept]
    return Buckets(start, np.full(len(kept), 60.0), np.array(people, float)[kept], no, no.astype(object), start)


def at(*moments):
    return np.array(moments, dtype=float) * HOUR


def test_the_last_count_and_who_came_and_went_since():
    moved = movement(GRID, [hours([50] * 24)], [hours([20] * 24), hours([10] * 24)])
    assert list(present_at(at(2, 5, 7.5), at(2), np.array([100.0]), moved)) == [100, 160, 210]


def test_before_the_first_count_and_after_an_unreported_hour_nobody_knows():
    moved = movement(GRID, [hours([50] * 24, skip=(4,))], [hours([20] * 24)])
    found = present_at(at(1, 3, 4, 5, 6, 9), at(2, 6), np.array([100.0, 300.0]), moved)
    assert np.isnan(found[[0, 3]]).all()
    assert list(found[[1, 2, 4, 5]]) == [130, 160, 300, 390]


def test_fewer_than_nobody_is_passed_on_as_it_is():
    moved = movement(GRID, [hours([10] * 24)], [hours([40] * 24)])
    assert present_at(at(4), at(0), np.array([100.0]), moved)[0] == -20


@pytest.mark.parametrize(("came", "went"), [([], [hours([5] * 24)]), ([hours([5] * 24)], [])])
def test_without_those_who_come_or_those_who_go_only_counts_are_known(came, went):
    moved = movement(GRID, came, went)
    assert np.isnan(present_at(at(3), at(0), np.array([9.0]), moved)[0])
    assert present_at(at(3), at(3), np.array([9.0]), moved)[0] == 9


people = st.lists(st.integers(0, 500), min_size=24, max_size=24)


@given(people, people, st.lists(st.tuples(st.integers(0, 23), st.integers(0, 5000)), min_size=2, max_size=5))
def test_each_count_is_what_was_expected_and_what_nothing_explains(came, went, counts):
    told = dict(sorted(counts))
    when, heads = at(*told), np.array([float(one) for one in told.values()])
    moved = movement(GRID, [hours(came)], [hours(went)])
    expected = expected_counts(when, heads, moved)
    assert np.isnan(expected[0])
    places = list(told)
    for n in range(1, len(places)):
        inside = slice(places[n - 1], places[n])
        assert expected[n] == pytest.approx(heads[n - 1] + sum(came[inside]) - sum(went[inside]))
