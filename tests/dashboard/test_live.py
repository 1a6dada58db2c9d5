"""The live path of a real server: the board with its ETag, its events, and what outlives a kill."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import httpx
import psutil
import pytest

from dashboard.delta import applied
from tests.dashboard.centre import Server, awaited, until


class Stream:
    """One viewer of /live; leaves at the end of its `with`."""

    def __init__(self, server: Server, address: str = "/live?board=situation", **client: object) -> None:
        self._client = server.client(**client)
        self._answer = self._client.stream("GET", address, timeout=30)
        self.response = self._answer.__enter__()
        self._lines = self.response.iter_lines()

    def next(self) -> tuple[str, dict]:
        """The next event, past any heartbeat."""
        name = ""
        for line in self._lines:
            if line.startswith("event: "):
                name = line[7:]
            elif line.startswith("data: "):
                return name, json.loads(line[6:])
        return "end", {}

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *why: object) -> None:
        self._answer.__exit__(None, None, None)
        self._client.close()


def test_a_commit_reaches_a_viewer_as_a_small_change(server: Server):
    with server.client() as client, Stream(server) as stream:
        held = client.get("/board/situation").json()
        assert stream.next()[0] == "hello"
        started = time.monotonic()
        assert server.send([40, 50, 60]).status_code == 201
        held = followed(stream, held, lambda board: board["kpis"]["entries_today"]["value"] == 150)
        waited = time.monotonic() - started
        assert waited < 5  # a busy machine; `make bench` measures
        fresh = client.get("/board/situation").json()
        # Alerts evaluated, or a minute passed, since: their changes are on their way.
        held = followed(stream, held, lambda board: board["version"] == fresh["version"])
        assert {**held, "clock": 0} == {**fresh, "clock": 0}


def followed(stream: Stream, held: dict, until_true: Callable[[dict], bool]) -> dict:
    """What a page holds after repeating the changes it hears of, each on the version it was made for."""
    while not until_true(held):
        name, facts = stream.next()
        assert name == "delta"
        if facts["to"] == held["version"]:
            continue  # told while the board was being fetched
        assert facts["from"] == held["version"]
        held = {**applied(held, facts["changes"]), "version": facts["to"]}
    return held


def test_an_unchanged_board_is_a_304_of_few_bytes(standing: Server):
    with standing.client() as client:
        first = client.get("/board/situation")
        again = client.get("/board/situation", headers={"If-None-Match": first.headers["etag"]})
        if again.status_code != 304:  # the minute turned between the two
            first, again = again, client.get("/board/situation", headers={"If-None-Match": again.headers["etag"]})
        assert again.status_code == 304
        assert again.content == b""
        standing.send([10])
        until(
            lambda: client.get("/board/situation", headers={"If-None-Match": first.headers["etag"]}).status_code == 200,
            2,
            "the new figure is not on the board",
        )


@pytest.mark.parametrize("coding", ["br", "gzip", "identity"])
def test_a_board_is_the_same_in_every_coding(standing: Server, coding: str):
    with standing.client() as client:
        answer = client.get("/board/flow", headers={"Accept-Encoding": coding})
        assert answer.headers.get("content-encoding", "identity") == coding
        assert answer.json()["page"] == "flow"
        assert len(answer.content) > 100


def test_many_who_ask_at_once_share_one_build(standing: Server):
    async def ask() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=standing.url, timeout=30) as client:
            return await asyncio.gather(*(client.get("/board/queue") for _ in range(100)))

    answers = awaited(ask())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) <= 2  # two where the minute turned in between
    with standing.client() as client:
        line = next(
            line for line in client.get("/metrics").text.splitlines() if 'boards_built_total{page="queue"}' in line
        )
    assert float(line.split()[-1]) <= 2


def test_an_address_that_does_not_exist_says_so_in_its_language(standing: Server):
    with standing.client() as client:
        assert client.get("/board/nada").status_code == 404
        assert "no existe" in client.get("/?site=lima").text
        assert client.get("/?site=lima&lang=en").status_code == 404
        assert "does not exist" in client.get("/?site=lima&lang=en").text
        wrong = client.get("/?window=always")
        assert (wrong.status_code, "7d" in wrong.text) == (400, True)
        assert client.get("/?as_of=ayer").status_code == 400
        assert client.get("/?lang=qu").status_code == 400
        assert client.get("/_v/nonsense/_dash-layout").status_code == 404
        assert client.get("/nada").status_code == 404


def test_the_language_of_an_address_is_remembered(standing: Server):
    with standing.client() as client:
        assert 'lang="en"' in client.get("/?lang=en").text
        assert 'lang="en"' in client.get("/flow").text
        assert 'lang="es"' in client.get("/flow?lang=es").text


def test_a_layout_is_that_of_its_address(standing: Server):
    with standing.client() as client:
        html = client.get("/flow?site=huaquillas&lang=en").text
        config = json.loads(html.split('id="_dash-config" type="application/json">')[1].split("</script>")[0])
        layout = client.get(config["requests_pathname_prefix"] + "_dash-layout").text
        assert '"huaquillas"' in layout
        assert client.get(config["requests_pathname_prefix"] + "_dash-dependencies").status_code == 200


def test_a_killed_server_comes_back_with_all_it_had(server: Server):
    server.send([40, 50, 60])
    server.kill()
    server.start()
    with server.client() as client:
        assert client.get("/board/situation").json()["kpis"]["entries_today"]["value"] == 150


def test_a_dead_worker_is_started_again_and_health_says_what_is_wrong(staffed: Server):
    def workers() -> list[psutil.Process]:
        assert staffed.process is not None
        children = psutil.Process(staffed.process.pid).children()
        return [child for child in children if child.status() != psutil.STATUS_ZOMBIE]

    until(lambda: bool(workers()), 10, "no worker was started")
    [first] = workers()
    first.kill()
    until(lambda: any(worker.pid != first.pid for worker in workers()), 15, "the worker was not started again")
    with staffed.client() as client:
        assert client.get("/readyz").json()["ok"] is True
        until(lambda: client.get("/healthz").status_code == 200, 20, "not healthy again")
        jobs = lambda: client.get("/healthz").json()["parts"]["worker"]["jobs"]  # noqa: E731
        until(lambda: "alerts" in jobs(), 20, "the new worker does not say what it does")


def test_stopping_ends_every_process_and_every_stream(staffed: Server):
    assert staffed.process is not None
    with Stream(staffed) as stream:
        assert stream.next()[0] == "hello"
        family = [*psutil.Process(staffed.process.pid).children(recursive=True)]
        assert staffed.stop() == 0
    psutil.wait_procs(family, timeout=5)
    assert not [process for process in family if process.is_running()]


def test_a_worker_does_not_outlive_its_server(staffed: Server):
    assert staffed.process is not None
    children = psutil.Process(staffed.process.pid)
    until(lambda: bool(children.children()), 10, "no worker was started")
    family = children.children()
    staffed.process.kill()
    staffed.process.wait(10)
    _, left = psutil.wait_procs(family, timeout=10)
    assert not left
