"""The store taken away under a running server, and a disk without room: nothing is called live, nothing accepted."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url

from tests.dashboard.centre import Server, open_centre, until
from tests.dashboard.test_live import Stream
from tests.stores import migrated

pytestmark = pytest.mark.slow

# The watcher's patience and one heartbeat, on a busy machine.
LONGEST_LIE_SECONDS = 40


def parts(server: Server) -> tuple[int, dict]:
    answer = httpx.get(server.url + "/healthz", timeout=20)
    return answer.status_code, answer.json()["parts"]


def away_and_back(server: Server, take_away: Callable[[], None], put_back: Callable[[], None]) -> None:
    """What a viewer, a partner and an operator are told while the store is away, and after."""
    assert server.send([10, 20]).status_code == 201
    with Stream(server) as stream:
        assert stream.next()[0] == "hello"
        take_away()
        refused = server.send([10, 20, 30])
        assert refused.status_code == 503
        assert refused.json()["error"] == "send_away"
        assert "No se guardó nada" in refused.json()["message"]
        status, said = parts(server)
        assert (status, said["store"]["ok"]) == (503, False)
        assert httpx.get(server.url + "/readyz").status_code == 503
        began = time.monotonic()
        while stream.next()[0] != "end":
            pass
        assert time.monotonic() - began < LONGEST_LIE_SECONDS
    assert httpx.get(server.url + "/live?board=situation").status_code == 503
    assert httpx.get(server.url + "/board/situation").status_code == 503
    other = httpx.get(server.url + "/flow?window=7d&lang=en")
    assert other.status_code == 503
    assert 'http-equiv="refresh"' in other.text  # an unattended screen comes back by itself
    assert "The store does not answer" in other.text
    put_back()
    until(lambda: httpx.get(server.url + "/readyz").status_code == 200, 15, "not ready again")
    until(lambda: httpx.get(server.url + "/board/situation").status_code == 200, 15, "the board is not back")
    with Stream(server) as again:
        assert again.next()[0] == "hello"
        assert server.send([10, 20, 30]).status_code == 201
        assert again.next()[0] in ("delta", "version")
    with server.client() as client:
        until(
            lambda: client.get("/board/situation").json()["kpis"]["entries_today"]["value"] == 60,
            10,
            "what was sent again is not on the board",
        )


@pytest.mark.long
def test_a_file_moved_away_under_the_server(var: Path, sqlite_url: str):
    open_centre(sqlite_url).dispose()
    server = Server(var).start()
    away = var / "away"

    def take() -> None:
        away.mkdir()
        for file in var.glob("caudal.sqlite*"):
            file.rename(away / file.name)

    def put() -> None:
        assert not list(var.glob("caudal.sqlite*")), "something made another store in its place"
        for file in away.iterdir():
            file.rename(var / file.name)

    try:
        away_and_back(server, take, put)
    finally:
        server.stop()


@pytest.mark.long
def test_a_database_server_that_lets_nobody_in(var: Path, postgres_url: str):
    open_centre(postgres_url).dispose()
    server = Server(var, {"CAUDAL_DATABASE_URL": postgres_url}).start()
    url = make_url(postgres_url)
    admin = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")

    def take() -> None:
        with admin.connect() as conn:
            conn.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS false"))
            conn.execute(
                text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :d"), {"d": url.database}
            )

    def put() -> None:
        with admin.connect() as conn:
            conn.execute(text(f"ALTER DATABASE {url.database} ALLOW_CONNECTIONS true"))

    try:
        away_and_back(server, take, put)
    finally:
        server.stop()
        admin.dispose()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of its own with room for little."""
    mount = shutil.which("mount")
    done = mount and subprocess.run([mount, "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True)
    if not done or done.returncode != 0:
        pytest.skip("NO SMALL DISK: only root may mount one; the full disk was tried on a full database alone")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as out, contextlib.suppress(OSError):
        while True:
            out.write(bytes(4096))


def test_on_a_full_disk_a_sender_reads_that_nothing_was_saved(tmp_path: Path):
    folder = tmp_path / "small"
    folder.mkdir()
    with small_disk(folder):
        open_centre(f"sqlite:///{folder / 'caudal.sqlite'}").dispose()
        server = Server(folder).start()
        try:
            assert server.send([10]).status_code == 201
            fill(folder / "ballast")
            refused = server.send([10, 20])
            assert refused.status_code == 507, refused.text
            assert "No se guardó nada" in refused.json()["message"]
            status, said = parts(server)
            assert (status, said["writing"]["ok"]) == (503, False)
            assert httpx.get(server.url + "/").status_code == 200  # reading goes on
            (folder / "ballast").unlink()
            assert server.send([10, 20]).status_code == 201
        finally:
            server.stop()


def test_an_empty_store_is_a_calm_page_that_opens_by_itself(var: Path, sqlite_url: str):
    store = migrated(sqlite_url)
    store.dispose()
    server = Server(var).start()
    try:
        for address, title in (
            ("/wall", "Todavía no hay ningún puesto"),
            ("/?lang=en", "There is no border point yet"),
        ):
            page = httpx.get(server.url + address)
            assert page.status_code == 503
            assert f"<title>{title}" in page.text
            assert "caudal site add" in page.text
            assert 'http-equiv="refresh"' in page.text
        open_centre(sqlite_url).dispose()
        until(lambda: httpx.get(server.url + "/wall").status_code == 200, 10, "the wall does not open")
    finally:
        server.stop()
