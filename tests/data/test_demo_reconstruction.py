"""The reconstruction of CEBAF Tumbes says exactly what was published, and nothing impossible in between."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import numpy as np
import pytest

from data.demo import facts
from data.demo.counters import NOBODY_TOLD
from data.demo.door import SEEN
from data.demo.reconstruction import Span, Stage, spans, waited
from data.demo.shape import SLOTS_PER_DAY, slots_between, through
from data.vocabulary import Method

OCTOBER, JUNE = spans()


def slot(span: Span, day: str, clock: str = "00:00") -> int:
    return slots_between(span.start, facts.moment(date.fromisoformat(day), clock))


def entered(span: Span, day: str, until: str = "24:00") -> int:
    return int(span.control.served[slot(span, day) : slot(span, day, until)].sum())


def arrived(span: Span, day: str, until: str = "24:00") -> int:
    return int(span.control.arrivals[slot(span, day) : slot(span, day, until)].sum())


@pytest.mark.parametrize("span", [OCTOBER, JUNE], ids=["2018", "2019"])
def test_every_day_of_the_reference_series_comes_back_exactly(span: Span) -> None:
    days = span.control.served.reshape(-1, SLOTS_PER_DAY).sum(axis=1)
    assert days.tolist() == [day.entries for day in span.days]


def test_the_reference_series_is_used_whole() -> None:
    assert sum(len(span.days) for span in (OCTOBER, JUNE)) == len(facts.daily_entries())


@pytest.mark.parametrize(
    ("span", "day", "clock", "people"),
    [
        (OCTOBER, "2018-10-31", "05:00", 1967),
        (OCTOBER, "2018-10-31", facts.EVENING, 4861),
        (OCTOBER, "2018-10-31", "24:00", 6708),
        (JUNE, "2019-06-13", "10:00", 1400),
        (JUNE, "2019-06-13", "24:00", 5400),
        (JUNE, "2019-06-14", "11:30", 2600),
        (JUNE, "2019-06-14", "18:00", 4000),
        (JUNE, "2019-06-15", "03:00", 0),
        (JUNE, "2019-06-15", "11:00", 2700),
    ],
)
def test_published_moments_within_a_day_are_met(span: Span, day: str, clock: str, people: int) -> None:
    assert entered(span, day, clock) == people


def test_the_2700_of_15_june_had_arrived_by_eleven() -> None:
    assert arrived(JUNE, "2019-06-15", "11:00") == 2700


def test_published_days_are_registered_and_the_rest_says_what_it_is() -> None:
    methods = {day.day.isoformat(): day.method for day in facts.daily_entries()}
    registered = {day for day, method in methods.items() if method is Method.REGISTERED}
    assert registered == {
        *("2018-10-28", "2018-10-29", "2018-10-30", "2018-10-31"),
        *("2019-06-09", "2019-06-12", "2019-06-13", "2019-06-15"),
    }
    assert {methods["2019-06-10"], methods["2019-06-11"]} == {Method.DERIVED}
    assert methods["2019-05-01"] is Method.MODELLED


def test_14_june_keeps_its_range() -> None:
    day = next(day for day in facts.daily_entries() if day.day == date(2019, 6, 14))
    assert (day.entries, day.low, day.high, day.method) == (8100, 8000, 9612, Method.ESTIMATED)


@pytest.mark.parametrize("span", [OCTOBER, JUNE], ids=["2018", "2019"])
@pytest.mark.parametrize("name", ["vaccination", "control", "asylum"])
def test_nobody_is_served_before_arriving(span: Span, name: str) -> None:
    stage: Stage = getattr(span, name)
    assert stage.waiting.min() >= 0
    assert stage.arrivals.min() >= 0
    assert stage.served.min() >= 0
    assert (np.diff(stage.waiting) == stage.arrivals - stage.served).all()


@pytest.mark.parametrize(
    ("span", "joined", "hours"),
    [
        (OCTOBER, facts.moment(date(2018, 10, 21), "11:00"), 37.0),
        (OCTOBER, facts.moment(date(2018, 10, 29), "14:00"), 22.0),
        (JUNE, facts.moment(date(2019, 6, 14), "08:30"), 11.25),
    ],
)
def test_published_waits_come_out_of_the_curves(span: Span, joined: datetime, hours: float) -> None:
    assert waited(span, joined) / timedelta(hours=1) == pytest.approx(hours, abs=0.1)


def test_people_waited_two_to_three_days_in_the_last_week_of_october() -> None:
    week = [facts.moment(date(2018, 10, day), "12:00") for day in range(23, 31)]
    longest = max(waited(OCTOBER, joined) for joined in week)
    assert timedelta(days=2) <= longest <= timedelta(days=3)


def test_the_crowds_are_as_large_as_told() -> None:
    assert 5500 <= OCTOBER.present[slot(OCTOBER, "2018-10-30", "18:00")] <= 6500
    assert 4000 <= JUNE.control.waiting[slot(JUNE, "2019-06-16", "12:00")] <= 5000
    assert JUNE.present[slot(JUNE, "2019-06-15", "03:00")] == pytest.approx(5000, abs=500)


@pytest.mark.parametrize(
    ("span", "day"), [(OCTOBER, "2018-09-20"), (OCTOBER, "2018-11-15"), (JUNE, "2019-05-20"), (JUNE, "2019-07-10")]
)
def test_calm_days_have_short_lines(span: Span, day: str) -> None:
    start = facts.moment(date.fromisoformat(day))
    assert max(waited(span, start + timedelta(hours=hour)) for hour in range(24)) <= timedelta(minutes=76)


def test_counters_are_the_published_ones() -> None:
    def open_at(span: Span, day: str, clock: str) -> int:
        return int(span.counters_open[slot(span, day, clock)])

    assert open_at(OCTOBER, "2018-10-21", "15:00") == 6
    assert open_at(OCTOBER, "2018-10-31", "03:00") == 18
    assert max(JUNE.counters_open[: slot(JUNE, "2019-06-12")]) == 11
    assert open_at(JUNE, "2019-06-14", "20:00") == 30
    assert open_at(JUNE, "2019-06-15", "01:00") == 0
    assert open_at(JUNE, "2019-06-20", "12:00") == NOBODY_TOLD


@pytest.mark.parametrize("span", [OCTOBER, JUNE], ids=["2018", "2019"])
def test_a_point_with_people_waiting_takes_minutes_per_person_that_a_point_can_take(span: Span) -> None:
    hourly = span.control.served.reshape(-1, 4).sum(axis=1)
    counters = span.counters_open[::4]
    shortest = np.min([span.control.waiting[quarter : quarter + len(hourly) * 4 : 4] for quarter in range(4)], axis=0)
    busy = (counters > 0) & (hourly >= 60) & (shortest > 0)
    minutes = 60 * counters[busy] / hourly[busy]
    assert 4.0 <= np.median(minutes) <= 5.0
    assert minutes.min() >= 2.6
    assert minutes.max() <= 6.0


def test_asylum_requests_are_the_published_ones() -> None:
    october = OCTOBER.asylum.arrivals[slot(OCTOBER, "2018-10-31") : slot(OCTOBER, "2018-11-01")].sum()
    june = [JUNE.asylum.served[slot(JUNE, d) : slot(JUNE, d, "24:00")].sum() for d in ("2019-06-14", "2019-06-15")]
    assert (october, *june) == (2586, 4700, 4475)


def test_every_row_of_what_was_seen_lies_in_a_season() -> None:
    assert all(any(span.start < seen.at < span.end for span in (OCTOBER, JUNE)) for seen in SEEN)


def test_a_curve_through_falling_knots_is_refused() -> None:
    with pytest.raises(ValueError, match="knots must rise"):
        through([(0, 0), (2, 5), (4, 3)], np.ones(4))
