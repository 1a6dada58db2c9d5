"""The rules of a place on their page: seen by who sees alerts, changed after a trial by who operates the centre."""

from __future__ import annotations

from datetime import UTC, datetime
from html import unescape

import httpx
import pytest
from sqlalchemy import Engine, select

from data.accounts import add_account
from data.alert_rules import own_rules
from data.store import reading, writing
from data.tables import audit
from data.types import SetRule
from data.vocabulary import Role
from tests.dashboard.centre import FORM_TOKEN, Server, until
from tests.dashboard.test_cadence_page import signed_in

ASKED = "site=tumbes&lang=es&look=light"
FIELDS = {
    **{"site": "tumbes", "lang": "es", "look": "light", "kind": "threshold", "name": "muchas", "level": "critical"},
    **{"p.of": "arrivals", "p.limit": "250,5", "p.side": "above", "p.hours": "2", "pending": "0", "recovering": "60"},
    **{"no_data": "60", "enabled": "1", "reason": "acta 4"},
}


def own(store: Engine) -> dict[str, SetRule]:
    with reading(store) as conn:
        return {rule.name: rule for rule in own_rules(conn, "tumbes", datetime.now(UTC))}


def sent(client: httpx.Client, act: str, **more: str) -> httpx.Response:
    form = FORM_TOKEN.search(client.get(f"/alerts/rules/edit?kind=threshold&{ASKED}").text)
    token = form[1] if form else ""
    origin = str(client.base_url).rstrip("/")
    return client.post(
        f"/alerts/rules/{act}", data={**FIELDS, "by": "Rosa", "form": token, **more}, headers={"Origin": origin}
    )


def test_a_rule_is_tried_saved_and_told_in_words(server: Server, store: Engine) -> None:
    with server.client() as client:
        page = unescape(client.get(f"/alerts/rules?{ASKED}").text)
        assert page.count("de origen") == 8
        tried = sent(client, "try")
        assert tried.status_code == 200
        assert "Habría sonado 0 veces en 90 días." in unescape(tried.text)
        assert own(store) == {}
        saved = sent(client, "save")
        assert (saved.status_code, saved.headers["location"].split("?")[0]) == (303, "/alerts/rules")
        page = unescape(client.get(saved.headers["location"]).text)
        assert "La regla «muchas» quedó guardada" in page
        assert "250,5 llegadas o más en 2 h en la entrada; calma por debajo de 225,45" in page
        english = unescape(client.get("/alerts/rules?site=tumbes&lang=en").text)
        assert "250.5 arrivals or more in 2 h at the entry; calm under 225.45" in english
        again = sent(client, "save")
        assert "told=unchanged" in again.headers["location"]
    rule = own(store)["muchas"]
    assert (rule.params["limit"], rule.level, rule.set_by, rule.reason) == (250.5, "critical", "Rosa", "acta 4")
    with reading(store) as conn:
        told = conn.execute(select(audit.c.who, audit.c.subject).where(audit.c.action == "rule-set")).all()
    assert [tuple(row) for row in told] == [("Rosa", "tumbes/muchas")]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"p.limit": "muchas"}, "limit = «muchas»: se espera un número de 0 a 10000000."),
        ({"p.limit": ""}, "Falta limit."),
        ({"name": "Muchas personas"}, "El nombre «Muchas personas» no sirve"),
        ({"reason": " "}, "Diga por qué."),
        ({"by": ""}, "Diga quién es."),
        ({"p.limit": "<b>"}, "limit = «<b>»"),
        ({"kind": "pressure"}, "Un puesto tiene una sola regla de tipo pressure"),
        ({"name": "surge"}, "La regla «surge» es de tipo surge"),
    ],
)
def test_what_is_no_rule_is_told_keeps_what_was_typed_and_changes_nothing(
    server: Server, store: Engine, wrong: dict[str, str], sentence: str
) -> None:
    with server.client() as client:
        answer = sent(client, "save", **wrong)
    assert answer.status_code == 400
    assert sentence in unescape(answer.text).replace("\u202f", "")
    assert "<b></" not in answer.text
    assert own(store) == {}


def test_a_form_that_is_not_ours_changes_nothing(server: Server, store: Engine) -> None:
    with server.client() as client:
        assert sent(client, "save", form="x").status_code == 400
        token = FORM_TOKEN.search(client.get(f"/alerts/rules/edit?kind=threshold&{ASKED}").text)
        assert token
        said = {**FIELDS, "by": "Rosa", "form": token[1]}
        elsewhere = client.post("/alerts/rules/save", data=said, headers={"Origin": "https://otro.example"})
        assert elsewhere.status_code in (401, 403)
    assert own(store) == {}


@pytest.mark.parametrize(
    ("role", "sees", "sets"),
    [
        (Role.LEADERSHIP, 200, 403),
        (Role.PARTNER, 200, 403),
        (Role.SECTOR_LEAD, 200, 403),
        (Role.COORDINATION, 200, 303),
    ],
)
def test_who_operates_the_centre_sets_rules_and_the_others_see_them(
    server: Server, store: Engine, role: Role, sees: int, sets: int
) -> None:
    with writing(store) as conn:
        add_account(conn, "ana", "una clave larga", role, datetime.now(UTC), sites=("tumbes",))
    with server.client() as client:
        # The first account closes a centre that was open to everybody, as soon as the server has seen it.
        until(lambda: client.get(f"/alerts/rules?{ASKED}").status_code in (303, 401, 403), 10, "still open")
        signed_in(client, "ana")
        page = client.get(f"/alerts/rules?{ASKED}")
        assert page.status_code == sees
        assert ("/alerts/rules/edit" in page.text) is (sets == 303)
        assert client.get(f"/alerts/rules/edit?kind=surge&{ASKED}").status_code == (200 if sets == 303 else 403)
        assert sent(client, "save", by="otra").status_code in ((303,) if sets == 303 else (400, 403))
    assert [rule.set_by for rule in own(store).values()] == (["ana"] if sets == 303 else [])


def test_a_kind_that_nobody_knows_has_no_page(server: Server) -> None:
    with server.client() as client:
        assert client.get(f"/alerts/rules/edit?kind=nada&{ASKED}").status_code == 404
        assert client.get(f"/alerts/rules/edit?name=nadie&{ASKED}").status_code == 404
        assert client.get(f"/alerts/rules/edit?name=surge&{ASKED}").status_code == 200
