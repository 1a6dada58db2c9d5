"""Processes beside this one: started with the server, started again when they die, stopped with it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import structlog

from dashboard.settings import Settings

log = structlog.get_logger()

STOP_SECONDS = 10.0
# A worker that dies at once is started again less and less often.
LONGEST_PAUSE_SECONDS = 30.0
ROOT = Path(__file__).parent.parent


class Supervisor:
    """Keeps one `python -m <module>` alive. It is told our process id, and its settings as JSON on standard input."""

    def __init__(self, module: str, settings: Settings, sockets: tuple[int, ...] = ()) -> None:
        self._module = module
        self._settings = settings
        self._sockets = sockets
        self._stopping = threading.Event()
        self._process: subprocess.Popen[str] | None = None
        self._thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def stop(self) -> None:
        self._stopping.set()
        process = self._process
        if process is not None and process.poll() is None:
            process.terminate()
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
        self._thread.join(timeout=STOP_SECONDS)

    def _watch(self) -> None:
        pause = 0.5
        while not self._stopping.is_set():
            started = time.monotonic()
            self._process = self._started()
            status = self._process.wait()
            if self._stopping.is_set():
                return
            pause = 0.5 if time.monotonic() - started > 60 else min(LONGEST_PAUSE_SECONDS, pause * 2)
            log.error("a process died; starting it again", module=self._module, status=status, in_seconds=pause)
            self._stopping.wait(pause)

    def _started(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-m", self._module, str(os.getpid()), *map(str, self._sockets)],
            stdin=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            pass_fds=self._sockets,
        )
        assert process.stdin is not None
        process.stdin.write(absolute(self._settings).model_dump_json())
        process.stdin.close()
        return process


def absolute(settings: Settings) -> Settings:
    """The same settings in whatever folder they are read."""
    paths = {name: getattr(settings, name) for name in ("var", "tls_cert", "tls_key", "secret_file")}
    return settings.model_copy(update={name: path.absolute() for name, path in paths.items() if path is not None})
