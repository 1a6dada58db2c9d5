"""Waits from people and counters alone: on a law that is known, and at a real hall."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from data.analytics.load_wait import LEAST_HOURS, Hall, learned
from tests.bench.halls import TESTED, hall_of, scores

HOUR = 3600.0


def law_hall(hours: int, seed: int = 7) -> tuple[Hall, np.ndarray]:
    """Waits of minutes = 4 N / C, by night twice as many, with an error of a tenth."""
    chance = np.random.default_rng(seed)
    at = np.arange(hours) * HOUR
    hour = (np.arange(hours) % 24).astype(int)
    served, counters = chance.uniform(40, 900, hours), chance.integers(4, 30, hours).astype(float)
    wait = 4 * served / counters * np.where(hour < 6, 2.0, 1.0)
    return Hall(at, hour, served, counters), wait * np.exp(chance.normal(0, 0.1, hours))


def test_a_known_law_is_found_again() -> None:
    hall, wait = law_hall(4000)
    law = learned(hall, wait, until=hall.at[3000])
    assert law is not None
    assert law.hours == 3000
    low, middle, high = law.minutes(hall)[:, 3000:]
    assert np.median(np.abs(middle - wait[3000:]) / wait[3000:]) < 0.1
    assert 0.75 <= np.mean((wait[3000:] >= low) & (wait[3000:] <= high)) <= 0.85
    more = Hall(hall.at, hall.hour_of_day, hall.served, hall.counters + 3)
    assert (law.minutes(more)[1] < law.minutes(hall)[1]).mean() > 0.99  # more counters, shorter waits


def test_what_comes_later_changes_nothing() -> None:
    hall, wait = law_hall(2000)
    one, other = learned(hall, wait, hall.at[1000]), learned(hall, np.where(hall.at < hall.at[1000], wait, 1e4), 3.6e6)
    assert one is not None
    assert other is not None
    assert np.array_equal(one.minutes(hall), other.minutes(hall))


def test_an_unreported_hour_has_no_wait_and_is_not_read_as_an_empty_one() -> None:
    hall, wait = law_hall(1500)
    law = learned(hall, wait, hall.at[-1] + HOUR)
    assert law is not None
    hall.served[1400], hall.counters[1410] = np.nan, np.nan
    told, before = law.minutes(hall), law.minutes(law_hall(1500)[0])
    assert np.isnan(told[:, [1400, 1410]]).all()
    # The hour after it takes an ordinary hour before it, not one in which nobody came.
    assert told[1, 1401] == pytest.approx(before[1, 1401], rel=0.2)
    assert (told[~np.isnan(told)] >= 0).all()


def test_nothing_is_claimed_from_few_measured_waits() -> None:
    hall, wait = law_hall(1000)
    wait[LEAST_HOURS - 1 :] = np.nan
    assert learned(hall, wait, hall.at[-1]) is None


def test_ohare_is_told_better_than_by_people_per_booth(shared: Path) -> None:
    """Parameters from earlier years' waits only. The figures are those of `python -m tests.bench halls`."""
    told = scores(*hall_of(shared / "data" / "cbp-airport-wait-ord"), TESTED)
    engine = told.pop("engine")
    assert told.pop("hours") > 13_000
    assert 0.75 <= told.pop("inside_the_80_percent_band") <= 0.85
    assert len(told) == 4
    for name, simple in told.items():
        assert engine["median_absolute_error_minutes"] < simple["median_absolute_error_minutes"], name
        if simple["rank_correlation"] is not None:
            assert engine["rank_correlation"] > simple["rank_correlation"] + 0.1, name
    assert engine["rank_correlation"] > 0.45  # of those that see past waits, the best
