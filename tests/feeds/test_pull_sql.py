"""A consolidated database that already exists, SQLite and PostgreSQL: read from a watermark, never written."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, func, select, text

from dashboard.feeding.trouble import Trouble
from data.clock import real_now
from data.feeds.config import WrongFeed, read_feed
from data.feeds.records import sql_record
from data.queries import feed_states
from data.store import reading
from data.tables import flow_line
from tests.data.centre import open_centre, people_by_hour
from tests.feeds.centre import added, pulled

MAPPING = """
dataset = "flow"
source = "migraciones"

[constants]
site = "tumbes"
stage = "migration-control"
measure = "arrivals"
minutes = 60

[columns]
start = "hora"
people = "personas"
"""

FEED = """
name = "consolidado"
kind = "sql"
mapping = "consolidado.toml"
every_minutes = 5

[sql]
url_env = "TEST_CONSOLIDATED_URL"
query = '''{query}'''
watermark = "escrito"
id = "numero"
deleted = "borrado"
{more}
"""
QUERY = "SELECT numero, hora, personas, escrito, borrado FROM conteo WHERE '10:30' < '10::31'"


@pytest.fixture(params=["sqlite", "postgresql"])
def theirs(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path / 'consolidado.db'}" if sqlite else request.getfixturevalue("postgres_url")
    monkeypatch.setenv("TEST_CONSOLIDATED_URL", url)
    engine = create_engine(url)
    with engine.begin() as conn:
        moment = "TEXT" if sqlite else "timestamptz"
        conn.execute(
            text(f"CREATE TABLE conteo (numero int, hora text, personas numeric, escrito {moment}, borrado int)")
        )
    yield engine
    engine.dispose()


@pytest.fixture
def ours(engine: Engine, theirs: Engine) -> Engine:
    open_centre(engine)
    added(engine, FEED.format(query=QUERY, more=""), MAPPING)
    return engine


def wrote(theirs: Engine, number: int, hour: str, people: float | None, written: str, deleted: int = 0) -> None:
    with theirs.begin() as conn:
        row = {"n": number, "h": f"2018-10-31T{hour}", "p": people, "e": f"2018-11-01 {written}:00+00:00", "b": deleted}
        conn.execute(text("INSERT INTO conteo VALUES (:n, :h, :p, :e, :b)"), row)


def changed(theirs: Engine, number: int, people: float, written: str, deleted: int = 0) -> None:
    with theirs.begin() as conn:
        row = {"n": number, "p": people, "e": f"2018-11-01 {written}:00+00:00", "b": deleted}
        conn.execute(text("UPDATE conteo SET personas = :p, escrito = :e, borrado = :b WHERE numero = :n"), row)


def test_rows_come_once_however_often_they_are_read(ours: Engine, theirs: Engine, var: Path) -> None:
    for number in range(1, 30):
        wrote(theirs, number, "09:00", number, f"10:{number:02}")
    assert pulled(ours, var, "consolidado").receipts[0].accepted == 29
    for _ in range(3):
        assert pulled(ours, var, "consolidado").receipts == []
    assert people_by_hour(ours) == {"09:00": sum(range(1, 30))}
    with reading(ours) as conn:
        assert conn.execute(select(func.count()).select_from(flow_line)).scalar_one() == 1


def test_a_changed_row_and_a_deleted_one_are_revisions(ours: Engine, theirs: Engine, var: Path) -> None:
    wrote(theirs, 1, "09:00", 40, "10:00")
    wrote(theirs, 2, "09:00", 7, "10:00")
    pulled(ours, var, "consolidado")
    changed(theirs, 1, 41, "10:05")
    pulled(ours, var, "consolidado")
    assert people_by_hour(ours) == {"09:00": 48}
    changed(theirs, 2, 7, "10:06", deleted=1)
    pulled(ours, var, "consolidado")
    assert people_by_hour(ours) == {"09:00": 41}


def test_a_row_written_late_with_an_earlier_time_is_not_missed(ours: Engine, theirs: Engine, var: Path) -> None:
    wrote(theirs, 1, "09:00", 40, "11:00")
    pulled(ours, var, "consolidado")
    wrote(theirs, 2, "10:00", 7, "10:10")  # an hour of overlap is read again
    pulled(ours, var, "consolidado")
    assert people_by_hour(ours) == {"09:00": 40, "10:00": 7}


def test_a_row_that_nobody_has_marked_yet_is_read_and_its_first_edit_too(
    ours: Engine, theirs: Engine, var: Path
) -> None:
    wrote(theirs, 1, "09:00", 40, "10:00")
    with theirs.begin() as conn:
        conn.execute(text("INSERT INTO conteo VALUES (2, :hora, 7, NULL, 0)"), {"hora": "2018-10-31T10:00"})
    pulled(ours, var, "consolidado")
    assert people_by_hour(ours) == {"09:00": 40, "10:00": 7}
    assert pulled(ours, var, "consolidado").receipts == []
    with theirs.begin() as conn:
        edited = real_now().astimezone(UTC).isoformat(sep=" ")
        conn.execute(text("UPDATE conteo SET personas = 8, escrito = :e WHERE numero = 2"), {"e": edited})
    pulled(ours, var, "consolidado")
    assert people_by_hour(ours) == {"09:00": 40, "10:00": 8}


@pytest.mark.parametrize(
    ("said", "gone"),
    [("N", False), ("no", False), ("false", False), ("False", False), ("", False), ("S", True), ("2019-06-14", True)],
)
def test_a_row_is_deleted_when_it_says_so(said: str, gone: bool) -> None:
    feed = read_feed(FEED.format(query=QUERY, more=""), MAPPING)
    row = {"numero": 1, "hora": "2019-06-14T09:00", "personas": 4, "escrito": "2019-06-14T10:00", "borrado": said}
    assert sql_record(row, feed).gone is gone


def test_what_is_read_again_does_not_use_up_what_one_pull_may_read(engine: Engine, theirs: Engine, var: Path) -> None:
    open_centre(engine)
    config = FEED.format(query=QUERY, more="most_rows = 1000").replace('watermark = "escrito"', 'watermark = "numero"')
    added(engine, config, MAPPING)
    with theirs.begin() as conn:
        rows = [
            {"n": number, "hora": "2018-10-31T09:00", "at": "2018-11-01 10:00:00+00:00"} for number in range(1, 2501)
        ]
        conn.execute(text("INSERT INTO conteo VALUES (:n, :hora, 1, :at, 0)"), rows)
    for _ in range(4):
        pulled(engine, var, "consolidado")
    assert people_by_hour(engine) == {"09:00": 2500}


def test_an_empty_count_is_no_report(ours: Engine, theirs: Engine, var: Path) -> None:
    wrote(theirs, 1, "09:00", None, "11:00")
    wrote(theirs, 2, "10:00", 0, "11:00")
    pulled(ours, var, "consolidado")
    assert people_by_hour(ours) == {"10:00": 0}


def test_a_running_number_is_a_watermark_too(engine: Engine, theirs: Engine, var: Path) -> None:
    open_centre(engine)
    config = FEED.format(query=QUERY, more="").replace('watermark = "escrito"', 'watermark = "numero"')
    added(engine, config.replace('deleted = "borrado"', ""), MAPPING)
    for number in range(1, 4):
        wrote(theirs, number, "09:00", number, "10:00")
    pulled(engine, var, "consolidado")
    wrote(theirs, 4, "09:00", 4, "09:00")
    pulled(engine, var, "consolidado")
    changed(theirs, 4, 14, "09:00")
    pulled(engine, var, "consolidado")
    assert people_by_hour(engine) == {"09:00": 20}


def test_a_query_cannot_write(engine: Engine, theirs: Engine, var: Path) -> None:
    open_centre(engine)
    wrote(theirs, 1, "09:00", 40, "11:00")
    if theirs.dialect.name == "postgresql":
        sly = "WITH gone AS (DELETE FROM conteo RETURNING *) SELECT * FROM gone"
    else:
        sly = "WITH gone AS (SELECT 1) DELETE FROM conteo RETURNING *"
    added(engine, FEED.format(query=sly, more=""), MAPPING)
    with pytest.raises(Trouble, match="database"):
        pulled(engine, var, "consolidado")
    with theirs.connect() as conn:
        assert conn.execute(text("SELECT count(*) FROM conteo")).scalar_one() == 1


def test_a_query_that_takes_too_long_is_given_up(engine: Engine, theirs: Engine, var: Path) -> None:
    open_centre(engine)
    if theirs.dialect.name == "postgresql":
        slow = "SELECT *, pg_sleep(20)::text AS x FROM conteo"
    else:
        slow = (
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400000000) "
            "SELECT conteo.*, (SELECT count(*) FROM n) AS x FROM conteo"
        )
    wrote(theirs, 1, "09:00", 40, "11:00")
    added(engine, FEED.format(query=slow, more="timeout_seconds = 1"), MAPPING)
    with pytest.raises(Trouble, match="database"):
        pulled(engine, var, "consolidado")


def test_columns_that_the_query_lacks_are_named(engine: Engine, theirs: Engine, var: Path) -> None:
    open_centre(engine)
    wrote(theirs, 1, "09:00", 40, "11:00")
    added(engine, FEED.format(query="SELECT hora, personas, escrito FROM conteo", more=""), MAPPING)
    with pytest.raises(Trouble) as raised:
        pulled(engine, var, "consolidado")
    assert raised.value.code == "columns_missing"
    assert raised.value.facts["columns"] == "numero, borrado"


def test_a_password_never_stands_in_what_is_said(engine: Engine, var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_centre(engine)
    monkeypatch.setenv("TEST_CONSOLIDATED_URL", "postgresql://reader:hunter2@127.0.0.1:1/db")
    added(engine, FEED.format(query=QUERY, more=""), MAPPING)
    with pytest.raises(Trouble) as raised:
        pulled(engine, var, "consolidado")
    with reading(engine) as conn:
        [state] = feed_states(conn)
    assert raised.value.code == "database"
    assert "reader" in state.error_facts["where"]
    assert "hunter2" not in f"{raised.value}{raised.value.__cause__}{state}"
    monkeypatch.setenv("TEST_CONSOLIDATED_URL", "hunter2 is no address")
    with pytest.raises(Trouble) as raised:
        pulled(engine, var, "consolidado")
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ("query = '''DELETE FROM conteo'''", "expected one SELECT"),
        ("query = '''SELECT 1; DROP TABLE conteo'''", "expected one SELECT"),
        ('url = "postgresql://reader:hunter2@db/x"\nquery = "SELECT 1"', "a password is not written here"),
        ('password = "hunter2"\nquery = "SELECT 1"', "a secret is not written here"),
        ('url_env = "CAUDAL_URL"\nquery = "SELECT 1"', "Caudal's own settings"),
        ('query = "SELECT 1"\ncolour = 1', "sql.colour: unknown entry"),
        ('query = "SELECT 1"\noverlap_minutes = true', "expected int"),
    ],
)
def test_what_is_wrong_with_a_feed_is_said_entry_by_entry(entry: str, says: str) -> None:
    config = f'name = "x"\nkind = "sql"\nmapping = "m"\n[sql]\nwatermark = "w"\nid = "n"\n{entry}\n'
    with pytest.raises(WrongFeed) as raised:
        read_feed(config, MAPPING)
    assert says in str(raised.value)
    assert "hunter2" not in str(raised.value)
