"""Asking about a figure: by a form without a script, seen beside the figure, answered once, by who may."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from html import unescape

import httpx
import pytest
from sqlalchemy import Engine, select

from data.accounts import add_account
from data.question_book import questions
from data.question_shapes import Question
from data.store import reading, writing
from data.tables import audit
from data.vocabulary import QuestionState, Role
from tests.dashboard.centre import FORM_TOKEN, Server, until
from tests.dashboard.test_cadence_page import signed_in

ENTRIES = "/questions/figure?site=tumbes&lang=es&metric=entries_today"
HIDDEN = re.compile(r'<input(?=[^>]*type="hidden")(?=[^>]*name="([^"]+)")[^>]*value="([^"]*)"')
TEXT = "¿Por qué hay menos ingresos que a esta hora de ayer?"


def page(client: httpx.Client, address: str = ENTRIES, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.text[:400]
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")


def ask(client: httpx.Client, address: str = ENTRIES, **said: str) -> httpx.Response:
    fields = {name: unescape(value) for name, value in HIDDEN.findall(client.get(address).text)}
    return client.post("/questions/ask", data={**fields, "by": "Rosa", "text": TEXT, **said}, headers=origin(client))


def end(client: httpx.Client, act: str, number: int = 1, **said: str) -> httpx.Response:
    form = FORM_TOKEN.search(client.get(ENTRIES).text)
    fields = {"site": "tumbes", "lang": "es", "form": form[1] if form else "", **said}
    return client.post(f"/questions/{number}/{act}", data=fields, headers=origin(client))


def origin(client: httpx.Client) -> dict[str, str]:
    return {"Origin": str(client.base_url).rstrip("/")}


def kept(store: Engine) -> tuple[Question, ...]:
    with reading(store) as conn:
        return questions(conn, "tumbes")


def test_asked_seen_on_every_page_answered_and_told(server: Server, store: Engine) -> None:
    assert server.send([40, 50, 60]).status_code == 201
    with server.client() as client:
        assert "Ninguna pregunta abierta" in page(client, "/?site=tumbes&lang=es")
        until(lambda: 'class="figure-value">≥ 150' in figure(client), 20, "no figure")
        done = ask(client)
        assert done.status_code == 303
        assert done.headers["location"].endswith("#q1")
        assert server.send([40, 50, 60, 70]).status_code == 201
        until(lambda: "ahora dice: <b>≥ 220</b>" in bare(page(client)), 20, "the figure is not told as it is now")
        now = bare(page(client))
        assert "Decía" in now
        assert "<b>≥ 150</b>" in now
        for address in ("/?site=tumbes&lang=es", "/lite?site=tumbes&lang=es"):
            until(lambda address=address: 'data-questions-open="1"' in page(client, address), 20, f"not on {address}")
            assert "1 pregunta abierta" in page(client, address)
        assert end(client, "answer", text="Se cayó el sistema dos horas.", by="Luis").status_code == 303
        told = page(client)
        assert "Se cayó el sistema dos horas." in told
        assert "Respondió Luis" in told
        until(lambda: "1 pregunta respondida" in page(client, "/lite?site=tumbes&lang=es"), 20, "no answer on /lite")
        late = end(client, "answer", text="Otra cosa pasó ayer.", by="Marta")
        assert late.status_code == 409
        assert "Mientras tanto Luis ya la respondió" in unescape(late.text)
        listed = page(client, "/questions?site=tumbes&lang=es&state=answered")
        assert 'data-question="1"' in listed
        assert 'data-question="1"' not in page(client, "/questions?site=tumbes&lang=es&state=open")
        assert "Answered by Luis" in page(client, "/questions?site=tumbes&lang=en")
        assert client.get("/questions/1?site=tumbes").headers["location"].endswith("#q1")
        [row] = client.get("/api/v1/questions?site=tumbes").json()["rows"]
        table = client.get("/api/v1/questions?site=tumbes&format=csv").content.decode("utf-8-sig")
    assert (row["value"], row["value_now"], row["state"], row["owners"]) == (150, 220, "answered", ["Migraciones"])
    assert row["answer"] == "Se cayó el sistema dos horas."
    [line] = list(csv.DictReader(io.StringIO(table)))
    assert (line["number"], line["question"], line["asked_by"]) == ("1", TEXT, "Rosa")
    [one] = kept(store)
    assert (one.seen.value, one.state) == (150, QuestionState.ANSWERED)
    with reading(store) as conn:
        acts = conn.execute(select(audit.c.who, audit.c.action).where(audit.c.action.like("question-%"))).all()
    assert [tuple(act) for act in acts] == [("Rosa", "question-asked"), ("Luis", "question-answered")]


def figure(client: httpx.Client) -> str:
    return bare(page(client))


def bare(text: str) -> str:
    return re.sub(r' data-[a-z-]+="[^"]*"', "", text)


def test_what_was_typed_stays_and_is_said_to_be_wrong(server: Server, store: Engine) -> None:
    with server.client() as client:
        wrong = ask(client, text="Llame al 912 345 678 y pregunte")
        assert wrong.status_code == 400
        assert "parece hablar de una persona" in unescape(wrong.text)
        assert "912 345 678" in wrong.text
        assert ask(client, by=" ").status_code == 400
        assert ask(client, form="x").status_code == 400
        assert ask(client, metric="nada").status_code == 400
        assert ask(client, at="mañana").status_code == 400
        assert client.get("/questions/99?site=tumbes").status_code == 404
        assert client.get("/questions?site=tumbes&state=quizas").status_code == 400
        assert client.get("/questions/figure?site=tumbes&metric=coverage&sector=wash").status_code == 400
    assert kept(store) == ()


@pytest.mark.parametrize(
    ("role", "organisation", "asks", "answers"),
    [
        (Role.LEADERSHIP, None, True, False),
        (Role.PARTNER, "Migraciones", True, True),
        (Role.PARTNER, "ADRA", True, False),
        (Role.COORDINATION, None, True, True),
    ],
)
def test_who_may_ask_and_who_may_answer(
    server: Server, store: Engine, role: Role, organisation: str | None, asks: bool, answers: bool
) -> None:
    assert server.send([40]).status_code == 201
    with server.client() as client:
        assert ask(client).status_code == 303
    with writing(store) as conn:
        add_account(conn, "ana", "una clave larga", role, datetime.now(UTC), organisation)
    until(lambda: httpx.get(f"{server.url}/", follow_redirects=False).status_code != 200, 20, "still open")
    with server.client() as client:
        signed_in(client, "ana")
        assert ('action="/questions/ask"' in page(client)) == asks
        assert ('action="/questions/1/answer"' in page(client)) == answers
        assert 'name="by"' not in page(client), "an account acts under its own name"
        assert end(client, "answer", text="Está bien así, se revisó.").status_code == (303 if answers else 403)
        assert ask(client, text="¿Y la hora anterior, qué pasó?").status_code == 303
    names = [one.by for one in kept(store)]
    assert "ana" in names
