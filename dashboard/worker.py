"""What runs whether or not anyone is looking: alerts evaluated, a replay fed. One process, restarted when it dies."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Engine

from dashboard import replay
from dashboard.beat import EVALUATION, write_beat
from dashboard.feeding.pull import pull
from dashboard.feeding.trouble import Trouble
from dashboard.logs import set_up_logs
from dashboard.settings import Settings
from dashboard.telling.job import send_due
from data import alerts, midnights, snapshots, waiting
from data.backtesting import make_backtests
from data.clock import reading, real_now, stored_replay
from data.feeds.book import UnknownFeed, due_feeds
from data.sites import sites
from data.store import create_store
from data.store import reading as reading_store
from data.versions import version_of

log = structlog.get_logger()

BEAT_SECONDS = 2.0
FEED_SECONDS = 0.5
# Between two looks at whether there is anything to evaluate.
LOOK_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
# One feed shall not keep the others waiting: its cadence brings it back soon enough.
WORKER_TRIES = 2
LONGEST_PULL_SECONDS = 60.0


@dataclass
class Bench:
    """What the jobs share."""

    engine: Engine
    settings: Settings
    name: str
    stopping: threading.Event
    finished: dict[str, float] = field(default_factory=dict)  # job: when it last did, by the monotonic clock


@dataclass(frozen=True)
class Job:
    name: str
    every_seconds: float
    run: Callable[[Bench], None]


class Setbacks:
    """What fails is logged and tried again, ever less often; what stands beside it goes on."""

    def __init__(self) -> None:
        self._pauses: dict[str, float] = {}
        self._not_before: dict[str, float] = {}

    def tried(self, name: str, work: Callable[[], object], site: str | None = None) -> bool:
        """Whether it was done; not while its pause lasts."""
        if time.monotonic() < self._not_before.get(name, 0.0):
            return False
        try:
            work()
        except Exception:
            pause = min(LONGEST_PAUSE_SECONDS, 2 * self._pauses.get(name, 0.5))
            self._pauses[name], self._not_before[name] = pause, time.monotonic() + pause
            log.exception("job failed", job=name, site=site, again_in_seconds=pause)
            return False
        self._pauses.pop(name, None)
        return True


class Evaluation:
    """A replay fed up to a moment, then the alerts of each site at that moment: what was due by then has come.

    Alerts of a site whenever its data changed or a domain minute passed. A site that cannot be evaluated holds no
    other one up.
    """

    def __init__(self) -> None:
        self._done: dict[str, tuple[int, int]] = {}
        self._looked = 0.0
        self._setbacks = Setbacks()

    def __call__(self, bench: Bench) -> None:
        real = real_now()
        self._setbacks.tried("replay", lambda: replay.feed(bench.engine, bench.settings.var, real))
        if time.monotonic() - self._looked < LOOK_SECONDS:
            return
        self._looked = time.monotonic()
        with reading_store(bench.engine) as conn:
            now = reading(stored_replay(conn), real).now
            found = {site.site: version_of(conn, site.site) for site in sites(conn)}
        minute = int(now.timestamp() // 60)
        for site, version in found.items():
            if self._done.get(site) != (version, minute):
                self._setbacks.tried(f"alerts of {site}", partial(self._evaluate, bench, site, now, real), site)
        self._setbacks.tried("midnights", lambda: midnights.save(bench.engine))

    def _evaluate(self, bench: Bench, site: str, now: datetime, real: datetime) -> None:
        below = bench.settings.small_count_threshold
        done = alerts.evaluate(bench.engine, site, now, real, bench.name, below)
        self._done[site] = (done.version, int(now.timestamp() // 60))


def pull_feeds(bench: Bench) -> None:
    """Every feed that is due, one after the other; one that fails is listed as such and tried again later."""
    with reading_store(bench.engine) as conn:
        due = due_feeds(conn, real_now())
    for name in due:
        if bench.stopping.is_set():
            return
        try:
            told = pull(
                bench.engine,
                bench.settings,
                name,
                bench.name,
                pause=lambda seconds: not bench.stopping.wait(seconds),
                tries=WORKER_TRIES,
                most_seconds=LONGEST_PULL_SECONDS,
            )
        except Trouble as trouble:
            log.warning("feed failed", feed=name, code=trouble.code, **trouble.facts)
        except UnknownFeed:
            continue  # taken away meanwhile
        else:
            if told.receipts:
                accepted = sum(receipt.accepted for receipt in told.receipts)
                log.info("feed pulled", feed=name, read=told.read, accepted=accepted)


def try_forecasts(bench: Bench) -> None:
    """Once a day and series: how good the forecasts of the last weeks were."""
    with reading_store(bench.engine) as conn:
        now = reading(stored_replay(conn), real_now()).now
        places = sites(conn)
    for place in places:
        if bench.stopping.is_set():
            return
        made = make_backtests(bench.engine, place, now)
        if made:
            log.info("forecasts tried", site=place.site, series=made)


def send_notices(bench: Bench) -> None:
    """What people are to be told; a channel that cannot be reached is tried again later."""
    send_due(bench.engine, bench.settings, bench.name, real_now, bench.stopping.is_set)


def beat(bench: Bench) -> None:
    now = time.monotonic()
    write_beat(bench.settings.var, {name: round(now - at, 1) for name, at in bench.finished.items()})


def sweep_waiting(bench: Bench) -> None:
    """Files that nobody accepted within a day go, whether or not anybody sends another one; and pieces of others."""
    waiting.sweep(bench.settings.var, real_now())
    snapshots.sweep(bench.settings.var, real_now())


def jobs() -> tuple[Job, ...]:
    return (
        Job("beat", BEAT_SECONDS, beat),
        Job(EVALUATION, FEED_SECONDS, Evaluation()),
        Job("feeds", 2.0, pull_feeds),
        Job("notices", 1.0, send_notices),
        Job("waiting", 600.0, sweep_waiting),
        Job("forecasts", 20.0, try_forecasts),
    )


def run(settings: Settings, parent: int) -> None:
    """Until a signal, or until the process that started us is gone."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    bench = Bench(create_store(settings.store_url), settings, f"{socket.gethostname()}:{os.getpid()}", stopping)
    bench.finished[EVALUATION] = time.monotonic()
    threads = [threading.Thread(target=_repeat, args=(job, bench), name=job.name, daemon=True) for job in jobs()]
    for thread in threads:
        thread.start()
    while not stopping.wait(1.0):
        if os.getppid() != parent:
            log.warning("the web process is gone; stopping")
            stopping.set()
    for thread in threads:
        thread.join(timeout=8)
    bench.engine.dispose()


def _repeat(job: Job, bench: Bench) -> None:
    """A job that fails is logged and runs again; what it could not do it does next time."""
    setbacks = Setbacks()
    while not bench.stopping.is_set():
        started = time.monotonic()
        setbacks.tried(job.name, lambda: job.run(bench))
        bench.finished[job.name] = time.monotonic()
        bench.stopping.wait(max(0.05, job.every_seconds - (time.monotonic() - started)))


def main() -> None:
    """Who started us is an argument: asked later, it may be gone. Settings are JSON on the standard input."""
    settings = Settings.model_validate_json(sys.stdin.read())
    set_up_logs(settings.log_format)
    run(settings, int(sys.argv[1]))


if __name__ == "__main__":
    main()
