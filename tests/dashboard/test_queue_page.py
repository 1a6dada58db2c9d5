"""The queue page on a real server: a question, a target and a replay stand in its address and need no script."""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from dashboard.view import BadAddress, Known, view_of, view_of_token
from data.vocabulary import Language
from tests.dashboard.centre import Server
from tests.layouts.models import SITE

KNOWN = Known((SITE,), SITE.site, Language.ES)


def test_a_question_in_the_address_is_answered_in_the_first_html(standing: Server):
    with standing.client() as client:
        asked = client.get("/queue", params={"ask_counters": "30", "ask_hours": "8"}).text
        wrong = client.get("/queue", params={"ask_counters": "many"}).text
        plain = client.get("/queue").text
    assert re.search(r'id="answer-counters"[^>]*><p[^>]*>No se puede calcular', asked)
    assert re.search(r'<input[^>]*id="ask-counters"[^>]*value="30"', asked)
    assert "Escriba un número entero de módulos entre 0 y 200." in wrong
    assert re.search(r'id="answer-counters"[^>]*></div>', plain)
    assert re.search(r'<form[^>]*id="ask"[^>]*method="get"', plain)


def test_the_question_is_part_of_the_page_and_not_of_its_board():
    words = {"ask_counters": "30", "ask_arrivals": " 100 ", "target": "60", "boards": "queue"}
    view = view_of("queue", words, KNOWN)
    assert view.asks == (("ask_counters", "30"), ("ask_arrivals", "100"))
    assert view.board_words() == {"site": SITE.site, "lang": "es", "window": "today", "target": "60"}
    assert view_of_token(view.token(), KNOWN) == view
    assert view_of("alerts", words, KNOWN).asks == ()


@pytest.mark.parametrize("target", ["4", "1441", "abc", "-5", "٣٠"])
def test_a_target_that_cannot_be_meant_is_refused(target: str):
    with pytest.raises(BadAddress):
        view_of("queue", {"target": target}, KNOWN)


def test_a_replay_is_a_page_of_the_past_that_moves(standing: Server):
    assert standing.send([40, 50]).status_code == 201
    time.sleep(1)
    then = datetime.now(UTC).replace(microsecond=0).isoformat()
    with standing.client() as client:
        page = client.get(f"/queue?{urlencode({'replay': then, 'speed': '10'})}").text
        assert client.get("/queue", params={"replay": then, "speed": "7"}).status_code == 400
        assert client.get("/queue", params={"replay": "2031-01-01T00:00"}).status_code == 400
        still = client.get("/alerts", params={"replay": then}).text
    said = re.search(r'<script id="caudal-page" type="application/json">(.+?)</script>', page)
    assert said is not None
    facts = json.loads(said[1])
    assert facts["live"] is None
    assert facts["replay"]["speed"] == 10
    assert datetime.fromisoformat(facts["replay"]["from"]) == datetime.fromisoformat(then)
    assert facts["replay"]["until"] >= facts["replay"]["from"]
    assert "/js/replay." in page
    assert 'id="panel-what_if"' not in page
    assert "/js/replay." not in still


def test_a_replay_survives_in_the_name_of_its_page():
    view = view_of("flow", {"replay": "2019-06-14T06:00", "speed": "60"}, KNOWN)
    assert (view.replay, view.as_of is not None) == (60, True)
    assert view_of_token(view.token(), KNOWN) == view
    assert view_of("coverage", {"replay": "2019-06-14T06:00"}, KNOWN).as_of is None
