"""Boards that somebody watches: built once per version, encoded once, handed to everyone as the same bytes."""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Executor
from datetime import datetime
from typing import Any

import structlog

from dashboard import measures
from dashboard.delta import delta
from dashboard.encoded import BoardKey, Encoded, Stamp, event, plain
from dashboard.trouble import Trouble, trouble
from layouts.board import Board

log = structlog.get_logger()

# A client this many events behind is told to fetch the board instead: one short message whatever it missed.
LONGEST_QUEUE = 8
# Boards of the past that wait or are kept; each takes seconds to read.
MOST_OF_THE_PAST = 8
# A board that could not be built for this long makes its page say that it is not live.
LONGEST_OWED_SECONDS = 30.0
# A change that is not much shorter than the board is not worth repeating on the old one.
LARGEST_DELTA = 32_768


class Watcher:
    """One viewer's queue of events ready to send. Bounded: who lags hears only that there is something to fetch."""

    def __init__(self) -> None:
        self._events: deque[bytes] = deque()
        self._ready = asyncio.Event()
        self.closed = False

    def put(self, event: bytes, instead: bytes) -> None:
        if len(self._events) >= LONGEST_QUEUE:
            self._events.clear()
            measures.lagging.inc()
            event = instead
        self._events.append(event)
        self._ready.set()

    def close(self) -> None:
        self.closed = True
        self._ready.set()

    async def next(self, timeout: float) -> bytes | None:
        """All that waits, as one piece, or None when nothing came in `timeout` seconds."""
        if not self._events and not self.closed:
            try:
                await asyncio.wait_for(self._ready.wait(), timeout)
            except TimeoutError:
                return None
        self._ready.clear()
        waiting = b"".join(self._events)
        self._events.clear()
        return waiting


class Busy(Exception):
    """Too many boards of the past are waiting to be built: ask again."""


class Hub:
    """Belongs to one event loop; only `build` runs elsewhere: live boards in `builders`, those of the past apart.

    Anybody may ask for any second of the past, each a board of its own: the boards that walls follow never wait for
    them.
    """

    def __init__(
        self,
        build: Callable[[BoardKey], Board],
        builders: Executor,
        now: Callable[[], datetime],
        keep: int = 256,
        historians: Executor | None = None,
    ) -> None:
        self._build = build
        self._builders = builders
        self._historians = historians or builders
        self._now = now
        self._keep = keep
        self._boards: OrderedDict[BoardKey, Encoded] = OrderedDict()
        self._flights: dict[BoardKey, asyncio.Task[Encoded]] = {}
        self._watchers: dict[BoardKey, set[Watcher]] = {}
        self._due: dict[BoardKey, float] = {}  # since when a newer board is owed; monotonic
        self.stamp = Stamp()

    @property
    def viewers(self) -> int:
        return sum(len(watchers) for watchers in self._watchers.values())

    async def board(self, key: BoardKey) -> Encoded:
        """The board as of the newest version seen. Many may ask at once; it is built once.

        When it cannot be built, the last good one, whose age shows; without one, what went wrong.
        """
        held = self._boards.get(key)
        # A flight that began before the newest version came is joined, then asked again; data that change faster
        # than a board can be built must not keep anybody waiting.
        for _ in range(2):
            if held is not None and held.stamp == self.stamp.of(key.scope.site):
                break
            flight = self._flights.get(key)
            if flight is None:
                if key.of_the_past and sum(one.of_the_past for one in self._flights) >= MOST_OF_THE_PAST:
                    raise Busy
                flight = asyncio.create_task(self._fly(key))
                self._flights[key] = flight
                flight.add_done_callback(lambda _: self._flights.pop(key, None))
            held = await asyncio.shield(flight)
        assert held is not None
        return held

    async def _fly(self, key: BoardKey) -> Encoded:
        stamp = self.stamp.of(key.scope.site)
        held = self._boards.get(key)
        started = time.perf_counter()
        self._due.setdefault(key, time.monotonic())
        builders = self._historians if key.of_the_past else self._builders
        try:
            board = await asyncio.get_running_loop().run_in_executor(builders, self._build, key)
            # Through JSON and back: what is compared is what travels.
            built = Encoded(board, plain(board), stamp)
        except Exception as wrong:
            measures.failed.labels(key.page).inc()
            if trouble(wrong) is Trouble.BUG:
                log.exception("board not built", page=key.page, site=key.scope.site)
            else:
                log.error("board not built", page=key.page, site=key.scope.site, error=f"{wrong}"[:200])
            if held is None:
                self._due.pop(key, None)
                raise
            kept = dataclasses.replace(held, stamp=stamp)  # tried for this version; again at the next
            self._boards[key] = kept
            return kept
        self._due.pop(key, None)
        measures.built.labels(key.page).inc()
        measures.build_seconds.labels(key.page).observe(time.perf_counter() - started)
        fresh = self._named_apart(held, built)
        self._boards[key] = fresh
        self._boards.move_to_end(key)
        self._forget_unwatched()
        if held is not None:
            self._tell(key, held, fresh)
        return fresh

    def _named_apart(self, held: Encoded | None, built: Encoded) -> Encoded:
        """Two boards that differ never share a version, even if both were read within one version and minute."""
        if held is None or held.json["version"] != built.json["version"]:
            return built
        if held.content == built.content:
            return dataclasses.replace(held, stamp=built.stamp)
        data_version, tick, *turn = held.board.version.split(".")
        version = f"{data_version}.{tick}.{int(turn[0]) + 1 if turn else 1}"
        board = dataclasses.replace(built.board, version=version)
        return Encoded(board, {**built.json, "version": version}, built.stamp)

    def behind(self, key: BoardKey) -> bool:
        """Whether a newer board has been owed for so long that the one held may not be called live."""
        since = self._due.get(key)
        return since is not None and time.monotonic() - since > LONGEST_OWED_SECONDS

    def _forget_unwatched(self) -> None:
        past = [key for key in self._boards if key.of_the_past]
        for key in past[: max(0, len(past) - MOST_OF_THE_PAST)]:
            self._forget(key)
        for key in [key for key in self._boards if key not in self._watchers]:
            if len(self._boards) <= self._keep:
                return
            self._forget(key)

    def _forget(self, key: BoardKey) -> None:
        del self._boards[key]
        self._due.pop(key, None)

    def _tell(self, key: BoardKey, old: Encoded, new: Encoded) -> None:
        watchers = self._watchers.get(key)
        if not watchers or old.json["version"] == new.json["version"]:
            return
        facts = {"from": old.json["version"], "to": new.json["version"], **self.now_facts(new)}
        fetch = event("version", {"version": new.json["version"], **self.now_facts(new)})
        changes = [] if old.content == new.content else delta(old.watched, new.watched)
        message = event("delta", {**facts, "changes": changes})
        if len(message) > LARGEST_DELTA or len(message) > 0.8 * len(new.body):
            message = fetch
        for watcher in watchers:
            watcher.put(message, instead=fetch)
        measures.events.inc(len(watchers))
        measures.event_bytes.inc(len(message) * len(watchers))

    def now_facts(self, encoded: Encoded) -> dict[str, Any]:
        """The domain clock now, not when the board was built; a board of the past stands at its moment."""
        if encoded.json["frozen"]:
            return {"now": encoded.json["clock"]["now"], "speed": 0.0}
        return {"now": self._now().isoformat(), "speed": encoded.json["clock"]["speed"]}

    def watch(self, key: BoardKey) -> Watcher:
        watcher = Watcher()
        self._watchers.setdefault(key, set()).add(watcher)
        measures.viewers.set(self.viewers)
        return watcher

    def leave(self, key: BoardKey, watcher: Watcher) -> None:
        watcher.close()
        watchers = self._watchers.get(key, set())
        watchers.discard(watcher)
        if not watchers:
            self._watchers.pop(key, None)
        measures.viewers.set(self.viewers)

    async def saw(self, stamp: Stamp) -> None:
        """The watcher saw new data or a new minute: rebuild what is watched and touched by it."""
        before, self.stamp = self.stamp, stamp
        stale = [key for key in self._watchers if before.of(key.scope.site) != stamp.of(key.scope.site)]
        started = time.perf_counter()
        for wrong in await asyncio.gather(*(self.board(key) for key in stale), return_exceptions=True):
            if isinstance(wrong, Exception):
                log.error("a watched board was not told", error=repr(wrong))
        if stale:
            measures.event_lag.observe(time.perf_counter() - started)

    def end_streams(self) -> None:
        """So that the server can stop."""
        for watchers in self._watchers.values():
            for watcher in watchers:
                watcher.close()
