"""The migrations make the tables that the code speaks of, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, Engine, inspect, text

from data.alert_book import evaluated_at, open_alerts
from data.history import organisations
from data.queries import official_source
from data.sites import sites
from data.store import create_store, migrate, reading, writing
from data.tables import metadata
from tests.processes import Forked

# Tables whose rows are facts reported or computed about a place.
FACTS = [
    *("flow_line", "queue_reading", "roster_line", "service_line", "stock_reading", "resource_reading"),
    *("referral_line", "present_reading", "policy_event", "flow_hourly", "flow_daily", "service_daily"),
    "report_site",
]


def test_migrations_make_exactly_the_tables_of_the_code(any_engine):
    with any_engine.connect() as conn:
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_migrating_twice_is_as_good_as_once(any_engine):
    migrate(any_engine)
    assert set(inspect(any_engine).get_table_names()) == {*metadata.tables, "alembic_version"}


def _migrate(url: str) -> None:
    migrate(create_store(url))


def test_processes_may_migrate_an_empty_store_at_the_same_moment(sqlite_url, postgres_url):
    for url in (sqlite_url, postgres_url):
        processes = [Forked(_migrate, url) for _ in range(3)]
        assert [process.wait(60) for process in processes] == [0, 0, 0]
        store = create_store(url)
        assert set(inspect(store).get_table_names()) >= set(metadata.tables)
        store.dispose()


def test_every_fact_is_placed_by_its_site_first():
    assert [name for name in FACTS if next(iter(metadata.tables[name].primary_key)).name != "site"] == []


def test_line_numbers_have_room_for_years_of_reports():
    for name in FACTS:
        column = metadata.tables[name].c.get("line_id")
        assert column is None or isinstance(column.type, BigInteger)


def migrated_to(url: str, release: str) -> Engine:
    store = create_store(url)
    migrate(store, release)
    return store


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_deliveries_of_the_first_release_get_the_rows_that_reported_nothing(database, request):
    store = migrated_to(request.getfixturevalue(f"{database}_url"), "0001")
    columns = "source, dataset, filename, sha256, bytes, issued_at, issued_given, received_at, state"
    values = "'a', 'flow', 'f.csv', 'ab', 1, '2019-01-01 00:00:00', false, '2019-01-01 00:00:00', 'partial'"
    with writing(store) as conn:
        for rows, accepted, rejected in ((10, 7, 1), (0, 0, 0), (5, 5, 0)):
            counts = f"{rows}, {accepted}, {rejected}"
            conn.execute(text(f"INSERT INTO report (rows, accepted, rejected, {columns}) VALUES ({counts}, {values})"))
    migrate(store)
    with store.connect() as conn:
        found = conn.execute(text("SELECT not_reported FROM report ORDER BY report_id")).scalars().all()
    assert found == [2, 0, 0]
    store.dispose()


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
def test_a_store_of_the_first_release_keeps_its_rules_and_its_alerts(database, request):
    store = migrated_to(request.getfixturevalue(f"{database}_url"), "0001")
    with writing(store) as conn:
        at = "2019-06-14 05:00:00.000000" + ("" if conn.dialect.name == "sqlite" else "+00")
        for statement in FIRST_RELEASE:
            conn.execute(text(statement.format(at=at)))
    migrate(store)
    then = datetime(2019, 6, 14, 6, tzinfo=UTC)
    with reading(store) as conn:
        assert official_source(conn, "norte", "migration-control", "arrivals", then, then) == "control"
        assert [place.name for place in sites(conn, then)] == ["Norte"]
        assert organisations(conn, then) == {"control": "Migraciones"}
        [card] = open_alerts(conn, "norte", then)
        assert (card.state, card.evidence) == ("firing", {"ratio": 2})
        assert evaluated_at(conn, "norte", then) == datetime(2019, 6, 14, 5, tzinfo=UTC)
    store.dispose()


FIRST_RELEASE = (
    "INSERT INTO site (site, name, country, zone, kind, day_start_hour, entry_stage, stages, sectors, position) VALUES "
    "('norte', 'Norte', 'PE', 'America/Lima', 'real', 0, 'migration-control', '[\"migration-control\"]', '[]', 0)",
    "INSERT INTO source (source, organisation, name) VALUES ('control', 'Migraciones', 'Control')",
    "INSERT INTO official (site, stage, measure, valid_from, source, reason, set_by) VALUES "
    "('norte', 'migration-control', 'arrivals', '{at}', 'control', '', 'test')",
    "INSERT INTO alert (alert_id, site, rule, subject, state, level, since, updated_at, evidence, memory, open_key) "
    "VALUES (1, 'norte', 'surge', 's', 'firing', 'alert', '{at}', '{at}', '{{\"ratio\"\\: 2}}', '{{}}', 'k')",
    "INSERT INTO alert_transition (alert_id, step, at, from_state, to_state, reason, evidence) "
    "VALUES (1, 0, '{at}', NULL, 'firing', 'limit_passed', '{{\"ratio\"\\: 1}}')",
    "INSERT INTO evaluation (site, evaluated_at, real_at, worker) VALUES ('norte', '{at}', '{at}', 'w')",
)
