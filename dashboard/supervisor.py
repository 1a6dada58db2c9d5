"""Processes beside this one: started with the server, started again when they die, stopped with it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import structlog

from dashboard.beat import Beat, read_beat
from dashboard.settings import Settings

log = structlog.get_logger()

STOP_SECONDS = 10.0
HUNG_SECONDS = 5.0
LOOK_SECONDS = 1.0
# A worker that dies at once is started again less and less often.
LONGEST_PAUSE_SECONDS = 30.0
ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Duty:
    """A job that a process must finish again and again: one that hangs is started again like one that died."""

    beat: Path  # see dashboard.beat
    job: str
    longest_seconds: float


class Supervisor:
    """Keeps one `python -m <module>` alive. It is told our process id, and its settings as JSON on standard input."""

    def __init__(
        self, module: str, settings: Settings, sockets: tuple[int, ...] = (), duty: Duty | None = None
    ) -> None:
        self._module = module
        self._settings = settings
        self._sockets = sockets
        self._duty = duty
        self._heard: tuple[Beat | None, float] = (None, 0.0)
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
            _ended(process, STOP_SECONDS)
        self._thread.join(timeout=STOP_SECONDS)

    def _watch(self) -> None:
        """Whatever goes wrong, also with starting it, the process is tried again."""
        pause = 0.5
        while not self._stopping.is_set():
            started = time.monotonic()
            try:
                self._process = self._started()
                status: object = self._waited(self._process)
            except Exception as wrong:
                log.exception("a process could not be started or watched", module=self._module)
                status = type(wrong).__name__
            if self._stopping.is_set():
                return
            pause = 0.5 if time.monotonic() - started > 60 else min(LONGEST_PAUSE_SECONDS, pause * 2)
            log.error("a process died; starting it again", module=self._module, status=status, in_seconds=pause)
            self._stopping.wait(pause)

    def _waited(self, process: subprocess.Popen[str]) -> int:
        """The status it ended with, by itself or because it hung."""
        started = time.monotonic()
        while True:
            try:
                return process.wait(LOOK_SECONDS)
            except subprocess.TimeoutExpired:
                if self._stopping.is_set():
                    return _ended(process, STOP_SECONDS)
                idle = 0.0 if self._duty is None else self._idle(self._duty, process.pid, started)
                if self._duty is not None and idle > self._duty.longest_seconds:
                    log.error("a process hangs; ending it", module=self._module, job=self._duty.job, seconds=idle)
                    return _ended(process, HUNG_SECONDS)

    def _idle(self, duty: Duty, pid: int, started: float) -> float:
        """Seconds since the job last finished. By our own monotonic clock: the machine's may be put right meanwhile."""
        now = time.monotonic()
        beat = read_beat(duty.beat)
        if beat is None or beat.pid != pid:
            return now - started
        if beat != self._heard[0]:
            self._heard = (beat, now)
        return beat.finished.get(duty.job, 0.0) + now - self._heard[1]

    def _started(self) -> subprocess.Popen[str]:
        settings = absolute(self._settings).model_dump_json()
        process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            [sys.executable, "-m", self._module, str(os.getpid()), *map(str, self._sockets)],
            stdin=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            pass_fds=self._sockets,
        )
        assert process.stdin is not None
        try:
            process.stdin.write(settings)
            process.stdin.close()
        except OSError:  # it died before it had read them: waiting for it says how
            log.warning("a process ended while it was being started", module=self._module)
        return process


def _ended(process: subprocess.Popen[str], patience_seconds: float) -> int:
    """Asked to stop, then made to."""
    process.terminate()
    try:
        return process.wait(patience_seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def absolute(settings: Settings) -> Settings:
    """The same settings in whatever folder they are read."""
    paths = {name: getattr(settings, name) for name in ("var", "tls_cert", "tls_key", "secret_file")}
    return settings.model_copy(update={name: path.absolute() for name, path in paths.items() if path is not None})
