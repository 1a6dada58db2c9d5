"""How often a source reports, switched on a page: who may, from when, what stays as it was, and its trace."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape

import httpx
import pytest
from sqlalchemy import Engine, select

from data.accounts import add_account
from data.cadences import cadences
from data.store import reading, writing
from data.tables import audit
from data.types import Cadence
from data.vocabulary import Rhythm, Role
from tests.dashboard.centre import Server
from tests.dashboard.test_decisions import FORM, posted

ADDRESS = "/decide/cadence?site=tumbes&source=migraciones&dataset=flow&lang=es"


def agreed(store: Engine) -> list[Cadence]:
    with reading(store) as conn:
        found = cadences(conn, "tumbes")
    return [one.cadence for one in found if (one.source, one.dataset) == ("migraciones", "flow")]


def test_the_rhythm_changes_from_a_moment_on_and_the_past_keeps_its_own(server: Server, store: Engine) -> None:
    with server.client() as client:
        first = posted(client, ADDRESS, kind="daily", reason="acta 3", **{"from": "2019-06-01"})
        assert (first.status_code, first.headers["location"]) == (303, "/reports?site=tumbes&lang=es")
        second = posted(client, ADDRESS, kind="hourly", grace="30", reason="emergencia", **{"from": "2019-06-14T08:00"})
        assert second.status_code == 303
        page = unescape(client.get(ADDRESS).text)
        assert "cada día, con 6" in page
        assert "cada hora, con 30" in page
        assert "Motivo: emergencia · lo decidió quien opera esta máquina" in page
        told = client.get("/reports?site=tumbes&lang=es").text
        assert "/decide/cadence?site=tumbes&amp;source=migraciones&amp;dataset=flow" in told
    daily, hourly = agreed(store)
    assert (daily.kind, hourly.kind, hourly.grace_minutes) == (Rhythm.DAILY, Rhythm.HOURLY, 30)
    assert (hourly.set_by, hourly.reason) == ("local", "emergencia")
    with reading(store) as conn:
        rows = conn.execute(select(audit).where(audit.c.action == "cadence-set").order_by(audit.c.audit_id)).all()
    assert [(row.who, row.subject, row.facts["kind"], row.facts["before"]) for row in rows] == [
        ("local", "tumbes/migraciones/flow", "daily", None),
        ("local", "tumbes/migraciones/flow", "hourly", "daily"),
    ]


def test_without_a_moment_it_holds_from_now(server: Server, store: Engine) -> None:
    with server.client() as client:
        assert posted(client, ADDRESS, kind="minutes", minutes="30", reason="x").status_code == 303
    [one] = agreed(store)
    assert (one.kind, one.minutes) == (Rhythm.MINUTES, 30)
    assert abs(one.valid_from - datetime.now(UTC)) < timedelta(minutes=2)


def test_the_grace_stays_where_only_the_reason_is_new_and_is_the_usual_of_another_rhythm(
    server: Server, store: Engine
) -> None:
    with server.client() as client:
        for said in ({"kind": "hourly", "grace": "40"}, {"kind": "hourly"}, {"kind": "daily"}):
            assert posted(client, ADDRESS, reason="x", **said).status_code == 303
    assert [(one.kind, one.grace_minutes) for one in agreed(store)] == [
        (Rhythm.HOURLY, 40),
        (Rhythm.HOURLY, 40),
        (Rhythm.DAILY, 360),
    ]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"kind": "daily", "reason": "  "}, "Escriba la razón"),
        ({"kind": "cuando-sea", "reason": "x"}, "Elija una frecuencia"),
        ({"reason": "x"}, "Elija una frecuencia"),
        ({"kind": "minutes", "reason": "x"}, "Elija una frecuencia"),
        ({"kind": "minutes", "minutes": "2000", "reason": "x"}, "«2000» minutos no es una frecuencia"),
        ({"kind": "minutes", "minutes": "<b>", "reason": "x"}, "«<b>» minutos no es una frecuencia"),
        ({"kind": "daily", "grace": "-5", "reason": "x"}, "«-5» no es un plazo de gracia"),
        ({"kind": "daily", "grace": "9" * 12, "reason": "x"}, "no es un plazo de gracia"),
        ({"kind": "daily", "from": "mañana", "reason": "x"}, "«mañana» no es un momento"),
        ({"kind": "shift", "reason": "x"}, "El puesto no tiene turnos"),
    ],
)
def test_what_cannot_be_agreed_is_told_and_changes_nothing(
    server: Server, store: Engine, said: dict[str, str], sentence: str
) -> None:
    with server.client() as client:
        answer = posted(client, ADDRESS, **said)
    assert answer.status_code == 400
    assert sentence in unescape(answer.text).replace("\u202f", "")
    assert "<b>" not in answer.text
    assert agreed(store) == []


def test_a_form_that_is_not_ours_changes_nothing(server: Server, store: Engine) -> None:
    with server.client() as client:
        origin = {"Origin": str(client.base_url).rstrip("/")}
        said = {"kind": "daily", "reason": "x"}
        assert client.post(ADDRESS, data=said, headers=origin).status_code == 400
        form = FORM.search(client.get(ADDRESS).text)
        assert form
        elsewhere = client.post(ADDRESS, data={**said, "form": form[1]}, headers={"Origin": "https://otro.example"})
        assert elsewhere.status_code in (401, 403)
    assert agreed(store) == []


def test_of_a_source_or_dataset_that_nobody_knows_there_is_no_page(server: Server) -> None:
    with server.client() as client:
        assert client.get(ADDRESS.replace("migraciones", "nadie")).status_code == 404
        assert client.get(ADDRESS.replace("=flow", "=nada")).status_code == 404
        assert 'value="shift"' not in client.get(ADDRESS).text, "the site has no shifts"


def signed_in(client: httpx.Client, name: str) -> None:
    form = FORM.search(client.get("/login").text)
    assert form
    origin = str(client.base_url).rstrip("/")
    said = {"form": form[1], "name": name, "password": "una clave larga"}
    assert client.post("/login", data=said, headers={"Origin": origin}).status_code == 303


@pytest.mark.parametrize(
    ("role", "site", "status"),
    [
        (Role.LEADERSHIP, "tumbes", 403),
        (Role.PARTNER, "tumbes", 403),
        (Role.SECTOR_LEAD, "tumbes", 403),
        (Role.PROTECTION, "tumbes", 403),
        (Role.COORDINATION, "huaquillas", 403),
        (Role.COORDINATION, "tumbes", 200),
        (Role.ADMIN, "tumbes", 200),
    ],
)
def test_only_who_operates_the_centre_changes_a_rhythm(
    server: Server, store: Engine, role: Role, site: str, status: int
) -> None:
    with writing(store) as conn:
        add_account(conn, "ana", "una clave larga", role, datetime.now(UTC), sites=(site,))
    with server.client() as client:
        signed_in(client, "ana")
        assert client.get(ADDRESS).status_code == status
        if status == 200:
            assert posted(client, ADDRESS, kind="weekly", reason="acta 9").status_code == 303
        else:
            origin = {"Origin": str(client.base_url).rstrip("/")}
            assert client.post(ADDRESS, data={"kind": "weekly", "reason": "x"}, headers=origin).status_code == 403
    assert [(one.kind, one.set_by) for one in agreed(store)] == ([(Rhythm.WEEKLY, "ana")] if status == 200 else [])
