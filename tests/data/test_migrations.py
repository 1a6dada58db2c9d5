"""The migrations make the tables that the code speaks of, on both databases."""

from __future__ import annotations

import subprocess
import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import BigInteger, inspect

from data.store import create_store, migrate
from data.tables import metadata

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


def test_two_processes_may_migrate_an_empty_store_at_the_same_moment(sqlite_url, postgres_url):
    program = "import sys; from data.store import create_store, migrate; migrate(create_store(sys.argv[1]))"
    for url in (sqlite_url, postgres_url):
        both = [subprocess.Popen([sys.executable, "-c", program, url]) for _ in range(3)]
        assert [process.wait(60) for process in both] == [0, 0, 0]
        store = create_store(url)
        assert set(inspect(store).get_table_names()) >= set(metadata.tables)
        store.dispose()


def test_every_fact_is_placed_by_its_site_first():
    assert [name for name in FACTS if next(iter(metadata.tables[name].primary_key)).name != "site"] == []


def test_line_numbers_have_room_for_years_of_reports():
    for name in FACTS:
        column = metadata.tables[name].c.get("line_id")
        assert column is None or isinstance(column.type, BigInteger)
