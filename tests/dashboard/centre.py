"""A real server for these tests: one site on the real clock, a real SQLite, a free loopback port."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy import Engine

from data.sites import add_site, load_site
from data.store import writing
from tests.processes import Forked, command, with_compressed_files
from tests.stores import migrated

Answer = TypeVar("Answer")

FORM_TOKEN = re.compile(r'<input[^>]*name="form"[^>]*value="([^"]+)"')

SITE = """
site = "{site}"
name = "Puesto {site}"
country = "PE"
zone = "{zone}"
kind = "real"
entry_stage = "migration-control"
stages = ["migration-control"]
sectors = ["health"]

[[source]]
source = "migraciones"
organisation = "Migraciones"
name = "Migraciones"

[[official]]
stage = "migration-control"
measure = "arrivals"
source = "migraciones"
reason = "prueba"

[[official]]
stage = "migration-control"
measure = "served"
source = "migraciones"
reason = "prueba"
"""


def noon_zone(now: datetime) -> str:
    """A zone in which it is about noon, so that the last hours are today's whenever the tests run."""
    offset = 12 - now.hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


def open_centre(url: str, *names: str) -> Engine:
    engine = migrated(url)
    now = datetime.now(UTC)
    with writing(engine) as conn:
        for name in names or ("tumbes",):
            add_site(conn, load_site(SITE.format(site=name, zone=noon_zone(now))), now, "test")
    return engine


def served_csv(people: list[int], site: str = "tumbes") -> bytes:
    """The last whole hours, one figure each, the newest last."""
    now = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    hours = [now - timedelta(hours=len(people) - position) for position in range(len(people))]
    rows = [
        f"{site},migration-control,served,{hour.isoformat()},60,{count}"
        for hour, count in zip(hours, people, strict=True)
    ]
    return ("site,stage,measure,start,minutes,people\n" + "\n".join(rows) + "\n").encode()


@dataclass
class Server:
    var: Path
    environment: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    port: int = 0
    process: Forked | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.var / "serve.log").read_text()

    def start(self) -> Server:
        said, log = self.var / "serve.out", with_compressed_files(self.var) / "serve.log"
        said.unlink(missing_ok=True)
        environment = {**os.environ, "CAUDAL_VAR": str(self.var), **self.environment}
        words = ("serve", "--port", str(self.port), *self.words)
        serving = self.process = Forked(command, words, environment, said, log)
        until(lambda: self._address() != "" or serving.poll() is not None, 60, "the server says nothing")
        assert self._address(), self.log
        self.port = int(self._address().rsplit(":", 1)[1].strip("/\n"))
        return self

    def _address(self) -> str:
        """The line that a server prints once it answers, whole, or nothing yet."""
        said = self.var / "serve.out"
        line = said.read_text() if said.exists() else ""
        return line if line.startswith("Caudal: http") and line.endswith("\n") else ""

    def client(self, **more: object) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=20, **more)  # type: ignore[arg-type]

    def send(self, people: list[int], **headers: str) -> httpx.Response:
        address = f"{self.url}/api/v1/reports?dataset=flow&source=migraciones"
        return httpx.post(address, content=served_csv(people), headers={"Content-Type": "text/csv", **headers})

    def stop(self) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            self.kill()

    def kill(self) -> None:
        """As a power cut does: every process of the server at once."""
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)


def awaited(work: Coroutine[Any, Any, Answer]) -> Answer:
    """In a thread of its own: this one may belong to a browser of the same run."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()


def until(true: Callable[[], bool], seconds: float, otherwise: str) -> float:
    """Wait for a condition; how long it took."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        if true():
            return time.monotonic() - began
        time.sleep(0.02)
    raise AssertionError(otherwise)
