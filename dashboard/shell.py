"""What one web process holds: the store, what is known of it, the boards, the sessions, the files, and Dash."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from callbacks import boards, register
from dashboard.app import DashShell, asked_scope
from dashboard.beat import beat_file
from dashboard.encoded import BoardKey, Stamp
from dashboard.hub import Hub
from dashboard.screens_seen import ScreensSeen
from dashboard.sessions import Sessions, secret_file, secret_key
from dashboard.settings import Settings
from dashboard.start_rules import listens_on_loopback
from dashboard.static_files import StaticFiles
from dashboard.view import Known
from dashboard.wake import Seen, Wake
from data.store import reading
from data.vocabulary import Language
from layouts.board import Board

# Building holds the interpreter most of the time; more threads would only take turns.
BUILDERS = 2
# Boards of the past take seconds each, and nobody follows them.
HISTORIANS = 1


@dataclass
class Shell:
    settings: Settings
    engine: Engine
    seen: Seen
    hub: Hub
    wake: Wake
    sessions: Sessions
    files: StaticFiles
    dash: DashShell
    builders: ThreadPoolExecutor
    historians: ThreadPoolExecutor
    release: str
    worker_beat: Path
    screens: ScreensSeen

    @property
    def loopback_only(self) -> bool:
        return listens_on_loopback(self.settings) and not self.settings.behind_proxy

    @property
    def known(self) -> Known:
        settings = self.settings
        return Known(
            sites=self.seen.sites,
            default_site=settings.site,
            default_lang=Language(settings.language),
            mask_below=settings.small_count_threshold,
            now=self.seen.now(),
        )

    def is_live(self, key: BoardKey) -> bool:
        """Whether a page that holds the newest board of this key may say that it is live."""
        return not self.wake.away and not self.hub.behind(key)

    def stop(self) -> None:
        self.wake.stop()
        self.builders.shutdown(wait=False, cancel_futures=True)
        self.historians.shutdown(wait=False, cancel_futures=True)
        self.engine.dispose()


def shell_of(
    settings: Settings, engine: Engine, real_now: Callable[[], datetime], loop: asyncio.AbstractEventLoop
) -> Shell:
    """Everything assembled and watching the store; belongs to `loop`."""
    seen = Seen(real_now)
    secret = secret_key(secret_file(settings))
    builders = ThreadPoolExecutor(BUILDERS, thread_name_prefix="board")

    def build(key: BoardKey) -> Board:
        with reading(engine) as conn:
            return boards.build(conn, key.page, key.scope, seen.clock())

    historians = ThreadPoolExecutor(HISTORIANS, thread_name_prefix="past")
    hub = Hub(build, builders, seen.now, historians=historians)
    files = StaticFiles()
    dash = DashShell(secret, lambda app: register.register(app, engine, seen.clock, asked_scope, settings.cache_url))
    dash.add_files(files)
    files.compress_once(settings.var / "cache" / "static")

    def saw(stamp: Stamp) -> None:
        asyncio.run_coroutine_threadsafe(hub.saw(stamp), loop)

    wake = Wake(engine, seen, saw)
    shell = Shell(
        settings=settings,
        engine=engine,
        seen=seen,
        hub=hub,
        wake=wake,
        sessions=Sessions(secret),
        files=files,
        dash=dash,
        builders=builders,
        historians=historians,
        release=files.release(),
        worker_beat=beat_file(settings.var),
        screens=ScreensSeen(engine, builders),
    )
    wake.start()
    return shell
