"""Nothing is written into a store's file that nobody will find again; a file put back or exchanged is opened afresh."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from data.accounts import record
from data.clock import real_now
from data.store import create_store, migrate, reading, writing
from data.store_file import StoreGone
from data.tables import audit

PARTS = ("", "-wal", "-shm")


def note(engine: Engine, what: str) -> None:
    with writing(engine) as conn:
        record(conn, real_now(), "test", what, what)


def noted(engine: Engine) -> int:
    with reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(audit)).scalar_one()


def file_of(engine: Engine) -> Path:
    return Path(str(engine.url.database))


def moved(file: Path, to: Path) -> None:
    to.mkdir(exist_ok=True)
    for part in PARTS:
        if (name := file.with_name(file.name + part)).exists():
            name.rename(to / name.name)


def test_a_file_moved_away_takes_nothing_more_and_goes_on_when_it_is_back(engine: Engine, tmp_path: Path):
    file, away = file_of(engine), tmp_path / "away"
    note(engine, "before")
    moved(file, away)
    with pytest.raises(StoreGone) as gone:
        note(engine, "lost")
    assert gone.value.code == "gone"
    with pytest.raises(StoreGone):
        noted(engine)
    assert not file.exists(), "a new, empty store was made in its place"
    moved(away / file.name, file.parent)
    note(engine, "after")
    assert noted(engine) == 2


def test_a_file_removed_while_a_transaction_is_open_keeps_the_commit_out(engine: Engine, tmp_path: Path):
    file = file_of(engine)

    def lose() -> None:
        with writing(engine) as conn:
            record(conn, real_now(), "test", "lost", "lost")
            moved(file, tmp_path / "away")

    with pytest.raises(StoreGone):
        lose()
    moved(tmp_path / "away" / file.name, file.parent)
    assert noted(engine) == 0


def test_a_copy_put_in_its_place_is_the_store_from_then_on(engine: Engine, tmp_path: Path):
    file = file_of(engine)
    note(engine, "one")
    copy = tmp_path / "copy.sqlite"
    old, new = sqlite3.connect(file), sqlite3.connect(copy)
    old.backup(new)
    old.close()
    new.close()
    note(engine, "only in the old one")
    with engine.connect() as held:  # a connection in use while the file is exchanged
        moved(file, tmp_path / "away")
        shutil.move(copy, file)
        with pytest.raises(StoreGone) as replaced, held.begin():
            pass
        assert replaced.value.code == "replaced"
    assert noted(engine) == 1
    note(engine, "in the new one")
    again = create_store(f"sqlite:///{file}")
    assert noted(again) == 2
    again.dispose()


def test_only_migrating_makes_a_store(var: Path):
    file = var / "none yet ñ?.sqlite"
    store = create_store(f"sqlite:///{file}")
    with pytest.raises(StoreGone):
        noted(store)
    assert not file.exists()
    migrate(store)
    assert noted(store) == 0
    store.dispose()
