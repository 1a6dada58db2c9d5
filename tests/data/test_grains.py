"""The rules of grain, breakdown and revision, on frames alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data import grains
from data.days import day_of, day_starting, days_of, hour_starts
from data.types import Site, Window
from data.vocabulary import SiteKind, Stage

LIMA = Site(
    site="tumbes",
    name="Tumbes",
    country="PE",
    zone="America/Lima",
    kind=SiteKind.REAL,
    day_start_hour=0,
    entry_stage=Stage.MIGRATION_CONTROL,
    stages=(Stage.MIGRATION_CONTROL,),
    sectors=(),
    safe_capacity=None,
)
ARICA = Site(**{**LIMA.__dict__, "site": "arica", "zone": "America/Santiago"})
KATHMANDU = Site(**{**LIMA.__dict__, "site": "kathmandu", "zone": "Asia/Kathmandu"})

MIDNIGHT = day_starting(LIMA, date(2018, 10, 31))
SENT = datetime(2018, 11, 1, 12, tzinfo=UTC)
numbers = count()


def line(at: str | datetime, minutes: int, people: float, **more: Any) -> dict[str, Any]:
    """One line; `at` is a time of 31 October 2018 at Tumbes."""
    start = at if isinstance(at, datetime) else datetime.fromisoformat(f"2018-10-31T{at}-05:00")
    return {
        "stage": "migration-control",
        "measure": "arrivals",
        "lane": "general",
        "source": "migraciones",
        "start": start,
        "minutes": minutes,
        "category": "",
        "sex": "",
        "age_band": "",
        "nationality": "",
        "people": float(people),
        "low": float("nan"),
        "high": float("nan"),
        "at_least": False,
        "method": "counted",
        "issued_at": SENT,
        "received_at": SENT,
        "line_id": next(numbers),
        **more,
    }


def table(*lines: dict[str, Any]) -> pd.DataFrame:
    rows = pd.DataFrame(list(lines))
    for column in ("start", "issued_at", "received_at"):
        rows[column] = pd.to_datetime(rows[column], utc=True).astype("datetime64[us, UTC]")
    return rows


def hour_of(*lines: dict[str, Any], site: Site = LIMA) -> dict[Any, dict[Any, Any]]:
    """Figures by UTC hour of the day."""
    found = grains.hours(grains.flow_totals(table(*lines)), site)
    return {row["hour"].isoformat()[11:16]: row for row in found.to_dict("records")}


def day_figure(*lines: dict[str, Any], site: Site = LIMA, day: date = date(2018, 10, 31)) -> dict[Any, Any]:
    totals = grains.flow_totals(table(*lines))
    hours = grains.hours(totals[totals["minutes"] <= 60], site)
    days = grains.days(hours, totals[totals["minutes"] > 60], (day_of(site, day_starting(site, day)),))
    assert len(days) == 1
    return days.to_dict("records")[0]


def quarters(hour: str, *people: float, **more: Any) -> list[dict[str, Any]]:
    return [line(f"{hour}:{15 * place:02}", 15, n, **more) for place, n in enumerate(people)]


def every_hour(people: float, first: int = 0, last: int = 24, **more: Any) -> list[dict[str, Any]]:
    return [line(f"{hour:02}:00", 60, people, **more) for hour in range(first, last)]


def test_four_quarters_make_an_hour():
    assert hour_of(*quarters("09", 10, 20, 30, 40))["14:00"]["people"] == 100
    assert hour_of(*quarters("09", 10, 20, 30, 40))["14:00"]["minutes"] == 60


def test_a_quarter_nobody_reported_is_missing_from_the_hour_not_zero_in_it():
    nine = hour_of(*quarters("09", 10, 20, 30))["14:00"]
    assert (nine["people"], nine["minutes"]) == (60, 45)


def test_quarters_and_the_hour_they_fill_are_not_added():
    assert hour_of(*quarters("09", 10, 20, 30, 40), line("09:00", 60, 97))["14:00"]["people"] == 100


def test_a_whole_hour_goes_before_some_of_its_quarters():
    nine = hour_of(*quarters("09", 10, 20), line("09:00", 60, 97))["14:00"]
    assert (nine["people"], nine["minutes"]) == (97, 60)


def test_quarters_from_a_clock_that_runs_five_minutes_late_do_not_mix_with_the_others():
    late = [line("09:05", 15, 11), line("09:20", 15, 12), line("09:35", 15, 13)]
    assert hour_of(*late, *quarters("09", 10, 20, 30, 40))["14:00"]["people"] == 100
    assert hour_of(*late)["14:00"]["people"] == 36


def test_a_correction_replaces_what_it_corrects_whichever_came_first():
    old = line("09:00", 60, 40)
    new = line("09:00", 60, 55, issued_at=SENT + timedelta(hours=1))
    assert hour_of(old, new)["14:00"]["people"] == hour_of(new, old)["14:00"]["people"] == 55


def test_the_parts_of_one_breakdown_make_a_total():
    assert hour_of(line("09:00", 60, 30, sex="female"), line("09:00", 60, 12, sex="male"))["14:00"]["people"] == 42


def test_a_total_and_its_parts_are_not_added():
    parts = line("09:00", 60, 30, sex="female"), line("09:00", 60, 12, sex="male")
    assert hour_of(*parts, line("09:00", 60, 45))["14:00"]["people"] == 45


def test_breakdowns_by_sex_and_by_nationality_are_not_added_to_each_other():
    by_sex = line("09:00", 60, 30, sex="female"), line("09:00", 60, 12, sex="male")
    by_nationality = line("09:00", 60, 39, nationality="VE"), line("09:00", 60, 2, nationality="CO")
    assert hour_of(*by_sex, *by_nationality)["14:00"]["people"] == 42


def test_children_are_not_counted_again_in_a_narrower_age_band():
    bands = [line("09:00", 60, n, age_band=band) for band, n in (("0-4", 3), ("5-11", 4), ("0-17", 9), ("18+", 20))]
    assert hour_of(*bands)["14:00"]["people"] == 29


def test_a_sum_with_a_part_that_is_a_lower_bound_is_a_lower_bound():
    assert hour_of(*quarters("09", 10, 20, 30), line("09:45", 15, 5, at_least=True))["14:00"]["at_least"]
    assert not hour_of(*quarters("09", 10, 20, 30, 5))["14:00"]["at_least"]


def test_the_method_of_a_sum_is_that_of_its_weakest_part():
    mixed = [line("09:00", 30, 5, method="registered"), line("09:30", 30, 5, method="estimated")]
    assert hour_of(*mixed)["14:00"]["method"] == "estimated"


def test_a_zone_with_a_quarter_of_an_hour_has_its_own_hours():
    start = datetime(2018, 10, 31, 3, 15, tzinfo=UTC)  # nine o'clock at Kathmandu
    assert list(hour_of(line(start, 60, 7), site=KATHMANDU)) == ["03:15"]


def test_a_shift_is_not_spread_over_its_hours():
    assert hour_of(line("06:00", 480, 800)) == {}


def test_a_day_of_hours_is_their_sum():
    day = day_figure(*every_hour(10))
    assert (day["people"], day["minutes"], day["grain_minutes"]) == (240, 1440, 60)


def test_a_day_that_has_just_begun_says_how_much_of_it_is_known():
    day = day_figure(*every_hour(10, last=6))
    assert (day["people"], day["minutes"]) == (60, 360)


def test_a_daily_report_goes_before_hours_with_a_gap():
    day = day_figure(*every_hour(10, last=23), line("00:00", 1440, 251))
    assert (day["people"], day["minutes"], day["grain_minutes"]) == (251, 1440, 1440)


def test_a_daily_report_that_agrees_with_its_hours_tells_their_method_and_range():
    day = day_figure(
        *every_hour(10, method="modelled"), line("00:00", 1440, 240, method="registered", low=230.0, high=250.0)
    )
    assert (day["people"], day["method"], day["low"], day["high"]) == (240, "registered", 230, 250)
    assert pd.isna(day["differs"])
    assert day["grain_minutes"] == 60


def test_a_daily_report_that_differs_from_its_hours_is_flagged_not_used():
    day = day_figure(*every_hour(10), line("00:00", 1440, 251, method="registered"))
    assert (day["people"], day["method"], day["differs"]) == (240, "counted", 11)


def test_three_shifts_make_a_day():
    shifts = [line("00:00", 360, 50), line("06:00", 480, 300), line("14:00", 600, 200)]
    day = day_figure(*shifts)
    assert (day["people"], day["minutes"], day["grain_minutes"]) == (550, 1440, 600)


def test_shifts_and_the_day_they_fill_are_not_added():
    shifts = [line("00:00", 480, 50), line("08:00", 480, 300), line("16:00", 480, 200)]
    assert day_figure(*shifts, line("00:00", 1440, 560))["people"] == 550
    assert day_figure(*shifts, line("00:00", 1440, 560))["differs"] == 10


def test_a_night_shift_counts_on_the_day_on_which_it_begins():
    shifts = [line("06:00", 480, 50), line("14:00", 480, 300), line("22:00", 480, 200)]
    night = day_figure(*shifts)
    assert (night["people"], night["minutes"], night["at_least"]) == (550, 1440, False)
    assert day_figure(*shifts[1:])["at_least"]
    own = day_figure(*shifts, line("00:00", 1440, 560))  # from midnight to midnight: other hours than the shifts'
    assert (own["people"], own["differs"] == own["differs"]) == (560, False)


def test_a_week_is_not_spread_over_its_days():
    totals = grains.flow_totals(table(line("00:00", 7 * 1440, 7000)))
    days = days_of(LIMA, Window(MIDNIGHT, MIDNIGHT + timedelta(days=7)))
    assert grains.days(grains.hours(totals, LIMA), totals, days).empty


@pytest.mark.parametrize(("day", "hours"), [(date(2018, 8, 12), 23), (date(2019, 4, 6), 25), (date(2019, 6, 1), 24)])
def test_days_are_as_long_as_the_clocks_of_the_place_make_them(day, hours):
    whole = day_of(ARICA, day_starting(ARICA, day) + timedelta(hours=12))
    assert whole.end - whole.start == timedelta(hours=hours)
    lines = [line(whole.start + timedelta(hours=n), 60, 10) for n in range(hours)]
    found = day_figure(*lines, site=ARICA, day=day)
    assert (found["people"], found["minutes"]) == (10 * hours, 60 * hours)


def test_a_daily_report_is_the_day_also_when_the_clocks_change():
    long_day = date(2019, 4, 6)
    daily = line(day_starting(ARICA, long_day), 1440, 500)
    assert day_figure(daily, site=ARICA, day=long_day)["people"] == 500


def test_a_day_may_begin_at_six_in_the_morning():
    six = Site(**{**LIMA.__dict__, "day_start_hour": 6})
    before_six = day_of(six, datetime(2018, 10, 31, 9, tzinfo=UTC))  # four in the morning
    assert before_six.start == datetime(2018, 10, 30, 11, tzinfo=UTC)


def test_no_lines_give_no_figures():
    none = table(line("09:00", 60, 1)).iloc[:0]
    totals = grains.flow_totals(none)
    hours = grains.hours(totals, LIMA)
    assert hours.empty
    assert grains.days(hours, totals, days_of(LIMA, Window(MIDNIGHT, MIDNIGHT + timedelta(days=1)))).empty


@settings(deadline=None, max_examples=60)
@given(
    lines=st.lists(
        st.builds(
            lambda at, minutes, people, sex, later: line(
                f"{at * minutes // 60:02}:{at * minutes % 60:02}",
                minutes,
                people,
                sex=sex,
                issued_at=SENT + timedelta(minutes=later),
            ),
            at=st.integers(0, 5),
            minutes=st.sampled_from([15, 30, 60, 120, 240]),
            people=st.integers(0, 99),
            sex=st.sampled_from(["", "female", "male"]),
            later=st.integers(0, 3),
        ),
        min_size=1,
        max_size=12,
    ),
    random=st.randoms(use_true_random=False),
)
def test_the_order_of_lines_does_not_matter(lines, random):
    shuffled = lines.copy()
    random.shuffle(shuffled)
    columns = [*grains.SERIES, "start", "minutes"]
    one, other = (
        grains.flow_totals(table(*rows)).sort_values(columns).reset_index(drop=True) for rows in (lines, shuffled)
    )
    pd.testing.assert_frame_equal(one, other)


def test_hours_of_a_frame_keep_their_zone():
    starts = pd.Series(pd.to_datetime(["2018-10-31T14:20Z"])).astype("datetime64[us, UTC]")
    assert hour_starts(LIMA, starts).iloc[0] == pd.Timestamp("2018-10-31T14:00Z")


def told(*lines: dict[str, Any]) -> tuple[float, bool]:
    figure = day_figure(*lines)
    return figure["people"], bool(figure["at_least"])


def test_a_day_with_an_unreported_hour_is_at_least_its_figure():
    assert told(*every_hour(10, last=23)) == (230, True)
    assert told(*every_hour(10)) == (240, False)


def test_a_lower_bound_of_the_day_takes_no_higher_one_back():
    hours_but_one = every_hour(100, last=23)
    assert told(*hours_but_one, line("00:00", 1440, 1800, at_least=True)) == (2300, True)
    assert told(*hours_but_one, line("00:00", 1440, 2500, at_least=True)) == (2500, True)
    assert told(*hours_but_one, line("00:00", 1440, 2350)) == (2350, False)


def test_the_line_of_a_day_that_is_not_over_is_at_least_what_it_says():
    afternoon = MIDNIGHT + timedelta(hours=15)
    assert told(line("00:00", 1440, 700, received_at=afternoon, issued_at=afternoon)) == (700, True)
