"""The plan on its page: proposed, activated by who may, ticked on a phone without a script, told by the API as CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, insert, select

from data.accounts import add_account
from data.plan_book import newest_activation
from data.plan_shapes import Activation
from data.store import create_store, reading, writing
from data.tables import audit, plan_task_event, pressure_change
from data.versions import raise_version
from data.vocabulary import Role, TaskState
from tests.dashboard.centre import FORM_TOKEN, Server, until
from tests.dashboard.test_cadence_page import signed_in
from tests.data.planned import PLAN, give_plan

ASKED = "site=tumbes&lang=es&look=light"
SITE = {"site": "tumbes", "lang": "es", "look": "light"}


@pytest.fixture
def store(server: Server) -> Iterator[Engine]:
    engine = create_store(f"sqlite:///{server.var / 'caudal.sqlite'}")
    give_plan(engine, PLAN, datetime.now(UTC) - timedelta(hours=1), "tumbes")
    yield engine
    engine.dispose()


def alarm(store: Engine) -> None:
    """The pressure level became critical a moment ago, as the alert desk writes it down."""
    with writing(store) as conn:
        at = datetime.now(UTC) - timedelta(minutes=5)
        conn.execute(insert(pressure_change).values(site="tumbes", at=at, level="critical", inputs={}))
        raise_version(conn, "tumbes")


def page(client: httpx.Client, more: str = "") -> str:
    answer = client.get(f"/plan?{ASKED}{more}")
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")


def sent(client: httpx.Client, act: str, **said: str) -> httpx.Response:
    form = FORM_TOKEN.search(client.get(f"/plan?{ASKED}").text)
    origin = {"Origin": str(client.base_url).rstrip("/")}
    fields = {**SITE, "form": form[1] if form else "", **said}
    return client.post(f"/plan/{act}", data=fields, headers=origin)


def activate(client: httpx.Client, level: str = "amarillo", **more: str) -> httpx.Response:
    return sent(client, "level", **{"level": level, "by": "José Ñahui", "note": "acta 4", "seen": "0", **more})


def tick(client: httpx.Client, task: str = "avisar", state: str = "done", **more: str) -> httpx.Response:
    said = {"task": task, "state": state, "by": "José Ñahui", "activation": "1", "seen": "0", **more}
    return sent(client, "task", **said)


def running(store: Engine) -> Activation | None:
    with reading(store) as conn:
        return newest_activation(conn, "tumbes")


def told(client: httpx.Client, **more: str) -> dict[str, Any]:
    answer = client.get("/api/v1/plan", params={"site": "tumbes", **more})
    assert answer.status_code == 200
    return answer.json()


def test_proposed_activated_ticked_and_told(server: Server, store: Engine) -> None:
    alarm(store)
    with server.client() as client:
        first = page(client)
        assert 'data-plan-number="0"' in first
        assert "El plan propone el nivel 3 «Rojo» desde" in first
        assert "presión de cola en Crítico, desde" in first
        assert running(store) is None
        # On a board it stands within the minute, and nothing else has activated it.
        until(lambda: "Plan: nivel 3 «Rojo» propuesto desde" in client.get(f"/lite?{ASKED}").text, 20, "no line")
        done = activate(client)
        assert (done.status_code, done.headers["location"].split("?")[0]) == (303, "/plan")
        now = page(client)
        assert 'data-plan-level="amarillo" data-plan-number="2"' in now
        assert "lo decidió José Ñahui" in now
        assert "0 de 2 hechas" in now
        # Who has said their name once is not asked again: it travels in the forms.
        assert re.search(r'<input(?=[^>]*type="hidden")(?=[^>]*name="by")[^>]*value="José Ñahui"', now)
        assert tick(client).headers["location"].endswith("#task-avisar")
        assert tick(client, "reunir", "blocked", note="no hay sala").status_code == 303
        now = page(client)
        assert "1 de 2 hechas" in now
        assert "La bloquea: no hay sala" in now
        assert re.search(r'<li(?=[^>]*data-task="reunir")(?=[^>]*data-state="blocked")[^>]*data-overdue="0"', now)
        assert now.index('data-task="reunir"') < now.index('data-task="avisar"'), "what is to be done comes first"
        until(lambda: "1 de 2 hechas" in client.get(f"/?{ASKED}").text, 20, "no line on the first page")
        english = unescape(client.get("/plan?site=tumbes&lang=en").text)
        assert "1 of 2 done" in english
        assert "Warn those off duty" in english
        answer = told(client)
    assert (answer["in_force"]["level"], answer["in_force"]["done"], answer["proposed"]["level"]) == (
        "amarillo",
        1,
        "rojo",
    )
    with reading(store) as conn:
        rows = conn.execute(select(audit.c.who, audit.c.action).order_by(audit.c.audit_id)).all()
    assert [tuple(row) for row in rows] == [
        ("José Ñahui", "plan-level"),
        ("José Ñahui", "plan-task"),
        ("José Ñahui", "plan-task"),
    ]


def test_what_is_missing_is_said_and_what_was_typed_stays(server: Server, store: Engine) -> None:
    with server.client() as client:
        wrong = activate(client, note=" ")
        assert wrong.status_code == 400
        assert "Falta el motivo." in unescape(wrong.text)
        assert 'value="José Ñahui"' in unescape(wrong.text)
        assert activate(client, by="").status_code == 400
        assert running(store) is None
        assert activate(client).status_code == 303
        blocked = tick(client, state="blocked")
        assert blocked.status_code == 400
        assert "Diga qué la bloquea." in unescape(blocked.text)
        assert re.search(r"<details[^>]* open", blocked.text)
        tick(client, state="under-way", by="Ana")
        late = tick(client)
        assert late.status_code == 409
        assert "Mientras tanto Ana la dejó «en marcha»" in unescape(late.text)
        assert activate(client, "rojo").status_code == 409
        assert activate(client, "nada", seen="1").status_code == 400
        assert tick(client, seen="x").status_code == 409
        assert sent(client, "task", form="x").status_code == 400
    on = running(store)
    assert on is not None
    assert [task.state for task in on.tasks if task.events] == [TaskState.UNDER_WAY]


@pytest.mark.parametrize(
    ("role", "sees", "decides", "ticks"),
    [
        (Role.LEADERSHIP, 200, 403, 403),
        (Role.PARTNER, 200, 403, 403),
        (Role.SECTOR_LEAD, 200, 403, 303),
        (Role.PROTECTION, 200, 403, 303),
        (Role.COORDINATION, 200, 303, 303),
        (Role.ADMIN, 200, 303, 303),
    ],
)
def test_the_coordination_decides_who_answers_for_a_sector_ticks_and_the_others_look(
    server: Server, store: Engine, role: Role, sees: int, decides: int, ticks: int
) -> None:
    with server.client() as client:
        activate(client, by="Rosa")
        with writing(store) as conn:
            add_account(conn, "ana", "una clave larga", role, datetime.now(UTC), sites=("tumbes",))
        until(lambda: client.get(f"/plan?{ASKED}").status_code in (303, 401, 403), 10, "still open")
        signed_in(client, "ana")
        seen = client.get(f"/plan?{ASKED}")
        assert seen.status_code == sees
        assert ('action="/plan/level"' in seen.text) is (decides == 303)
        assert ('action="/plan/task"' in seen.text) is (ticks == 303)
        # Whoever may nothing here is given no token either: the form's is then of another page.
        assert tick(client, by="otra").status_code in ((303,) if ticks == 303 else (400, 403))
        assert activate(client, "rojo", seen="1", by="otra").status_code in ((303,) if decides == 303 else (400, 403))
        assert client.get("/plan?site=huaquillas&lang=es").status_code == 403
    on = running(store)
    assert on is not None
    assert [act.by for act in on.acts] == ["Rosa", *(["ana"] if decides == 303 else [])]
    with reading(store) as conn:
        assert conn.execute(select(plan_task_event.c.by)).scalars().all() == (["ana"] if ticks == 303 else [])


def test_as_of_a_moment_it_tells_what_was_known_and_offers_no_form(server: Server, store: Engine) -> None:
    server.send([60, 60])
    with server.client() as client:
        before = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        until(lambda: datetime.now(UTC) > before + timedelta(seconds=1), 5, "time stands still")
        activate(client)
        at = before.isoformat().replace("+", "%2B")
        then = page(client, f"&as_of={at}")
        assert 'data-plan-number="0"' in then
        assert "Como se sabía el" in then
        assert "<form" not in then.split("<main")[1].split("</main")[0]
        assert told(client, as_of=before.isoformat())["in_force"] is None
        assert told(client)["in_force"]["level"] == "amarillo"
        assert client.get(f"/plan?{ASKED}&as_of=ayer").status_code == 400


def test_the_log_as_csv_has_a_row_an_act_and_a_task_and_starts_no_formula(server: Server, store: Engine) -> None:
    with server.client() as client:
        activate(client, note="=1+1")
        tick(client, state="blocked", note="@falta sala")
        text = client.get("/api/v1/plan?site=tumbes&format=csv").content.decode("utf-8-sig")
        described = client.get("/api/v1/openapi.json").json()["paths"]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert {"start", "level", "by", "task", "institution", "due", "done_at", "state", "note"} <= rows[0].keys()
    assert [(row["task"], row["state"], row["note"]) for row in rows] == [
        ("", "activated", "'=1+1"),
        ("avisar", "blocked", "'@falta sala"),
        ("reunir", "open", ""),
    ]
    assert "/plan" in described


def test_a_place_without_a_plan_says_how_to_load_one(server: Server) -> None:
    with server.client() as client:
        assert "Este puesto no tiene un plan de contingencia cargado." in page(client)
        assert 'action="/plan/level"' not in page(client)
        assert told(client)["plan"] is None
        assert "plan-strip" in client.get(f"/?{ASKED}").text


def test_the_next_dated_rule_stands_beside_what_is_proposed(server: Server, store: Engine) -> None:
    at = (datetime.now(UTC) + timedelta(days=3, minutes=5)).isoformat()
    body = f"site,at,title_es,title_en\ntumbes,{at},vence el PTP,PTP deadline\n".encode()
    with server.client() as client:
        address = "/api/v1/reports?dataset=event&source=migraciones"
        assert client.post(address, content=body, headers={"Content-Type": "text/csv"}).status_code == 201
        assert "Próxima norma con fecha: vence el PTP" in page(client)
        assert "(faltan 3 d" in page(client)
