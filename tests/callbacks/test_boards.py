"""Every page's board, from a real store: read, worked out, drawn; the same for everybody with the same rights."""

from __future__ import annotations

import re
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
from data.types import Cadence, ClockReading, Contact, Reporting, Scope
from data.versions import version_of
from data.vocabulary import Audience, Dataset, Language, Look, Rhythm
from layouts.board import Board
from layouts.fresh import FED, PANELS, badge
from layouts.html import to_html
from layouts.pages import PAGES
from layouts.translator import translator
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


@pytest.mark.parametrize("page", list(PANELS))
def test_every_panel_that_a_source_feeds_says_how_fresh_it_is(centre: Engine, var: Path, page: str) -> None:
    """Every name of the table is a panel of its page, and its badge stands in the first HTML."""
    send(centre, var, [4, 5])
    drawn = board(centre, page, scope())
    html = to_html(PAGES[page].frame(drawn, Look.LIGHT, translator("es", "America/Lima"), 0))
    assert [name for name in PANELS[page] if f'id="text-fresh-{name}"' not in html] == []
    assert html.count('data-fresh="') == len(PANELS[page])
    assert set(PANELS[page]) <= set(FED)


def test_a_badge_turns_late_and_silent_at_the_deadlines_of_its_source() -> None:
    t = translator("es", "America/Lima")
    noon = datetime(2019, 6, 14, 17, tzinfo=UTC)
    late, silent = noon + timedelta(minutes=15), noon + timedelta(minutes=75)
    hourly = Cadence(Rhythm.HOURLY, noon - timedelta(days=9), 60, 15)
    row = Reporting("m", "flow", Contact(), hourly, (), noon, noon - timedelta(hours=1), late, silent)
    said = [to_html(badge(row, m > 70, noon + timedelta(minutes=m), t)) for m in (15, 16, 75, 76)]
    assert [re.findall('data-fresh="([a-z]+)"', html)[0] for html in said] == ["fine", "late", "late", "silent"]
    assert "dato de las 11:00" in said[0]
    assert "cada hora" in said[0]
    assert ["m: " in html for html in said] == [False, False, True, True]  # named where it is one of several
    assert f'data-late="{late.isoformat()}"' in said[0]
    assert "sin frecuencia acordada" in to_html(badge(None, False, noon, t))
