"""A page's cost does not grow with the years stored: every read of a long table is bounded in time by an index."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from callbacks.boards import build
from data.store import reading
from data.types import Scope
from data.vocabulary import Audience, Language
from layouts.pages import PAGES
from tests.bench.ten_queues import HOUR, NOW, SITE, clock_at, deliver, generated, one_entry_hour, send

# Tables that grow with every delivery, and a bound of time in SQLite's plan of a read.
LONG = ("flow_line", "flow_hourly", "flow_daily", "queue_reading", "roster_line", "present_reading", "report_span")
BOUNDED = re.compile(r"\b(start|at|hour|day|report_id)([<>]|=)\?|line_id=\?")
SCAN = re.compile(rf"(SEARCH|SCAN) ({'|'.join(LONG)})\b(?!.*line_id)")


@pytest.fixture(scope="module")
def queues(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Path]]:
    """Ten queues and three days of hours."""
    folder = tmp_path_factory.mktemp("ten")
    engine = generated(folder, 3 / 365)
    yield engine, folder
    engine.dispose()


class Reads:
    """Statements of an engine with what they were asked with, while it is open."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.told = engine, list[tuple[str, Any]]()

    def __enter__(self) -> Reads:
        event.listen(self.engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *failure: object) -> None:
        event.remove(self.engine, "before_cursor_execute", self._hear)

    def _hear(self, _conn: Any, _cursor: Any, statement: str, bound: Any, *_: Any) -> None:
        if statement.lstrip().upper().startswith("SELECT"):
            self.told.append((statement, bound))

    def unbounded(self) -> list[str]:
        """Steps of their plans that read a long table without a bound of time."""
        found = []
        with self.engine.connect() as conn:
            for statement, bound in self.told:
                plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", bound).all()
                steps = [str(step[3]) for step in plan]
                if " LIMIT " in statement and not any("TEMP B-TREE" in step for step in steps):
                    continue  # the first of an order that the index has
                found += [f"{step}: {statement}" for step in steps if SCAN.search(step) and not BOUNDED.search(step)]
        return found


def drawn(engine: Engine, page: str, **asked: Any) -> None:
    with reading(engine) as conn:
        build(conn, page, Scope(SITE, Language.ES, Audience.OPEN, "today", **asked), clock_at(NOW + HOUR))


@pytest.mark.parametrize("page", sorted(PAGES))
def test_a_board_reads_no_more_the_more_years_are_stored(queues: tuple[Engine, Path], page: str):
    engine, folder = queues
    send(engine, folder, one_entry_hour(NOW - HOUR, more=len(page)), "correction", NOW + timedelta(minutes=1))
    with Reads(engine) as reads:
        drawn(engine, page)
    assert any("flow_hourly" in statement for statement, _ in reads.told), "something was read"
    assert reads.unbounded() == []


def test_a_delivery_reads_no_more_the_more_years_are_stored(queues: tuple[Engine, Path]):
    engine, folder = queues
    with Reads(engine) as reads:
        deliver(engine, folder, [NOW], NOW + HOUR)
    assert any("queue_reading" in statement for statement, _ in reads.told), "something was read"
    assert reads.unbounded() == []
