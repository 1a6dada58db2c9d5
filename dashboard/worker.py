"""What runs whether or not anyone is looking: alerts evaluated, a replay fed. One process, restarted when it dies."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Engine

from dashboard import replay
from dashboard.logs import set_up_logs
from dashboard.settings import Settings
from data import alerts, waiting
from data.clock import reading, real_now, stored_replay
from data.sites import sites
from data.store import create_store
from data.store import reading as reading_store
from data.versions import version_of

log = structlog.get_logger()

BEAT_SECONDS = 2.0


@dataclass
class Bench:
    """What the jobs share."""

    engine: Engine
    settings: Settings
    name: str
    stopping: threading.Event


@dataclass(frozen=True)
class Job:
    name: str
    every_seconds: float
    run: Callable[[Bench], None]


class Evaluation:
    """Alerts of each site, whenever its data changed or a domain minute passed."""

    def __init__(self) -> None:
        self._done: dict[str, tuple[int, int]] = {}

    def __call__(self, bench: Bench) -> None:
        real = real_now()
        with reading_store(bench.engine) as conn:
            now = reading(stored_replay(conn), real).now
            found = {site.site: version_of(conn, site.site) for site in sites(conn)}
        for site, version in found.items():
            mark = (version, int(now.timestamp() // 60))
            if self._done.get(site) == mark:
                continue
            alerts.evaluate(bench.engine, site, now, real, bench.name)
            with reading_store(bench.engine) as conn:
                # What the evaluation itself wrote is no reason for another one.
                self._done[site] = (version_of(conn, site), mark[1])


def feed_replay(bench: Bench) -> None:
    replay.feed(bench.engine, bench.settings.var, real_now())


def beat(bench: Bench) -> None:
    file = beat_file(bench.settings.var)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{os.getpid()} {datetime.now().astimezone().isoformat()}\n")


def sweep_waiting(bench: Bench) -> None:
    """Files that nobody accepted within a day go, whether or not anybody sends another one."""
    waiting.sweep(bench.settings.var, real_now())


def jobs() -> tuple[Job, ...]:
    return (
        Job("beat", BEAT_SECONDS, beat),
        Job("replay", 0.5, feed_replay),
        Job("waiting", 600.0, sweep_waiting),
        Job("alerts", 1.0, Evaluation()),
    )


def beat_file(var: Path) -> Path:
    return var / "run" / "worker.beat"


def run(settings: Settings, parent: int) -> None:
    """Until a signal, or until the process that started us is gone."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    bench = Bench(create_store(settings.store_url), settings, f"{socket.gethostname()}:{os.getpid()}", stopping)
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
    pause = job.every_seconds
    while not bench.stopping.is_set():
        started = time.monotonic()
        try:
            job.run(bench)
            pause = job.every_seconds
        except Exception:
            pause = min(30.0, pause * 2)
            log.exception("job failed", job=job.name, again_in_seconds=pause)
        bench.stopping.wait(max(0.05, pause - (time.monotonic() - started)))


def main() -> None:
    """Who started us is an argument: asked later, it may be gone. Settings are JSON on the standard input."""
    settings = Settings.model_validate_json(sys.stdin.read())
    set_up_logs(settings.log_format)
    run(settings, int(sys.argv[1]))


if __name__ == "__main__":
    main()
