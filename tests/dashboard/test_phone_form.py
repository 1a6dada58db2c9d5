"""The form of a shift as the server gives it: its page, its worker, its clock, and whose queue may come in."""

from __future__ import annotations

import json
import re
import uuid
from datetime import UTC, datetime, timedelta

import pytest

from tests.dashboard.centre import Server


def test_the_page_names_its_files_by_content_and_its_worker_holds_the_same(standing: Server) -> None:
    with standing.client() as web:
        page = web.get("/reports/form?lang=es")
        assert page.status_code == 200
        assert page.headers["caudal-holder"] == "local:"
        worker = web.get("/reports/form/sw.js")
        assert worker.headers["service-worker-allowed"] == "/reports/form"
        assert worker.headers["content-type"].startswith("text/javascript")
        told = json.loads(re.match(r"var CAUDAL = (.*);", worker.text)[1])  # type: ignore[index]
        for address in re.findall(r'(?:src|href)="(/assets/[^"]+)"', page.text):
            assert re.search(r"\.[0-9a-f]{12}\.(js|css)$", address)
            assert address in told["files"], f"{address} would be missing in airplane mode"
        assert all(web.get(address).status_code == 200 for address in told["files"])
        assert "<script>" not in page.text


@pytest.mark.parametrize(("lang", "title"), [("es", "Reporte de turno"), ("en", "Shift report")])
def test_it_speaks_the_language_of_its_address(standing: Server, lang: str, title: str) -> None:
    with standing.client() as web:
        page = web.get(f"/reports/form?lang={lang}").text
    assert f"<h1>{title}</h1>" in page
    facts = json.loads(re.search(r'<script id="caudal-form"[^>]*>(.*?)</script>', page)[1])  # type: ignore[index]
    assert [site["site"] for site in facts["sites"]] == ["tumbes", "huaquillas"]
    assert facts["sites"][0]["stages"][0]["value"] == "migration-control"
    assert {service["value"].split("/")[0] for service in facts["sites"][0]["services"][0]["choices"]} == {"health"}


def test_the_clock_says_who_asks_and_what_time_it_is(standing: Server) -> None:
    with standing.client() as web:
        answer = web.get("/reports/form/now")
    said = answer.json()
    assert said["holder"] == "local:"
    assert abs(datetime.fromisoformat(said["now"]) - datetime.now(UTC)) < timedelta(seconds=20)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["date"]


def test_whoever_is_signed_out_hears_it_as_a_program_does(standing: Server) -> None:
    with standing.client() as web:
        answer = web.get("/reports/form/now", headers={"X-Forwarded-For": "10.0.0.9"})
    assert answer.status_code == 401
    assert answer.json()["error"] == "sign_in_needed"


def test_five_sends_make_one_row_and_four_times_already_received(standing: Server) -> None:
    source, key = f"turno-{uuid.uuid4().hex[:8]}", uuid.uuid4().hex
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    row = {
        "site": "tumbes",
        "stage": "migration-control",
        "measure": "arrivals",
        "start": hour.isoformat(),
        "end": (hour + timedelta(hours=1)).isoformat(),
        "people": 12,
        "issued_at": datetime.now(UTC).isoformat(),
    }
    headers = {"Content-Type": "application/json", "Idempotency-Key": key, "Caudal-Account": "local:"}
    with standing.client() as web:
        address = f"/api/v1/reports?dataset=flow&source={source}"
        answers = [web.post(address, content=json.dumps([row]), headers=headers) for _ in range(5)]
        assert [answer.json()["already_received"] for answer in answers] == [False, True, True, True, True]
        series = web.get(f"/api/v1/series?site=tumbes&measure=arrivals&source={source}&step=hour").json()
        assert [point["value"] for point in series["rows"] if point["value"] is not None] == [12]


def test_what_another_account_typed_waits_for_it(standing: Server) -> None:
    with standing.client() as web:
        answer = web.post(
            "/api/v1/reports?dataset=flow&source=migraciones",
            content=b"[]",
            headers={"Content-Type": "application/json", "Caudal-Account": "account:ana"},
        )
    assert answer.status_code == 409
    assert answer.json()["error"] == "other_account"
