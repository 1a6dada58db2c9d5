"""Pages of the past on a real server: they stand still, say so, lead back; moments that cannot be shown are told."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.dashboard.centre import Server, until

PAGES = ("/", "/flow", "/queue", "/coverage", "/alerts", "/reports", "/wall", "/lite")


@pytest.fixture(scope="module")
def moment(standing: Server) -> str:
    """A moment between a report and its correction."""
    assert standing.send([40, 50]).status_code == 201
    time.sleep(1)  # pages are asked as of a whole second
    then = datetime.now(UTC).replace(microsecond=0).isoformat()
    assert standing.send([40, 90]).status_code == 201
    with standing.client() as client:
        until(lambda: client.get("/board/situation").json()["kpis"]["entries_today"]["value"] == 130, 10, "never seen")
    return then


@pytest.mark.parametrize("path", PAGES)
def test_a_page_of_the_past_stands_still_and_says_so(standing: Server, moment: str, path: str):
    with standing.client() as client:
        now, then = client.get(path).text, client.get(path, params={"as_of": moment}).text
    assert 'data-live="reconnecting"' in now
    assert 'data-live="frozen"' in then
    assert "CONGELADO" in then
    assert "CONGELADO" not in now
    back = re.search(r'<a[^>]*href="([^"]+)"[^>]*>Volver a ahora', then)
    assert back is not None
    assert "as_of" not in back[1]
    facts = re.search(r'<script id="caudal-page" type="application/json">(.+?)</script>', then)
    if path != "/lite":
        assert facts is not None
        said = json.loads(facts[1])
        assert said["live"] is None
        assert said["speed"] == 0
        assert datetime.fromisoformat(said["now"]) == datetime.fromisoformat(moment)
        assert "as_of" in said["board"]


def test_the_figures_are_those_of_then_and_links_stay_there(standing: Server, moment: str):
    with standing.client() as client:
        page = client.get("/", params={"as_of": moment}).text
        board = client.get("/board/situation", params={"as_of": moment}).json()
        rows = client.get("/api/v1/series", params={"step": "day", "as_of": moment}).json()["rows"]
        listed = client.get("/api/v1/reports", params={"as_of": moment}).json()["rows"]
        assert client.get("/api/v1/queue", params={"as_of": moment}).status_code == 200
        assert client.get("/api/v1/coverage", params={"as_of": moment}).status_code == 200
        assert client.get("/api/v1/alerts", params={"as_of": moment}).status_code == 200
        revisions = client.get("/api/v1/revisions", params={"measure": "served"}).json()["rows"]
        then = client.get("/api/v1/revisions", params={"as_of": moment}).json()["rows"]
    assert board["kpis"]["entries_today"]["value"] == rows[-1]["value"] == 90
    assert 'data-value="90"' in page
    assert len(listed) == 1
    assert [(row["from"], row["to"]) for row in revisions] == [(50, 90)]
    assert then == []
    assert all("as_of=" in href for href in re.findall(r'href="(/(?:flow|queue|reports)\?[^"]+)"', page))


def test_a_board_of_the_past_is_the_same_bytes_whatever_comes(standing: Server, moment: str):
    with standing.client() as client:
        first = client.get("/board/flow", params={"as_of": moment})
        standing.send([1, 2], **{"X-Reason": "recuento"})
        until(lambda: len(client.get("/api/v1/reports").json()["rows"]) > 2, 10, "never seen")
        again = client.get("/board/flow", params={"as_of": moment}, headers={"If-None-Match": first.headers["etag"]})
        assert again.status_code == 304
        assert first.headers["caudal-now"].endswith(" 0")
        assert client.get("/api/v1/reports").json()["rows"][0]["reason"] == "recuento"
        assert client.get("/live", params={"as_of": moment}).status_code == 400


@pytest.mark.parametrize("path", [*PAGES, "/board/flow", "/api/v1/series", "/api/v1/queue", "/api/v1/revisions"])
def test_a_moment_to_come_or_before_any_report_is_said(standing: Server, moment: str, path: str):
    for as_of, says in (
        ((datetime.now(UTC) + timedelta(days=1)).isoformat(), "todavía no llega"),
        ("2015-06-14T09:00", "no tenía ningún reporte"),
    ):
        with standing.client() as client:
            answer = client.get(path, params={"as_of": as_of})
        assert answer.status_code == 400
        assert says in answer.text


def test_a_time_without_an_offset_is_the_sites(standing: Server, moment: str):
    """The site's zone is one in which it is about noon, whatever UTC says."""
    local = datetime.fromisoformat(moment)
    with standing.client() as client:
        zone = re.search(r'"zone":"([^"]+)"', client.get("/").text)
        assert zone is not None
        from zoneinfo import ZoneInfo

        there = local.astimezone(ZoneInfo(zone[1])).replace(tzinfo=None).isoformat()
        board = client.get("/board/situation", params={"as_of": there}).json()
    assert datetime.fromisoformat(board["frozen"]) == local


def test_a_form_without_a_script_leads_to_a_moment(standing: Server, moment: str):
    with standing.client() as client:
        for path in ("/flow", "/lite"):
            page = client.get(path, params={"lang": "en", "look": "dark"}).text
            form = re.search(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', page)
            assert form is not None
            assert form[1] == path
            assert 'type="datetime-local"' in form[2]
            assert 'name="as_of"' in form[2]
            fields = [dict(re.findall(r'(\w+)="([^"]*)"', one)) for one in re.findall(r"<input ([^>]*)>", form[2])]
            hidden = {field["name"]: field["value"] for field in fields if field["type"] == "hidden"}
            assert {"site": "tumbes", "lang": "en", "look": "dark"}.items() <= hidden.items()
