"""An open count of alerts is as old as its last evaluation: a hung worker never reads as "none, now"."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from sqlalchemy import Engine

from callbacks.boards import build
from data.alerts import evaluate
from data.store import reading
from data.types import ClockReading, Scope
from data.vocabulary import Audience, Language
from layouts.board import Board
from tests.dashboard.centre import open_centre

SHOWING = ("situation", "alerts", "wall", "lite")
NOW = datetime.now(UTC).replace(second=0, microsecond=0)


@pytest.fixture
def centre(sqlite_url: str) -> Iterator[Engine]:
    engine = open_centre(sqlite_url)
    yield engine
    engine.dispose()


def board(engine: Engine, page: str, now: datetime, speed: float = 1.0, language: Language = Language.ES) -> Board:
    asked = Scope("tumbes", language, Audience.OPEN, "today")
    with reading(engine) as conn:
        return build(conn, page, asked, ClockReading(now, speed, speed != 1.0))


def words(made: Board) -> str:
    return orjson.dumps(made.to_json(), option=orjson.OPT_SERIALIZE_NUMPY).decode()


@pytest.mark.parametrize("page", SHOWING)
def test_a_fresh_evaluation_is_told_with_its_own_time(centre: Engine, page: str):
    evaluate(centre, "tumbes", NOW, NOW, "test")
    told = board(centre, page, NOW + timedelta(minutes=4)).kpis["alerts_open"]
    assert (told.value, told.state, told.as_of) == (0, "ok", NOW.isoformat())


@pytest.mark.parametrize("page", SHOWING)
def test_when_nobody_evaluates_for_five_minutes_the_page_says_since_when(centre: Engine, page: str):
    evaluate(centre, "tumbes", NOW, NOW, "test")
    later = NOW + timedelta(minutes=5, seconds=1)
    for language, said in ((Language.ES, "Nadie evalúa las alertas desde"), (Language.EN, "Nobody has evaluated")):
        made = board(centre, page, later, language=language)
        told = made.kpis["alerts_open"]
        assert (told.state, told.as_of) == ("stale", NOW.isoformat())
        assert said in words(made)
        assert said in orjson.dumps(made.to_json()["texts"]).decode()
        assert "Sin alertas abiertas" not in words(made)


@pytest.mark.parametrize("page", SHOWING)
def test_never_evaluated_is_not_none_open(centre: Engine, page: str):
    made = board(centre, page, NOW)
    told = made.kpis["alerts_open"]
    assert (told.value, told.state, told.as_of) == (None, "missing", None)
    assert "Todavía nadie ha evaluado las alertas" in words(made)


def test_a_replay_is_late_by_its_own_speed_and_never_before_five_of_its_minutes(centre: Engine):
    evaluate(centre, "tumbes", NOW, NOW, "test")
    states = {
        (speed, minutes): board(centre, "lite", NOW + timedelta(minutes=minutes), speed).kpis["alerts_open"].state
        for speed, minutes in ((60.0, 299), (60.0, 301), (0.5, 4), (0.5, 6))
    }
    assert states == {(60.0, 299): "ok", (60.0, 301): "stale", (0.5, 4): "ok", (0.5, 6): "stale"}


def test_an_evaluation_of_another_day_is_told_with_its_date(centre: Engine):
    evaluate(centre, "tumbes", NOW, NOW, "test")
    note = board(centre, "lite", NOW + timedelta(days=2)).kpis["alerts_open"].note
    assert str(NOW.year) in note
