"""What went wrong, told apart on real databases: a full one, one that is gone, and a bug of ours."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

from dashboard.trouble import Trouble, trouble
from data.ingest import ingest
from data.store import create_store, reading
from data.vocabulary import Dataset
from tests.dashboard.centre import open_centre, served_csv
from tests.dashboard.test_hub import NOW


def test_a_full_database_is_told_from_a_broken_one_and_keeps_what_it_had(var: Path, sqlite_url: str):
    open_centre(sqlite_url).dispose()
    engine = create_store(sqlite_url)

    @event.listens_for(engine, "connect")
    def shut(connection, _record):
        [pages] = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages}")

    def fill() -> None:
        for count in range(1, 200):
            ingest(
                engine,
                served_csv([count] * 48) + b"\n" * count,
                "s.csv",
                source="migraciones",
                dataset=Dataset.FLOW,
                now=NOW.replace(year=2099),
                var=var,
            )

    with pytest.raises(Exception, match="full") as full:
        fill()
    assert trouble(full.value) is Trouble.FULL
    assert trouble(full.value).status == 507
    with reading(engine) as conn:
        assert conn.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
    engine.dispose()


def test_a_folder_without_room_is_full_too():
    assert trouble(OSError(errno.ENOSPC, "No space left on device")) is Trouble.FULL
    assert trouble(FileNotFoundError(errno.ENOENT, "x")) is Trouble.BUG


def test_a_server_that_does_not_answer_is_away(postgres_url: str):
    elsewhere = make_url(postgres_url).set(database="no_such_database")
    engine = create_store(elsewhere.render_as_string(hide_password=False))
    with pytest.raises(Exception, match="no_such_database") as away, reading(engine):
        pass
    assert (trouble(away.value), trouble(away.value).status) == (Trouble.AWAY, 503)
    engine.dispose()


def test_a_mistake_of_ours_is_neither():
    assert trouble(KeyError("x")) is Trouble.BUG
