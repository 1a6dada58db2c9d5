"""A commit in any process is heard within a moment, on both stores; time alone is heard once a domain minute."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, create_engine, text

from dashboard import wake
from dashboard.encoded import Stamp
from dashboard.wake import Seen, Wake
from data import accounts
from data.clock import Replay, real_now, start_replay
from data.store import create_store, writing
from data.versions import raise_version
from data.vocabulary import Role
from tests.dashboard.centre import open_centre, until
from tests.processes import Forked


class Ear:
    def __init__(self, engine: Engine) -> None:
        self.seen = Seen(real_now)
        self.stamps: list[Stamp] = []
        self._heard = threading.Event()
        self.wake = Wake(engine, self.seen, self._hear)

    def _hear(self, stamp: Stamp) -> None:
        self.stamps.append(stamp)
        self._heard.set()

    def version(self, site: str = "tumbes") -> int:
        return self.stamps[-1].versions.get(site, 0) if self.stamps else 0

    def __enter__(self) -> Ear:
        self.wake.start()
        return self

    def __exit__(self, *why: object) -> None:
        self.wake.stop()


@pytest.fixture
def centre(any_engine: Engine) -> Engine:
    open_centre(any_engine.url.render_as_string(hide_password=False)).dispose()
    return any_engine


def test_a_commit_is_heard(centre: Engine):
    with Ear(centre) as ear:
        before = ear.version()
        with writing(centre) as conn:
            raised = raise_version(conn, "tumbes")
        assert raised == before + 1
        assert until(lambda: ear.version() == raised, 5, "the commit was not heard") < 3


def _raised(url: str) -> None:
    with writing(create_store(url)) as conn:
        raise_version(conn, "tumbes")


def test_a_commit_of_another_process_is_heard(centre: Engine):
    with Ear(centre) as ear:
        before = ear.version()
        assert Forked(_raised, centre.url.render_as_string(hide_password=False)).wait(60) == 0
        until(lambda: ear.version() == before + 1, 5, "the commit was not heard")


def test_somebody_made_a_moment_ago_is_known_at_once_when_asked_for(centre: Engine):
    ear = Ear(centre)  # its thread never looks
    with writing(centre) as conn:
        accounts.add_account(conn, "maria", "una frase bien larga", Role.ADMIN, real_now())
    assert "maria" not in ear.seen.who.accounts
    ear.wake.see_people()
    assert "maria" in ear.seen.who.accounts


def test_what_was_rolled_back_is_not_heard(centre: Engine):
    with Ear(centre) as ear:
        before = ear.version()
        with centre.connect() as conn, conn.begin() as transaction:
            raise_version(conn, "tumbes")
            transaction.rollback()
        with writing(centre) as conn:
            accounts.record(conn, real_now(), "test", "nothing", "nothing")
        threading.Event().wait(1.2)
        assert ear.version() == before


def test_a_new_account_is_known_without_a_restart(centre: Engine):
    with Ear(centre) as ear:
        assert ear.seen.who.accounts == {}
        with writing(centre) as conn:
            accounts.add_account(conn, "maria", "una frase bien larga", Role.ADMIN, real_now())
        until(lambda: "maria" in ear.seen.who.accounts, 5, "the new account is unknown")


def test_a_replay_sets_the_clock_and_its_minutes_are_told_at_most_once_a_second(centre: Engine):
    opens = datetime(2018, 10, 31, 12, tzinfo=UTC)
    with Ear(centre) as ear:
        with writing(centre) as conn:
            start_replay(conn, Replay(real_now(), opens, 600))  # ten domain minutes a second
        until(lambda: ear.seen.replay is not None, 5, "the replay is unknown")
        assert opens <= ear.seen.now() < opens + timedelta(hours=2)
        first = len(ear.stamps)
        threading.Event().wait(3.0)
        assert 1 <= len(ear.stamps) - first <= 4
        minutes = [stamp.minute for stamp in ear.stamps[first:]]
        assert minutes == sorted(minutes)
        assert minutes[-1] - minutes[0] >= 5


@pytest.mark.long
def test_the_store_gone_for_a_moment_is_watched_again(postgres_url: str, monkeypatch: pytest.MonkeyPatch):
    """PostgreSQL ends every connection of ours, the one that listens too, as its own restart does."""
    monkeypatch.setattr(wake, "SAFETY_LOOK_SECONDS", 4.0)  # so that what is heard sooner was heard by its notice
    engine = open_centre(postgres_url)
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    ours = "from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"

    def listening() -> int:
        with admin.connect() as conn:
            return int(conn.execute(text(f"select count(*) {ours} and query like 'LISTEN%'")).scalar_one())

    with Ear(engine) as ear:
        until(lambda: listening() == 1, 5, "nobody listens")
        for _ in range(3):
            before = ear.version()
            with admin.connect() as conn:
                ended = conn.execute(text(f"select pg_terminate_backend(pid) {ours}")).all()
            assert ended
            with writing(engine) as conn:
                raise_version(conn, "tumbes")
            until(lambda before=before: ear.version() == before + 1, 8, "the commit was not heard")
            until(lambda: listening() == 1, 5, "nobody listens again")
            with writing(engine) as conn:
                raise_version(conn, "tumbes")
            assert until(lambda before=before: ear.version() == before + 2, 8, "the next commit was not heard") < 2
    engine.dispose()
    admin.dispose()
