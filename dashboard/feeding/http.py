"""Asking a server for JSON: bounded in time and size, tried again with growing pauses, its redirects not followed."""

from __future__ import annotations

import base64
import http.client
import json
import random
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from dashboard.feeding.addresses import check_peer, check_url
from dashboard.feeding.trouble import Trouble

TRIES = 4
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 30.0
MOST_BYTES = 64 * 2**20
PIECE = 64 * 2**10


@dataclass(frozen=True)
class Server:
    """A server and how to speak to it. `pause` waits so many seconds; False means that we are to stop."""

    url: str
    authorization: str | None
    allow_http: bool
    timeout_seconds: float
    pause: Callable[[float], bool]
    tries: int = TRIES

    def get(self, path: str, query: Mapping[str, str]) -> Any:
        """The JSON of a document. Raises Trouble."""
        wait = FIRST_PAUSE_SECONDS
        for left in reversed(range(self.tries)):
            try:
                return self._asked(path, query)
            except Trouble as trouble:
                if trouble.lasting or left == 0:
                    raise
                # Many feeds that failed together shall not come back together.
                seconds = max(wait * random.uniform(0.5, 1.5), trouble.after or 0)  # noqa: S311 - no secret
                if not self.pause(min(seconds, LONGEST_PAUSE_SECONDS)):
                    raise
                wait *= 2
        raise AssertionError("unreachable")

    def _asked(self, path: str, query: Mapping[str, str]) -> Any:
        check_url(self.url, self.allow_http)
        parts = urlsplit(self.url)
        host = str(parts.hostname)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        until = time.monotonic() + self.timeout_seconds
        connection = kind(host, parts.port, timeout=self.timeout_seconds)
        target = parts.path.rstrip("/") + path + (f"?{urlencode(query)}" if query else "")
        headers = {"Accept": "application/json", "Accept-Encoding": "gzip", "User-Agent": "caudal"}
        if self.authorization:
            headers["Authorization"] = self.authorization
        try:
            connection.connect()
            line = connection.sock
            check_peer(host, line.getpeername()[0])
            connection.request("GET", target, headers=headers)
            answer = connection.getresponse()
            _check_status(answer, host)
            content = _body(answer, line, until, host)
        except ssl.SSLError as wrong:
            raise Trouble("certificate", host=host, reason=wrong.reason or "SSL") from wrong
        except TimeoutError as wrong:
            raise Trouble("timeout", lasting=False, host=host, seconds=self.timeout_seconds) from wrong
        except (OSError, http.client.HTTPException, zlib.error) as wrong:
            raise Trouble("unreachable", lasting=False, host=host, reason=_reason(wrong)) from wrong
        finally:
            connection.close()
        try:
            return json.loads(content)
        except (ValueError, RecursionError) as wrong:
            # A proxy's error page, or an answer cut short by a server that announced no length.
            raise Trouble("not_json", lasting=False, host=host, path=path) from wrong


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def _check_status(answer: http.client.HTTPResponse, host: str) -> None:
    status = answer.status
    if status == 200:
        return
    facts: dict[str, Any] = {"host": host, "status": status}
    if status in (401, 403):
        raise Trouble("unauthorised", **facts)
    if status == 404:
        raise Trouble("not_found", **facts)
    if 300 <= status < 400:
        raise Trouble("redirected", to=urlsplit(answer.getheader("location", "")).netloc or "-", **facts)
    if status == 429 or (status >= 500 and status != 501):
        after = answer.getheader("retry-after", "")
        raise Trouble("server_failed", lasting=False, after=float(after) if after.isdigit() else None, **facts)
    raise Trouble("refused", **facts)


def _body(answer: http.client.HTTPResponse, line: socket.socket, until: float, host: str) -> bytes:
    """The whole body, or Trouble once it is too large, too slow or cut short."""
    packed = answer.getheader("content-encoding", "") == "gzip"
    unpack = zlib.decompressobj(wbits=31) if packed else None
    received = bytearray()
    while True:
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        line.settimeout(left)
        piece = answer.read1(PIECE)
        if not piece:
            break
        received += piece if unpack is None else unpack.decompress(piece, MOST_BYTES - len(received) + 1)
        if len(received) > MOST_BYTES:
            raise Trouble("answer_too_large", host=host, megabytes=MOST_BYTES // 2**20)
    # `read1` ends quietly where the connection did, whatever length was announced.
    if answer.length or (unpack is not None and not unpack.eof):
        raise http.client.IncompleteRead(b"")
    return bytes(received)


def _reason(wrong: Exception) -> str:
    return getattr(wrong, "strerror", None) or type(wrong).__name__
