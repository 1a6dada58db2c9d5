"""The board of requests on its page: asked, offered, confirmed and received without a script, by who may."""

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
from sqlalchemy import Engine, select

from data.accounts import add_account
from data.request_book import every_request
from data.request_shapes import ResourceRequest
from data.store import create_store, reading, writing
from data.tables import audit
from data.vocabulary import RequestState, Role
from tests.dashboard.centre import FORM_TOKEN, Server, until
from tests.dashboard.test_cadence_page import signed_in

ASKED = "site=tumbes&lang=es&look=light"
SITE = {"site": "tumbes", "lang": "es", "look": "light"}


@pytest.fixture
def store(server: Server) -> Iterator[Engine]:
    engine = create_store(f"sqlite:///{server.var / 'caudal.sqlite'}")
    yield engine
    engine.dispose()


def page(client: httpx.Client, more: str = "") -> str:
    answer = client.get(f"/requests?{ASKED}{more}")
    assert answer.status_code == 200
    return unescape(answer.text).replace("\u00a0", " ").replace("\u202f", " ")


def sent(client: httpx.Client, act: str, **said: str) -> httpx.Response:
    form = FORM_TOKEN.search(client.get(f"/requests?{ASKED}").text)
    origin = {"Origin": str(client.base_url).rstrip("/")}
    fields = {**SITE, "form": form[1] if form else "", **said}
    return client.post(f"/requests/{act}", data=fields, headers=origin)


def in_hours(hours: float) -> str:
    """As the page's box sends it: the site's own clock, which in these tests is about noon in its zone."""
    return (datetime.now(UTC) + timedelta(hours=hours)).isoformat(timespec="minutes")


def ask(client: httpx.Client, **more: str) -> httpx.Response:
    said = {"what": "letrinas", "quantity": "12", "unit": "letrinas", "needed_by": in_hours(6), "seen": "0"}
    whose = {"institution": "Municipalidad", "reason": "la cola llega al puente", "by": "José Ñahui"}
    return sent(client, "ask", **{**said, **whose, **more})


def act(client: httpx.Client, move: str, seen: int, **more: str) -> httpx.Response:
    said = {"request": "1", "move": move, "seen": str(seen), "by": "Ana", **more}
    return sent(client, "act", **said)


def board(store: Engine) -> tuple[ResourceRequest, ...]:
    with reading(store) as conn:
        return every_request(conn, "tumbes")


def told(client: httpx.Client, **more: str) -> list[dict[str, Any]]:
    answer = client.get("/api/v1/requests", params={"site": "tumbes", **more})
    assert answer.status_code == 200
    return answer.json()["rows"]


def test_asked_offered_confirmed_and_received(server: Server, store: Engine) -> None:
    with server.client() as client:
        assert "No hay pedidos por atender." in page(client)
        done = ask(client)
        assert done.status_code == 303
        assert done.headers["location"].endswith("#request-1")
        now = page(client)
        assert re.search(r'<li(?=[^>]*data-request="1")(?=[^>]*data-state="open")[^>]*data-overdue="0"', now)
        assert "falta ofrecer 12 letrinas" in now
        # Who has said their name once is not asked again: it travels in the forms.
        assert re.search(r'<input(?=[^>]*type="hidden")(?=[^>]*name="by")[^>]*value="José Ñahui"', now)
        assert act(client, "offered", 0, institution="UNICEF", quantity="8", note="mañana a las 8").status_code == 303
        assert act(client, "offered", 1, institution="COOPI", quantity="4").status_code == 303
        now = page(client)
        assert "ofrecido 12 · confirmado 0 · entregado 0" in now
        assert "UNICEF: 8 letrinas" in now
        assert act(client, "confirmed", 2, offer="1").status_code == 303
        assert act(client, "confirmed", 3, offer="2").status_code == 303
        [row] = told(client)
        assert (row["state"], row["confirmed"], row["offering"]) == ("confirmed", 12, ["UNICEF: 8", "COOPI: 4"])
        assert act(client, "delivered", 4, offer="1", quantity="8").status_code == 303
        assert act(client, "delivered", 5, offer="2", quantity="4").status_code == 303
        now = page(client)
        assert "No hay pedidos por atender." in now
        assert re.search(r'<li(?=[^>]*data-request="1")[^>]*data-state="delivered"', now)
        english = unescape(client.get("/requests?site=tumbes&lang=en").text)
        assert "No request is waiting for an answer." in english
    assert board(store)[0].state is RequestState.DELIVERED
    with reading(store) as conn:
        rows = conn.execute(select(audit.c.who, audit.c.action).order_by(audit.c.audit_id)).all()
    assert [tuple(row) for row in rows] == [
        ("José Ñahui", "request-opened"),
        *[("Ana", "request-offered")] * 2,
        *[("Ana", "request-confirmed")] * 2,
        *[("Ana", "request-delivered")] * 2,
    ]


def test_what_is_missing_is_said_and_what_was_typed_stays(server: Server, store: Engine) -> None:
    with server.client() as client:
        for more, words in (
            ({"reason": " "}, "Falta el motivo."),
            ({"quantity": "doce"}, "Escriba cuánto"),
            ({"needed_by": "pronto"}, "Falta decir para cuándo"),
            ({"needed_by": in_hours(-3)}, "Esa hora ya pasó"),
            ({"by": ""}, "Falta decir quién"),
        ):
            wrong = ask(client, **more)
            assert wrong.status_code == 400
            assert words in unescape(wrong.text)
            assert 'value="Municipalidad"' in unescape(wrong.text)
        assert board(store) == ()
        assert ask(client).status_code == 303
        assert act(client, "offered", 0, institution="UNICEF", quantity="8").status_code == 303
        late = act(client, "offered", 0, institution="COOPI", quantity="4", by="Luis")
        assert late.status_code == 409
        assert "Mientras tanto Ana registró una oferta" in unescape(late.text)
        assert 'value="COOPI"' in late.text
        assert act(client, "delivered", 1, offer="1", quantity="8").status_code == 400
        assert act(client, "retracted", 1, offer="1").status_code == 400
        assert act(client, "given", 1).status_code == 400
        assert act(client, "offered", 1, request="7", institution="A", quantity="1").status_code == 409
        assert sent(client, "act", form="x").status_code == 400
    assert len(board(store)[0].acts) == 1


def test_an_address_fills_the_form_in(server: Server) -> None:
    with server.client() as client:
        filled = page(client, "&service=latrines&what=letrinas&quantity=48&unit=letrinas&reason=3+500+por+d%C3%ADa")
        assert re.search(r'<input(?=[^>]*name="quantity")[^>]*value="48"', filled)
        assert re.search(r'<option(?=[^>]*value="latrines")[^>]* selected', filled)
        assert 'value="3 500 por día"' in filled
        assert "<details open" in filled


@pytest.mark.parametrize(
    ("role", "organisation", "asks", "offers", "confirms"),
    [
        (Role.LEADERSHIP, None, 403, 403, 403),
        (Role.PARTNER, None, 403, 403, 403),
        (Role.PARTNER, "unicef", 403, 303, 403),
        (Role.PARTNER, "Municipalidad", 303, 403, 303),
        (Role.SECTOR_LEAD, "UNICEF", 403, 303, 403),
        (Role.COORDINATION, None, 303, 303, 303),
    ],
)
def test_each_speaks_for_its_own_institution_and_the_coordination_for_any(
    server: Server, store: Engine, role: Role, organisation: str | None, asks: int, offers: int, confirms: int
) -> None:
    with server.client() as client:
        ask(client)
        act(client, "offered", 0, institution="COOPI", quantity="2")
        with writing(store) as conn:
            now = datetime.now(UTC)
            add_account(conn, "eva", "una clave larga", role, now, sites=("tumbes",), organisation=organisation)
        until(lambda: client.get(f"/requests?{ASKED}").status_code in (303, 401, 403), 10, "still open")
        signed_in(client, "eva")
        seen = client.get(f"/requests?{ASKED}")
        assert seen.status_code == 200
        assert ('action="/requests/ask"' in seen.text) is (303 in (asks, offers))
        assert ('value="confirmed"' in seen.text) is (confirms == 303)
        assert ask(client, by="otra", what="agua").status_code in ((303,) if asks == 303 else (400, 403))
        offered = act(client, "offered", 1, institution="UNICEF", quantity="3", by="otra").status_code
        assert offered in ((303,) if offers == 303 else (400, 403))
        seen_step = 2 if offers == 303 else 1
        confirmed = act(client, "confirmed", seen_step, offer="1", by="otra").status_code
        assert confirmed in ((303,) if confirms == 303 else (400, 403))
        assert client.get("/requests?site=huaquillas&lang=es").status_code == 403
    assert {one.by for one in board(store)} == {"José Ñahui", *(["eva"] if asks == 303 else [])}


def test_as_of_a_moment_it_tells_what_was_known_and_offers_no_form(server: Server, store: Engine) -> None:
    server.send([60, 60])
    with server.client() as client:
        before = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
        until(lambda: datetime.now(UTC) > before + timedelta(seconds=1), 5, "time stands still")
        ask(client)
        at = before.isoformat().replace("+", "%2B")
        then = page(client, f"&as_of={at}")
        assert "data-request=" not in then
        assert "<form" not in then.split("<main")[1].split("</main")[0]
        assert told(client, as_of=before.isoformat()) == []
        assert len(told(client)) == 1
        assert client.get(f"/requests?{ASKED}&as_of=ayer").status_code == 400


def test_the_csv_has_a_row_a_request_and_starts_no_formula(server: Server, store: Engine) -> None:
    with server.client() as client:
        ask(client, what="=1+1", reason="@falta")
        act(client, "offered", 0, institution="UNICEF", quantity="8")
        text = client.get("/api/v1/requests?site=tumbes&format=csv").content.decode("utf-8-sig")
        shown = page(client)
    [row] = csv.DictReader(io.StringIO(text))
    assert (row["what"], row["reason"], row["state"], row["offering"]) == ("'=1+1", "'@falta", "offered", "UNICEF: 8")
    assert row["missing"] == "4"
    assert 'data-missing="4"' in shown


def test_what_somebody_typed_is_text_on_the_page(server: Server) -> None:
    with server.client() as client:
        ask(client, what="<script>alert(1)</script>", reason='"><img src=x>')
        text = client.get(f"/requests?{ASKED}").text
    assert "<script>alert" not in text
    assert "<img src=x" not in text
