"""Queue and wait read from the curves: the height is A - D, the width is first in, first out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.buckets import HOUR, NO_HOURS, Buckets, curve
from data.analytics.curve_reading import readings

START = 1_560_488_400.0  # 14 June 2019, 00:00 in Lima
NO = float("nan")


def hours(people: list[float], first: float = START) -> Buckets:
    n = len(people)
    start = first + np.arange(n) * HOUR
    no = np.zeros(n, dtype=bool)
    return Buckets(start, np.full(n, 60.0), np.array(people, dtype=float), no, no.astype(object), start)


def points(came: list[float], went: list[float]) -> pd.DataFrame:
    at = pd.to_datetime((START + np.arange(len(came)) * HOUR) * 1e6, unit="us", utc=True)
    return pd.DataFrame({"at": at, "arrivals": came, "served": went})


def read(frame: pd.DataFrame, hour: float) -> tuple[float, float]:
    row = frame.iloc[round(hour * 4)]
    return row["waiting"], row["waited_minutes"]


def test_the_height_is_the_queue_and_the_width_the_wait():
    told = readings(points([0, 400, 800, 1200], [0, 100, 200, 300]), START, NO_HOURS)
    assert len(told) == 13
    # The 200th to be served at 02:00 was the 200th to come: at 00:30.
    assert read(told, 2) == pytest.approx((600, 90))
    assert read(told, 2.25) == pytest.approx((675, 2.25 * 60 - 225 / 400 * 60))


def test_who_came_before_midnight_has_waited_since_then():
    # 300 wait at midnight, who came at 100 an hour; 50 an hour are served.
    told = readings(points([300, 400, 500], [0, 50, 100]), START, hours([100] * 6, START - 6 * HOUR))
    assert read(told, 2) == pytest.approx((400, 4 * 60))  # the 100th of the 300: came at 22:00


def test_where_nothing_was_counted_before_nobody_says_since_when():
    waiting, waited = read(readings(points([300, 400], [0, 50]), START, NO_HOURS), 1)
    assert waiting == 350
    assert np.isnan(waited)


def test_after_an_unreported_hour_the_queue_is_not_read_and_never_zero():
    told = readings(points([0, 100, NO, 150, 250], [0, 80, NO, 100, 120]), START, NO_HOURS)
    assert read(told, 1)[0] == 20
    assert np.isnan(read(told, 2)).all()
    assert np.isnan(read(told, 4)).all()
    assert told["arrivals"].iloc[-1] == 250


def test_more_served_than_came_is_no_queue_of_nobody():
    assert np.isnan(read(readings(points([0, 10], [0, 40]), START, NO_HOURS), 1)[0])


def test_an_empty_day_has_nothing_to_read():
    assert readings(points([], []), START, NO_HOURS).empty


@given(st.lists(st.tuples(st.integers(0, 900), st.floats(0, 1)), min_size=1, max_size=24), st.integers(0, 500))
def test_conservation_no_negative_wait_and_the_same_as_the_curve_itself(day, carried):
    came, went = [float(carried)], [0.0]
    for people, share in day:
        came.append(came[-1] + people)
        went.append(went[-1] + (came[-1] - went[-1]) * share)
    told = readings(points(came, went), START, NO_HOURS)
    assert np.allclose(told["waiting"], told["arrivals"] - told["served"], atol=1e-6)
    waited = told["waited_minutes"].to_numpy()
    assert (waited[~np.isnan(waited)] >= -1e-6).all()
    whole = curve(hours([float(people) for people, _ in day]))
    for row, at in zip(told.itertuples(), START + np.arange(len(told)) * HOUR / 4, strict=True):
        joined = whole.when(float(row.served) - carried)
        if joined is not None and not np.isnan(row.waited_minutes) and row.served > carried:
            assert row.waited_minutes == pytest.approx((at - min(joined, at)) / 60, abs=0.01)
