"""The alert desk in the browser's and the programme's hands: who may do what, and that it is shown and written down."""

from __future__ import annotations

import csv
import io
import re
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, insert, select

from data.accounts import add_account
from data.keys import digest
from data.store import reading, writing
from data.tables import audit, token
from data.vocabulary import Level, Role
from tests.dashboard.centre import Server
from tests.dashboard.telling import evaluate

FORM = re.compile(r'name="form"[^>]*value="([^"]+)"')
PASSWORD = "una clave larga"
ADDRESS = "/alerts/1?site=tumbes&lang=es"


@pytest.fixture
def fired(server: Server, store: Engine) -> Server:
    evaluate(store, datetime.now(UTC) - timedelta(minutes=1))
    return server


def posted(client: httpx.Client, act: str, page: str = ADDRESS, **said: str) -> httpx.Response:
    form = FORM.search(client.get(page).text)
    assert form is not None, "the page shows no form"
    origin = str(client.base_url).rstrip("/")
    asked = {"site": "tumbes", "lang": "es", "look": "light"}
    return client.post(act, data={"form": form[1], **asked, **said}, headers={"Origin": origin})


def rows(client: httpx.Client, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/v1/alerts?site=tumbes{query}").json()["rows"]
    return found


def test_an_alert_is_taken_verified_and_silenced_by_forms_and_all_of_it_is_in_the_audit(fired: Server, store: Engine):
    with fired.client() as client:
        page = client.get(ADDRESS).text
        assert "Nadie la ha tomado todavía." in page
        assert "umbral provisional" in page
        took = posted(client, "/alerts/1/acknowledge", by="Rosa", owner="DIRESA", deadline="30", note="llamé")
        assert (took.status_code, took.headers["location"].split("?")[0]) == (303, "/alerts/1")
        checked = posted(client, "/alerts/1/assess", by="Rosa", outcome="respond", note="cierto")
        hushed = posted(client, "/alerts/1/silence", by="Rosa", scope="this", minutes="60", reason="relevo")
        assert (checked.status_code, hushed.status_code) == (303, 303)
        [row] = rows(client)
        told = {name: row[name] for name in ("acknowledged_by", "owner", "note", "outcome", "assessed_by")}
        assert told == {
            "acknowledged_by": "Rosa",
            "owner": "DIRESA",
            "note": "llamé",
            "outcome": "respond",
            "assessed_by": "Rosa",
        }
        assert row["deadline"] is not None
        assert row["silenced_until"] is not None
        for address in ("/alerts", "/flow", "/queue", "/coverage", "/reports", "/", "/wall", "/lite"):
            assert "DIRESA" in client.get(f"{address}?site=tumbes&lang=es").text, address
        story = client.get(ADDRESS).text
        assert "Rosa la tomó; queda a cargo de DIRESA hasta" in story
        assert "Rosa la verificó: se responde. «cierto»" in story
        listed = client.get("/alerts/silences?site=tumbes").text
        assert "relevo (Rosa)" in listed
        ended = posted(client, "/alerts/silences/end", "/alerts/silences?site=tumbes", by="Luis", silence="1")
        assert ended.status_code == 303
        assert rows(client)[0]["silenced_until"] is None
    with reading(store) as conn:
        done = [(row.action, row.who) for row in conn.execute(select(audit).order_by(audit.c.audit_id))]
    assert done == [
        ("alert-acknowledged", "Rosa"),
        ("alert-assessed", "Rosa"),
        ("silence", "Rosa"),
        ("silence-ended", "Luis"),
    ]


def test_what_is_missing_is_said_on_the_form_and_nothing_typed_is_lost(fired: Server):
    with fired.client() as client:
        nobody = posted(client, "/alerts/1/acknowledge", by=" ", owner="DIRESA", note="escrito con calma")
        assert nobody.status_code == 400
        assert "Falta decir quién lo hace." in nobody.text
        assert "escrito con calma" in nobody.text
        assert posted(client, "/alerts/1/assess", by="Rosa", outcome="respond", note="").status_code == 400
        assert posted(client, "/alerts/1/assess", by="Rosa", outcome="otro", note="x").status_code == 400
        assert posted(client, "/alerts/1/silence", by="Rosa", minutes="60", reason="").status_code == 400
        assert posted(client, "/alerts/1/silence", by="Rosa", minutes="99999", reason="x").status_code == 400
        assert rows(client)[0]["acknowledged_by"] is None
        assert client.get("/alerts/99").status_code == 404
        assert client.get("/alerts/99999999999999").status_code == 404


def test_a_form_that_is_not_ours_is_not_taken(fired: Server):
    with fired.client() as client:
        client.get(ADDRESS)
        origin = {"Origin": str(client.base_url).rstrip("/")}
        said = {"by": "Rosa", "site": "tumbes"}
        assert client.post("/alerts/1/acknowledge", data=said, headers=origin).status_code == 400
        forged = {**said, "form": "x.y.z"}
        assert client.post("/alerts/1/acknowledge", data=forged, headers=origin).status_code == 400
        elsewhere = {"Origin": "https://otro.example"}
        assert client.post("/alerts/1/acknowledge", data=said, headers=elsewhere).status_code in (401, 403)
        as_form = client.post("/api/v1/alerts/1/acknowledge", data=said, headers=origin)
        assert as_form.status_code == 415
        assert rows(client)[0]["acknowledged_by"] is None


def test_a_silence_by_rule_and_one_of_every_week_are_made_on_their_page(fired: Server):
    page = "/alerts/silences?site=tumbes"
    with fired.client() as client:
        once = posted(client, "/alerts/silences/new", page, by="Rosa", rule="surge", minutes="60", reason="simulacro")
        assert once.status_code == 303
        week = {"kind": "weekly", "day0": "1", "day6": "1", "begins": "22:00", "minutes": "480", "rule": "pressure"}
        assert posted(client, "/alerts/silences/new", page, by="Rosa", reason="noche", **week).status_code == 303
        assert "cada lunes, domingo, desde las 22:00 durante 8" in client.get(page).text.replace("\u00a0", " ")
        everything = posted(client, "/alerts/silences/new", page, by="Rosa", minutes="60", reason="todo")
        assert everything.status_code == 400
        assert "no se puede silenciar todo" in everything.text
        no_day = {**week, "day0": "", "day6": ""}
        assert posted(client, "/alerts/silences/new", page, by="Rosa", reason="noche", **no_day).status_code == 400
        assert rows(client)[0]["silenced_until"] is not None


@pytest.mark.parametrize(
    ("role", "decide", "silence"),
    [
        (Role.LEADERSHIP, 403, 403),
        (Role.PARTNER, 403, 403),
        (Role.SECTOR_LEAD, 200, 403),
        (Role.PROTECTION, 200, 403),
        (Role.COORDINATION, 200, 200),
        (Role.ADMIN, 200, 200),
    ],
)
def test_who_may_take_and_who_may_silence(fired: Server, store: Engine, role: Role, decide: int, silence: int):
    """By key, by form and by what the page offers; under the name of the account, whatever was typed."""
    with writing(store) as conn:
        add_account(conn, "cuenta", PASSWORD, role, datetime.now(UTC), "Migraciones")
        add_account(conn, "jefa", PASSWORD, Role.ADMIN, datetime.now(UTC))
        row = {"name": "llave", "role": str(role), "created_at": datetime.now(UTC)}
        conn.execute(insert(token).values(token_hash=digest("secreto"), **row))
    time.sleep(1.5)  # the server hears of new accounts
    key = {"Authorization": "Bearer secreto"}
    with fired.client() as client:
        said = {"by": "otra persona", "note": "x", "outcome": "watch", "reason": "x", "minutes": 30}
        for act, wanted in (("acknowledge", decide), ("assess", decide), ("silence", silence)):
            answer = client.post(f"/api/v1/alerts/1/{act}", json=said, headers=key)
            assert answer.status_code == wanted, (act, answer.text)
        form = FORM.search(client.get("/login").text)
        assert form is not None
        entered = {"form": form[1], "name": "cuenta", "password": PASSWORD}
        origin = {"Origin": str(client.base_url).rstrip("/")}
        assert client.post("/login", data=entered, headers=origin).status_code == 303
        board = client.get("/alerts?site=tumbes&lang=es").text
        assert ('class="may-decide"' in board, 'class="may-operate"' in board) == (decide == 200, silence == 200)
        page = client.get(ADDRESS).text
        assert ("/alerts/1/acknowledge" in page, "/alerts/1/silence" in page) == (decide == 200, silence == 200)
        assert client.get("/alerts/silences?site=tumbes").status_code == silence
        if decide == 200:
            assert posted(client, "/alerts/1/acknowledge", by="otra persona").status_code == 303
            assert rows(client)[0]["acknowledged_by"] == "cuenta"


def test_an_account_of_another_site_may_neither_see_nor_take(fired: Server, store: Engine):
    with writing(store) as conn:
        row = {"name": "llave", "role": str(Role.ADMIN), "sites": ["huaquillas"], "created_at": datetime.now(UTC)}
        conn.execute(insert(token).values(token_hash=digest("secreto"), **row))
    time.sleep(1.5)
    with fired.client() as client:
        key = {"Authorization": "Bearer secreto"}
        assert client.post("/api/v1/alerts/1/acknowledge", json={}, headers=key).status_code == 403
        assert client.get("/api/v1/alerts?site=tumbes", headers=key).status_code == 403


def test_the_api_says_what_it_could_not_take(fired: Server):
    with fired.client() as client:

        def asked(act: str, said: Any) -> tuple[int, str]:
            answer = client.post(f"/api/v1/alerts/1/{act}", json=said)
            return answer.status_code, answer.json()["error"]

        assert asked("acknowledge", {}) == (422, "no_name")
        assert asked("acknowledge", {"by": "Rosa", "deadline": "mañana"}) == (422, "bad_body")
        assert asked("acknowledge", {"by": "Rosa", "deadline": "2001-01-01T00:00"}) == (422, "deadline")
        assert asked("acknowledge", ["Rosa"]) == (422, "bad_body")
        assert asked("silence", {"by": "Rosa", "reason": "x", "minutes": 24 * 60 + 5}) == (422, "silence_too_long")
        assert asked("silence", {"by": "Rosa", "reason": "x", "minutes": -1}) == (422, "bad_body")
        done = client.post("/api/v1/alerts/1/acknowledge", json={"by": "Rosa"}).json()
        assert (done["acknowledged_by"], done["owner"]) == ("Rosa", "Rosa")
        assert client.post("/api/v1/alerts/7/acknowledge", json={"by": "Rosa"}).status_code == 404
        assert client.post("/api/v1/alerts/x/acknowledge", json={"by": "Rosa"}).status_code == 404


def test_the_history_goes_out_as_a_sheet_in_which_nothing_is_a_formula(fired: Server):
    with fired.client() as client:
        client.post("/api/v1/alerts/1/acknowledge", json={"by": "=Rosa()", "note": "@suma"})
        client.post("/api/v1/alerts/1/assess", json={"by": "Rosa", "outcome": "discard", "note": "+1"})
        text = client.get("/api/v1/alerts?site=tumbes&state=all&format=csv&rule=surge&outcome=discard").text
        [row] = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
        assert [row[name] for name in ("acknowledged_by", "note", "assessment_note")] == ["'=Rosa()", "'@suma", "'+1"]
        assert row["outcome"] == "discard"
        assert row["start"]
        assert row["acknowledged_at"]
        assert row["end"] == ""
        assert "evidence" not in row
        assert rows(client, "&state=all&outcome=watch") == []
        assert rows(client, "&state=all&level=watch") == []
        assert client.get("/api/v1/alerts?site=tumbes&outcome=otro").status_code == 400
        assert client.get("/api/v1/alerts?site=tumbes&rule=%3Cscript%3E").status_code == 400


def test_the_filters_of_the_page_are_its_address(fired: Server, store: Engine):
    from data.analytics.lifecycle import Seen

    now = datetime.now(UTC)
    evaluate(store, now, ("surge",), Seen.CLEAR)
    with fired.client() as client:
        time.sleep(1.2)
        page = client.get("/alerts?site=tumbes&lang=es").text
        assert "2,4 veces lo habitual" in page
        other = client.get("/alerts?site=tumbes&lang=es&rule=pressure").text
        assert "2,4 veces lo habitual" not in other
        assert 'selected value="pressure"' in other
        assert "rule=pressure" in other
        assert client.get("/alerts?site=tumbes&level=grave").status_code == 400


def test_a_display_neither_shows_doors_nor_opens_them(fired: Server, store: Engine):
    from data.keys import add_screen

    with writing(store) as conn:
        secret = add_screen(conn, "muro", "tumbes", ("wall",), "/wall?site=tumbes", datetime.now(UTC))
        add_account(conn, "jefa", PASSWORD, Role.ADMIN, datetime.now(UTC))
    time.sleep(1.5)
    with fired.client() as client:
        client.get(f"/screen/{secret}")
        wall = client.get("/wall?site=tumbes&lang=es").text
        assert "ALERTA CRÍTICA" in wall
        assert client.get(ADDRESS).status_code == 403
        assert client.post("/api/v1/alerts/1/acknowledge", json={"by": "x"}).status_code in (401, 403)


@pytest.mark.browser
def test_a_critical_alert_takes_the_display_over_and_gives_it_back_once_it_is_taken(
    server: Server, store: Engine, chromium: Any
):
    page = chromium.new_page(viewport={"width": 1366, "height": 768})
    page.goto(f"{server.url}/wall?site=tumbes&lang=es")
    page.wait_for_selector('[data-live="live"]')
    assert page.locator(".takeover").count() == 0
    evaluate(store, datetime.now(UTC))
    page.wait_for_selector(".takeover", timeout=10_000)
    said = page.locator(".takeover").inner_text()
    assert "Afluencia" in said
    assert "Nadie la ha tomado todavía." in said
    box = page.locator(".wall-takeover").bounding_box()
    assert box["width"] * box["height"] > 0.85 * 1366 * 768
    with server.client() as client:
        assert client.post("/api/v1/alerts/1/acknowledge", json={"by": "Rosa", "owner": "DIRESA"}).status_code == 200
    page.wait_for_selector(".takeover", state="detached", timeout=10_000)
    assert "DIRESA (Rosa)" in page.locator(".wall-foot").inner_text()
    page.close()


def test_only_what_is_critical_and_in_nobodys_hands_takes_over(server: Server, store: Engine):
    evaluate(store, datetime.now(UTC), level=Level.ALERT)
    time.sleep(1.2)
    with server.client() as client:
        assert "ALERTA CRÍTICA" not in client.get("/wall?site=tumbes&lang=es").text
