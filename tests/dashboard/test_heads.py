"""A request whose head never ends does not keep its connection; whoever is served keeps theirs."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import uvicorn

from dashboard import heads
from dashboard.heads import PromptHeads
from dashboard.server import listening
from tests.dashboard.centre import awaited

WHOLE = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


async def app(scope, receive, send):
    """Answers after longer than a head may take."""
    await asyncio.sleep(1.0 if scope["path"] == "/slow" else 0)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"ok"})


async def served(scenario):
    listener = listening("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, http=PromptHeads, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        return await scenario(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await task


async def closed_after(port: int, *pieces: bytes) -> float | None:
    """Seconds until the server closed the connection; None if it did not within two."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    began = asyncio.get_running_loop().time()
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(0.1)
    try:
        with suppress(ConnectionResetError):  # closed while something was on its way
            await asyncio.wait_for(reader.read(), 2)
        return asyncio.get_running_loop().time() - began
    except TimeoutError:
        return None
    finally:
        writer.close()


def test_a_half_sent_head_is_closed_and_an_answered_one_is_not(monkeypatch):
    monkeypatch.setattr(heads, "HEAD_SECONDS", 0.5)

    async def scenario(port):
        half = [closed_after(port, b"GET / HTTP/1.1\r\nHost: x\r\n") for _ in range(200)]
        dripping = closed_after(port, *(b"GET / HTTP/1.1\r\n", b"A: b\r\n", b"C: d\r\n", b"E: f\r\n"))
        second = closed_after(port, WHOLE, b"GET / HTTP/1.1\r\nHost")
        silent = closed_after(port)
        kept = closed_after(port, WHOLE)  # between requests; uvicorn's own limit is longer than this test
        slow = closed_after(port, b"GET /slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return await asyncio.gather(asyncio.gather(*half), dripping, second, silent, kept, slow)

    half, dripping, second, silent, kept, slow = awaited(served(scenario))
    assert all(one is not None and one < 1.9 for one in half)
    assert dripping is not None
    assert second is not None
    assert silent is not None
    assert kept is None
    assert slow is not None
    assert slow >= 1.0, "an answer that takes its time was cut off"
