"""The standards of a place on their page and by command: read by everybody, decided by who operates the centre."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from html import unescape
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, select

from data.accounts import add_account
from data.standards_book import every_standard, standards_in_force
from data.store import reading, writing
from data.tables import audit
from data.vocabulary import Role, Service
from tests import processes
from tests.dashboard.centre import FORM_TOKEN, Server, open_centre, until
from tests.dashboard.test_cadence_page import signed_in

ASKED = "site=tumbes&lang=es&look=light"
PAGE = "/coverage/standards"
FIELDS = {
    **{"site": "tumbes", "lang": "es", "look": "light", "service": "latrines", "phase": "emergency", "value": "50"},
    **{"per": "people-per-unit", "denominator": "present", "unit": "letrinas", "source": "UNHCR", "reason": "acta 4"},
}


def held(store: Engine) -> dict[Service, float]:
    with reading(store) as conn:
        return {name: one.value for name, one in standards_in_force(conn, "tumbes", datetime.now(UTC)).items()}


def sent(client: httpx.Client, act: str = "save", **more: str) -> httpx.Response:
    form = FORM_TOKEN.search(client.get(f"{PAGE}/edit?service=latrines&phase=emergency&{ASKED}").text)
    origin = str(client.base_url).rstrip("/")
    said = {**FIELDS, "by": "Rosa", "form": form[1] if form else "", **more}
    return client.post(f"{PAGE}/{act}", data=said, headers={"Origin": origin})


def test_a_standard_is_set_told_in_the_audit_and_the_phase_switches_it(server: Server, store: Engine) -> None:
    with server.client() as client:
        assert sent(client).headers["location"].startswith(f"{PAGE}?told=saved")
        assert "told=unchanged" in sent(client).headers["location"]
        sent(client, phase="stabilised", value="20")
        assert held(store)[Service.LATRINES] == 50
        switched = sent(client, "turn", turn="phase", word="stabilised", reason="se quedan más")
        assert switched.status_code == 303
        assert held(store)[Service.LATRINES] == 20
        page = unescape(client.get(f"{PAGE}?{ASKED}").text)
        assert "norma 1 por cada 20 personas" in page
        assert "se quedan más" in page
        english = unescape(client.get(f"{PAGE}?site=tumbes&lang=en").text)
        assert "Standards of the post" in english
        assert "No published standard:" in english
    with reading(store) as conn:
        told = conn.execute(select(audit.c.who, audit.c.action).order_by(audit.c.at)).all()
    assert [tuple(row) for row in told][-3:] == [("Rosa", "standard-set")] * 2 + [("Rosa", "phase-set")]


def test_what_was_published_stands_in_the_form_that_takes_it(server: Server) -> None:
    with server.client() as client:
        page = unescape(client.get(f"{PAGE}/edit?service=taps&phase=stabilised&published=1&{ASKED}").text)
    assert 'value="100"' in page
    assert "UNHCR, WASH Indicators and Targets" in page


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"value": "muchas"}, "value: «muchas» no sirve"),
        ({"value": "0"}, "value: «0.0» no sirve"),
        ({"source": " "}, "source: falta"),
        ({"reason": " "}, "Diga por qué."),
        ({"by": " "}, "Diga quién es."),
        ({"from": "ayer"}, "ayer"),
        ({"per": "per-arrival"}, "denominator: «present» no sirve"),
        ({"value": "<b>"}, "«<b>»"),
    ],
)
def test_what_is_no_standard_is_told_and_changes_nothing(server: Server, store: Engine, wrong, sentence) -> None:
    with server.client() as client:
        answer = sent(client, **wrong)
    assert answer.status_code == 400
    assert sentence in unescape(answer.text)
    assert "<b>»" not in answer.text
    assert Service.LATRINES not in held(store)


def test_only_who_operates_the_centre_decides(server: Server, store: Engine) -> None:
    with writing(store) as conn:
        for name, role in (("ana", Role.LEADERSHIP), ("rosa", Role.COORDINATION)):
            add_account(conn, name, "una clave larga", role, datetime.now(UTC))
    with server.client() as client:
        # The first account closes a centre that was open to everybody, as soon as the server has seen it.
        until(lambda: client.get(f"{PAGE}?{ASKED}").status_code in (303, 401, 403), 10, "still open")
        signed_in(client, "ana")
        page = client.get(f"{PAGE}?{ASKED}")
        assert page.status_code == 200
        assert "Normas del puesto" in page.text
        assert "Cambiar de fase" not in page.text
        assert client.get(f"{PAGE}/edit?service=latrines&phase=emergency&{ASKED}").status_code == 403
        assert sent(client).status_code in (400, 403)
    assert Service.LATRINES not in held(store)
    with server.client() as client:
        signed_in(client, "rosa")
        assert sent(client, by="otra persona").status_code == 303
    with reading(store) as conn:
        [one] = [one for one in every_standard(conn, "tumbes", datetime.now(UTC)) if one.standard.unit == "letrinas"]
    assert one.standard.set_by == "rosa"


@pytest.fixture
def caudal(var: Path, sqlite_url: str):
    open_centre(sqlite_url).dispose()

    def run(*words: str, status: int = 0) -> str:
        done = processes.caudal("standards", *words, environment={**os.environ, "CAUDAL_VAR": str(var)})
        assert done.returncode == status, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return (done.stdout + done.stderr).replace("\u00a0", " ").replace("\u202f", " ")

    return run


def test_the_published_ones_are_taken_by_file_exported_and_taken_back_without_change(caudal, tmp_path: Path) -> None:
    library, mine = tmp_path / "publicadas.toml", tmp_path / "mias.toml"
    caudal("published", str(library))
    assert "Cambiarían 18 normas." in caudal("import", "tumbes", str(library), "--dry-run")
    assert "latrines/emergency" not in caudal("list", "tumbes")
    assert "Cambiaron 18 normas." in caudal("import", "tumbes", str(library))
    caudal("set", "tumbes", "latrines", "emergency", "40", "--approved", "--reason", "acta 4")
    caudal("phase", "tumbes", "stabilised", "--reason", "se quedan más")
    caudal("export", "tumbes", str(mine))
    assert "Cambiaron 0 normas." in caudal("import", "tumbes", str(mine))
    assert caudal("export", "tumbes") == mine.read_text().replace("\u00a0", " ").replace("\u202f", " ")
    assert "norma 1 por cada 40 personas" in caudal("list", "tumbes")
    caudal("set", "tumbes", "latrines", "emergency", "--withdraw", "--reason", "se retiró")
    assert "retirada: sin norma" in caudal("list", "tumbes")
    mine.write_text(mine.read_text().replace("value = 40.0", "value = -4.0"))
    told = caudal("import", "tumbes", str(mine), status=2)
    assert "latrines/emergency: value: «-4.0» no sirve" in told
    assert "No cambió nada." in told
    assert "Pasan en menos de un día" in caudal("phase", "tumbes", "--stay", "under-a-day", "--reason", "pasan")
