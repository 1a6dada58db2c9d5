"""When each display was last there, written at most once a minute however many streams it keeps open."""

from __future__ import annotations

import time
from concurrent.futures import Executor

import structlog
from sqlalchemy import Engine

from data.clock import real_now
from data.keys import screen_seen
from data.store import writing

log = structlog.get_logger()

EVERY_SECONDS = 60.0


class ScreensSeen:
    def __init__(self, engine: Engine, writers: Executor) -> None:
        self._engine = engine
        self._writers = writers
        self._written: dict[str, float] = {}

    def note(self, screen: str) -> None:
        """Returns at once; the writing happens elsewhere, and its failure keeps no screen dark."""
        now = time.monotonic()
        if now - self._written.get(screen, -EVERY_SECONDS) >= EVERY_SECONDS:
            self._written[screen] = now
            self._writers.submit(self._write, screen)

    def _write(self, screen: str) -> None:
        try:
            with writing(self._engine) as conn:
                screen_seen(conn, screen, real_now())
        except Exception:
            log.exception("screen not noted", screen=screen)
