"""Parts of a total always sum to it; small ones do not leave, nor what would give them away."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.parts import parts_of, with_the_rest
from data.disclosure import INSIDE, masked_breakdown
from data.types import Breakdown, BreakdownDay, Window
from data.vocabulary import Audience, Measure, Stage

DAY = Window(datetime(2019, 6, 14, 5, tzinfo=UTC), datetime(2019, 6, 15, 5, tzinfo=UTC))
NAMES = ("female", "male", "other")


def lines(*rows: dict[str, object]) -> pd.DataFrame:
    plain = {"lane": "general", "start": DAY.start, "minutes": 1440, "people": 0.0}
    empty = dict.fromkeys(("category", "sex", "age_band", "nationality"), "")
    return pd.DataFrame([{**plain, **empty, **row} for row in rows])


def told(parts: dict[str, float], total: float | None) -> Breakdown:
    named, rest = with_the_rest(parts, total)
    everybody = sum(parts.values()) if total is None else total
    day = BreakdownDay(DAY, everybody, named, rest, False, False, None)
    return Breakdown(Stage.MIGRATION_CONTROL, Measure.SERVED, "m", "sex", (day,))


def test_crossed_parts_are_added_over_the_other_dimension():
    crossed = lines(
        {"sex": "female", "age_band": "0-17", "people": 30.0},
        {"sex": "female", "age_band": "18+", "people": 50.0},
        {"sex": "male", "age_band": "18+", "people": 40.0},
    )
    assert parts_of(crossed, "sex") == {"female": 80, "male": 40}
    assert parts_of(crossed, "age_band") == {"0-17": 30, "18+": 90}
    assert parts_of(crossed, "category") == {}


def test_two_ways_of_telling_the_same_people_apart_are_not_added():
    plain = {"sex": "female", "people": 80.0}, {"sex": "male", "people": 40.0}
    crossed = {"sex": "female", "age_band": "0-17", "people": 30.0}
    assert parts_of(lines(*plain, crossed), "sex") == {"female": 80, "male": 40}


def test_a_wide_band_does_not_count_the_narrow_ones_again():
    bands = {"0-17": 30.0, "0-4": 10.0, "5-11": 20.0, "18-59": 70.0}
    found = parts_of(lines(*({"age_band": band, "people": people} for band, people in bands.items())), "age_band")
    assert found == {"0-17": 30, "18-59": 70}


def test_hours_of_a_day_and_its_own_report_are_not_added():
    hours = [
        {"sex": "female", "people": 10.0, "minutes": 60, "start": DAY.start + pd.Timedelta(hours=n)} for n in range(3)
    ]
    assert parts_of(lines(*hours, {"sex": "female", "people": 25.0}), "sex") == {"female": 30}


def test_what_the_total_has_beyond_its_parts_is_unclassified_with_those_reported_so():
    assert with_the_rest({"female": 40.0, "unclassified": 10.0}, 100) == ({"female": 40}, 60)
    assert with_the_rest({"female": 60.0, "male": 50.0}, 100) == ({"female": 60, "male": 50}, -10)
    assert with_the_rest({"female": 60.0}, None) == ({"female": 60}, 0)
    assert with_the_rest({}, None) == ({}, None)


people = st.integers(0, 60).map(float)


@given(
    st.dictionaries(st.sampled_from((*NAMES, "unclassified")), people), st.none() | people, st.sampled_from(Audience)
)
def test_parts_rest_and_reserved_always_sum_to_the_total(parts, total, audience):
    [day] = masked_breakdown(told(parts, total), audience).days
    if day.total is None:
        return
    shown = sum(value for value in day.parts.values() if value is not None)
    assert shown + (day.rest or 0.0) + day.reserved == pytest.approx(day.total)


@given(st.dictionaries(st.sampled_from(NAMES), people, min_size=1), people, st.integers(2, 12))
def test_no_small_part_is_shown_and_none_follows_from_the_total(parts, total, threshold):
    [day] = masked_breakdown(told(parts, total), Audience.OPEN, threshold).days
    cells = {**parts, "rest": total - sum(parts.values())}
    shown = {**day.parts, "rest": None if day.rest_reserved else day.rest}
    hidden = [name for name, value in shown.items() if value is None]
    assert all(not 0 < value < threshold for value in shown.values() if value is not None)
    if hidden and len(hidden) < sum(value > 0 for value in cells.values()):
        # Their sum is all that follows from the total: it is no small count, and not of one part alone.
        assert len(hidden) >= 2
        assert day.reserved >= threshold
    assert day.reserved == pytest.approx(sum(cells[name] for name in hidden))


def test_a_day_that_still_runs_is_told_apart_once_it_is_over():
    """20/20/7 and an hour later 21/22/8 would be one, two and one person of that hour."""
    whole = told({"female": 20.0, "male": 20.0, "other": 7.0}, 50)
    now = replace(whole, days=(replace(whole.days[0], running=True),))
    [day] = masked_breakdown(now, Audience.OPEN).days
    assert (set(day.parts.values()), day.rest, day.reserved, day.total) == ({None}, None, 50.0, 50)
    assert masked_breakdown(now, Audience.PROTECTION) == now
    assert masked_breakdown(whole, Audience.OPEN).days[0].parts["female"] == 20.0


def test_zeros_do_not_say_that_the_few_of_a_day_are_all_of_one_part():
    [day] = masked_breakdown(told({"female": 3.0, "male": 0.0}, 3), Audience.OPEN).days
    assert day.parts == {"female": None, "male": None}
    assert (day.reserved, day.rest_reserved) == (3.0, True)


def test_what_is_hidden_is_more_than_one_for_each_part():
    """Five people in four hidden parts would be one, one, one and two."""
    [day] = masked_breakdown(told({"a": 1.0, "b": 1.0, "c": 1.0, "d": 2.0}, 105), Audience.OPEN).days
    assert set(day.parts.values()) == {None}
    assert (day.reserved, day.rest_reserved) == (105.0, True)


def test_ranges_are_sums_of_days_so_that_their_difference_shows_nothing_new():
    small = told({"female": 3.0, "male": 90.0}, 100).days[0]
    plain = told({"female": 50.0, "male": 50.0}, 100).days[0]
    both = replace(told({}, 1), days=(small, plain))
    alone = replace(both, days=(small,))
    assert masked_breakdown(both, Audience.OPEN).days[0] == masked_breakdown(alone, Audience.OPEN).days[0]
    assert masked_breakdown(both, Audience.OPEN).days[1] == plain


def test_who_works_in_protection_sees_every_part():
    whole = told({"female": 1.0, "male": 2.0}, 100)
    assert masked_breakdown(whole, Audience.PROTECTION) == whole
    assert masked_breakdown(whole, Audience.OPEN, INSIDE).days[0].parts == {"female": None, "male": None}
