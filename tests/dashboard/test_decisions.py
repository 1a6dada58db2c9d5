"""Deciding about a figure on a page: who may, from where, and that it is written down."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import select

from data.accounts import add_account
from data.flags import open_flags
from data.officials import choices
from data.store import create_store, reading, writing
from data.tables import audit
from data.vocabulary import Role
from tests import processes
from tests.dashboard.centre import Server

FORM = re.compile(r'name="form" value="([^"]+)"')
HEAD = "site,stage,measure,start,minutes,people\n"


def hour(measure: str, people: int) -> str:
    start = (datetime.now(UTC) - timedelta(hours=3)).replace(minute=0, second=0, microsecond=0)
    return f"{HEAD}tumbes,migration-control,{measure},{start.isoformat()},60,{people}\n"


def sent(client: httpx.Client, dataset: str, content: str) -> dict:
    answer = client.post(f"/api/v1/reports?dataset={dataset}&source=migraciones", content=content.encode())
    assert answer.status_code == 201, answer.text
    return answer.json()


def doubted(client: httpx.Client) -> str:
    """An hour that served more than were there; the name of its doubt."""
    at = (datetime.now(UTC) - timedelta(hours=3)).replace(minute=0, second=0, microsecond=0).isoformat()
    sent(client, "queue", f"site,stage,at,waiting,counters_open\ntumbes,migration-control,{at},10,3\n")
    sent(client, "flow", hour("arrivals", 5))
    [flag] = sent(client, "flow", hour("served", 200))["flags"]
    assert (flag["code"], flag["needs_reason"]) == ("served_over_present", True)
    assert "200" in flag["message"]
    return flag["flag"]


def posted(client: httpx.Client, address: str, **said: str) -> httpx.Response:
    form = FORM.search(client.get(address).text)
    assert form is not None
    origin = str(client.base_url).rstrip("/")
    return client.post(address, data={"form": form[1], **said}, headers={"Origin": origin})


def test_an_official_source_is_chosen_with_a_reason_and_recorded(server: Server):
    address = "/decide/official?site=tumbes&stage=migration-control&measure=served"
    engine = create_store(f"sqlite:///{server.var / 'caudal.sqlite'}")
    with server.client() as client:
        doubted(client)
        page = client.get(address).text
        assert 'value="migraciones"' in page
        assert posted(client, address, source="migraciones", reason=" ").status_code == 400
        assert posted(client, address, source="nadie", reason="porque sí").status_code == 400
        done = posted(client, address, source="", reason="acta 14: falta acordarla")
        assert (done.status_code, done.headers["location"]) == (303, "/flow?site=tumbes&lang=es")
        told = client.get("/api/v1/reconciliation?site=tumbes&measure=served").json()
        assert (told["official"], [row["source"] for row in told["rows"]]) == (None, ["migraciones"])
    with reading(engine) as conn:
        chosen = choices(conn, "tumbes", datetime.now(UTC))["migration-control", "served"]
        rows = conn.execute(select(audit).where(audit.c.action == "official-source")).all()
    engine.dispose()
    assert (chosen.source, chosen.set_by, chosen.reason) == ("", "local", "acta 14: falta acordarla")
    assert [(row.who, row.facts["before"], row.facts["source"]) for row in rows] == [("local", "migraciones", "")]


def test_a_doubt_is_answered_on_its_page_and_a_form_from_elsewhere_is_not_taken(server: Server):
    engine = create_store(f"sqlite:///{server.var / 'caudal.sqlite'}")
    with server.client() as client:
        address = f"/decide/flag/{doubted(client)}?lang=es"
        assert "Se atendió a 200 personas" in client.get(address).text
        origin = str(client.base_url).rstrip("/")
        no_token = client.post(address, data={"reason": "x"}, headers={"Origin": origin})
        assert no_token.status_code == 400
        form = FORM.search(client.get(address).text)
        assert form is not None
        elsewhere = client.post(
            address, data={"form": form[1], "reason": "x"}, headers={"Origin": "https://otro.example"}
        )
        assert elsewhere.status_code in (401, 403)
        with reading(engine) as conn:
            assert len(open_flags(conn, "tumbes")) == 1
        assert posted(client, address, reason="Se contó dos filas").status_code == 303
        again = posted(client, address, reason="otra vez")
        assert again.status_code == 400
        assert client.get("/decide/flag/000000000000").status_code == 404
    with reading(engine) as conn:
        assert open_flags(conn, "tumbes") == ()
        [row] = conn.execute(select(audit).where(audit.c.action == "flag-cleared")).all()
    engine.dispose()
    assert row.facts == {"site": "tumbes", "code": "served_over_present", "reason": "Se contó dos filas"}


@pytest.mark.parametrize(
    ("role", "official", "flag"),
    [
        (Role.LEADERSHIP, 403, 403),
        (Role.PARTNER, 403, 200),
        (Role.SECTOR_LEAD, 403, 200),
        (Role.COORDINATION, 200, 200),
    ],
)
def test_who_may_decide_what(server: Server, role: Role, official: int, flag: int):
    with server.client() as client:
        name = doubted(client)
    engine = create_store(f"sqlite:///{server.var / 'caudal.sqlite'}")
    with writing(engine) as conn:
        add_account(conn, "ana", "una clave larga", role, datetime.now(UTC), sites=("tumbes",))
    engine.dispose()
    with server.client() as client:
        for _ in range(50):
            if client.get("/decide/official").status_code == 303:
                break
        form = FORM.search(client.get("/login").text)
        assert form is not None
        client.post("/login", data={"form": form[1], "name": "ana", "password": "una clave larga"})
        assert client.get("/decide/official?site=tumbes").status_code == official
        assert client.get("/decide/official?site=huaquillas").status_code == 403, "only their own sites"
        assert client.get(f"/decide/flag/{name}").status_code == flag


def run(server: Server, *words: str) -> subprocess.CompletedProcess[str]:
    return processes.caudal(*words, environment={**os.environ, "CAUDAL_VAR": str(server.var)})


def test_the_same_by_command(server: Server):
    with server.client() as client:
        name = doubted(client)
    assert name in run(server, "flag", "list").stdout
    assert run(server, "flag", "clear", name).returncode == 2, "not without a reason"
    assert run(server, "flag", "clear", name, "--reason", "dos filas", "--by", "ana").returncode == 0
    assert run(server, "flag", "clear", name, "--reason", "dos filas").returncode == 2
    wrong = run(server, "official", "tumbes", "migration-control", "served", "nadie", "--reason", "x")
    assert (wrong.returncode, "migraciones" in wrong.stderr) == (2, True)
    done = run(server, "official", "tumbes", "migration-control", "served", "--none", "--reason", "por acordar")
    assert done.returncode == 0, done.stderr
    assert '"source": null' in run(server, "official", "tumbes", "--json").stdout
    assert run(server, "duplicate", "list").returncode == 0
