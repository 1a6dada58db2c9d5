"""A server that is told to stop while somebody sends: who sends hears to send again, and it counts once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx
from sqlalchemy import select

from data.store import create_store, reading, writing
from data.tables import report
from tests.dashboard.centre import Server, served_csv, until

CONTENT = served_csv([40, 50])


def test_a_delivery_that_a_stopping_server_does_not_wait_for_is_sent_again_and_counts_once(
    server: Server, sqlite_url: str
):
    """It waits for another writer, longer than the server waits for it; once written it is there."""
    store = create_store(sqlite_url)
    with ThreadPoolExecutor(2) as senders:
        with writing(store):
            sent = senders.submit(send, server)
            until(lambda: begun(server), 10, "the delivery was not taken")
            stopped = senders.submit(server.stop)
            answer = sent.result(20)
        assert stopped.result(30) == 0
    assert answer.status_code == 503, answer.text
    assert (answer.json()["error"], answer.headers["retry-after"]) == ("stopping", "15")
    server.start()
    again = send(server)
    assert (again.status_code, again.json()["already_received"]) == (200, True)
    with reading(store) as conn:
        assert conn.execute(select(report.c.accepted)).scalars().all() == [2]
    store.dispose()


def send(server: Server) -> httpx.Response:
    with server.client() as client:
        asked = {"dataset": "flow", "source": "migraciones"}
        return client.post("/api/v1/reports", params=asked, content=CONTENT, headers={"Content-Type": "text/csv"})


def begun(server: Server) -> bool:
    """Its bytes are kept before anything else is done."""
    return any(path.is_file() for path in (server.var / "received").rglob("*"))
