"""The body of a request: only as much as it may hold, only as long as its line still brings something."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from dashboard.gate import Refused

# A line that brings nothing for this long is gone.
LONGEST_PAUSE_SECONDS = 60.0


async def body_of(request: Request, most: int, pause_seconds: float = LONGEST_PAUSE_SECONDS) -> bytes | None:
    """None as soon as it is larger than `most` bytes; the rest is not read. Refused 408 where it stops half way."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > most:
        return None
    received = bytearray()
    stream = request.stream()
    while True:
        try:
            piece = await asyncio.wait_for(anext(stream, None), pause_seconds)
        except TimeoutError:
            raise Refused(408, "too_slow") from None
        if piece is None:
            return bytes(received)
        received += piece
        if len(received) > most:
            return None
