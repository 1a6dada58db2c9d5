"""One demo store, built once by the real command, and servers of its copies that a test may kill."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.conftest import ROOT, free_port
from tests.processes import with_compressed_files

CAUDAL = [sys.executable, "-m", "dashboard.cli"]


def run_caudal(var: Path, *words: str, ok: tuple[int, ...] = (0,)) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [*CAUDAL, *words],
        cwd=ROOT,
        env={**os.environ, "CAUDAL_VAR": str(var)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode in ok, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


@dataclass
class Server:
    """`caudal serve` on a store of its own, on a port it keeps through a restart."""

    var: Path
    port: int = field(default_factory=free_port)
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> Server:
        with (with_compressed_files(self.var) / "serve.log").open("a") as log:
            self.process = subprocess.Popen(
                [*CAUDAL, "serve", "--port", str(self.port)],
                cwd=ROOT,
                env={**os.environ, "CAUDAL_VAR": str(self.var), **self.environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )
        until(self._answers, 60, f"the server did not answer; see {self.var / 'serve.log'}")
        return self

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, (self.var / "serve.log").read_text()
        try:
            return httpx.get(self.url + "/healthz", timeout=2).status_code < 500
        except httpx.TransportError:
            return False

    def kill(self) -> None:
        """As a power cut does: every process of the server at once, no goodbye."""
        if self.process is not None and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()
        self.kill()


def until(true: Callable[[], bool], seconds: float, otherwise: str) -> float:
    """Wait for a condition; return how long it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if true():
            return time.monotonic() - began
        time.sleep(0.1)
    raise AssertionError(otherwise)


@pytest.fixture(scope="session")
def demo_var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the first process of the run that needs it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return _built(tmp_path_factory.mktemp("demo") / "var")
    var = tmp_path_factory.getbasetemp().parent / f"demo-{run}"
    with var.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return var if var.exists() else _built(var)


def _built(var: Path) -> Path:
    being = var.with_suffix(".being-built")
    run_caudal(being, "demo", "--no-serve")
    return being.rename(var)


@pytest.fixture
def demo_server(demo_var: Path, tmp_path: Path) -> Iterator[Server]:
    """The demo as `make run` opens it, on a copy that one test may change."""
    var = tmp_path / "var"
    shutil.copytree(demo_var, var)
    server = Server(var).start()
    yield server
    server.stop()
    log = (var / "serve.log").read_text()
    assert not re.search(r"Traceback", log), log[-4000:]
