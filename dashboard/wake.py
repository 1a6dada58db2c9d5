"""Hearing that the store changed or a domain minute passed, from one thread per web process."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from dashboard.encoded import Stamp
from data.accounts import Directory, directory
from data.clock import Replay, reading, stored_replay
from data.sites import sites
from data.store import reading as reading_store
from data.store_file import StoreGone, check_file
from data.types import ClockReading, Site
from data.versions import CHANNEL, versions

log = structlog.get_logger()

LOOK_SECONDS = 0.1
# PostgreSQL tells by itself; this look is for a notice lost with its connection.
SAFETY_LOOK_SECONDS = 1.0
# Without a good look for this long no page may go on saying that it is live.
AWAY_SECONDS = 15.0
# However fast a replay runs, time alone makes a new board at most this often.
SHORTEST_TICK_SECONDS = 1.0


class Seen:
    """What this process knows of the store without asking it: refreshed at every change by the thread below."""

    def __init__(self, real_now: Callable[[], datetime]) -> None:
        self.real_now = real_now
        self.replay: Replay | None = None
        self.sites: tuple[Site, ...] = ()
        self.who = Directory({}, {}, {})

    def clock(self) -> ClockReading:
        return reading(self.replay, self.real_now())

    def now(self) -> datetime:
        """Domain time."""
        return self.clock().now

    def site(self, name: str) -> Site | None:
        return next((site for site in self.sites if site.site == name), None)


class Wake:
    """Calls `saw(stamp)` from its own thread for every new version and every whole domain minute."""

    def __init__(self, engine: Engine, seen: Seen, saw: Callable[[Stamp], None]) -> None:
        self._engine = engine
        self._seen = seen
        self._saw = saw
        self._people = threading.Lock()  # of two readings the later one stays
        self._stopping = threading.Event()
        self._poked = threading.Event()
        self._stamp: Stamp | None = None
        self._ticked = 0.0
        self._thread = threading.Thread(target=self._run, name="wake", daemon=True)
        self._lost = False
        self.looked_at = 0.0  # monotonic; /healthz asks whether this thread still looks

    def start(self) -> None:
        self._look()
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._poked.set()
        self._thread.join(timeout=5)

    @property
    def away(self) -> bool:
        """Nobody has seen the store for a while."""
        return time.monotonic() - self.looked_at > AWAY_SECONDS

    def poke(self) -> None:
        """Look at once: this process has just written."""
        self._poked.set()

    def see_people(self) -> None:
        """Who may come in, read now: somebody stands at the door whom the last look did not know."""
        with self._people, reading_store(self._engine) as conn:
            self._seen.who = directory(conn)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                with self._changes() as changed:
                    self._look()
                    while not self._stopping.is_set():
                        if changed():
                            self._look()
                        else:
                            self._tick()
                        self.looked_at = time.monotonic()
            except (StoreGone, DBAPIError) as away:
                if not self._lost:
                    log.error("the store is away; looking every second", error=f"{type(away).__name__}: {away}"[:200])
                self._lost = True
                self._stopping.wait(SAFETY_LOOK_SECONDS)
            except Exception:
                if not self._lost:  # once, however long it lasts
                    log.exception("the store cannot be watched; trying again until it can")
                self._lost = True
                self._stopping.wait(SAFETY_LOOK_SECONDS)

    @contextmanager
    def _changes(self) -> Iterator[Callable[[], bool]]:
        """A call that waits a moment and says whether to look at the versions."""
        raw = self._engine.raw_connection()
        try:
            if self._engine.dialect.name == "sqlite":
                cursor = raw.cursor()
                last = [None]

                def changed() -> bool:
                    poked = self._poked.wait(LOOK_SECONDS)
                    self._poked.clear()
                    check_file(raw.info)
                    # Rises when any other connection commits, whatever process it is in; reads no page of the store.
                    number = cursor.execute("PRAGMA data_version").fetchone()[0]
                    moved, last[0] = number != last[0], number
                    return moved or poked

                yield changed
            else:
                driver: Any = raw.driver_connection
                driver.autocommit = True
                driver.execute(f"LISTEN {CHANNEL}")

                def heard() -> bool:
                    for _ in driver.notifies(timeout=SAFETY_LOOK_SECONDS, stop_after=1):
                        pass
                    self._poked.clear()
                    return True

                yield heard
        finally:
            raw.invalidate()

    def _look(self) -> None:
        with reading_store(self._engine) as conn:
            self._seen.replay = stored_replay(conn)
            self._seen.sites = sites(conn)
            found = versions(conn)
        self.see_people()
        self.looked_at = time.monotonic()
        if self._lost:
            self._lost = False
            log.warning("the store is back")
        minute = self._minute() if self._may_tick() or self._stamp is None else self._stamp.minute
        self._tell(Stamp(found, minute))

    def _tick(self) -> None:
        if self._stamp is not None and self._may_tick():
            self._tell(Stamp(self._stamp.versions, self._minute()))

    def _may_tick(self) -> bool:
        return time.monotonic() - self._ticked >= SHORTEST_TICK_SECONDS

    def _minute(self) -> int:
        return int(self._seen.now().timestamp() // 60)

    def _tell(self, stamp: Stamp) -> None:
        if stamp == self._stamp:
            return
        if self._stamp is None or stamp.minute != self._stamp.minute:
            self._ticked = time.monotonic()
        self._stamp = stamp
        self._saw(stamp)
