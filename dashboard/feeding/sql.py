"""Somebody else's database: one SELECT, read only, in time and row bounds, from the watermark on."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, column, create_engine, literal, or_, select, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from dashboard.feeding.pages import Cursor, Page
from dashboard.feeding.secret import secret
from dashboard.feeding.trouble import Trouble
from data.feeds.config import Feed
from data.feeds.records import sql_record

ROWS_AT_ONCE = 1_000
# Of a running number, those that another transaction may still have held back.
NUMBERS_OVERLAP = 1_000


def sql_pages(feed: Feed, cursor: Cursor) -> Generator[Page]:
    """Cursor: `watermark`, the highest one in the store, with its type. Raises Trouble."""
    options = feed.options
    mark, name = _value(cursor), options["watermark"]
    began = mark
    since = _earlier(mark, timedelta(minutes=options["overlap_minutes"]))
    # A colon is the query's own, never the place of a parameter.
    query = options["query"].strip().rstrip(";").replace(":", r"\:")
    inner = text(query).columns(column(name)).subquery("feed")
    # A row that nobody has marked yet is read every time, after the others: it comes once, by its id.
    stmt = select(text("feed.*")).select_from(inner).order_by(inner.c[name].is_(None), inner.c[name])
    if since is not None:
        stmt = stmt.where(or_(inner.c[name].is_(None), inner.c[name] >= literal(since)))
    with _opened(feed) as conn:
        seen = 0
        with conn.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE).execute(stmt) as result:
            missing = [c for c in (*options["id"], name, options["deleted"]) if c and c not in result.keys()]  # noqa: SIM118
            if missing:
                raise Trouble("columns_missing", columns=", ".join(missing), found=", ".join(result.keys()))
            for part in result.mappings().partitions(ROWS_AT_ONCE):
                rows = [dict(row) for row in part]
                seen += sum(_past(row[name], began) for row in rows)
                mark = next((row[name] for row in reversed(rows) if row[name] is not None), mark)
                yield Page([sql_record(row, feed) for row in rows], _cursor(mark))
                if seen >= options["most_rows"]:
                    return


@contextmanager
def _opened(feed: Feed) -> Iterator[Connection]:
    """A connection that cannot write. What goes wrong is told without the address, which may hold a password."""
    engine = _engine(feed)
    seconds = max(feed.options["timeout_seconds"], 1)
    where = engine.url.render_as_string(hide_password=True)
    try:
        with engine.connect().execution_options(**_read_only(engine)) as conn, conn.begin() as transaction:
            try:
                _bound(conn, seconds)
                yield conn
            finally:
                transaction.rollback()
    except DBAPIError as wrong:
        raise Trouble("database", lasting=False, where=where, reason=_reason(wrong, engine.url)) from None
    except SQLAlchemyError as wrong:
        raise Trouble("database", where=where, reason=type(wrong).__name__) from None
    finally:
        engine.dispose()


def _engine(feed: Feed) -> Engine:
    told = secret(feed.options, "url") or feed.options["url"]
    try:
        url = make_url(told)
        password = secret(feed.options, "password")
        if password is not None:
            url = url.set(password=password)
        if url.drivername in ("postgresql", "postgres"):
            url = url.set(drivername="postgresql+psycopg")
        return create_engine(url, poolclass=NullPool, hide_parameters=True)
    except (ArgumentError, ValueError):
        raise Trouble("wrong_database_url") from None
    except ImportError as wrong:
        raise Trouble("no_driver", driver=url.drivername, package=wrong.name or "?") from None


def _read_only(engine: Engine) -> dict[str, Any]:
    return {"postgresql_readonly": True} if engine.dialect.name == "postgresql" else {}


def _bound(conn: Connection, seconds: int) -> None:
    """Nothing is written by this connection, and the database gives up after so many seconds where it can."""
    name = conn.dialect.name
    if name == "postgresql":
        conn.execute(text(f"SET LOCAL statement_timeout = {seconds * 1000}"))
    elif name in ("mysql", "mariadb"):
        limit = f"max_statement_time = {seconds}" if name == "mariadb" else f"max_execution_time = {seconds * 1000}"
        conn.execute(text(f"SET SESSION {limit}"))
        conn.execute(text("SET SESSION TRANSACTION READ ONLY"))
    elif name == "sqlite":
        conn.execute(text("PRAGMA query_only = ON"))
        driver = conn.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        until = time.monotonic() + seconds
        driver.set_progress_handler(lambda: time.monotonic() > until, 100_000)


def _reason(wrong: DBAPIError, url: URL) -> str:
    """The driver's own words, one line of them, with whatever of the address is secret taken out."""
    said = " ".join(str(wrong.orig).split())[:300]
    return said.replace(url.password, "***") if isinstance(url.password, str) and url.password else said


def _past(mark: Any, began: Any) -> bool:
    """Whether a row is no repetition: the rows of the overlap must not use up what one pull may read."""
    if mark is None or began is None:
        return True
    try:
        return bool(mark > began)
    except TypeError:  # written in another way than the last time
        return True


def _cursor(mark: Any) -> Cursor:
    if mark is None:
        return {}
    if isinstance(mark, datetime):
        return {"watermark": mark.isoformat(), "is": "moment"}
    if isinstance(mark, date):
        return {"watermark": mark.isoformat(), "is": "day"}
    if isinstance(mark, int | Decimal):
        return {"watermark": int(mark), "is": "number"}
    return {"watermark": str(mark), "is": "text"}


def _value(cursor: Cursor) -> Any:
    kind, mark = cursor.get("is"), cursor.get("watermark")
    if mark is None:
        return None
    if kind == "moment":
        return datetime.fromisoformat(mark)
    return date.fromisoformat(mark) if kind == "day" else mark


def _earlier(mark: Any, overlap: timedelta) -> Any:
    """The watermark less the overlap: rows written late carry an earlier time than some that are already here."""
    if isinstance(mark, datetime):
        return mark - overlap
    if isinstance(mark, date):
        return mark - max(overlap, timedelta(days=1))
    if isinstance(mark, int):
        return mark - NUMBERS_OVERLAP
    if isinstance(mark, str):
        try:
            earlier = datetime.fromisoformat(mark) - overlap
        except ValueError:
            return mark
        return earlier.isoformat(sep="T" if "T" in mark else " ")
    return mark
