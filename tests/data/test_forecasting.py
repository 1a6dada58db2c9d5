"""Forecasts of stored series: what is known when, what is kept, sites upstream, and how good it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, func, select

from data import tables
from data.analytics.upstream import deviations, lag_between
from data.backtested import BacktestRow, KeptBacktest
from data.backtesting import days_told, kept_backtest, make_backtests, official_series
from data.forecasting import Forecast, forecast_of
from data.queries import SeriesKey
from data.site_files import WrongSiteFile, load_site
from data.sites import site as site_named
from data.store import reading
from data.types import Site, Window
from tests.data.centre import SITE, flow_csv, open_centre, send
from tests.data.test_forecast import SHAPE, Past

ZONE = timedelta(hours=-5)
FIRST = date(2018, 8, 1)
TODAY = date(2018, 10, 10)
MORNING = datetime(2018, 10, 10, 15, 20, tzinfo=UTC)  # 10:20 at Tumbes
KEY = SeriesKey("tumbes", "migration-control", "arrivals", "migraciones")


def hourly(days: int, level: float = 40.0, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(level * SHAPE / SHAPE.mean(), (days, 24))


def send_hours(engine: Engine, var: Path, people: np.ndarray, last: date, now: datetime, hours: int = 24) -> None:
    """Days up to `last`; of that one the first `hours`."""
    first = last - timedelta(days=len(people) - 1)
    rows = [
        (f"{first + timedelta(days=day)}T{hour:02}:00", 60, count)
        for day, counts in enumerate(people)
        for hour, count in enumerate(counts)
        if day < len(people) - 1 or hour < hours
    ]
    send(engine, var, flow_csv(*rows), now)


def place(engine: Engine, name: str = "tumbes") -> Site:
    with reading(engine) as conn:
        return site_named(conn, name)


def forecast(engine: Engine, now: datetime = MORNING, as_of: datetime | None = None, key: SeriesKey = KEY) -> Forecast:
    with reading(engine) as conn:
        found = forecast_of(conn, site_named(conn, key.site), key, now, as_of)
    assert found is not None
    return found


@pytest.fixture
def centre(engine: Engine, var: Path) -> Engine:
    open_centre(engine)
    send_hours(engine, var, hourly(60), TODAY, MORNING - timedelta(minutes=15), hours=10)
    return engine


def test_it_begins_after_the_newest_whole_hour_and_reaches_three_days_beyond_now(centre):
    found = forecast(centre)
    begins = datetime.fromtimestamp(found.starts[0], UTC)
    ends = datetime.fromtimestamp(found.starts[-1] + 3600, UTC)
    assert (begins + ZONE).time().isoformat() == "10:00:00"
    assert ends - begins == timedelta(hours=72)
    assert (found.step_hours, found.days, found.wider) == (1, 59, False)
    usual = 40 * np.resize(np.roll(SHAPE / SHAPE.mean(), -10), 72)
    assert np.abs(found.mid - usual).sum() / usual.sum() < 0.15
    day = found.total(Window(MORNING, MORNING.replace(hour=5) + timedelta(days=1)))
    assert day is not None
    assert day[1] == pytest.approx(usual[1:14].sum() + usual[0] * 40 / 60, rel=0.1)


def test_it_is_kept_until_a_report_comes_and_an_hour_not_whole_yet_does_not_count(centre, var):
    found = forecast(centre)
    assert forecast(centre) is found
    assert forecast(centre, MORNING + timedelta(minutes=10)) is found
    send(centre, var, flow_csv((f"{TODAY}T10:00", 15, 900)), MORNING)
    assert forecast(centre).starts[0] == found.starts[0]
    assert (forecast(centre).mid == found.mid).all()
    later = MORNING + timedelta(hours=2)
    send(centre, var, flow_csv((f"{TODAY}T10:00", 60, 160), (f"{TODAY}T11:00", 60, 150)), later)
    assert forecast(centre, later).starts[0] == found.starts[0] + 2 * 3600
    assert forecast(centre, later).level > 1.2 * found.level


def test_as_of_a_moment_it_is_what_it_was_then(centre, var):
    before = forecast(centre)
    send_hours(centre, var, 3 * hourly(3, seed=9), TODAY, MORNING + timedelta(minutes=30), hours=10)
    after = forecast(centre, MORNING + timedelta(minutes=30))
    then = forecast(centre, MORNING, as_of=MORNING)
    assert after.level > 2
    assert then.mid == pytest.approx(before.mid)


def test_without_a_series_or_a_fortnight_of_it_there_is_none(engine, var):
    open_centre(engine)
    send_hours(engine, var, hourly(13), TODAY - timedelta(days=1), MORNING)
    with reading(engine) as conn:
        assert forecast_of(conn, site_named(conn, "tumbes"), KEY, MORNING) is None
        assert forecast_of(conn, site_named(conn, "tumbes"), None, MORNING) is None


def test_a_source_that_tells_days_only_is_forecast_by_the_day(engine, var):
    open_centre(engine)
    days = hourly(40).sum(axis=1)
    rows = [(f"{TODAY - timedelta(days=40 - n)}", 1440, count) for n, count in enumerate(days)]
    send(engine, var, flow_csv(*rows), MORNING)
    found = forecast(engine)
    assert (found.step_hours, len(found.starts)) == (24, 4)
    assert (datetime.fromtimestamp(found.starts[0], UTC) + ZONE).date() == TODAY
    assert found.mid[0] == pytest.approx(960, rel=0.1)


def test_a_holiday_among_the_policy_events_is_foreseen_less_surely(centre, var):
    before = forecast(centre)
    day = TODAY + timedelta(days=1)
    event = f"site,at,title_es,title_en,kind\ntumbes,{day}T00:00,Feriado,Holiday,holiday\n".encode()
    send(centre, var, event, MORNING, source="gtrm")
    after = forecast(centre)
    tomorrow = Window(
        MORNING.replace(hour=5, minute=0) + timedelta(days=1), MORNING.replace(hour=5) + timedelta(days=2)
    )
    wide, narrow = after.total(tomorrow), before.total(tomorrow)
    assert wide is not None
    assert narrow is not None
    assert wide[2] - wide[0] > 1.5 * (narrow[2] - narrow[0])


def test_the_backtest_is_worked_out_once_a_day_and_kept(any_engine, var):
    open_centre(any_engine)
    send_hours(any_engine, var, hourly(40), TODAY - timedelta(days=1), MORNING)
    here = place(any_engine)
    assert make_backtests(any_engine, here, MORNING) == 1
    assert make_backtests(any_engine, here, MORNING + timedelta(hours=5)) == 0
    with reading(any_engine) as conn:
        kept = kept_backtest(conn, here, KEY, MORNING)
        assert kept is not None
        assert kept_backtest(conn, here, KEY, MORNING, MORNING - timedelta(minutes=1)) is None
        assert kept_backtest(conn, here, KEY, MORNING - timedelta(days=1)) is None
        assert kept_backtest(conn, here, KEY, MORNING + timedelta(days=9)) == kept
    assert kept.found is not None
    assert (kept.history_days, kept.found.days, kept.computed_at) == (40, 26, MORNING)
    assert all(isinstance(row, BacktestRow) for row in kept.found.rows)
    assert make_backtests(any_engine, here, MORNING + timedelta(days=1)) == 1


def test_history_that_comes_later_in_the_day_is_tried_the_same_day(engine, var):
    open_centre(engine)
    here = place(engine)
    send_hours(engine, var, hourly(5), TODAY - timedelta(days=1), MORNING)
    assert make_backtests(engine, here, MORNING) == 1
    assert kept(engine).found is None
    assert make_backtests(engine, here, MORNING) == 0
    send_hours(engine, var, hourly(30, seed=4), TODAY - timedelta(days=6), MORNING)
    assert make_backtests(engine, here, MORNING) == 1
    assert kept(engine).found is not None
    with reading(engine) as conn:
        assert days_told(conn, here, KEY, TODAY) == 35
        assert conn.execute(select(func.count()).select_from(tables.backtest)).scalar_one() == 1


def kept(engine: Engine, now: datetime = MORNING) -> KeptBacktest:
    with reading(engine) as conn:
        found = kept_backtest(conn, site_named(conn, "tumbes"), KEY, now)
    assert found is not None
    return found


DOWNSTREAM = SITE.replace('name = "CEBAF', 'upstream = ["arriba"]\nname = "CEBAF')
UPSTREAM = SITE.replace('"tumbes"', '"arriba"').replace("CEBAF Tumbes", "Arriba")


def pair(days: int, lag: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """People a day at two sites; what passes the first is at the second so many days later."""
    rng = np.random.default_rng(seed)
    passing = np.zeros(days + lag)
    for _ in range(days // 12):
        first = rng.integers(0, days + lag)
        passing[first : first + rng.integers(2, 7)] += rng.uniform(0.3, 1.1)
    passing += rng.normal(0, 0.12, days + lag)
    there = rng.poisson(2000 * np.exp(passing[lag:]))
    return there, rng.poisson(1200 * np.exp(0.8 * passing[:days] + rng.normal(0, 0.08, days)))


def daily(people: np.ndarray) -> Past:
    nothing = np.full(len(people), np.nan)
    return Past(FIRST, people[:, None].astype(float), nothing, np.zeros(len(people), dtype=bool))


@pytest.mark.parametrize("lag", [1, 2, 3])
def test_the_lag_of_two_sites_is_found_with_its_uncertainty(lag):
    for seed in range(4):
        there, here = pair(84, lag, seed)
        found = lag_between(deviations(daily(there)), deviations(daily(here)))
        assert found is not None
        assert found.days == pytest.approx(lag, abs=0.3)
        assert found.low - 0.2 <= lag <= found.high + 0.2
        assert found.effect == pytest.approx(0.8, abs=0.25)


def test_no_lag_is_told_of_sites_that_have_nothing_to_do_with_each_other():
    told = 0
    for seed in range(20):
        there, here = pair(84, 1, seed)[0], pair(84, 1, seed + 500)[1]
        told += lag_between(deviations(daily(there)), deviations(daily(here))) is not None
    assert told <= 3  # one in twenty by chance
    assert lag_between(*(deviations(daily(one[:20])) for one in pair(84, 1, 1))) is None


def send_pair(engine: Engine, var: Path, days: int) -> tuple[np.ndarray, np.ndarray]:
    there, here = pair(days, 1, 3)
    first = TODAY - timedelta(days=days)
    for name, people in (("arriba", there), ("tumbes", here)):
        rows = [(f"{first + timedelta(days=n)}", 1440, count) for n, count in enumerate(people)]
        send(engine, var, flow_csv(*rows, site=name), MORNING)
    return there, here


def test_a_site_upstream_is_used_when_it_helps_and_said_with_its_lag(engine, var):
    open_centre(engine, UPSTREAM)
    open_centre(engine, DOWNSTREAM)
    send_pair(engine, var, 112)
    make_backtests(engine, place(engine), MORNING)
    [lead] = kept(engine).leads
    assert (lead.site, lead.state, lead.used) == ("arriba", "found", True)
    assert lead.lag is not None
    assert lead.lag.days == pytest.approx(1, abs=0.2)
    assert lead.ratio is not None
    assert lead.ratio < 0.9
    with_it = forecast(engine)
    assert with_it.lead == lead
    # A great many pass there on the last day before: today they are expected here.
    yesterday = TODAY - timedelta(days=1)
    send(engine, var, flow_csv((f"{yesterday}", 1440, 9000), site="arriba"), MORNING)
    assert forecast(engine).mid[0] > 1.5 * with_it.mid[0]


@pytest.mark.parametrize(("days", "state"), [(0, "no_feed"), (20, "short")])
def test_where_nobody_reports_upstream_that_is_said(engine, var, days, state):
    if days:
        open_centre(engine, UPSTREAM)
        rows = [(f"{TODAY - timedelta(days=n + 1)}", 1440, 100) for n in range(days)]
        open_rows = flow_csv(*rows, site="arriba")
        send(engine, var, open_rows, MORNING)
    open_centre(engine, DOWNSTREAM)
    send_hours(engine, var, hourly(40), TODAY - timedelta(days=1), MORNING)
    make_backtests(engine, place(engine), MORNING)
    [lead] = kept(engine).leads
    assert (lead.state, lead.lag, lead.used) == (state, None, False)
    assert forecast(engine).lead is None


def test_a_site_names_those_upstream_of_it(engine):
    open_centre(engine, DOWNSTREAM)
    assert place(engine).upstream == ("arriba",)
    open_centre(engine)
    assert place(engine).upstream == ()


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('upstream = "arriba"', "expected a list of sites"),
        ("upstream = [3]", "expected a list of sites"),
        ('upstream = ["tumbes"]', "is this site itself"),
        ('upstream = ["arriba", "arriba"]', "stands there twice"),
    ],
)
def test_a_wrong_list_of_sites_upstream_is_told(written, said):
    with pytest.raises(WrongSiteFile, match=said):
        load_site(DOWNSTREAM.replace('upstream = ["arriba"]', written))


def test_only_official_series_are_forecast(centre):
    with reading(centre) as conn:
        assert official_series(conn, place(centre), MORNING) == (KEY,)
        assert official_series(conn, replace(place(centre), site="nowhere"), MORNING) == ()
