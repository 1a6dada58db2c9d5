"""The surge detector: what holds for any series, and the onsets of the reconstruction."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.analytics.detection.opening import Event
from data.analytics.detection.state import Kind
from data.analytics.seasonal import Past
from tests.data.test_detection import CALM, events, line, times, told
from tests.data.test_forecast import BUSY, MONDAY, SHAPE


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 40), st.integers(2, 5), st.integers(0, 23))
def test_weeks_earlier_or_later_say_the_same(weeks: int, factor: int, hour: int):
    past = times(CALM, float(factor), 40, hour, 30)
    moved = replace(past, first=past.first + timedelta(weeks=weeks))
    assert line(told(moved, first=38)) == line(told(past, first=38))


@settings(max_examples=6, deadline=None)
@given(st.integers(5, 60), st.floats(0.05, 0.4), st.integers(0, 1000))
def test_missing_is_never_taken_for_zero(level: int, share: float, seed: int):
    """Hours that nobody reported open no collapse and make no surge of the others."""
    rng = np.random.default_rng(seed)
    mean = level * SHAPE[None, :] / SHAPE.mean() * BUSY[np.arange(38) % 7][:, None]
    people = rng.poisson(mean).astype(float)
    people[rng.random(people.shape) < share] = np.nan
    past = Past(MONDAY, people, np.full(38, np.nan), np.zeros(38, dtype=bool))
    assert not any(kind is Kind.COLLAPSE for *_, kind in events(told(past, first=32)))


@settings(max_examples=6, deadline=None)
@given(st.integers(2, 20))
def test_ten_times_the_people_in_groups_of_ten_are_as_much_of_a_surprise(group: int):
    """Batches: what counts is how many groups came, not how many people."""
    past = times(CALM, 2.0, 40, 8, 30)
    grouped = replace(past, people=past.people * group)
    one, other = line(told(past, first=40))[:24], line(told(grouped, first=40))[:24]
    assert [v.alarm for v in one[12:]] == [v.alarm for v in other[12:]]
    assert [v.evidence.ratio if v.evidence else 0 for v in one[12:]] == pytest.approx(
        [v.evidence.ratio if v.evidence else 0 for v in other[12:]], rel=0.1
    )


def test_the_onsets_of_the_reconstruction_are_told(shared: Path):
    with open(shared / "facts" / "cebaf_daily_reference.csv", newline="") as file:
        rows = {date.fromisoformat(row["date"]): float(row["entries"]) for row in csv.DictReader(file)}
    first, last = min(rows), max(rows)
    people = np.full(((last - first).days + 1, 1), np.nan)
    for day, count in rows.items():
        people[(day - first).days, 0] = count
    past = Past(first, people, np.full(len(people), np.nan), np.zeros(len(people), dtype=bool))
    opened = [
        first + timedelta(days=day)
        for day, _, event, kind in events(told(past, first=0))
        if event is Event.OPENED and kind is Kind.SURGE
    ]
    assert any(date(2018, 10, 23) <= on <= date(2018, 10, 25) for on in opened)
    assert date(2019, 6, 8) in opened
