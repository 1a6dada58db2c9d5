"""The seasonal baseline and the forecast: causal, robust, honest about what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.analytics.backtest import backtest, eight_weeks, last_week, trials
from data.analytics.dispersion import phi_alpha
from data.analytics.gaps import backlog, gap_sums
from data.analytics.level import MODE, started
from data.analytics.outlook import Night, level_after, night, outlook, slots_ahead
from data.analytics.seasonal import Past, seasonal

MONDAY = date(2019, 4, 1)
HOURS = np.arange(24)
SHAPE = 0.3 + np.exp(-0.5 * ((HOURS - 9) / 2.5) ** 2) + 0.7 * np.exp(-0.5 * ((HOURS - 17) / 3) ** 2)
BUSY = np.array([1.0, 0.9, 0.9, 1.0, 1.2, 1.5, 0.6])


def series(days: int = 84, level: float = 30.0, seed: int = 1, surges: dict[int, float] | None = None) -> Past:
    """People come one by one; `surges` multiplies days."""
    rng = np.random.default_rng(seed)
    mean = level * SHAPE[None, :] / SHAPE.mean() * BUSY[np.arange(days) % 7][:, None]
    for day, times in (surges or {}).items():
        mean[day] *= times
    return Past(MONDAY, rng.poisson(mean).astype(float), np.full(days, np.nan), np.zeros(days, dtype=bool))


def a_night(past: Past) -> Night:
    found = night(past)
    assert found is not None
    return found


def expected_week(past: Past) -> float:
    found = seasonal(past)
    assert found is not None
    return float(found.expected(np.arange(7)).sum())


TRUE_WEEK = 30.0 * 24 * BUSY.sum()


def test_the_profile_of_hours_and_weekdays_is_found():
    found = seasonal(series())
    assert found is not None
    true = 30 * SHAPE[None, :] / SHAPE.mean() * BUSY[:, None]
    assert np.abs(found.expected(np.arange(7)) - true).sum() / true.sum() < 0.06


@pytest.mark.parametrize("days", [range(70, 80), range(76, 84)])
def test_a_surge_of_days_does_not_raise_what_is_expected(days):
    surge = series(surges=dict.fromkeys(days, 5.0))
    assert expected_week(surge) == pytest.approx(expected_week(series()), rel=0.08)


def test_a_new_lower_level_is_learned_within_a_fortnight():
    assert expected_week(series(surges=dict.fromkeys(range(74, 84), 0.4))) < 0.75 * TRUE_WEEK
    assert expected_week(series(surges=dict.fromkeys(range(69, 84), 0.4))) < 0.5 * TRUE_WEEK


def test_a_higher_level_that_stays_is_learned():
    assert expected_week(series(surges=dict.fromkeys(range(60, 84), 2.0))) > 1.8 * TRUE_WEEK


def test_under_a_fortnight_nothing_is_expected_and_under_four_weeks_bands_are_wider():
    assert seasonal(series(13)) is None
    short, long = a_night(series(15)), a_night(series(56))
    assert (short.seasonal.wider, long.seasonal.wider) == (28 / 15, 1)
    ahead = slots_ahead(0, 24, 24)
    narrow = outlook(replace(short, seasonal=replace(short.seasonal, days=28)), short.state, ahead)
    wide = outlook(short, short.state, ahead)
    assert (wide.wider, narrow.wider) == (True, False)
    assert np.subtract(*wide.paths.total(0, 24)[::2]) < np.subtract(*narrow.paths.total(0, 24)[::2])  # low - high


def test_a_post_that_is_closed_at_night_is_forecast_without_night_hours():
    past = series()
    closed = past.people.copy()
    closed[:, :6] = np.nan  # nobody reports
    seen = outlook(found := a_night(replace(past, people=closed)), found.state, slots_ahead(0, 24, 24))
    assert np.isnan(seen.hourly[:, :6]).all()
    assert not np.isnan(seen.hourly[:, 6:]).any()
    zero = past.people.copy()
    zero[:, :6] = 0.0  # nobody comes
    seen = outlook(found := a_night(replace(past, people=zero)), found.state, slots_ahead(0, 24, 24))
    assert (seen.hourly[2, :6] <= 1).all()


def test_unreported_hours_are_not_zeros():
    past = series()
    holes = past.people.copy()
    holes[np.random.default_rng(3).random(holes.shape) < 0.3] = np.nan
    assert expected_week(replace(past, people=holes)) == pytest.approx(expected_week(past), rel=0.06)


def test_days_of_which_only_the_total_came_still_tell_the_level():
    past = series(surges=dict.fromkeys(range(64, 84), 1.3))
    totals, people = past.totals.copy(), past.people.copy()
    totals[64:], people[64:] = people[64:].sum(axis=1), np.nan
    found = replace(past, people=people, totals=totals)
    assert expected_week(found) == pytest.approx(expected_week(past), rel=0.05)
    assert expected_week(found) > 1.15 * TRUE_WEEK


def test_a_series_told_by_the_day_is_forecast_by_the_day():
    hourly = series()
    daily = Past(MONDAY, hourly.people.sum(axis=1)[:, None], hourly.totals, hourly.special)
    found = a_night(daily)
    seen = outlook(found, found.state, slots_ahead(0, 3, 1))
    for day in range(3):
        assert seen.hourly[1, day] == pytest.approx(720 * BUSY[day], rel=0.08)
    assert seen.hourly.shape == (3, 3)


def test_holidays_say_nothing_of_other_days_and_are_foreseen_less_surely():
    past = series(surges={70: 3.0, 77: 3.0})
    special = np.zeros(84, dtype=bool)
    special[[70, 77]] = True
    known = a_night(replace(past, special=special))
    plain, holiday = (
        outlook(known, known.state, slots_ahead(0, 24, 24, np.array([is_one]))).paths.total(0, 24)
        for is_one in (False, True)
    )
    assert holiday[2] - holiday[0] > 1.5 * (plain[2] - plain[0])
    assert expected_week(replace(past, special=special)) == pytest.approx(expected_week(series()), rel=0.04)


def test_the_report_after_an_outage_that_holds_everybody_is_no_surge():
    known = a_night(series())
    calm = np.random.default_rng(5).poisson(known.seasonal.expected(np.array([0]))[0]).astype(float)
    outage = calm[:14].copy()
    outage[8:13] = np.nan
    outage[13] = calm[8:14].sum()
    state = level_after(known, outage)
    total = outlook(known, state, slots_ahead(14, 10, 24)).paths.total(0, 10)
    usual = float(known.seasonal.expected(np.array([0]))[0, 14:].sum())
    assert total[1] == pytest.approx(usual, rel=0.2)
    told = ~np.isnan(outage)
    assert gap_sums(told, np.ones(14))[13] == 6
    expected = known.seasonal.expected(np.array([0]))[:, :14]
    assert backlog(np.nan_to_num(outage)[None, :], told[None, :], expected)[0].nonzero()[0].tolist() == [13]


def test_in_a_surge_the_forecast_follows_it_within_hours_and_lets_it_end():
    known = a_night(series())
    usual = known.seasonal.expected(np.array([0]))[0]
    state = level_after(known, np.round(4 * usual[:12]))
    seen = outlook(known, state, slots_ahead(12, 72, 24))
    assert seen.standing.ratio == pytest.approx(4, rel=0.2)
    assert seen.standing.special > 0.95
    assert seen.hourly[1, 0] > 3 * usual[12]
    low, _, high = seen.hourly[:, 60]  # the same hour, 60 hours on: it may be over, it may go on
    assert low / seen.seasonal[60] < 1.3
    assert high / seen.seasonal[60] > 3


def test_when_next_to_nobody_comes_any_more_that_is_followed_too():
    known = a_night(series())
    state = level_after(known, np.zeros(12))
    assert outlook(known, state, slots_ahead(12, 12, 24)).standing.ratio < 0.1


def test_nothing_later_changes_a_forecast():
    past = series(90)
    other = past.people.copy()
    other[80:] = 9999.0
    ahead = slots_ahead(0, 72, 24)
    first, second = (a_night(one.until(80)) for one in (past, replace(past, people=other)))
    assert (outlook(first, first.state, ahead).hourly == outlook(second, second.state, ahead).hourly).all()
    assert [one for one in trials(past, 10) if one.origin < 78 * 24] == [
        one for one in trials(replace(past, people=np.concatenate([past.people[:88], other[:2]])), 10)
        if one.origin < 78 * 24
    ]  # fmt: skip


def test_the_band_of_a_sum_is_narrower_than_the_sum_of_bands_and_wider_than_if_hours_erred_alone():
    rng = np.random.default_rng(8)
    past = series(seed=2)
    people = rng.poisson(past.people * np.exp(rng.normal(0, 0.2, 84))[:, None]).astype(float)  # days differ as wholes
    known = a_night(replace(past, people=people))
    seen = outlook(known, known.state, slots_ahead(0, 24, 24))
    low, _, high = seen.paths.total(0, 24)
    width = seen.hourly[2] - seen.hourly[0]
    assert np.sqrt((width**2).sum()) * 1.5 < high - low < width.sum()
    assert seen.paths.cumulative[:, -1] == pytest.approx((low, seen.paths.total(0, 24)[1], high))


def test_batches_are_told_from_people_who_come_one_by_one():
    rng = np.random.default_rng(4)
    mean = np.resize(np.array([2.0, 10.0, 40.0]), 2400)
    one_by_one, buses = rng.poisson(mean), 30 * rng.poisson(mean / 30)
    assert phi_alpha(one_by_one - mean, mean)[0] == pytest.approx(1, abs=0.25)
    assert phi_alpha(buses - mean, mean)[0] == pytest.approx(30, rel=0.25)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.one_of(st.just(np.nan), st.integers(0, 5000).map(float)), min_size=20 * 24, max_size=20 * 24),
    st.integers(0, 23),
)
def test_whatever_was_reported_a_forecast_is_never_negative_nor_out_of_order(counts, so_far):
    past = Past(MONDAY, np.array(counts).reshape(20, 24), np.full(20, np.nan), np.zeros(20, dtype=bool))
    known = night(past)
    if known is None:
        return
    state = level_after(known, past.people[-1, :so_far])
    assert state.sum() == pytest.approx(1)
    low, mid, high = outlook(known, state, slots_ahead(so_far, 72, 24)).hourly
    told = ~np.isnan(low)
    assert (np.diff([low[told] * 0, low[told], mid[told], high[told]], axis=0) >= 0).all()


def test_a_level_starts_as_ordinary():
    known = a_night(series())
    assert started(known.seasonal.noise)[MODE > 0].sum() == 0


def test_the_backtest_says_how_good_it_was_beside_what_anybody_could_do():
    found = backtest(series(70, seed=6))
    assert found is not None
    assert (found.days, found.step_hours, [row.horizon_hours for row in found.rows]) == (28, 1, [0, 1, 6, 24, 72])
    hours = [row for row in found.rows if row.horizon_hours]
    others = [
        row for seed in (0, 3) for row in (backtest(series(70, seed=seed), 14) or found).rows if row.horizon_hours
    ]
    assert np.mean([row.coverage for row in hours + others]) == pytest.approx(0.8, abs=0.05)
    assert all((row.ratio_last_week or 9) < 1 and (row.ratio_eight_weeks or 9) < 1 for row in hours)
    assert all(row.coverage + row.below + row.above == pytest.approx(1) for row in found.rows)
    day = found.rows[0]
    assert (day.n, (day.error_share or 1) < 0.06) == (28, True)


def test_there_is_no_backtest_before_there_is_something_to_try():
    assert backtest(series(14)) is None


def test_what_anybody_could_do_takes_last_week_and_eight_weeks():
    line = np.arange(70.0)
    assert eight_weeks(line, 69, 1) == pytest.approx(tuple(np.quantile(69 - 7 * np.arange(1, 9), (0.1, 0.5, 0.9))))
    assert last_week(line, 69, 69, 1) == pytest.approx((62, 62, 69))  # it was 7 too few each week
    assert eight_weeks(line, 13, 1) is None
