"""Opening the store: one SQLite file or a PostgreSQL server by its address, and the two ways of talking to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, Table, create_engine, event, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url

from data.store_file import check_file, watch_file

# How long a writer waits for another one; the longest write is one large delivery.
BUSY_SECONDS = 60

WRITES = "caudal_writes"

# Any number that no other program of the same PostgreSQL server uses.
MIGRATION_LOCK = 0x43415544414C


def create_store(url: str) -> Engine:
    """Engine for `sqlite:///path` or `postgresql://…`; the folder of a SQLite file is made."""
    address = make_url(url.replace("postgres://", "postgresql://", 1) if url.startswith("postgres://") else url)
    if address.get_backend_name() == "sqlite":
        return _sqlite(url, address.database)
    if address.get_backend_name() == "postgresql":
        return create_engine(
            address.set(drivername="postgresql+psycopg"),
            pool_pre_ping=True,
            pool_size=10,
            max_overflow=20,
            connect_args={"application_name": "caudal", "options": "-c timezone=UTC"},
        )
    raise ValueError(f"the store's address must begin with sqlite: or postgresql:, not {address.drivername!r}")


def _sqlite(url: str, path: str | None) -> Engine:
    if path in (None, "", ":memory:"):
        raise ValueError("the store must be a file (sqlite:///var/caudal.sqlite): several processes read it")
    file = Path(str(path))
    file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False}, pool_size=10, max_overflow=20
    )

    @event.listens_for(engine, "connect")
    def settle(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin where `begin` below says so, nowhere else
        for pragma in (
            f"busy_timeout = {BUSY_SECONDS * 1000}",
            "journal_mode = WAL",
            "synchronous = FULL",  # a receipt once given survives a power cut
            "foreign_keys = ON",
            "cache_size = -32000",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    watch_file(engine, file)

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        check_file(conn.connection.info)
        # A writer takes its place at once: a read that becomes a write later would fail instead of waiting.
        writes = conn.get_execution_options().get(WRITES)
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def writing(engine: Engine, before: Callable[[Connection], None] | None = None) -> Iterator[Connection]:
    """One write transaction: all of it is stored, or nothing. On SQLite the only one at a time.

    `before` may prepare temporary tables on the same connection while other writers still have their turn.
    """
    with engine.connect() as conn:
        if before is not None:
            with conn.begin():
                before(conn)
        conn.execution_options(**{WRITES: True})
        with conn.begin():
            yield conn


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection on which every read sees the store at the same moment."""
    if engine.dialect.name == "postgresql":
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    else:
        options = {}
    with engine.connect().execution_options(**options) as conn, conn.begin() as transaction:
        try:
            yield conn
        finally:
            transaction.rollback()


def unless_there(conn: Connection, table: Table) -> Any:
    """An insert that leaves a row of the same key as it is; another process may be writing the same one."""
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def lock_sites(conn: Connection, sites: tuple[str, ...]) -> None:
    """Keep other writers of these sites out until the transaction ends.

    Rollups are computed from the lines a transaction can see, so two writers of one site must take turns.
    SQLite has one writer anyway.
    """
    if conn.dialect.name == "postgresql":
        for name in sorted(sites):
            lock(conn, "site:" + name)


def lock(conn: Connection, name: str) -> None:
    """Keep other writers that name the same thing out until the transaction ends."""
    if conn.dialect.name == "postgresql":
        conn.execute(text("select pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def migrate(engine: Engine, release: str = "head") -> None:
    """Bring the store to the tables of this release, or of an earlier one.

    Twice, or from two processes at once, is as good as once.

    The only place where the file of an embedded store comes to be.
    """
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).touch()
    with as_file(files("data") / "migrations") as scripts, writing(engine) as conn:
        if conn.dialect.name == "postgresql":
            conn.execute(text("select pg_advisory_xact_lock(:number)"), {"number": MIGRATION_LOCK})
        config = Config()
        config.set_main_option("script_location", str(scripts).replace("%", "%%"))
        config.attributes["connection"] = conn
        command.upgrade(config, release)
