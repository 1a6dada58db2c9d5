"""A partner's form sends each submission the moment it is made; the worker reads the other feeds at their cadence."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Engine, func, select

from data.clock import real_now
from data.feeds import book
from data.keys import add_token
from data.store import reading, writing
from data.tables import feed_instance, flow_line
from tests.dashboard.centre import Server, open_centre, until
from tests.feeds import servers
from tests.feeds.centre import KOBO, MAPPING, PUSH, added
from tests.feeds.servers import World, kobo

HOUR = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


def sent(number: int, people: Any, hours_ago: int = 2, **more: Any) -> dict[str, Any]:
    told = kobo(number, "00:00", people, **more)
    return {**told, "turno/hora": (HOUR - timedelta(hours=hours_ago)).isoformat()}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Engine, str, World]]:
    """A server, its store, the key of a partner, and the Kobo of another feed."""
    var = tmp_path_factory.mktemp("hooks")
    engine = open_centre(f"sqlite:///{var / 'caudal.sqlite'}")
    added(engine, PUSH)
    with servers.world() as world:
        added(engine, KOBO.format(url=world.url, page_size=10, timeout=2), MAPPING.replace("arrivals", "served"))
        world.submissions = [sent(1, 11), sent(2, 12)]
        with writing(engine) as conn:
            key = add_token(conn, "kobo", "migraciones", real_now())
            add_token(conn, "other", "alcaldia", real_now())
        server = Server(var, {"CAUDAL_MAX_DELIVERY_MB": "1", "TEST_KOBO_TOKEN": servers.KOBO_TOKEN}).start()
        yield server, engine, key, world
        server.stop()
    engine.dispose()


def post(server: Server, told: Any, feed: str = "tumbes-push", **more: Any) -> httpx.Response:
    content = told if isinstance(told, bytes) else json.dumps(told).encode()
    return httpx.post(f"{server.url}/api/v1/hooks/{feed}", content=content, timeout=20, **more)


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


def test_five_sends_of_a_submission_make_one_row(place) -> None:
    server, engine, key, _ = place
    answers = [post(server, sent(10, 40), headers=bearer(key)) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200]
    assert [answer.json()["already_received"] for answer in answers] == [False, True, True, True, True]
    with reading(engine) as conn:
        lines = conn.execute(select(flow_line.c.people).where(flow_line.c.measure == "arrivals")).scalars().all()
    assert lines == [40]


def test_the_key_may_come_as_a_password(place) -> None:
    server, _, key, _ = place
    assert post(server, sent(11, 1, 3), auth=("kobo", key)).status_code == 201
    assert post(server, sent(12, 1, 3), auth=("kobo", "wrong")).status_code == 401
    assert post(server, sent(12, 1, 3), headers={"Authorization": "Basic ???"}).status_code == 401


def test_a_key_sends_for_its_own_source_only(place) -> None:
    server, engine, _, _ = place
    with writing(engine) as conn:
        other = add_token(conn, "another", "alcaldia", real_now())

    def allowed() -> bool:
        return post(server, sent(13, 1), headers=bearer(other)).status_code == 403

    until(allowed, 5, "a key of another source was never refused as such")


def test_a_key_of_other_sites_cannot_count_here(place) -> None:
    server, engine, _, _ = place
    with writing(engine) as conn:
        elsewhere = add_token(conn, "elsewhere", "migraciones", real_now(), sites=("tacna",))

    def refused() -> bool:
        answer = post(server, sent(16, 1), headers=bearer(elsewhere))
        return answer.status_code == 422 and answer.json()["issues"][0]["code"] == "unknown_site"

    until(refused, 5, "a key of another site sent a count for this one")


def test_rejected_rows_come_back_with_their_reason(place) -> None:
    server, _, key, _ = place
    answer = post(server, sent(14, -3), headers=bearer(key), params={"lang": "en"})
    assert answer.status_code == 422
    assert answer.json()["issues"][0]["code"] == "negative_count"
    assert answer.json()["issues"][0]["column"] == "conteo/personas"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"<submission/>", 422, "broken_json"),
        (b"[1, 2]", 422, "broken_json"),
        (json.dumps({"conteo/personas": "3"}).encode(), 422, "submission_without_id"),
        (b"[" * 100_000, 422, "broken_json"),
        (b" " * (2**20 + 1), 413, "file_too_large"),
    ],
)
def test_what_is_no_submission_is_refused_in_words(place, body: bytes, status: int, code: str) -> None:
    server, _, key, _ = place
    answer = post(server, body, headers=bearer(key))
    assert answer.status_code == status
    [issue] = answer.json()["issues"]
    assert issue["code"] == code
    assert issue["message"] != code


def test_a_feed_that_is_not_there_or_paused_takes_nothing(place) -> None:
    server, engine, key, _ = place
    assert post(server, sent(15, 1), "nobody", headers=bearer(key)).status_code == 404
    with writing(engine) as conn:
        book.pause_feed(conn, "tumbes-push", real_now())
    assert post(server, sent(15, 1), headers=bearer(key)).status_code == 409
    with writing(engine) as conn:
        book.resume_feed(conn, "tumbes-push", real_now())
    with reading(engine) as conn:
        assert (
            conn.execute(
                select(func.count()).select_from(feed_instance).where(feed_instance.c.alias == "id:15")
            ).scalar_one()
            == 0
        )


def test_the_worker_reads_a_feed_at_its_cadence_and_the_operator_sees_when_it_fails(place) -> None:
    server, engine, _, world = place

    def served() -> list[float]:
        with reading(engine) as conn:
            stmt = select(flow_line.c.people).where(flow_line.c.measure == "served").order_by(flow_line.c.line_id)
            return list(conn.execute(stmt).scalars())

    until(lambda: served() == [23], 20, "the worker never pulled the feed")
    world.failures = [servers.status(404)] * 50
    with writing(engine) as conn:
        book.resume_feed(conn, "tumbes-kobo", real_now())  # due now
    said = 'caudal_feed_failures{feed="tumbes-kobo"} 1.0'
    until(lambda: said in httpx.get(f"{server.url}/metrics").text, 20, "the failure never showed in /metrics")
    assert "feed failed" in server.log
    assert servers.KOBO_TOKEN not in server.log


def test_each_submission_is_on_the_desk(place) -> None:
    server, _, key, _ = place
    post(server, sent(20, 5, 4), headers=bearer(key))
    rows = httpx.get(f"{server.url}/api/v1/reports").json()["rows"]
    assert "tumbes-push.json" in {row["filename"] for row in rows}
    assert Path(rows[0]["filename"]).suffix == ".json"
