"""Expected, on time, late, missing: numbers worked out by hand, and what must hold of any."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.analytics.periods import periods
from data.analytics.reporting import Span, confidence, deadlines, dues, judged
from data.days import day_starting
from data.rhythm import Cadence, Contact, Rates, Reporting
from data.types import Site, Window
from data.vocabulary import ReportState, Rhythm, SiteKind, Stage

LIMA = Site("norte", "Norte", "PE", "America/Lima", SiteKind.REAL, 0, Stage.SERVICES, (Stage.SERVICES,), (), None)
MADRID = Site(**{**LIMA.__dict__, "zone": "Europe/Madrid"})
KATHMANDU = Site(**{**LIMA.__dict__, "zone": "Asia/Kathmandu", "day_start_hour": 6})
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SHIFTS = (6, 14, 22)


def cadence(kind: Rhythm, grace: int = 0, valid_from: datetime = ALWAYS, minutes: int | None = None) -> Cadence:
    usual = {Rhythm.DAILY: 1440, Rhythm.WEEKLY: 10080, Rhythm.MONTHLY: 43200, Rhythm.HOURLY: 60, Rhythm.SHIFT: 480}
    return Cadence(kind, valid_from, minutes or usual.get(kind, 0), grace, SHIFTS if kind is Rhythm.SHIFT else ())


def lima(day: int, hour: float = 0, month: int = 10) -> datetime:
    """A local time of October 2018 at Lima, five hours behind UTC."""
    return datetime(2018, month, day, 5, tzinfo=UTC) + hour * HOUR


def told(start: datetime, end: datetime, received: datetime) -> list[Span]:
    """What one delivery speaks of, cut at midnights of UTC as the store keeps it."""
    cuts = [start]
    while cuts[-1] < end:
        midnight = cuts[-1].replace(hour=0, minute=0, second=0, microsecond=0) + DAY
        cuts.append(min(end, midnight))
    return [Span(a.timestamp(), b.timestamp(), 0, received.timestamp()) for a, b in pairwise(cuts)]


def counts(rates: Rates) -> tuple[int, int, int, int]:
    return rates.on_time, rates.late, rates.missing, rates.pending


# --- by hand ---


def test_ten_days_of_a_daily_reporter_give_the_rates_of_dhis2():
    """Days 1 to 6 on time, 7 late, of 8 only 3 hours of 24, of 9 nothing, 10 due at 06:00 of the 11th; 03:00 now."""
    expected = dues(LIMA, [cadence(Rhythm.DAILY, grace=360)], Window(lima(1), lima(11)))
    heard = [span for day in range(1, 7) for span in told(lima(day), lima(day + 1), lima(day + 1, 5))]
    heard += told(lima(7), lima(8), lima(8, 6.5))
    heard += told(lima(8, 9), lima(8, 12), lima(8, 12))
    seen = judged(expected, heard, lima(11, 3))
    assert [str(one.state) for one in seen] == ["on-time"] * 6 + ["late", "missing", "missing", "pending"]
    assert [one.covered for one in seen[6:]] == [1.0, 3 / 24, 0.0, 0.0]
    rates = Rates.of(seen)
    assert (rates.expected, rates.due) == (10, 9)
    assert rates.reporting_rate == 7 / 9
    assert rates.reporting_rate_on_time == 6 / 9
    assert confidence([Reporting("a", "flow", Contact(), None, tuple(seen))]) == pytest.approx(50 * (7 / 9 + 6 / 9))
    # Over a time that is past nothing is pending, and the rate is DHIS2's actual / expected.
    past = Rates.of(judged(expected, heard, lima(12)))
    assert past.reporting_rate == 7 / past.expected == 0.7


def test_on_time_is_up_to_the_last_moment_of_the_grace():
    (due,) = dues(LIMA, [cadence(Rhythm.DAILY, grace=360)], Window(lima(1), lima(2)))
    assert due.at == lima(2, 6)
    for received, state in ((due.at, ReportState.ON_TIME), (due.at + timedelta(seconds=1), ReportState.LATE)):
        (seen,) = judged([due], told(lima(1), lima(2), received), lima(3))
        assert seen.state is state
    assert judged([due], [], due.at)[0].state is ReportState.PENDING
    assert judged([due], [], due.at + timedelta(seconds=1))[0].state is ReportState.MISSING


def test_a_day_told_hour_by_hour_is_received_with_its_last_hour():
    (due,) = dues(LIMA, [cadence(Rhythm.DAILY, grace=60)], Window(lima(1), lima(2)))
    heard = [span for h in range(23) for span in told(lima(1, h), lima(1, h + 1), lima(1, h + 1.1))]
    assert judged([due], heard, lima(1, 23.5))[0].covered == pytest.approx(23 / 24)
    (seen,) = judged([due], [*heard, *told(lima(1, 23), lima(2), lima(2, 0.5))], lima(2, 3))
    assert (seen.state, seen.completed_at) == (ReportState.ON_TIME, lima(2, 0.5))


def test_a_correction_sent_later_does_not_make_a_report_late():
    (due,) = dues(LIMA, [cadence(Rhythm.DAILY, grace=360)], Window(lima(1), lima(2)))
    first, again = told(lima(1), lima(2), lima(2, 1)), told(lima(1), lima(2), lima(5))
    (seen,) = judged([due], [*again, *first], lima(6))
    assert (seen.state, seen.completed_at) == (ReportState.ON_TIME, lima(2, 1))


def test_what_was_received_after_now_is_not_known_yet():
    (due,) = dues(LIMA, [cadence(Rhythm.DAILY, grace=360)], Window(lima(1), lima(2)))
    assert judged([due], told(lima(1), lima(2), lima(2, 7)), lima(2, 6.5))[0].state is ReportState.MISSING
    assert judged([due], told(lima(1), lima(2), lima(2, 7)), lima(2, 7))[0].state is ReportState.LATE


def test_a_reading_is_the_report_of_the_period_that_it_closes():
    hourly = dues(LIMA, [cadence(Rhythm.HOURLY, grace=15)], Window(lima(1, 8), lima(1, 11)))
    nine = Span(lima(1, 9).timestamp(), lima(1, 9).timestamp(), 0, lima(1, 9.1).timestamp())
    seen = judged(hourly, [nine], lima(1, 11.5))
    assert [str(one.state) for one in seen] == ["on-time", "missing", "missing"]
    quarters = Span(lima(1, 8.25).timestamp(), lima(1, 9.75).timestamp(), 900, lima(1, 9.8).timestamp())
    assert [str(one.state) for one in judged(hourly, [quarters], lima(1, 11.5))] == ["late", "on-time", "missing"]
    sparse = Span(lima(1, 7).timestamp(), lima(1, 11).timestamp(), 7200, lima(1, 11).timestamp())
    assert [one.covered for one in judged(hourly, [sparse], lima(1, 11.5))] == [1, 0, 1]  # 07:00, 09:00, 11:00


# --- switching ---


def test_a_switch_at_two_creates_expectations_only_from_two_and_history_keeps_the_old_cadence():
    daily = cadence(Rhythm.DAILY, grace=360)
    window = Window(lima(1), lima(4))
    before = dues(LIMA, [daily], window)
    after = dues(LIMA, [daily, cadence(Rhythm.SHIFT, grace=60, valid_from=lima(2, 14))], window)
    assert after[0] == before[0]
    # The running day ends at the switch and keeps the deadline that had been agreed.
    assert (after[1].period, after[1].at, after[1].kind) == (Window(lima(2), lima(2, 14)), lima(3, 6), Rhythm.DAILY)
    shifts = [(due.period.start, due.period.end, due.at) for due in after[2:]]
    assert shifts[:2] == [(lima(2, 14), lima(2, 22), lima(2, 23)), (lima(2, 22), lima(3, 6), lima(3, 7))]
    assert {due.kind for due in after[2:]} == {Rhythm.SHIFT}


def test_a_switch_in_the_middle_of_a_shift_expects_the_rest_of_it():
    switched = [cadence(Rhythm.MONTHLY), cadence(Rhythm.SHIFT, valid_from=lima(2, 15.5))]
    first = next(due for due in dues(LIMA, switched, Window(lima(2), lima(3))) if due.kind is Rhythm.SHIFT)
    assert first.period == Window(lima(2, 15.5), lima(2, 22))


def test_nothing_is_expected_after_a_source_was_let_go():
    held = [cadence(Rhythm.DAILY), cadence(Rhythm.NONE, valid_from=lima(3))]
    assert [due.period.start for due in dues(LIMA, held, Window(lima(1), lima(9)))] == [lima(1), lima(2)]


def test_nobody_was_late_before_anything_was_agreed():
    found = dues(LIMA, [cadence(Rhythm.DAILY)], Window(lima(1), lima(5)), begins=lima(3))
    assert [due.period.start for due in found] == [lima(3), lima(4)]


# --- when late, when silent ---


def silence(heard: list[Span], now: datetime) -> tuple[datetime | None, datetime | None]:
    expected = dues(LIMA, [cadence(Rhythm.HOURLY, grace=15)], Window(lima(1), now + 4 * HOUR))
    return deadlines(judged(expected, heard, now))


def test_a_source_is_late_after_one_report_that_did_not_come_and_silent_after_two():
    heard = told(lima(1), lima(1, 9), lima(1, 9.1))
    for now in (lima(1, 9.2), lima(1, 13)):
        assert silence(heard, now) == (lima(1, 10.25), lima(1, 11.25))


def test_a_source_that_tells_a_part_is_late_but_not_silent():
    heard = [*told(lima(1), lima(1, 9), lima(1, 9.1)), *told(lima(1, 9), lima(1, 9.25), lima(1, 9.3))]
    late, silent = silence(heard, lima(1, 10.5))
    assert late == lima(1, 10.25)
    assert silent == lima(1, 12.25)


def test_an_older_gap_makes_nobody_late_who_has_spoken_since():
    heard = told(lima(1, 3), lima(1, 9), lima(1, 9.1))
    assert silence(heard, lima(1, 9.2))[0] == lima(1, 10.25)


# --- periods ---


def test_a_day_of_23_hours_has_23_reports_and_one_of_25_has_25():
    lengths = {}
    for day in (date(2019, 3, 31), date(2019, 10, 27)):
        window = Window(day_starting(MADRID, day), day_starting(MADRID, day + DAY))
        lengths[day.month] = len(periods(MADRID, cadence(Rhythm.HOURLY), window))
        (whole,) = periods(MADRID, cadence(Rhythm.DAILY), window)
        assert whole == window
        night = periods(MADRID, cadence(Rhythm.SHIFT), window)[0]
        assert (night.end - night.start) / HOUR == {3: 7, 10: 9}[day.month]
    assert lengths == {3: 23, 10: 25}


def test_months_have_their_own_length_and_weeks_begin_on_mondays():
    leap = Window(datetime(2020, 1, 15, 12, tzinfo=UTC), datetime(2020, 3, 1, 12, tzinfo=UTC))
    months = periods(LIMA, cadence(Rhythm.MONTHLY), leap)
    assert [(month.end - month.start) / DAY for month in months] == [31, 29, 31]
    weeks = periods(LIMA, cadence(Rhythm.WEEKLY), leap)
    assert {(week.start - 5 * HOUR).weekday() for week in weeks} == {0}
    fourteen = cadence(Rhythm.MINUTES, minutes=14 * 1440)
    assert {(two.end - two.start) / DAY for two in periods(LIMA, fourteen, leap)} == {14}


def test_an_operational_day_that_begins_at_six_has_its_shifts_and_hours_where_the_clock_says():
    window = Window(datetime(2019, 5, 1, 0, 15, tzinfo=UTC), datetime(2019, 5, 2, 0, 15, tzinfo=UTC))  # from 06:00
    assert periods(KATHMANDU, cadence(Rhythm.DAILY), window) == [window]
    assert next(p.start for p in periods(KATHMANDU, cadence(Rhythm.SHIFT), window)) == window.start
    assert [p.start.minute for p in periods(KATHMANDU, cadence(Rhythm.HOURLY), window)] == [15] * 24


# --- of any ---

kinds = st.one_of(
    st.sampled_from([kind for kind in Rhythm if kind not in (Rhythm.MINUTES, Rhythm.NONE)]).map(
        lambda kind: (kind, None)
    ),
    st.sampled_from([45, 180, 420, 2880]).map(lambda minutes: (Rhythm.MINUTES, minutes)),
)
moments = st.integers(0, 40 * 24 * 4).map(lambda quarter: datetime(2019, 3, 10, tzinfo=UTC) + quarter * HOUR / 4)
graces = st.integers(0, 3000)
sites = st.sampled_from([LIMA, MADRID, KATHMANDU])


@st.composite
def agreements(draw: st.DrawFn) -> list[Cadence]:
    first = cadence(*(lambda k: (k[0], draw(graces), ALWAYS, k[1]))(draw(kinds)))
    later = sorted(set(draw(st.lists(moments, max_size=3))))
    return [first, *(cadence(k, draw(graces), at, m) for at in later for k, m in [draw(kinds)])]


@st.composite
def deliveries(draw: st.DrawFn) -> list[Span]:
    found: list[Span] = []
    for _ in range(draw(st.integers(0, 12))):
        start, length = draw(moments), draw(st.integers(1, 24 * 9))
        found += told(start, start + length * HOUR / 4, start + draw(st.integers(0, 24 * 20)) * HOUR)
    return found


@settings(max_examples=60, deadline=None)
@given(sites, agreements(), moments, moments)
def test_every_moment_is_expected_once(site, held, start, end):
    window = Window(min(start, end), max(start, end) + HOUR)
    found = dues(site, held, window)
    assert all(one.period.end == after.period.start for one, after in pairwise(found))
    assert all(one.period.start < one.period.end <= one.at for one in found)


@settings(max_examples=60, deadline=None)
@given(sites, agreements(), deliveries(), moments, st.randoms(use_true_random=False))
def test_the_states_add_up_and_the_order_of_deliveries_does_not_matter(site, held, heard, now, chance):
    expected = dues(site, held, Window(datetime(2019, 3, 10, tzinfo=UTC), now))
    seen = judged(expected, heard, now)
    rates = Rates.of(seen)
    assert sum(counts(rates)) == rates.expected == len(expected)
    shuffled = heard.copy()
    chance.shuffle(shuffled)
    assert judged(expected, shuffled, now) == seen
    assert all((one.completed_at is not None) == (one.covered == 1.0) for one in seen)
    # Something more received never makes anything worse.
    better = judged(expected, [*heard, *told(now - 8 * DAY, now, now)], now)
    for one, after in zip(seen, better, strict=True):
        assert after.covered >= one.covered
        assert after.state is one.state or one.state in (ReportState.MISSING, ReportState.PENDING)


@settings(max_examples=60, deadline=None)
@given(sites, agreements(), deliveries(), kinds, moments)
def test_switching_changes_nothing_before(site, held, heard, kind, switch):
    held = [one for one in held if one.valid_from < switch]
    window = Window(datetime(2019, 3, 10, tzinfo=UTC), datetime(2019, 4, 25, tzinfo=UTC))
    before = dues(site, held, window)
    after = dues(site, [*held, cadence(kind[0], 60, switch, kind[1])], window)
    over = [due for due in before if due.period.end <= switch]
    assert after[: len(over)] == over
    assert judged(after[: len(over)], heard, switch) == judged(over, heard, switch)
    # What was running then ends there, and keeps its deadline; everything else begins there or later.
    running = [due for due in before if due.period.start < switch < due.period.end]
    rest = after[len(over) :]
    assert [(due.period.end, due.at) for due in rest[: len(running)]] == [(switch, due.at) for due in running]
    assert all(due.period.start >= switch for due in rest[len(running) :])
