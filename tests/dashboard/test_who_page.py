"""/coverage/who over a real server: page, files and API say the same, and the address says it all."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

from tests.dashboard.centre import Server

HEAD = "site,organisation,sector,service,start,end,people,quantity,unit,place\n"


def report(*rows: str, site: str = "huaquillas") -> bytes:
    """Of an hour about noon of yesterday at the site."""
    end = datetime.now(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=24)
    span = f"{(end - timedelta(hours=1)).isoformat()},{end.isoformat()}"
    return (HEAD + "\n".join(f"{site},{row.replace('@', span)}" for row in rows) + "\n").encode()


ROWS = (
    "ADRA,wash,hygiene-kits,@,120,40,kits,Patio",
    "COOPI,wash,hygiene-kits,@,80,30,kits,Cola",
    "COOPI,health,vaccination,@,3,,,Cola",
    "<b>Encuentros</b>,protection,legal-orientation,@,31,,,Cola",
)


def sent(server: Server, *rows: str) -> None:
    with server.client() as client:
        answer = client.post(
            "/api/v1/reports?dataset=service&source=gtrm",
            content=report(*rows),
            headers={"Idempotency-Key": f"who-{hash(rows)}", "content-type": "text/csv"},
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["rejected"] == 0, answer.text


def test_the_page_the_file_and_the_api_say_the_same(server: Server):
    sent(server, *ROWS)
    asked = "site=huaquillas&window=7d&lang=es"
    with server.client() as client:
        html = client.get(f"/coverage/who?{asked}").text
        answer = client.get(f"/api/v1/who?{asked}").json()
        header, _, *rows = csv.reader(io.StringIO(client.get(f"/coverage/who.csv?{asked}").content.decode("utf-8-sig")))
    sums = {row["sector"]: row["value"] for row in answer["rows"] if row["service"] is None}
    assert sums == {"wash": 200, "health": None, "protection": 31, None: 231}
    for sector in ("wash", "protection"):
        [row] = re.findall(rf'<tr class="sector-row" data-sector="{sector}".*?</tr>', html)
        assert re.search(rf'<td class="sum"><a href="/questions/figure[^"]*">{sums[sector]}</a></td>', row)
        told = [one[header.index("people")] for one in rows[: rows.index([])] if one[3] == sector]
        assert sum(map(int, told)) == sums[sector]
    [health] = re.findall(r'<tr class="sector-row" data-sector="health".*?</tr>', html)
    assert "reservado" in health
    assert "<b>Encuentros" not in html
    assert "&lt;b&gt;Encuentros" in html


def test_a_sector_without_an_active_organisation_is_marked(server: Server):
    sent(server, *ROWS)
    with server.client() as client:
        now = client.get("/coverage/who?site=huaquillas&lang=es").text
        then = client.get("/coverage/who?site=huaquillas&lang=es&window=yesterday").text
    assert re.search(r'data-sector="health" data-actors="none".*?sin actor', now)
    assert 'role="status"' in now
    assert 'data-sector="wash" data-actors="some"' in then


def test_filters_stand_in_the_address_and_in_the_form(server: Server):
    sent(server, *ROWS)
    with server.client() as client:
        html = client.get("/coverage/who?site=huaquillas&window=7d&across=place&organisation=COOPI&sector=wash").text
        view = client.get("/coverage/who?site=huaquillas&window=7d&view=list").text
        words = client.get("/coverage/who?site=huaquillas&across=weather")
        wrong = client.get("/api/v1/who?site=huaquillas&across=day&from=2018-01-01&to=2019-01-01")
    assert re.findall(r'<option selected value="([^"]*)">', html)[1:4] == ["place", "wash", "COOPI"]
    assert "<span>Cola</span>" in html
    assert "<span>Patio</span>" not in html
    assert "who-as-list" in view
    assert (words.status_code, wrong.status_code) == (400, 400)


def test_nothing_in_a_period_leads_to_the_last_month_with_something(server: Server):
    sent(server, *ROWS)
    with server.client() as client:
        html = client.get("/coverage/who?site=huaquillas&from=2019-01-01&to=2019-02-01&lang=en").text
        assert "Nobody reported anything" in html
        assert client.get("/coverage/who.pdf?site=huaquillas").status_code == 404
        partners = client.get("/coverage/partners?site=huaquillas&lang=en").text
    assert "COOPI" in partners
    assert "reported by another" in partners
