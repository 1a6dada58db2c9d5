"""The demo store: built through the one way in, exact where figures were published, replayed and never overwritten."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from dashboard import demo, replay
from dashboard.settings import Settings
from dashboard.worker import Bench, Evaluation
from data import accounts, alerts
from data.alert_book import evaluated_at
from data.clock import Replay, real_now, stored_replay
from data.demo import facts, programme
from data.demo.programme import Programme
from data.ingest import ingest
from data.queries import SeriesKey, flow_by_day, flow_by_hour, latest_queue
from data.sites import add_site
from data.store import create_store, migrate, reading, writing
from data.tables import alert, alert_transition, flow_line, report
from data.types import Window
from data.vocabulary import Role

REAL = datetime(2026, 1, 5, 12, 0, tzinfo=facts.LIMA)
SITE = "cebaf-tumbes"
SERVED = SeriesKey(SITE, "migration-control", "served", "reconstruccion-cebaf")


@dataclass
class Store:
    var: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.var / 'caudal.sqlite'}"

    def opened(self, opens: datetime, explicit: bool = False) -> demo.Opened:
        return demo.open_store(self.url, self.var, Programme(opens), explicit, REAL, lambda _done, _all: None)


def day(text: str) -> datetime:
    return facts.moment(date.fromisoformat(text))


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The default demo, as it opens."""
    store = Store(tmp_path_factory.mktemp("demo") / "var")
    assert store.opened(programme.OPENS).how == "built"
    return store


@pytest.fixture
def store(built: Store, tmp_path: Path) -> Store:
    """A copy that one test may change."""
    shutil.copytree(built.var, tmp_path / "var")
    return Store(tmp_path / "var")


@pytest.fixture
def engine(store: Store) -> Iterator[Engine]:
    engine = create_store(store.url)
    demo.start_clock(engine, REAL, programme.OPENS, 60)
    yield engine
    engine.dispose()


def later(hours: float) -> datetime:
    """Real time at which the replay is so many hours past its opening."""
    return REAL + timedelta(hours=hours) / 60


def lines(engine: Engine) -> int:
    with reading(engine) as conn:
        return int(conn.execute(select(func.count()).select_from(flow_line)).scalar_one())


def own_file(engine: Engine, var: Path) -> None:
    content = (
        b"site,stage,measure,start,minutes,people\ncebaf-tumbes,child-protection-upe,served,2019-06-07T10:00,60,12\n"
    )
    receipt = ingest(engine, content, "mine.csv", source="cruz-roja", now=programme.OPENS, var=var)
    assert receipt.accepted == 1


def test_nothing_of_the_demo_is_rejected_and_nothing_is_from_the_future(engine: Engine) -> None:
    with reading(engine) as conn:
        worst = conn.execute(
            select(func.sum(report.c.rejected), func.max(report.c.received_at), func.max(report.c.period_end)).where(
                report.c.dataset != "roster", report.c.dataset != "event"
            )
        ).one()
    assert worst[0] == 0
    assert worst[1] <= programme.OPENS
    assert worst[2] <= programme.OPENS


def test_published_days_come_back_from_the_store_with_their_method(engine: Engine) -> None:
    with reading(engine) as conn:
        days = flow_by_day(conn, SERVED, Window(day("2018-10-28"), day("2018-11-02")))
    assert days["people"].tolist() == [3491, 3089, 5055, 6708, 1203]
    assert days["method"].tolist() == [*["registered"] * 4, "modelled"]
    assert days["differs"].isna().all()


def test_the_replay_brings_june_with_its_range_and_its_moments(engine: Engine, store: Store) -> None:
    replay.feed(engine, store.var, later(8.5 * 24))
    with reading(engine) as conn:
        days = flow_by_day(conn, SERVED, Window(day("2019-06-08"), day("2019-06-16"))).set_index("day")
        hours = flow_by_hour(conn, SERVED, Window(day("2019-06-15"), day("2019-06-16")))
    assert days["people"].tolist() == [2240, 2500, 3000, 3500, 4156, 5400, 8100, 5076]
    assert days["method"].tolist() == [
        *("derived", "registered", "derived", "derived", "registered", "registered", "estimated", "registered")
    ]
    assert days.loc[day("2019-06-14"), ["low", "high"]].tolist() == [8000, 9612]
    by_eleven = hours[hours["hour"] < day("2019-06-15") + timedelta(hours=11)]
    assert by_eleven["people"].sum() == 2700
    assert by_eleven["people"].iloc[:3].sum() == 0


def test_feeding_twice_sends_nothing_twice_and_a_restart_goes_on(engine: Engine, store: Store) -> None:
    before = lines(engine)
    assert replay.feed(engine, store.var, later(0.5)) > 0
    fed = lines(engine)
    assert fed > before
    assert replay.feed(engine, store.var, later(0.5)) == 0
    replay.forget(store.var)
    assert replay.feed(engine, store.var, later(0.5)) == 0
    assert lines(engine) == fed
    replay.forget(store.var)
    assert replay.feed(engine, store.var, later(1.0)) > 0
    with reading(engine) as conn:
        newest = latest_queue(conn, SITE, programme.OPENS + timedelta(hours=1))
    assert newest["at"].max() == programme.OPENS + timedelta(minutes=45)


def test_a_pause_is_made_up_for(engine: Engine, store: Store) -> None:
    replay.feed(engine, store.var, later(5.1))
    with reading(engine) as conn:
        hours = flow_by_hour(conn, SERVED, Window(programme.OPENS, programme.OPENS + timedelta(hours=5)))
    assert hours["minutes"].tolist() == [60] * 5


def test_the_surge_alarm_sounds_within_four_replayed_hours_of_the_opening(engine: Engine, store: Store) -> None:
    """And not at the opening itself."""
    assert _firing(engine, "surge", SITE) is None
    sounded = None
    for hours in (1.1, 2.1, 3.1, 4.0):
        replay.feed(engine, store.var, later(hours))
        alerts.evaluate(engine, SITE, programme.OPENS + timedelta(hours=hours), later(hours), "test")
        sounded = sounded or _firing(engine, "surge", SITE)
    assert sounded is not None
    assert timedelta(0) < sounded - programme.OPENS <= timedelta(hours=4)


def test_a_fast_replay_is_fed_before_its_alerts_are_evaluated(engine: Engine, store: Store) -> None:
    """Ten domain minutes a second: a source that reports every quarter of an hour is never taken for silent."""
    silent = (
        select(alert.c.subject)
        .join_from(alert, alert_transition, alert.c.alert_id == alert_transition.c.alert_id)
        .where(alert.c.site == SITE, alert.c.rule == "source_silent", alert_transition.c.at > programme.OPENS)
    )
    demo.start_clock(engine, real_now() - timedelta(seconds=12), programme.OPENS, 600)
    job, bench = Evaluation(), Bench(engine, Settings(var=store.var), "test", threading.Event())
    for _ in range(5):
        job(bench)
        bench.stopping.wait(0.5)
    with reading(engine) as conn:
        assert evaluated_at(conn, SITE) > programme.OPENS + timedelta(hours=2)
        assert conn.execute(silent).all() == []


def _firing(engine: Engine, rule: str, site: str) -> datetime | None:
    with reading(engine) as conn:
        found = [card for card in alerts.open_alerts(conn, site) if card.rule == rule and card.state == "firing"]
    return found[0].since if found else None


def test_opening_again_restores_the_store_as_it_was_built(engine: Engine, store: Store) -> None:
    before = lines(engine)
    replay.feed(engine, store.var, later(2))
    engine.dispose()
    assert store.opened(programme.OPENS).how == "restored"
    assert lines(engine) == before


def test_reports_of_ones_own_are_never_overwritten(engine: Engine, store: Store) -> None:
    own_file(engine, store.var)
    replay.feed(engine, store.var, later(1))
    fed = lines(engine)
    engine.dispose()
    opened = store.opened(programme.OPENS)
    assert (opened.how, opened.partner_reports) == ("continued", 1)
    assert opened.opens == programme.OPENS + timedelta(hours=1)
    with pytest.raises(demo.DemoRefused, match="holds_reports"):
        store.opened(programme.OPENS, explicit=True)
    assert lines(engine) == fed


def test_a_store_that_is_no_demo_is_refused(tmp_path: Path) -> None:
    other = Store(tmp_path / "other")
    engine = create_store(other.url)
    migrate(engine)
    with writing(engine) as conn:
        add_site(conn, programme.site_files()[0], programme.OPENS, "test")
    own_file(engine, other.var)
    engine.dispose()
    with pytest.raises(demo.DemoRefused, match="holds_reports"):
        other.opened(programme.OPENS)


def test_a_store_in_use_is_refused(engine: Engine, store: Store) -> None:
    with reading(engine) as conn:
        assert stored_replay(conn) == Replay(REAL, programme.OPENS, 60)
        with pytest.raises(demo.DemoRefused, match="in_use"):
            store.opened(programme.OPENS)


def test_accounts_survive_a_new_opening(engine: Engine, store: Store) -> None:
    with writing(engine) as conn:
        accounts.add_account(conn, "ana", "una clave larga", Role.COORDINATION, REAL)
    engine.dispose()
    store.opened(programme.OPENS)
    with reading(engine) as conn:
        assert accounts.account_count(conn) == 1


def test_a_folder_without_a_demo_is_fed_nothing(engine: Engine, tmp_path: Path) -> None:
    assert replay.feed(engine, tmp_path / "elsewhere", later(5)) == 0
