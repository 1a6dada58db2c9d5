"""What is usual: same kind of day, robust to past surges, silent when history is short."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.analytics.baseline import DAYS, daily_history, history, kind_of_day
from data.analytics.buckets import HOUR, Buckets
from data.analytics.windows import day_on, local_date, named_window
from data.types import Site, Window
from data.vocabulary import Sector, SiteKind, Stage

LIMA = Site(
    "here", "Here", "PE", "America/Lima", SiteKind.REAL, 0, Stage.MIGRATION_CONTROL,
    (Stage.MIGRATION_CONTROL,), (Sector.HEALTH,), None,
)  # fmt: skip
MADRID = Site(
    "there", "There", "ES", "Europe/Madrid", SiteKind.REAL, 6, Stage.MIGRATION_CONTROL,
    (Stage.MIGRATION_CONTROL,), (Sector.HEALTH,), None,
)  # fmt: skip
TODAY = date(2019, 6, 14)  # a Friday


def hours(per_day: dict[date, float], site: Site = LIMA, missing: tuple[int, ...] = ()) -> Buckets:
    """Even hours of each day; `missing` hours of the day are unreported."""
    starts, people = [], []
    for on, total in sorted(per_day.items()):
        day = day_on(site, on)
        length = round((day.end - day.start) / timedelta(hours=1))
        for hour in range(length):
            if hour not in missing:
                starts.append(day.start.timestamp() + hour * HOUR)
                people.append(total / length)
    n = len(starts)
    return Buckets(
        np.array(starts), np.full(n, 60.0), np.array(people), np.zeros(n, dtype=bool),
        np.array(["counted"] * n, dtype=object), np.array(starts) + HOUR,
    )  # fmt: skip


def calm(days: int, level: float = 1440.0) -> dict[date, float]:
    return {TODAY - timedelta(days=n): level for n in range(1, days + 1)}


def test_under_a_fortnight_there_is_no_usual():
    assert history(hours(calm(13)), TODAY, LIMA) is None
    assert history(hours(calm(14)), TODAY, LIMA) is not None


def test_usual_is_the_median_hour_and_its_band():
    known = history(hours(calm(56)), TODAY, LIMA)
    assert known is not None
    assert known.hourly.shape == (3, 24)
    assert known.hourly[1].tolist() == [60] * 24
    assert known.cumulative[1].tolist() == [60 * h for h in range(25)]


def test_a_friday_is_compared_with_weekdays_and_not_with_sundays():
    days = {on: (3000.0 if kind_of_day(on) == 2 else 1200.0) for on in calm(56)}
    known = history(hours(days), TODAY, LIMA)
    assert known is not None
    assert known.cumulative[1][-1] == pytest.approx(1200)


def test_last_weeks_surge_does_not_look_usual():
    rng = np.random.default_rng(1)
    days = {on: float(rng.normal(1400, 100)) for on in calm(56)}
    days |= {TODAY - timedelta(days=n): 6000.0 for n in range(1, 9)}
    known = history(hours(days), TODAY, LIMA)
    assert known is not None
    assert known.cumulative[2][-1] < 1700
    assert not known.reference[-8:].any()


def test_days_in_alarm_are_left_out_even_when_not_far_above():
    days = calm(56) | {TODAY - timedelta(days=n): 1500.0 for n in range(1, 11)}
    alarm = Window(day_on(LIMA, TODAY - timedelta(days=10)).start, day_on(LIMA, TODAY).start)
    known = history(hours(days), TODAY, LIMA, (alarm,))
    assert known is not None
    assert not known.reference[-10:].any()
    assert known.cumulative[1][-1] == pytest.approx(1440)


def test_an_hour_nobody_reports_has_no_usual_and_is_not_zero():
    known = history(hours(calm(56), missing=(3,)), TODAY, LIMA)
    assert known is not None
    assert np.isnan(known.hourly[1][3])
    assert not known.usually_told(3, 4)
    today = known.with_day(hours({TODAY: 1440.0}), LIMA).compared(5, 6)
    assert today is not None
    assert (today.covered, today.expected, today.observed, today.usual.mid) == (5, 5, 300, 300)


def test_an_hour_unreported_today_is_left_out_of_the_usual_too():
    known = history(hours(calm(56)), TODAY, LIMA)
    assert known is not None
    whole = known.with_day(hours({TODAY: 1440.0}), LIMA).compared(23, 24)
    holey = known.with_day(hours({TODAY: 1440.0}, missing=(3, 4)), LIMA).compared(23, 24)
    assert whole is not None
    assert holey is not None
    assert (whole.covered, whole.observed, whole.usual.mid) == (24, 1440, 1440)
    assert (holey.covered, holey.expected, holey.observed, holey.usual.mid) == (22, 24, 1320, 1320)
    assert holey.whole.mid == 1440


def test_a_past_day_with_a_hole_still_says_what_is_usual():
    days = hours(calm(56))
    rng = np.random.default_rng(5)
    holey = days.where(rng.random(len(days)) > 0.05)  # hardly a window of two days is whole
    known = history(holey, TODAY, LIMA)
    assert known is not None
    today = known.with_day(hours({TODAY: 1440.0}), LIMA).compared(23, 48)
    assert today is not None
    assert today.whole.mid == 2880
    assert today.whole.days >= 30


def test_a_day_of_its_own_length_is_counted_by_its_own_hours():
    for on in (date(2019, 3, 30), date(2019, 10, 26)):  # 23 and 25 hours, the day starting at six
        past = {on - timedelta(days=n): 2400.0 for n in range(1, DAYS + 1)}
        day = day_on(MADRID, on)
        length = round((day.end - day.start) / timedelta(hours=1))
        known = history(hours(past | {on: 100.0 * length}, MADRID), on, MADRID)
        assert known is not None
        for slot in range(length):
            seen = known.compared(slot, 12)
            assert seen is not None
            assert (seen.covered, seen.observed) == (12, pytest.approx(1200))
            assert seen.usual.mid == pytest.approx(1200)
        assert known.compared(length - 1, length).observed == pytest.approx(100 * length)  # type: ignore[union-attr]


def test_no_hour_is_lost_where_the_clock_goes_back():
    after = date(2019, 10, 28)
    known = history(hours({after - timedelta(days=n): 2500.0 for n in range(1, DAYS + 1)}, MADRID), after, MADRID)
    assert known is not None
    lengths = np.diff(known.starts)
    assert sorted(set(lengths.tolist())) == [24, 25]
    assert np.nansum(known.line) == pytest.approx(2500.0 * DAYS)


def test_daily_reports_have_a_daily_usual():
    days = calm(56)
    span = daily_history(list(days), list(days.values()), TODAY, LIMA)
    assert span is not None
    assert span.mid == 1440
    assert daily_history(list(days)[:13], list(days.values())[:13], TODAY, LIMA) is None


@pytest.mark.parametrize(("on", "length"), [(date(2019, 3, 31), 24), (date(2019, 3, 30), 23), (date(2019, 10, 26), 25)])
def test_days_on_which_the_clock_changes_have_their_own_length(on, length):
    # The operational day starts at six: the night in which the clock changes belongs to the day before.
    day = day_on(MADRID, on)
    assert (day.end - day.start) == timedelta(hours=length)
    assert local_date(MADRID, day.start) == on
    assert local_date(MADRID, day.end - timedelta(seconds=1)) == on


def test_usual_survives_the_night_the_clock_changes():
    after = date(2019, 4, 1)
    days = {after - timedelta(days=n): 2400.0 for n in range(1, DAYS + 1)}
    known = history(hours(days, MADRID), after, MADRID)
    assert known is not None
    assert known.hourly[1][12] == pytest.approx(100)


def test_windows_are_those_of_the_site_wherever_the_browser_is():
    late = datetime(2019, 6, 14, 3, 30, tzinfo=UTC)  # still the 13th in Lima
    assert named_window("today", late, LIMA) == day_on(LIMA, date(2019, 6, 13))
    assert named_window("yesterday", late, LIMA) == day_on(LIMA, date(2019, 6, 12))
    assert named_window("48h", late, LIMA) == Window(late - timedelta(hours=48), late)
    assert named_window("7d", late, LIMA).start == day_on(LIMA, date(2019, 6, 7)).start


@settings(max_examples=25)
@given(st.lists(st.integers(500, 2500), min_size=56, max_size=56), st.integers(1, 9))
def test_a_few_monstrous_days_hardly_move_the_middle(levels, monsters):
    days = dict(zip(calm(56), map(float, levels), strict=True))
    before = history(hours(days), TODAY, LIMA)
    worse = days | {TODAY - timedelta(days=7 * n): 50000.0 for n in range(1, min(monsters, 8) + 1)}
    after = history(hours(worse), TODAY, LIMA)
    assert before is not None
    assert after is not None
    assert after.cumulative[1][-1] <= max(levels)
