"""/referrals over a real server: page, files and API say the same; nothing below a week of a withheld need anywhere."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import openpyxl
import pytest

from data.days import week_of
from data.sites import load_site
from tests.dashboard.centre import SITE, Server, noon_zone

HEAD = "site,start,end,pathway,need,from_organisation,to_institution,priority,referred,accepted,closed,overdue\n"
NOW = datetime.now(UTC)
PLACE = load_site(SITE.format(site="huaquillas", zone=noon_zone(NOW))).site
LAST = week_of(PLACE, week_of(PLACE, NOW).start - timedelta(days=2))

ROWS = (
    "Niñez,CR,UNICEF,UPE,alta,40,32,20,0",
    "Niñez,SC,UNICEF,UPE,alta,11,11,5,0",
    "Salud,SM,ADRA,<b>DIRESA</b>,media,60,50,40,",
    "Salud,DS,ADRA,<b>DIRESA</b>,baja,3,3,3,0",
    "Rara,LP,ADRA,CEPR,media,20,26,,",
    "VBG,SV,ADRA,CEM,alta,17,12,7,0",
)


def sent(server: Server) -> None:
    span = f"{LAST.start.isoformat()},{(LAST.start + timedelta(days=1)).isoformat()}"
    content = (HEAD + "\n".join(f"huaquillas,{span},{row}" for row in ROWS) + "\n").encode()
    with server.client() as client:
        answer = client.post(
            "/api/v1/reports?dataset=referral&source=unicef", content=content, headers={"content-type": "text/csv"}
        )
        assert answer.status_code == 201, answer.text
        assert answer.json()["rejected"] == 0, answer.text


def test_page_files_and_api_say_the_same(server: Server):
    sent(server)
    asked = "site=huaquillas&lang=es"
    with server.client() as client:
        html = client.get(f"/referrals?{asked}").text
        answers = {
            by: client.get(f"/api/v1/referrals?{asked}&by={by}").json() for by in ("need", "institution", "withheld")
        }
        text = client.get(f"/referrals.csv?{asked}").content.decode("utf-8-sig")
        book = openpyxl.load_workbook(io.BytesIO(client.get(f"/referrals.xlsx?{asked}").content))
    told = {
        (by, row["name"]): row for by, answer in answers.items() for row in answer["rows"] if row["grain"] == "range"
    }
    assert {name: row["referred"] for (by, name), row in told.items() if by == "need"} == {
        "CR": 40,
        "SC": None,
        "SM": 60,
        "DS": None,
        "LP": 20,
        None: 120,
    }
    assert told["need", "SC"]["at_least_one"]
    assert told["need", None]["at_least"]
    assert told["need", "LP"]["contradicts"]
    assert told["need", "LP"]["accepted"] == 26
    assert (told["need", "CR"]["closed"], told["need", "CR"]["closed_of"]) == (20, 40)
    assert (told["institution", "UPE"]["referred"], told["institution", "UPE"]["at_least"]) == (40, True)
    assert told["withheld", "SV"]["referred"] == 17
    header, tags, *rows = csv.reader(io.StringIO(text))
    assert all(tag.startswith("#") for tag in tags)
    place = {name: header.index(name) for name in ("table", "code", "start", "end", "grain", "referred", "closed")}
    sheets = {sheet.title: list(sheet.iter_rows(min_row=3, values_only=True)) for sheet in book.worksheets}
    for (by, name), row in told.items():
        said = [one for one in rows[: rows.index([])] if (one[0], one[place["code"]] or None) == (by, name)]
        [ours] = [one for one in said if one[place["grain"]] == "período"]
        for column in ("referred", "closed"):
            assert (ours[place[column]] or None) == (None if row[column] is None else str(row[column])), (by, name)
    [needs] = [found for title, found in sheets.items() if title == "Por necesidad"]
    assert {(row[place["code"]], row[place["referred"]]) for row in needs} >= {("CR", 40), ("SC", None), (None, 120)}
    assert re.search(r'data-kpi="referrals_referred"[^>]*data-value="120"', html) or 'data-value="120"' in html
    assert "20 de 40" in html
    assert "se contradice" in html
    assert "<b>DIRESA" not in html
    assert "&lt;b&gt;DIRESA" in html
    assert "=" not in {cell[:1] for row in rows for cell in row}


def test_no_route_goes_below_a_week_of_the_site_for_a_withheld_need(server: Server):
    sent(server)
    day = PLACE and LAST.start.date().isoformat()
    finer = [
        f"from={(LAST.start + timedelta(days=2)).date()}&to={(LAST.start + timedelta(days=3)).date()}",
        f"from={day}T09:00&to={day}T10:00",
        *("step=hour", "step=day", "step=shift", "by=institution", "by=pathway", "by=priority"),
        *("institution=CEM", "organisation=ADRA", "pathway=VBG", "priority=alta", "place=Cola", "shift=6", "hour=9"),
    ]
    with server.client() as client:
        for need in ("SV", "TR", "trafficking"):
            for words in finer:
                for path in ("/referrals", "/referrals.csv", "/referrals.xlsx", "/api/v1/referrals"):
                    answer = client.get(f"{path}?site=huaquillas&lang=es&need={need}&{words}")
                    assert answer.status_code == 400, (path, need, words)
                    assert "semanas enteras" in answer.text, (path, words)
        for words in finer[:5]:
            assert client.get(f"/api/v1/referrals?site=huaquillas&by=withheld&{words}").status_code == 400
        weeks = f"from={LAST.start.astimezone().isoformat()}&to={LAST.end.isoformat()}".replace("+", "%2B")
        whole = client.get(f"/api/v1/referrals?site=huaquillas&need=SV&{weeks}")
    assert whole.status_code == 200, whole.text
    assert {row["name"] for row in whole.json()["rows"]} == {"SV"}


@pytest.mark.parametrize("words", ["institution=UPE", "need=CR&by=institution", "organisation=ADRA"])
def test_tables_are_never_crossed(server: Server, words: str):
    with server.client() as client:
        for path in ("/referrals", "/referrals.csv", "/api/v1/referrals"):
            answer = client.get(f"{path}?site=huaquillas&lang=en&{words}")
            assert (answer.status_code, "not crossed" in answer.text) == (400, True), path


def test_days_are_taken_as_the_weeks_they_lie_in(server: Server):
    sent(server)
    day = (LAST.start + timedelta(days=2)).date()
    with server.client() as client:
        asked = client.get(f"/api/v1/referrals?site=huaquillas&from={day}&to={day + timedelta(days=1)}").json()
        wrong = client.get("/api/v1/referrals?site=huaquillas&step=day")
    assert (datetime.fromisoformat(asked["from"]), datetime.fromisoformat(asked["to"])) == (LAST.start, LAST.end)
    assert wrong.status_code == 400


def test_a_site_of_which_nobody_reports_says_so(server: Server):
    with server.client() as client:
        html = client.get("/referrals?site=tumbes&lang=en").text
        answer = client.get("/api/v1/referrals?site=tumbes&step=range").json()
    assert "Nobody reported referrals" in html
    assert "None" not in re.sub(r"<[^>]*>", "", html)
    [row] = answer["rows"]
    assert (row["state"], row["referred"]) == ("missing", None)
