"""Every page's board, from a real store: read, worked out, drawn; the same for everybody with the same rights."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from sqlalchemy import Engine

from callbacks.boards import build
from dashboard.encoded import plain
from data.ingest import ingest
from data.store import reading
from data.types import ClockReading, Scope
from data.versions import version_of
from data.vocabulary import Audience, Dataset, Language
from layouts.board import Board
from layouts.pages import PAGES
from tests.dashboard.centre import open_centre, served_csv


@pytest.fixture
def centre(sqlite_url: str) -> Iterator[Engine]:
    engine = open_centre(sqlite_url, "tumbes", "huaquillas")
    yield engine
    engine.dispose()


def scope(**more: object) -> Scope:
    given = {"site": "tumbes", "language": Language.ES, "audience": Audience.OPEN, "window": "today", **more}
    return Scope(**given)  # type: ignore[arg-type]


def board(engine: Engine, page: str, asked: Scope, now: datetime | None = None) -> Board:
    with reading(engine) as conn:
        return build(conn, page, asked, ClockReading(now or datetime.now(UTC), 1.0, False))


def send(engine: Engine, var: Path, people: list[int]) -> None:
    receipt = ingest(
        engine, served_csv(people), "s.csv", source="migraciones", dataset=Dataset.FLOW, now=datetime.now(UTC), var=var
    )
    assert receipt.rejected == 0


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("page", list(PAGES))
def test_every_page_has_a_board_with_and_without_reports(centre: Engine, var: Path, page: str, language: Language):
    empty = plain(board(centre, page, scope(language=language)))
    send(centre, var, [40, 50, 60])
    full = plain(board(centre, page, scope(language=language)))
    for made in (empty, full):
        assert (made["page"], made["site"], made["lang"]) == (page, "tumbes", language)
        assert [site["site"] for site in made["sites"]] == ["tumbes", "huaquillas"]
        assert orjson.loads(orjson.dumps(made)) == made
    assert empty["version"] != full["version"]
    assert empty["as_of"] is None
    assert full["as_of"] is not None
    if "entries_today" in full["kpis"]:
        assert empty["kpis"]["entries_today"]["value"] is None, "no report is not zero"
        assert full["kpis"]["entries_today"]["value"] == 150


def test_the_version_is_that_of_the_data_and_the_minute(centre: Engine, var: Path):
    send(centre, var, [1])
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    with reading(centre) as conn:
        known = version_of(conn, "tumbes")
    assert board(centre, "flow", scope(), now).version == f"{known}.{int(now.timestamp() // 60)}"
    later = board(centre, "flow", scope(), now + timedelta(seconds=59))
    assert later.version == board(centre, "flow", scope(), now).version
    assert board(centre, "flow", scope(), now + timedelta(seconds=60)).version != later.version


@pytest.mark.parametrize("page", list(PAGES))
def test_a_board_of_the_same_data_and_moment_is_the_same(centre: Engine, var: Path, page: str):
    send(centre, var, [40, 50, 60])
    now = datetime.now(UTC)
    first, second = (plain(board(centre, page, scope(), now)) for _ in range(2))
    assert first == second


def test_what_was_received_later_is_not_on_a_board_of_before(centre: Engine, var: Path):
    send(centre, var, [40])
    before = datetime.now(UTC)
    send(centre, var, [90])
    then = board(centre, "situation", scope(as_of=before))
    assert then.kpis["entries_today"].value == 40
    assert board(centre, "situation", scope()).kpis["entries_today"].value == 90
