"""Processes for tests, forked from one that has the product imported already: each starts in hundredths of a second.

A process of its own all the same: own settings, signals, engines and exit status, and it can be killed. What starting
itself proves (the interpreter, `python -m`, the entry point) is proven by `program` and those who use it.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tests.conftest import ROOT

# What a server keeps of its static files once it has compressed them for seconds, named by their content.
COMPRESSED = ROOT / ".pytest_cache" / "static"

_forks = multiprocessing.get_context("forkserver")
_forks.set_forkserver_preload(["tests.preloaded"])


class Forked:
    """A function of a module in a process of its own, with what tests use of subprocess.Popen."""

    def __init__(self, work: Callable[..., object], *given: Any) -> None:
        self._process = _forks.Process(target=work, args=given, daemon=True)  # none outlives the run
        self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        status = self._process.exitcode
        if status is None:
            raise subprocess.TimeoutExpired(self._process.name, timeout or 0)
        return status

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def command(words: tuple[str, ...], environment: dict[str, str], out: Path, err: Path) -> None:
    """`caudal …` in this process, from the project's folder, leading a group of its own."""
    os.setsid()
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for stream, path in ((1, out), (2, err)):
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, stream)
        os.close(opened)
    sys.argv = ["caudal", *words]
    from dashboard.cli import main

    main()


def with_compressed_files(var: Path) -> Path:
    """The folder of a server that finds its static files compressed, as at every start but the first."""
    kept = var / "cache" / "static"
    if not kept.exists():
        COMPRESSED.mkdir(parents=True, exist_ok=True)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.symlink_to(COMPRESSED, target_is_directory=True)
    return var


def caudal(*words: str, environment: Mapping[str, str] = os.environ) -> subprocess.CompletedProcess[str]:
    """A command to its end, in a fork."""
    with tempfile.TemporaryDirectory(prefix="caudal-said-") as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        running = Forked(command, words, dict(environment), out, err)
        try:
            status = running.wait(120)
        finally:
            running.kill()
        return subprocess.CompletedProcess(words, status, out.read_text("utf-8"), err.read_text("utf-8"))


def program(*words: str, environment: Mapping[str, str] = os.environ) -> subprocess.CompletedProcess[str]:
    """A command to its end, started as an operator's shell does."""
    return subprocess.run(
        [sys.executable, "-m", "dashboard.cli", *words],
        cwd=ROOT,
        env=dict(environment),
        capture_output=True,
        text=True,
        timeout=120,
    )
