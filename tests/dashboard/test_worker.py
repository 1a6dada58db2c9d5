"""What the worker does with nobody looking: every site is evaluated, a replay is fed first, a hung one starts anew."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
from sqlalchemy import Engine, select

from dashboard import health, worker
from dashboard.beat import EVALUATION, beat_file, read_beat, write_beat
from dashboard.settings import Settings
from dashboard.supervisor import Duty, Supervisor
from dashboard.worker import Bench, Evaluation
from data import alerts
from data.ingest import ingest
from data.store import lock, reading, writing
from data.tables import evaluation
from data.versions import raise_version, version_of
from data.vocabulary import Dataset
from tests.dashboard.centre import open_centre, served_csv, until


@pytest.fixture
def bench(sqlite_url: str, var: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    monkeypatch.setattr(worker, "LOOK_SECONDS", 0.0)
    engine = open_centre(sqlite_url, "huaquillas", "tumbes")
    yield Bench(engine, Settings(var=var), "test", threading.Event())
    engine.dispose()


def evaluated(engine: Engine) -> dict[str, datetime]:
    with reading(engine) as conn:
        return {row.site: row.real_at for row in conn.execute(select(evaluation))}


def test_a_site_that_cannot_be_evaluated_holds_no_other_one_up(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    """Sites go by name: the first one is the broken one."""
    real = alerts.evaluate

    def broken(engine, site, *more):
        if site == "huaquillas":
            raise ZeroDivisionError("one broken site")
        return real(engine, site, *more)

    monkeypatch.setattr(alerts, "evaluate", broken)
    job = Evaluation()
    for _ in range(3):
        job(bench)
    assert set(evaluated(bench.engine)) == {"tumbes"}
    monkeypatch.setattr(alerts, "evaluate", real)
    until(lambda: job(bench) or set(evaluated(bench.engine)) == {"huaquillas", "tumbes"}, 10, "not tried again")


def test_a_delivery_that_comes_right_after_an_evaluation_is_not_taken_for_evaluated(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
):
    """The minute is not over, and the worker looks again all the same."""
    real, seen = alerts.evaluate, []

    def then_delivered(engine, site, *more):
        done = real(engine, site, *more)
        if site == "tumbes":
            seen.append(done.version)
            if len(seen) == 1:
                told = {"source": "migraciones", "dataset": Dataset.FLOW, "now": datetime.now(UTC)}
                ingest(engine, served_csv([40]), "f.csv", var=bench.settings.var, **told)
        return done

    monkeypatch.setattr(alerts, "evaluate", then_delivered)
    job = Evaluation()
    job(bench)
    job(bench)
    with reading(bench.engine) as conn:
        assert seen[-1] == version_of(conn, "tumbes")
    assert len(seen) == 2


def test_a_feed_that_fails_holds_no_evaluation_up(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    def broken(*_):
        raise ZeroDivisionError("no feed")

    monkeypatch.setattr(worker.replay, "feed", broken)
    Evaluation()(bench)
    assert set(evaluated(bench.engine)) == {"huaquillas", "tumbes"}


def test_a_beat_that_nobody_wrote_or_that_is_half_written_is_none(var: Path):
    assert read_beat(beat_file(var)) is None
    write_beat(var, {EVALUATION: 1.5})
    beat = read_beat(beat_file(var))
    assert beat is not None
    assert (beat.pid, beat.finished) == (os.getpid(), {EVALUATION: 1.5})
    beat_file(var).write_text('{"pid": 1')
    assert read_beat(beat_file(var)) is None


def test_health_tells_a_worker_that_beats_from_one_that_works(var: Path):
    assert health._worker(beat_file(var), starting=False)["ok"] is False
    write_beat(var, {EVALUATION: 3.0})
    works = health._worker(beat_file(var), starting=False)
    assert works["ok"] is True
    assert 3.0 <= works["jobs"][EVALUATION] < 5.0
    write_beat(var, {EVALUATION: 1000.0})
    hangs = health._worker(beat_file(var), starting=False)
    assert (hangs["ok"], hangs["jobs"][EVALUATION] >= 1000.0) == (False, True)


def test_a_job_of_every_ten_minutes_is_no_hanging_worker(var: Path):
    write_beat(var, {EVALUATION: 1.0, "waiting": 590.0})
    assert health._worker(beat_file(var), starting=False)["ok"] is True


@contextmanager
def supervised(settings: Settings, longest_seconds: float, sockets: tuple[int, ...] = ()) -> Iterator[Supervisor]:
    duty = Duty(beat_file(settings.var), EVALUATION, longest_seconds)
    supervisor = Supervisor("dashboard.worker", settings, sockets, duty)
    supervisor.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()
    assert supervisor.pid is None or not psutil.pid_exists(supervisor.pid)


@pytest.mark.long
@pytest.mark.slow
def test_a_worker_whose_evaluation_hangs_is_started_again(postgres_url: str, var: Path):
    """It beats, and waits for a lock that somebody never gives back."""
    engine = open_centre(postgres_url)
    settings = Settings(var=var, database_url=postgres_url)
    with supervised(settings, 30.0) as supervisor:
        until(lambda: "tumbes" in evaluated(engine), 60, "never evaluated")
        first = supervisor.pid
        with engine.connect() as held, held.begin():
            lock(held, "alerts:tumbes")
            with writing(engine) as conn:
                raise_version(conn, "tumbes")  # a reason to evaluate
            until(lambda: (beat := read_beat(beat_file(var))) and beat.finished[EVALUATION] > 4, 30, "it does not hang")
            assert supervisor.pid == first
            until(lambda: supervisor.pid != first, 90, "the hung worker was left hanging")
        since = datetime.now(UTC)
        until(lambda: evaluated(engine)["tumbes"] > since, 60, "not evaluated again")
    engine.dispose()


@pytest.mark.long
@pytest.mark.slow
def test_a_worker_that_stands_still_is_started_again(sqlite_url: str, var: Path):
    open_centre(sqlite_url).dispose()
    with supervised(Settings(var=var), 30.0) as supervisor:
        until(lambda: read_beat(beat_file(var)) is not None, 60, "no sign of life")
        first = supervisor.pid
        assert first is not None
        os.kill(first, signal.SIGSTOP)  # deaf to a polite end too
        until(lambda: supervisor.pid != first, 90, "the worker that stood still was left standing")
        assert not psutil.pid_exists(first)


@pytest.mark.slow
def test_a_process_that_cannot_be_started_is_tried_again(sqlite_url: str, var: Path):
    """A socket to hand on that is not open refuses the start; once it is open, the worker runs."""
    open_centre(sqlite_url).dispose()
    closed = 700  # so high that nothing else opens it meanwhile
    with supervised(Settings(var=var), 60.0, (closed,)) as supervisor:
        threading.Event().wait(1.0)
        assert supervisor.pid is None
        handed = os.open(os.devnull, os.O_RDONLY)
        os.dup2(handed, closed)
        try:
            until(lambda: read_beat(beat_file(var)) is not None, 60, "not tried again")
        finally:
            for descriptor in {handed, closed}:
                os.close(descriptor)
