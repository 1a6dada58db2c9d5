"""Closing, opening and letting through from the command line, as whoever may."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from dashboard.commands.closing import close, release, unlock
from dashboard.commands.reports import import_files, undo_report
from dashboard.settings import Settings
from data.accounts import add_account
from data.sites import site
from data.store import reading, writing
from data.vocabulary import Role
from tests.dashboard.centre import open_centre


@pytest.fixture
def settings(var: Path, sqlite_url: str) -> Settings:
    return Settings(var=var)


@pytest.fixture
def store(settings: Settings, sqlite_url: str) -> Engine:
    return open_centre(sqlite_url, "tumbes")


def run(settings: Settings, command: object, *words: str) -> Result:
    return CliRunner().invoke(command, list(words), obj=settings)  # type: ignore[arg-type]


def yesterday(store: Engine) -> str:
    with reading(store) as conn:
        zone = ZoneInfo(site(conn, "tumbes").zone)
    return (datetime.now(UTC).astimezone(zone) - timedelta(days=1)).date().isoformat()


def sent(settings: Settings, folder: Path, day: str, people: int, *words: str) -> dict[str, object]:
    file = folder / f"{people}.csv"
    file.write_text(
        f"site,stage,measure,start,minutes,people\ntumbes,migration-control,served,{day}T09:00,60,{people}\n"
    )
    done = run(settings, import_files, str(file), "--source", "migraciones", "--json", *words)
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.output))


def test_a_day_is_closed_a_late_change_waits_and_a_coordinator_lets_it_through(
    settings: Settings, store: Engine, tmp_path: Path
):
    day = yesterday(store)
    first = sent(settings, tmp_path, day, 40)
    assert run(settings, close, "tumbes", day, "--by", "lucia").exit_code == 0
    again = run(settings, close, "tumbes", day, "--by", "lucia")
    assert again.exit_code == 2
    assert "ya está cerrado" in again.output
    late = sent(settings, tmp_path, day, 55, "--reason", "faltaba una hoja")
    assert late["state"] == "held"
    [note] = late["notes"]  # type: ignore[misc]
    assert day in note["message"]
    undone = run(settings, undo_report, str(first["report"]))
    assert undone.exit_code == 2
    assert "caudal unlock" in undone.output
    assert run(settings, release, str(late["report"]), "--reason", "visto", "--by", "maria").exit_code == 0
    opened = run(settings, unlock, "tumbes", day, "--reason", "recuento", "--by", "maria")
    assert opened.exit_code == 0, opened.output
    assert run(settings, undo_report, str(first["report"])).exit_code == 0


def test_where_there_are_accounts_only_the_right_ones_decide(settings: Settings, store: Engine):
    day = yesterday(store)
    with writing(store) as conn:
        for name, role in (("paula", Role.PARTNER), ("lucia", Role.SECTOR_LEAD)):
            add_account(conn, name, "una frase bien larga", role, datetime.now(UTC))
    for name, says in (("nadie", "ninguna cuenta"), ("paula", "no puede cerrar")):
        refused = run(settings, close, "tumbes", day, "--by", name)
        assert refused.exit_code == 2
        assert says in refused.output
    assert run(settings, close, "tumbes", day, "--by", "lucia").exit_code == 0
    refused = run(settings, unlock, "tumbes", day, "--reason", "recuento", "--by", "lucia")
    assert refused.exit_code == 2
    assert "coordinación" in refused.output


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("tumbes", "ayer"), "no es un día ni un turno"),
        (("nazca", "2019-06-14"), "nazca"),
        (("tumbes", "2099-01-01"), "todavía no termina"),
    ],
)
def test_what_cannot_be_closed_is_said(settings: Settings, store: Engine, words: tuple[str, ...], says: str):
    refused = run(settings, close, *words)
    assert refused.exit_code == 2
    assert says in refused.output
