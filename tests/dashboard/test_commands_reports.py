"""The commands of whoever sends reports, as a person types them and as a program reads them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from dashboard.commands.reports import COMMANDS
from dashboard.commands.watch import complete, look_at
from dashboard.settings import Settings
from data.queries import deliveries
from data.store import create_store, reading
from tests.data.centre import SITE, flow_csv, hour_csv, people_by_hour

ROOT = Path(__file__).parents[2]


@pytest.fixture
def settings(var: Path) -> Settings:
    return Settings(var=var)


@pytest.fixture
def caudal(settings: Settings):
    """Runs a command, the site being there."""
    commands = click.Group(commands={str(command.name): command for command in COMMANDS})

    def run(*words: object) -> Result:
        return CliRunner().invoke(commands, [str(word) for word in words], obj=settings)

    place = settings.var / "tumbes.toml"
    place.write_text(SITE, encoding="utf-8")
    assert run("site", "add", place).exit_code == 0
    return run


@pytest.fixture
def drop(tmp_path: Path):
    folder = tmp_path / "dropped"
    folder.mkdir()

    def write(content: bytes, name: str = "reporte.csv") -> Path:
        path = folder / name
        path.write_bytes(content)
        return path

    return write


def people(settings: Settings) -> dict[str, float]:
    store = create_store(settings.store_url)
    found = people_by_hour(store)
    store.dispose()
    return found


def test_a_good_file_is_received_and_the_command_succeeds(caudal, drop, settings):
    result = caudal("import", drop(hour_csv("09:00", 40)), "--source", "migraciones")
    assert result.exit_code == 0, result.output
    assert "reporte 1" in result.stdout
    assert people(settings) == {"09:00": 40}


def test_a_file_of_which_no_row_can_be_accepted_is_told_row_by_row(caudal, drop, settings):
    result = caudal("import", drop(flow_csv(("2018-10-31T10:00", 60, -3))), "--source", "migraciones")
    assert result.exit_code == 2, result.output
    assert "0 filas aceptadas, 1 rechazada" in result.output
    assert "fila 2, columna «people»" in result.output
    assert people(settings) == {}


def test_rejected_rows_are_listed_with_line_column_and_reason_and_the_status_says_so(caudal, drop, settings):
    mixed = flow_csv(("2018-10-31T09:00", 60, 40), ("2018-10-31T10:00", 60, -3))
    result = caudal("import", drop(mixed), "--source", "migraciones")
    assert result.exit_code == 1
    assert "fila 3, columna «people»:" in result.stdout
    assert people(settings) == {"09:00": 40}


def test_a_file_that_is_not_a_report_is_not_received(caudal, drop, settings):
    result = caudal("import", drop(b"<html><body>caducada</body></html>", "reporte.xlsx"), "--source", "migraciones")
    assert result.exit_code == 2
    assert "no se recibió" in result.stderr
    assert people(settings) == {}


def test_a_program_gets_one_object_per_file(caudal, drop):
    good, bad = drop(hour_csv("09:00", 40), "a.csv"), drop(b"", "b.csv")
    result = caudal("import", good, bad, good, "--source", "migraciones", "--json")
    answers = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 2
    assert [(a["accepted"], a["rejected"], a["already_received"]) for a in answers] == [
        *((1, 0, False), (0, 0, False), (1, 0, True)),
    ]
    assert answers[0]["report"] == answers[2]["report"]
    assert set(answers[1]["issues"][0]) >= {"line", "column", "code", "message"}
    assert answers[1]["issues"][0]["message"]


def test_the_source_is_never_guessed(caudal, drop):
    result = caudal("import", drop(hour_csv("09:00", 40)))
    assert result.exit_code == 2
    assert "--source" in result.stderr


def test_a_file_that_is_not_there_does_not_stop_the_others(caudal, drop, tmp_path, settings):
    result = caudal("import", tmp_path / "none.csv", drop(hour_csv("09:00", 40)), "--source", "migraciones")
    assert result.exit_code == 2
    assert "none.csv" in result.stderr
    assert people(settings) == {"09:00": 40}


def test_a_dry_run_keeps_nothing(caudal, drop, settings):
    result = caudal("import", drop(hour_csv("09:00", 40)), "--source", "migraciones", "--dry-run")
    assert result.exit_code == 0
    assert "no se guardó nada" in result.stdout
    assert people(settings) == {}
    assert not (settings.var / "received").exists()


def test_when_a_report_was_written_can_be_said(caudal, drop, settings):
    path = drop(hour_csv("09:00", 55))
    later = caudal("import", path, "--source", "migraciones", "--issued-at", "2018-11-01T10:00-05:00")
    earlier = drop(hour_csv("09:00", 40), "antes.csv")
    caudal("import", earlier, "--source", "migraciones", "--issued-at", "2018-11-01T08:00-05:00")
    assert later.exit_code == 0
    assert people(settings) == {"09:00": 55}
    wrong = caudal("import", path, "--source", "migraciones", "--issued-at", "1 de noviembre")
    assert wrong.exit_code == 2
    assert "1 de noviembre" in wrong.stderr


def test_undo_takes_a_report_back_once(caudal, drop, settings):
    caudal("import", drop(hour_csv("09:00", 40)), "--source", "migraciones")
    assert caudal("undo", 1).exit_code == 0
    assert people(settings) == {}
    again = caudal("undo", 1)
    assert again.exit_code == 2
    assert "ya se deshizo" in again.stderr


def test_sources_are_listed_with_their_silence(caudal, drop):
    assert "todavía no ha reportado" in caudal("sources").stdout
    caudal("import", drop(hour_csv("09:00", 40)), "--source", "migraciones")
    assert "1 reporte" in caudal("sources").stdout


def test_sites_are_listed_and_a_wrong_file_says_what_is_wrong(caudal, drop):
    assert "tumbes\tCEBAF Tumbes\tPE\tAmerica/Lima\treal" in caudal("site", "list").stdout
    wrong = caudal("site", "add", drop(SITE.replace("America/Lima", "Lima").encode(), "x.toml"))
    assert wrong.exit_code == 2
    assert "zone = 'Lima'" in wrong.stderr


@pytest.mark.parametrize("name", ["flow.csv", "flow.xlsx"])
def test_a_template_is_written(caudal, tmp_path, name):
    result = caudal("template", "flow", "--out", tmp_path / name)
    assert result.exit_code == 0, result.output
    assert (tmp_path / name).stat().st_size > 0


def test_the_commands_speak_english_too(drop, var):
    commands = click.Group(commands={str(command.name): command for command in COMMANDS})
    settings = Settings(var=var, language="en")
    result = CliRunner().invoke(commands, ["import", str(drop(b"", "b.csv")), "--source", "x"], obj=settings)
    assert "not received" in result.stderr


def test_a_file_is_taken_when_it_no_longer_grows(tmp_path):
    path = tmp_path / "reporte.csv"
    path.write_bytes(b"half")
    os.utime(path, ns=(0, 1_000_000_000))
    first = look_at(tmp_path)
    path.write_bytes(b"half and more")
    os.utime(path, ns=(0, 2_000_000_000))
    second = look_at(tmp_path)
    assert complete({}, first, 10_000_000_000, 2) == []
    assert complete(first, second, 10_000_000_000, 2) == []
    assert complete(second, look_at(tmp_path), 3_000_000_000, 2) == []
    assert complete(second, look_at(tmp_path), 4_000_000_000, 2) == [path]


def test_what_a_program_is_still_writing_is_no_delivery(tmp_path):
    for name in (".oculto.csv", "~$libro.xlsx", "bajando.csv.crdownload", "a.part"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "carpeta").mkdir()
    assert look_at(tmp_path) == {}


def test_a_watched_folder_receives_what_is_dropped_once_and_the_same_file_again_changes_nothing(
    caudal, drop, settings, tmp_path
):
    folder = drop(hour_csv("09:00", 40), "antes.csv").parent
    program = "from dashboard.cli import caudal; from dashboard.commands.reports import COMMANDS\n"
    program += "for command in COMMANDS: caudal.add_command(command)\ncaudal()"
    words = ["watch", str(folder), "--source", "migraciones", "--settle", "0.2"]
    environment = {**os.environ, "CAUDAL_VAR": str(settings.var), "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    watcher = subprocess.Popen(
        [sys.executable, "-c", program, *words], env=environment, cwd=tmp_path, stdout=subprocess.PIPE, text=True
    )
    store = create_store(settings.store_url)
    try:
        _until(lambda: people_by_hour(store) == {"09:00": 40})
        drop(hour_csv("10:00", 50), "luego.csv")
        _until(lambda: people_by_hour(store) == {"09:00": 40, "10:00": 50})
        drop(hour_csv("09:00", 40), "otra-vez.csv")
        drop(hour_csv("11:00", 60), "ultimo.csv")
        _until(lambda: "11:00" in people_by_hour(store))
        with reading(store) as conn:
            received = deliveries(conn, None, 10)
        assert sorted(delivery.filename for delivery in received) == ["antes.csv", "luego.csv", "ultimo.csv"]
    finally:
        watcher.send_signal(signal.SIGINT)
        out, _ = watcher.communicate(timeout=30)
        store.dispose()
    assert "luego.csv" in out


def _until(happened) -> None:
    deadline = time.monotonic() + 60
    while not happened():
        assert time.monotonic() < deadline, "nothing was received within a minute"
        time.sleep(0.1)
