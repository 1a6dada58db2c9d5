"""/resources and /resources/need over a real server: page, file and API say the same, silence is told as silence."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import openpyxl
from sqlalchemy import insert

from data.store import create_store, writing
from data.tables import standard
from data.versions import raise_version
from tests.dashboard.centre import Server, until

ASKED = "site=tumbes&lang=es"
HEADS = {
    "resource": "site,organisation,kind,at,quantity,state,available,place",
    "service": "site,organisation,sector,service,start,end,quantity,unit,people",
}


def ago(hours: float) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds")


def sent(server: Server, dataset: str, *rows: str) -> None:
    body = "\n".join([HEADS[dataset], *(f"tumbes,{row}" for row in rows)]).encode()
    headers = {"Content-Type": "text/csv", "Idempotency-Key": f"{dataset}-{hash(rows)}"}
    with server.client() as client:
        answer = client.post(f"/api/v1/reports?dataset={dataset}&source=gtrm", content=body, headers=headers)
    assert (answer.status_code, answer.json()["rejected"]) == (201, 0), answer.text


def stocked(server: Server) -> None:
    sent(
        server,
        "resource",
        f"INDECI,carpas,{ago(2)},9,operativa,4,Patio",
        f"UNICEF,carpas,{ago(60)},5,operativa,,",
        f"<b>Cruz Roja</b>,ambulancias,{ago(1)},2,prestada,,",
    )


def table(data: bytes) -> list[dict[str, str]]:
    header, _, *rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    return [dict(zip(header, row, strict=True)) for row in rows[: rows.index([])]]


def plain(text: str) -> str:
    return unescape(text).replace("\u00a0", " ").replace("\u202f", " ")


def test_what_there_is_is_the_same_on_the_page_in_the_file_and_by_the_api(server: Server):
    stocked(server)
    with server.client() as client:
        page = client.get(f"/resources?{ASKED}").text
        told = client.get(f"/api/v1/resources?{ASKED}").json()
        rows = table(client.get(f"/resources.csv?{ASKED}").content)
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/resources.xlsx?{ASKED}").content))
        english = client.get("/resources?site=tumbes&lang=en").text
        as_csv = client.get(f"/api/v1/resources?{ASKED}&format=csv").text
    by_kind = [
        (row["kind"], row["organisation"], row["quantity"], row["available"], row["stale"]) for row in told["rows"]
    ]
    assert by_kind == [
        ("carpas", "INDECI", 9, 4, False),
        ("carpas", "UNICEF", 5, 5, True),
        ("ambulancias", "<b>Cruz Roja</b>", 2, None, False),
    ]
    assert [(row["kind"], row["organisation"], row["quantity"], row["available"]) for row in rows] == [
        (kind, who, str(many), "" if free is None else str(free)) for kind, who, many, free, _ in by_kind
    ]
    shown = re.findall(r'<span(?=[^>]*data-quantity="([^"]*)")(?=[^>]*data-stale="([01])")', page)
    assert shown == [("9", "0"), ("5", "1"), ("2", "0")]
    [total] = [one for one in told["totals"] if one["kind"] == "carpas"]
    assert (total["quantity"], total["old_quantity"]) == (9, 5)
    assert 'data-total="9"' in page
    assert "9; y aparte 5 según cuentas viejas" in plain(page)
    assert 'data-silent="staff counters stock"' in page
    assert told["silent_groups"] == ["staff", "counters", "stock"]
    assert "Migraciones" in told["silent_organisations"]
    assert "<b>Cruz Roja" not in page
    assert "Not reported" in english
    assert book.sheetnames == ["Recursos", "Totales", "Metadatos"]
    assert book["Recursos"]["A2"].value == "#capacity+group"
    assert book["Recursos"].max_row == 5
    assert as_csv.splitlines()[1].endswith("gtrm")


def test_before_anybody_reported_everything_is_missing_and_nothing_zero(server: Server):
    with server.client() as client:
        page = plain(client.get(f"/resources?{ASKED}").text)
        told = client.get(f"/api/v1/resources?{ASKED}").json()
    assert (told["rows"], told["totals"]) == ([], [])
    assert "<b>Sin reporte</b>: personal, módulos, carpas y toldos, vehículos, existencias" in page
    assert "data-quantity" not in page


def test_as_of_a_moment_the_register_is_as_it_was_known_then(server: Server):
    server.send([60, 60])
    before = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=1)
    until(lambda: datetime.now(UTC) > before + timedelta(seconds=1), 5, "time stands still")
    stocked(server)
    with server.client() as client:
        then = {"site": "tumbes", "as_of": before.isoformat()}
        assert client.get("/api/v1/resources", params=then).json()["rows"] == []
        page = client.get("/resources", params=then).text
        assert "data-quantity" not in page
        need = client.get("/resources/need", params=then)
        assert need.status_code == 200
        assert "ask-for" not in need.text
        assert client.get(f"/resources?{ASKED}&as_of=ayer").status_code == 400


def ruled(server: Server) -> None:
    since = datetime(2019, 1, 1, tzinfo=UTC)
    rule: dict[str, Any] = {"site": "tumbes", "phase": "emergency", "set_by": "Rosa", "valid_from": since}
    rule |= {"provisional": False, "source": "UNHCR, https://example.org/wash", "denominator": "present"}
    water = {"service": "water", "value": 15.0, "per": "per-person-day", "unit": "litros", "transit_value": 3.0}
    toilets = {
        "service": "latrines",
        "value": 50.0,
        "per": "people-per-unit",
        "unit": "letrinas",
        "transit_value": None,
    }
    store = create_store(f"sqlite:///{server.var / 'caudal.sqlite'}")
    with writing(store) as conn:
        conn.execute(insert(standard), [{**rule, **water}, {**rule, **toilets}])
        raise_version(conn, "tumbes")
    store.dispose()


def test_a_scenario_is_the_same_on_the_page_in_the_list_and_by_the_api(server: Server):
    ruled(server)
    sent(
        server,
        "service",
        f"COOPI,wash,latrines,{ago(9)},{ago(1)},22,letrinas,",
        f"ADRA,wash,hygiene-kits,{ago(9)},{ago(1)},300,kits,",
    )
    asked = f"{ASKED}&people=5000&stay=24"
    with server.client() as client:
        page = client.get(f"/resources/need?{asked}").text
        told = client.get(f"/api/v1/need?{asked}").json()
        every = client.get(f"/api/v1/need?{ASKED}").json()
        rows = table(client.get(f"/resources/need.csv?{asked}").content)
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/resources/need.xlsx?{asked}").content))
        passing = client.get(f"/api/v1/need?{ASKED}&people=5000&stay=6").json()
        odd = [
            client.get(f"/resources/need?{ASKED}&{one}").status_code for one in ("people=x", "people=0", "stay=9999")
        ]
        described = client.get("/api/v1/openapi.json").json()["paths"]
    needs = {row["service"]: row for row in told["rows"]}
    assert {row["people_a_day"] for row in told["rows"]} == {5000}
    assert (needs["latrines"]["required"], needs["latrines"]["shortfall"]) == (100, 78)
    assert needs["latrines"]["institutions"] == ["COOPI"]
    assert (needs["water"]["required"], needs["water"]["there_is"], needs["water"]["shortfall"]) == (75_000, None, None)
    assert (needs["hygiene-kits"]["why"], needs["hygiene-kits"]["required"]) == ("no-standard", None)
    assert needs[None]["why"] == "no-rate"
    cells = r'<span(?=[^>]*data-people="5000")(?=[^>]*data-required="([^"]*)")(?=[^>]*data-short="([^"]*)")'
    shown = re.findall(cells, page)
    listed = [(row["required"], row["shortfall"]) for row in rows]
    by_api = [tuple("" if one is None else str(one) for one in (r["required"], r["shortfall"])) for r in told["rows"]]
    assert shown == listed == by_api
    assert "sin norma" in page
    assert "5 000 por día × 24 h ÷ 24 = 5 000 presentes en promedio" in plain(page)
    assert "sin actor" in page
    assert re.search(r'href="/requests\?[^"]*service=latrines[^"]*quantity=78[^"]*#ask"', unescape(page))
    assert [row["institutions"] for row in rows if row["service"] == "letrinas"] == ["COOPI"]
    assert book.sheetnames == ["Pedido", "Metadatos"]
    assert {row["people_a_day"] for row in every["rows"]} == {1000, 3500, 8000}
    assert every["stay_basis"] == "unknown"
    assert {row["service"]: row["required"] for row in passing["rows"]}["water"] == 3750
    assert odd == [400, 400, 400]
    assert {"/resources", "/need", "/requests"} <= described.keys()


def test_from_the_coverage_page_each_of_them_is_one_press_away(server: Server):
    with server.client() as client:
        page = client.get(f"/coverage?{ASKED}").text
        for path in ("/resources", "/resources/need", "/requests"):
            assert f'href="{path}?site=tumbes' in page
            assert client.get(f"{path}?{ASKED}").status_code == 200
        assert client.get(f"/resources.pdf?{ASKED}").status_code == 404
