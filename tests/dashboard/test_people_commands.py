"""Accounts, screens and keys from the command line: what is said, what is kept, and what is refused."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import httpx
import pytest

from dashboard.running import address_of_running, note_address
from dashboard.settings import Settings
from data.accounts import directory
from data.keys import digest
from data.store import create_store, reading
from data.vocabulary import Role
from tests import processes
from tests.dashboard.centre import Server, open_centre

PASSWORD = "una frase bien larga"


@pytest.fixture
def caudal(var: Path, sqlite_url: str):
    open_centre(sqlite_url).dispose()

    def run(*words: str, status: int = 0) -> subprocess.CompletedProcess[str]:
        done = processes.caudal(*words, environment={**os.environ, "CAUDAL_VAR": str(var)})
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    return run


def people(url: str):
    engine = create_store(url)
    with reading(engine) as conn:
        found = directory(conn)
    engine.dispose()
    return found


def test_an_account_is_made_listed_changed_and_disabled(caudal, sqlite_url: str):
    caudal("user", "add", "maria", "--role", "sector-lead", "--organisation", "ACNUR", "--password", PASSWORD)
    assert (
        "ya existe"
        in caudal("user", "add", "maria", "--role", "admin", "--password", PASSWORD, status=2).stderr.lower()
    )
    assert "10" in caudal("user", "add", "ana", "--role", "admin", "--password", "corta", status=2).stderr
    [line] = caudal("user", "list").stdout.splitlines()
    assert line.split("\t") == ["maria", "sector-lead", "ACNUR", "*", "activa"]
    caudal("user", "passwd", "maria", "--password", PASSWORD + " nueva")
    caudal("user", "disable", "maria")
    maria = people(sqlite_url).accounts["maria"]
    assert (maria.role, maria.disabled, maria.epoch) == (Role.SECTOR_LEAD, True, 2)
    assert "no existe" in caudal("user", "disable", "nadie", status=2).stderr.lower()


def test_a_screens_link_is_shown_once_and_only_its_digest_is_kept(caudal, sqlite_url: str):
    link = caudal("screen", "add", "sala", "--address", "/wall?distance=6").stdout.splitlines()[-1]
    assert link.startswith("/screen/")  # no server runs: nobody knows what stands in front of it
    kept = people(sqlite_url).screens["sala"]
    assert kept.token_hash == digest(link.rsplit("/", 1)[1])
    assert (kept.site, kept.boards, kept.address) == ("tumbes", ("wall",), "/wall?distance=6&site=tumbes")
    caudal("screen", "revoke", "sala")
    assert "revocada" in caudal("screen", "list").stdout
    assert "/wall" in caudal("screen", "add", "otra", "--address", "/nada", status=2).stderr
    assert "tumbes" in caudal("screen", "add", "otra", "--address", "/wall?site=lima", status=2).stderr


def test_a_screens_link_leads_to_the_server_that_runs(caudal, var: Path, sqlite_url: str):
    server = Server(var).start()
    try:
        link = caudal("screen", "add", "sala").stdout.splitlines()[-1]
        assert link.startswith(f"{server.url}/screen/")
        assert httpx.get(link).status_code == 303
        whole = caudal("screen", "add", "otra", "--url", "https://caudal.example/").stdout.splitlines()[-1]
        assert whole.startswith("https://caudal.example/screen/")
    finally:
        server.stop()
    assert caudal("screen", "add", "tercera").stdout.splitlines()[-1].startswith("/screen/")


def test_an_address_of_a_server_that_was_killed_is_not_printed(caudal, var: Path):
    server = Server(var).start()
    server.kill()
    assert (var / "run" / "address.json").exists()
    said = caudal("screen", "add", "sala").stdout
    assert said.splitlines()[-1].startswith("/screen/")
    assert "--url" in said


def test_a_server_on_every_address_does_not_pretend_to_know_its_name(tmp_path: Path):
    note_address(Settings(var=tmp_path, host="0.0.0.0", port=8050))
    note_address(Settings(var=tmp_path, behind_proxy=True))
    assert address_of_running(tmp_path) is None
    note_address(Settings(var=tmp_path, host="127.0.0.1", port=8261))
    assert address_of_running(tmp_path) == "http://127.0.0.1:8261/"


def test_a_secret_that_several_hosts_share_is_the_one_that_is_used(caudal, tmp_path: Path, monkeypatch):
    shared = tmp_path / "shared.key"
    monkeypatch.setenv("CAUDAL_SECRET_FILE", str(shared))
    assert str(shared) in caudal("doctor", status=2).stdout
    assert len(shared.read_bytes()) >= 32
    assert shared.stat().st_mode & 0o077 == 0
    shared.write_bytes(b"short")
    [wrong] = [line for line in caudal("doctor", status=2).stdout.splitlines() if str(shared) in line]
    assert wrong.startswith("mal")
    assert str(shared) in caudal("serve", "--port", "0", status=2).stderr
    shared.unlink()
    caudal("doctor", status=2)
    shared.chmod(0o644)
    assert "chmod 600" in caudal("doctor", status=2).stdout


def test_a_key_is_alone_on_the_output_so_that_a_script_can_keep_it(caudal, sqlite_url: str):
    secret = caudal("token", "add", "envio", "--source", "migraciones").stdout.strip()
    assert people(sqlite_url).tokens[digest(secret)].source == "migraciones"
    caudal("token", "revoke", "envio")
    assert people(sqlite_url).tokens == {}


def test_doctor_names_what_is_wrong(caudal):
    said = caudal("doctor", status=2).stdout  # nobody has evaluated the alerts of this site yet
    wrong = [line for line in said.splitlines() if line.startswith("mal")]
    assert len(wrong) == 1
    assert "tumbes" in wrong[0]
    assert "CAUDAL_PORT=8050" in caudal("doctor", "--settings").stdout


def test_a_taken_port_is_said(caudal):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert f":{port}:" in caudal("serve", "--port", str(port), status=2).stderr
