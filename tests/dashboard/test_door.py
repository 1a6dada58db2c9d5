"""Every role at every address of a real server, signing in, screens' links and keys of programmes."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine, select

from data import accounts, keys
from data.store import create_store, reading, writing
from data.tables import audit
from data.vocabulary import Role
from tests.dashboard.centre import Server, open_centre, served_csv, until
from tests.dashboard.test_live import Stream

PASSWORD = "una frase bien larga"
PAGES = ("/", "/flow", "/queue", "/coverage", "/alerts", "/reports", "/wall", "/lite")
NOW = datetime.now(UTC)

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Engine]]:
    var = tmp_path_factory.mktemp("door") / "var"
    var.mkdir()
    engine = open_centre(f"sqlite:///{var / 'caudal.sqlite'}", "tumbes", "huaquillas")
    with writing(engine) as conn:
        for role in Role:
            if role is not Role.SCREEN:
                accounts.add_account(conn, role, PASSWORD, role, NOW, "Migraciones")
        accounts.add_account(conn, "solo-tumbes", PASSWORD, Role.COORDINATION, NOW, sites=("tumbes",))
    yield var, engine
    engine.dispose()


@pytest.fixture(scope="module")
def door(store: tuple[Path, Engine]) -> Iterator[Server]:
    running = Server(store[0]).start()
    yield running
    running.stop()
    assert "Traceback" not in running.log, running.log[-4000:]


@contextmanager
def signed_in(server: Server, name: str, password: str = PASSWORD) -> Iterator[httpx.Client]:
    with server.client() as client:
        form = re.search(r'name="form" value="([^"]+)"', client.get("/login").text)
        assert form is not None
        answer = client.post("/login", data={"form": form[1], "next": "/flow", "name": name, "password": password})
        assert answer.status_code == 303, answer.text
        assert answer.headers["location"] == "/flow"
        yield client


@contextmanager
def on_screen(server: Server, engine: Engine, name: str, site: str = "tumbes") -> Iterator[httpx.Client]:
    with writing(engine) as conn:
        secret = keys.add_screen(conn, name, site, ("wall",), f"/wall?site={site}", NOW)
    with server.client() as client:
        until(lambda: client.get(f"/screen/{secret}").status_code == 303, 5, "the screen's link does not open")
        yield client


ADDRESSES = (
    *PAGES,
    "/board/situation",
    "/board/reports",
    "/api/v1/series?site=tumbes&measure=served&stage=migration-control&step=day",
    "/api/v1/reports?site=tumbes",
    "/metrics",
)


def test_without_a_name_every_address_is_shut(door: Server):
    with door.client() as client:
        for path in PAGES:
            answer = client.get(path)
            assert answer.status_code == 303, path
            assert answer.headers["location"].startswith("/login?next="), path
            assert "data-kpi" not in answer.text
        for path in (
            *ADDRESSES[len(PAGES) :],
            "/live?board=situation",
            "/_v/x/_dash-layout",
            "/_v/x/_dash-dependencies",
        ):
            assert client.get(path).status_code == 401, path
        assert client.post("/_v/x/_dash-update-component", json={}).status_code == 401
        assert client.post("/api/v1/reports?dataset=flow&source=migraciones", content=b"x").status_code == 401
        for path in ("/login", "/healthz", "/readyz"):
            assert client.get(path).status_code in (200, 503), path


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SCREEN])
def test_a_role_opens_what_is_its_own(door: Server, role: Role):
    with signed_in(door, role) as client:
        for path in ADDRESSES:
            status = client.get(path).status_code
            operates = role in (Role.COORDINATION, Role.ADMIN)
            assert status == (200 if path != "/metrics" or operates else 403), (path, status)
        with Stream(door, cookies=dict(client.cookies)) as stream:
            assert stream.next()[0] == "hello"
        sends = client.post("/api/v1/reports?dataset=flow&source=migraciones", content=served_csv([1]))
        assert (sends.status_code in (200, 201)) == (role is not Role.LEADERSHIP), sends.text


@pytest.mark.parametrize(("organisation", "status"), [("Migraciones", 201), ("ADRA", 403), (None, 403)])
def test_a_partner_sends_what_is_its_organisations(door: Server, store: tuple[Path, Engine], organisation, status):
    name = f"socio-{organisation}"
    with writing(store[1]) as conn:
        accounts.add_account(conn, name, PASSWORD, Role.PARTNER, NOW, organisation)
    with signed_in(door, name) as client:
        body = served_csv([status, 2])
        assert client.post("/api/v1/reports?dataset=flow&source=migraciones", content=body).status_code == status


def test_an_account_of_one_site_reports_for_that_site(door: Server):
    with signed_in(door, "solo-tumbes") as client:
        for site, status in (("tumbes", 201), ("huaquillas", 422)):
            body = served_csv([31, 32], site)
            sent = client.post("/api/v1/reports?dataset=flow&source=migraciones", content=body)
            assert sent.status_code == status, sent.text
        assert sent.json()["issues"][0]["code"] == "unknown_site"


def test_an_account_of_one_site_sees_that_site(door: Server):
    with signed_in(door, "solo-tumbes") as client:
        assert client.get("/?site=tumbes").status_code == 200
        refused = client.get("/?site=huaquillas")
        assert refused.status_code == 403
        assert "data-kpi" not in refused.text
        assert client.get("/board/situation?site=huaquillas").status_code == 403
        assert client.get("/live?board=situation&site=huaquillas").status_code == 403
        assert client.get("/api/v1/queue?site=huaquillas").status_code == 403


def test_a_wrong_password_says_so_and_the_tenth_locks(door: Server, store: tuple[Path, Engine]):
    with writing(store[1]) as conn:
        accounts.add_account(conn, "olvida", PASSWORD, Role.PARTNER, NOW)

    def attempt(client: httpx.Client, password: str) -> httpx.Response:
        form = re.search(r'name="form" value="([^"]+)"', client.get("/login").text)
        assert form is not None
        return client.post("/login", data={"form": form[1], "name": "olvida", "password": password})

    with door.client() as client:
        for _ in range(accounts.MOST_FAILURES):
            assert attempt(client, "otra cosa").status_code == 401
        locked = attempt(client, PASSWORD)
        assert locked.status_code == 429
        assert "15 min" in locked.text.replace("\u00a0", " ")
    with reading(store[1]) as conn:
        actions = [row.action for row in conn.execute(select(audit).where(audit.c.who == "olvida"))]
    assert actions.count("sign-in-failed") == accounts.MOST_FAILURES


def test_a_sign_in_form_written_elsewhere_is_refused(door: Server):
    with door.client() as client:
        assert client.post("/login", data={"name": "admin", "password": PASSWORD}).status_code == 400
        stolen = re.search(r'name="form" value="([^"]+)"', client.get("/login").text)
        assert stolen is not None
    with door.client() as other:
        answer = other.post("/login", data={"form": stolen[1], "name": "admin", "password": PASSWORD})
        assert answer.status_code == 400
        assert "caudal_session" not in answer.cookies


@pytest.mark.parametrize("onward", ["https://evil.example/", "//evil.example", "/\\evil.example", "/login"])
def test_signing_in_never_leads_elsewhere(door: Server, onward: str):
    with door.client() as client:
        form = re.search(r'name="form" value="([^"]+)"', client.get("/login").text)
        assert form is not None
        answer = client.post("/login", data={"form": form[1], "next": onward, "name": "admin", "password": PASSWORD})
        assert answer.headers["location"] == "/"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_a_changed_one_is_nobody(door: Server):
    with signed_in(door, "leadership") as client:
        cookie = next(cookie for cookie in client.cookies.jar if cookie.name == "caudal_session")
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "lax"
        value = cookie.value or ""
        client.cookies.clear()
        client.cookies.set("caudal_session", value[:-2] + ("aa" if value[-2:] != "aa" else "bb"))
        assert client.get("/board/situation").status_code == 401


def test_a_forged_request_with_a_good_cookie_is_refused(door: Server):
    with signed_in(door, "admin") as client:
        address = "/api/v1/reports?dataset=flow&source=migraciones"
        forged = client.post(address, content=served_csv([9]), headers={"Origin": "http://evil.example"})
        assert forged.status_code == 401
        assert client.get("/board/situation", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 401


def test_signing_out_ends_the_session_in_this_browser(door: Server):
    with signed_in(door, "partner") as client:
        assert 'action="/logout"' in client.get("/").text
        assert 'action="/logout"' in client.get("/lite").text
        assert client.post("/logout").status_code == 303
        assert client.get("/").status_code == 303


def test_signing_out_ends_every_copy_of_the_session_and_no_other_device(door: Server, store: tuple[Path, Engine]):
    with signed_in(door, "sector-lead") as laptop, signed_in(door, "sector-lead") as phone:
        copied = dict(laptop.cookies)
        with Stream(door, cookies=copied) as stream, door.client(cookies=copied) as thief:
            assert stream.next()[0] == "hello"
            assert thief.get("/").status_code == 200
            assert laptop.post("/logout").status_code == 303
            until(lambda: thief.get("/").status_code == 303, 5, "the copied cookie still opens the page")
            assert thief.get("/board/situation").status_code == 401
            name = ""
            while name not in ("closed", "end"):
                name, _ = stream.next()
            assert name == "closed"
        assert phone.get("/").status_code == 200
    with reading(store[1]) as conn:
        assert conn.execute(select(audit).where(audit.c.action == "sign-out")).all()


def test_a_changed_password_ends_open_sessions(door: Server, store: tuple[Path, Engine]):
    with writing(store[1]) as conn:
        accounts.add_account(conn, "cambia", PASSWORD, Role.PARTNER, NOW)
    with signed_in(door, "cambia") as client:
        assert client.get("/board/situation").status_code == 200
        with writing(store[1]) as conn:
            accounts.set_password(conn, "cambia", PASSWORD + " nueva")
        until(lambda: client.get("/board/situation").status_code == 401, 3, "the old session still opens the board")


def test_a_screen_opens_its_board_and_nothing_else(door: Server, store: tuple[Path, Engine]):
    with on_screen(door, store[1], "sala") as tv:
        assert tv.get("/wall?site=tumbes").status_code == 200
        assert tv.get("/board/wall?site=tumbes").status_code == 200
        shut = [path for path in ADDRESSES if not path.startswith("/wall")]
        for path in (*shut, "/wall?site=huaquillas", "/live?board=situation&site=tumbes"):
            assert tv.get(path).status_code == 403, path
        sends = tv.post("/api/v1/reports?dataset=flow&source=migraciones", content=served_csv([1]))
        assert sends.status_code == 401
        with Stream(door, "/live?board=wall&site=tumbes", cookies=dict(tv.cookies)) as stream:
            assert stream.next()[0] == "hello"

        def seen() -> bool:
            with reading(store[1]) as conn:
                return accounts.directory(conn).screens["sala"].last_seen is not None

        until(seen, 5, "nobody noted that the screen was there")


def test_a_revoked_screen_goes_dark_within_a_heartbeat(door: Server, store: tuple[Path, Engine]):
    with on_screen(door, store[1], "entrada") as tv:
        with Stream(door, "/live?board=wall&site=tumbes", cookies=dict(tv.cookies)) as stream:
            assert stream.next()[0] == "hello"
            with writing(store[1]) as conn:
                keys.revoke_screen(conn, "entrada", NOW)
            began = time.monotonic()
            name = stream.next()[0]
            while name in ("delta", "version"):
                name = stream.next()[0]
            assert name == "closed"
            assert time.monotonic() - began < 15
        assert tv.get("/board/wall?site=tumbes").status_code == 401
        said = tv.get("/wall?site=tumbes")
        assert said.status_code == 403
        assert "data-kpi" not in said.text


def test_a_link_that_was_never_made_opens_nothing(door: Server):
    with door.client() as client:
        answer = client.get("/screen/" + "a" * 32)
        assert answer.status_code == 403
        assert "caudal_session" not in answer.cookies


def test_a_programme_sends_its_source_and_no_other(door: Server, store: tuple[Path, Engine]):
    with writing(store[1]) as conn:
        secret = keys.add_token(conn, "envio", "migraciones", NOW)
    with door.client(headers={"Authorization": f"Bearer {secret}"}) as program:
        until(lambda: program.get("/api/v1/reports?site=tumbes").status_code == 200, 3, "the key does not work")
        body = served_csv([7, 8])
        assert program.post("/api/v1/reports?dataset=flow", content=body).json()["source"] == "migraciones"
        assert program.post("/api/v1/reports?dataset=flow&source=acnur", content=body).status_code == 403
        assert program.get("/").status_code == 403
        assert program.get("/board/situation").status_code == 403
        with writing(store[1]) as conn:
            keys.revoke_token(conn, "envio", NOW)
        until(lambda: program.get("/api/v1/reports?site=tumbes").status_code == 401, 3, "a revoked key still works")


def test_every_answer_carries_the_guards_of_a_browser(door: Server):
    with signed_in(door, "admin") as client:
        for path in ("/", "/board/situation", "/login", "/nada", "/healthz"):
            headers = client.get(path).headers
            assert "script-src 'self';" in headers["content-security-policy"], path
            assert "unsafe-inline" not in headers["content-security-policy"].split("script-src")[1].split(";")[0]
            assert headers["x-content-type-options"] == "nosniff"
            assert headers["x-frame-options"] == "DENY"
        assert "http" not in re.sub(r"http://127[^ ]*", "", client.get("/").headers["content-security-policy"])


@pytest.mark.parametrize(
    "path",
    [
        "/assets/../pyproject.toml",
        "/assets/%2e%2e/pyproject.toml",
        "/assets//etc/passwd",
        "/_dash-component-suites/dash/../../../../pyproject.toml",
        "/_dash-component-suites/os/path.py",
        "/screen/../metrics",
    ],
)
def test_no_address_leads_out_of_the_files_meant_for_it(door: Server, path: str):
    with httpx.Client(base_url=door.url) as client:
        answer = client.get(httpx.URL(door.url, raw_path=path.encode()))
        assert answer.status_code in (303, 401, 403, 404)
        assert "setuptools" not in answer.text
        assert "root:" not in answer.text


def test_opening_a_store_twice_finds_the_same_people(store: tuple[Path, Engine]):
    again = create_store(f"sqlite:///{store[0] / 'caudal.sqlite'}")
    with reading(again) as conn:
        assert set(accounts.directory(conn).accounts) >= {"admin", "leadership"}
    again.dispose()
