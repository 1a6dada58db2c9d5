"""/board and /live: the whole board with an ETag, and its changes as they happen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from dashboard.coding import accepted_coding
from dashboard.encoded import BoardKey, Encoded, event
from dashboard.hub import Hub, Watcher

HEARTBEAT = b": \n\n"
HEARTBEAT_SECONDS = 10.0
# A viewer whose line takes nothing for this long is gone, whatever its connection says.
LONGEST_SEND_SECONDS = 60.0
CLOSING = b"event: closed\ndata: {}\n\n"


class NotLive(Exception):
    """What we hold is the last good board, and may no longer pass for the present."""


async def board_response(request: Request, hub: Hub, key: BoardKey, live: Callable[[], bool]) -> Response:
    """`live`: whether what the hub holds may be called live. Raises NotLive; who asks keeps what it has."""
    encoded = await hub.board(key)
    if not live():
        raise NotLive
    facts = hub.now_facts(encoded)
    headers = {
        "ETag": encoded.etag,
        "Cache-Control": "no-cache, private",
        "Vary": "Accept-Encoding, Cookie",
        "Caudal-Now": f"{facts['now']} {facts['speed']:g}",
    }
    if encoded.etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    coding = accepted_coding(request.headers.get("accept-encoding", ""))
    body = {"br": lambda: encoded.brotli, "gzip": lambda: encoded.gzip}.get(coding or "", lambda: encoded.body)()
    if coding:
        headers["Content-Encoding"] = coding
    return Response(body, media_type="application/json", headers=headers)


class EventStream:
    """One viewer's stream, as an ASGI answer: no task group, no generator, one queue."""

    def __init__(
        self,
        hub: Hub,
        key: BoardKey,
        release: str,
        still_allowed: Callable[[], bool],
        live: Callable[[], bool],
    ) -> None:
        self._hub = hub
        self._key = key
        self._release = release
        self._still_allowed = still_allowed
        self._live = live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        watcher = self._hub.watch(self._key)
        gone = asyncio.create_task(_disconnected(receive, watcher))
        try:
            encoded = await self._hub.board(self._key)
            if not self._live():
                raise NotLive
            headers = [
                (b"content-type", b"text/event-stream; charset=utf-8"),
                (b"cache-control", b"no-store"),
                (b"x-accel-buffering", b"no"),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await self._stream(encoded, watcher, send)
        except (TimeoutError, OSError):
            pass  # the line is gone
        finally:
            gone.cancel()
            self._hub.leave(self._key, watcher)
            with contextlib.suppress(asyncio.CancelledError):
                await gone

    async def _stream(self, encoded: Encoded, watcher: Watcher, send: Send) -> None:
        await _sent(send, self.hello(encoded))
        loop = asyncio.get_running_loop()
        check_at = loop.time() + HEARTBEAT_SECONDS
        while not watcher.closed:
            waiting = await watcher.next(timeout=max(0.01, check_at - loop.time()))
            if loop.time() >= check_at:
                check_at = loop.time() + HEARTBEAT_SECONDS
                if not self._still_allowed():
                    await _sent(send, CLOSING)
                    break
                if not self._live():
                    break  # the page says that it reconnects, and does
                waiting = waiting or HEARTBEAT
            if waiting:
                await _sent(send, waiting)
        with contextlib.suppress(TimeoutError, OSError):
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    def hello(self, encoded: Encoded) -> bytes:
        facts: dict[str, Any] = {"version": encoded.json["version"], **self._hub.now_facts(encoded)}
        return event("hello", {**facts, "release": self._release})


async def _sent(send: Send, body: bytes) -> None:
    message = {"type": "http.response.body", "body": body, "more_body": True}
    await asyncio.wait_for(send(message), LONGEST_SEND_SECONDS)


async def _disconnected(receive: Receive, watcher: Watcher) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    watcher.close()
