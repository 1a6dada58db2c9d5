"""Whatever stands in an address, the answer is an answer: never a failure of the server."""

from __future__ import annotations

import base64
import itertools
from urllib.parse import quote

import httpx
import pytest

from dashboard.api import ROUTES
from layouts.pages import PAGES
from tests.dashboard.centre import Server

pytestmark = pytest.mark.slow

ODD = (
    *("0001-01-01T00:00", "0001-01-01", "9999-12-31T23:59", "9999-12-31", "1999-12-31T23:59", "2101-01-01"),
    *("2019-06-14T09:00+24:00", "2019-06-14T09:00%2B99:00", "2019-W24-5", "20190614T0900", "2019-06-14T24:00"),
    *("-1", "1e309", "NaN", "ayer", "%00", "%ED%A0%80", "a" * 3000, "'; drop table site;--", "<script>", "[]", "🙂"),
)
PARAMETERS = ("as_of", "from", "to", "site", "lang", "look", "window", "distance", "boards", "dwell", "issued_at")
PARAMETERS += ("measure", "stage", "lane", "step", "source", "state", "format", "board", "dataset", "next")
GET = (
    *(page.path for page in PAGES.values()),
    *(f"/board/{name}" for name in PAGES),
    *sorted({f"/api/v1{route.path}" for route in ROUTES if "{" not in route.path and "GET" in (route.methods or ())}),
    *("/login", "/healthz", "/metrics", "/nada", "/screen/x", "/assets/x", "/_dash-component-suites/dash/x"),
)


def asked(client: httpx.Client, path: str, name: str, odd: str) -> httpx.Response:
    return client.get(f"{path}?{name}={odd if '%' in odd else quote(odd)}")


@pytest.mark.long
def test_no_odd_value_on_any_address_is_a_failure_of_the_server(standing: Server):
    """Every parameter on every address, the odd values taking turns, and all of them where moments are read."""
    failures = []
    with standing.client() as client:
        turns = itertools.cycle(ODD)
        pairs = [(path, name, next(turns)) for path, name in itertools.product(GET, PARAMETERS)]
        pairs += [(path, "as_of", odd) for path in ("/", "/lite", "/board/flow", "/api/v1/queue") for odd in ODD]
        pairs += [("/api/v1/series", name, odd) for name in ("from", "to", "as_of") for odd in ODD]
        pairs += [("/api/v1/coverage", name, odd) for name in ("from", "to", "as_of") for odd in ODD]
        for path, name, odd in pairs:
            answer = asked(client, path, name, odd)
            if answer.status_code >= 500 and path != "/healthz":
                failures.append((answer.status_code, path, name, odd[:40]))
    assert failures == []


@pytest.mark.parametrize("odd", ["0001-01-01T00:00", "9999-12-31T23:59", "1999-12-31T23:59", "2101-01-01T00:00"])
def test_a_moment_out_of_our_years_says_which_years_are_meant(standing: Server, odd: str):
    with standing.client() as client:
        for path in ("/", "/wall", "/lite", "/board/situation", "/api/v1/queue"):
            answer = asked(client, path, "as_of", odd)
            assert answer.status_code == 400, path
            assert "2000" in answer.text, path
            assert "2100" in answer.text, path
        for name in ("from", "to"):
            answer = asked(client, "/api/v1/series", name, odd)
            assert (answer.status_code, "2000" in answer.text, "2100" in answer.text) == (400, True, True)


def token(address: str) -> str:
    return base64.urlsafe_b64encode(address.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "page", ["AAAA", "", token("nada?site=tumbes"), token("?"), token("\x00"), "%F0%9F%99%82", "a" * 5000]
)
def test_a_layout_of_no_page_is_not_found(standing: Server, page: str):
    with standing.client() as client:
        assert client.get(f"/_v/{page}/_dash-layout").status_code == 404
        assert client.post(f"/_v/{page}/_dash-update-component", json={}).status_code == 404


def test_a_question_that_no_page_asks_is_refused_and_ours_is_answered(standing: Server):
    address = f"/_v/{token('queue?site=tumbes&lang=es')}/_dash-update-component"
    ours = {
        "output": "answer-counters.children",
        "outputs": {"id": "answer-counters", "property": "children"},
        "inputs": [
            {"id": f"ask-{name}", "property": "value", "value": value}
            for name, value in (("counters", 3), ("hours", None), ("arrivals", None))
        ],
        "changedPropIds": ["ask-counters.value"],
    }
    odd: list[object] = [
        *({**ours, "output": odd} for odd in ("nada.children", "", None, 5, [], {}, "..a.b..")),
        *(
            {**ours, "inputs": odd}
            for odd in ([], None, "x", [None] * 3, [{}] * 3, [{"id": "x", "property": "value"}] * 3, [[]] * 3, {})
        ),
        *({**ours, "changedPropIds": odd} for odd in (None, 3, [None], {"a": 1})),
        *({**ours, "outputs": odd} for odd in (None, [], "x", {}, {"id": "x", "property": "y"})),
        *({name: value for name, value in ours.items() if name != left} for left in ("output", "outputs", "inputs")),
        {**ours, "state": "x"},
        *(None, [], "x", 1),
    ]
    loose = [
        *(
            {**ours, "inputs": [{**one, "value": odd} for one in ours["inputs"]]}
            for odd in (None, "x", {}, [], -1, 1e300, True)
        ),
    ]
    with standing.client() as client:
        answered = client.post(address, json=ours)
        assert answered.status_code == 200, answered.text
        assert "answer-counters" in answered.text
        for question in odd:
            said = client.post(address, json=question)
            assert (said.status_code, said.headers["content-type"]) == (400, "application/json"), question
        for question in loose:
            assert client.post(address, json=question).status_code < 500, question
        for body in (b"", b"{", b"\xff\xfe", b"[" * 4000):
            assert client.post(address, content=body, headers={"Content-Type": "application/json"}).status_code == 400
