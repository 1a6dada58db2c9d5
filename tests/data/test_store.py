"""The store: its two databases, its writers that take turns, its sites."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, insert, select

from data import tables
from data.chosen import official_sources
from data.clock import Replay, start_replay, stored_replay
from data.queries import flow_by_day, known_sources, official_source, phase, standards
from data.sites import UnknownSite, WrongSiteFile, add_site, load_site, site, sites
from data.store import create_store, reading, writing
from data.types import Window
from data.versions import raise_version, version_of, versions
from data.vocabulary import Sector, Stage
from tests.data.centre import ARRIVALS, NOON, SITE, flow_csv, open_centre, people_of_day, send


def test_the_embedded_store_can_be_read_while_it_is_written(engine):
    with reading(engine) as conn:
        modes = [conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "foreign_keys")]
    assert modes == ["wal", 1]


def test_an_address_of_another_kind_of_database_is_refused_with_its_name():
    with pytest.raises(ValueError, match="mysql"):
        create_store("mysql://localhost/caudal")
    with pytest.raises(ValueError, match="must be a file"):
        create_store("sqlite://")


def test_a_moment_comes_back_in_utc(any_engine):
    moment = datetime.fromisoformat("2018-10-31T05:00:00.123456-05:00")
    with writing(any_engine) as conn:
        start_replay(conn, Replay(moment, moment, 60.0))
    with reading(any_engine) as conn:
        back = stored_replay(conn)
    assert back is not None
    assert back.real_origin == moment
    assert back.real_origin.tzinfo is UTC


def test_a_moment_without_a_zone_never_reaches_the_store(engine):
    naive = datetime(2018, 10, 31)  # noqa: DTZ001
    with pytest.raises(Exception, match="without a zone"), writing(engine) as conn:
        start_replay(conn, Replay(naive, naive, 1.0))


def test_every_write_raises_the_version_of_its_site_only(any_engine):
    open_centre(any_engine)
    open_centre(any_engine, SITE.replace('"tumbes"', '"tacna"'))
    with writing(any_engine) as conn:
        before = versions(conn)
        assert raise_version(conn, "tacna") == before["tacna"] + 1
    with reading(any_engine) as conn:
        assert version_of(conn, "tumbes") == before["tumbes"]
        assert version_of(conn, "tacna") == before["tacna"] + 1
        assert version_of(conn, "nowhere") == 0


def test_a_failed_write_leaves_nothing(any_engine):
    open_centre(any_engine)
    with pytest.raises(ZeroDivisionError), writing(any_engine) as conn:
        assert raise_version(conn, "tumbes") // 0
    with reading(any_engine) as conn:
        assert version_of(conn, "tumbes") == 1


def test_writers_at_the_same_moment_take_turns(any_engine):
    open_centre(any_engine)

    def write() -> None:
        for _ in range(20):
            with writing(any_engine) as conn:
                raise_version(conn, "tumbes")

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(any_engine) as conn:
        assert version_of(conn, "tumbes") == 81


def test_a_reader_sees_one_moment_however_long_it_reads(any_engine):
    open_centre(any_engine)
    with reading(any_engine) as conn:
        before = version_of(conn, "tumbes")
        with writing(any_engine) as other:
            raise_version(other, "tumbes")
        assert version_of(conn, "tumbes") == before
    with reading(any_engine) as conn:
        assert version_of(conn, "tumbes") == before + 1


def test_postgresql_tells_its_listeners_which_site_changed(postgres_url):
    from data.store import migrate

    store = create_store(postgres_url)
    migrate(store)
    open_centre(store)
    with store.connect().execution_options(isolation_level="AUTOCOMMIT") as listener:
        listener.exec_driver_sql("LISTEN caudal")
        with writing(store) as conn:
            raise_version(conn, "tumbes")
        driver = listener.connection.driver_connection
        heard = [notice.payload for notice in driver.notifies(timeout=10, stop_after=1)]
    store.dispose()
    assert heard == ["tumbes"]


def test_a_site_is_its_file(any_engine):
    open_centre(any_engine)
    with reading(any_engine) as conn:
        tumbes = site(conn, "tumbes")
        assert official_source(conn, "tumbes", "migration-control", "arrivals", NOON) == "migraciones"
        assert official_source(conn, "tumbes", "migration-control", "served", NOON) is None
        assert standards(conn, "tumbes", NOON).to_dict("records") == [
            {
                "service": "water",
                "phase": "emergency",
                "value": 15.0,
                "per": "per-person-day",
                "denominator": "present",
                "unit": "litros",
                "source": "Esfera 2018",
                "provisional": False,
            }
        ]
        assert phase(conn, "tumbes", NOON) == "emergency"
        assert known_sources(conn)["contact_role"].tolist() == ["jefe de turno"]
    assert tumbes.entry_stage is Stage.MIGRATION_CONTROL
    assert tumbes.sectors == (Sector.WASH, Sector.FOOD)
    assert (tumbes.safe_capacity, tumbes.day_start_hour) == (200, 0)


def test_the_same_site_file_again_changes_no_rule_and_a_newer_one_holds_from_now_on(any_engine):
    open_centre(any_engine)
    later = NOON + timedelta(days=10)
    with writing(any_engine) as conn:
        add_site(conn, load_site(SITE), NOON, "test")
        add_site(conn, load_site(SITE.replace("value = 15", "value = 20")), later, "test")
        add_site(conn, load_site(SITE.replace("value = 15", "value = 20")), later, "test")
    with reading(any_engine) as conn:
        assert standards(conn, "tumbes", later - timedelta(seconds=1))["value"].tolist() == [15]
        assert standards(conn, "tumbes", later)["value"].tolist() == [20]
        assert conn.execute(select(func.count()).select_from(tables.standard)).scalar() == 2
        assert len(sites(conn)) == 1


def test_a_day_that_begins_at_another_hour_is_counted_anew(any_engine, var):
    open_centre(any_engine)
    send(any_engine, var, flow_csv(("2018-10-31T05:00", 60, 7), ("2018-10-31T09:00", 60, 40)))
    before = people_of_day(any_engine)
    for file in (SITE.replace('zone = "America/Lima"', 'zone = "America/Lima"\nday_start_hour = 6'), SITE):
        with writing(any_engine) as conn:
            add_site(conn, load_site(file), NOON, "test")
            found = site(conn, "tumbes")
            around = Window(NOON - timedelta(days=3), NOON + timedelta(days=1))
            days, known = flow_by_day(conn, ARRIVALS, around), flow_by_day(conn, ARRIVALS, around, NOON)
        assert days[["day", "people"]].values.tolist() == known[["day", "people"]].values.tolist()
        assert days["people"].tolist() == ([7, 40] if found.day_start_hour else [47])
    assert people_of_day(any_engine) == before == 47


def test_who_is_no_longer_official_is_so_nowhere(any_engine):
    open_centre(any_engine)
    entry = '[[official]]\nstage = "migration-control"\nmeasure = "arrivals"\nsource = "{}"'
    assert entry.format("migraciones") in SITE
    with writing(any_engine) as conn:
        add_site(conn, load_site(SITE.replace(entry.format("migraciones"), entry.format(""))), NOON, "test")
        assert official_source(conn, "tumbes", "migration-control", "arrivals", NOON) is None
        assert ("migration-control", "arrivals") not in official_sources(conn, "tumbes", NOON)


def test_an_unknown_site_is_named_with_the_known_ones(engine):
    open_centre(engine)
    with reading(engine) as conn, pytest.raises(UnknownSite, match=r"'tacna'.*tumbes"):
        site(conn, "tacna")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('zone = "America/Lima"', 'zone = "Lima"', "America/Lima"),
        ('entry_stage = "migration-control"', 'entry_stage = "services"', "one of the site's stages"),
        ('"transport"]', '"bus"]', "'bus' is none of"),
        ("value = 15", 'value = "15"', "expected float"),
        ("minutes = 60", "minutos = 60", "unknown entry 'minutos'"),
        ('dataset = "flow"', 'dataset = "flujo"', "'flujo' is none of"),
        ('name = "CEBAF Tumbes"', "", "name is missing"),
        ("safe_capacity = 200", "safe_capacity = ", "not a TOML file"),
        ("safe_capacity = 200", 'safe_capacity = 200\ncolour = "red"', "unknown entry 'colour'"),
    ],
)
def test_a_wrong_site_file_says_what_is_wrong(right, wrong, said):
    assert right in SITE
    with pytest.raises(WrongSiteFile, match=said):
        load_site(SITE.replace(right, wrong, 1))


def test_a_version_belongs_to_a_site_that_exists(any_engine):
    with pytest.raises(Exception, match=r"(?i)foreign key"), writing(any_engine) as conn:
        conn.execute(insert(tables.data_version).values(site="nowhere", version=1))
