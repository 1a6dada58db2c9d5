"""The name that the person at the machine gave last: nobody types it again for each act."""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.requests import Request
from starlette.responses import Response

SECONDS = 12 * 3600
LONGEST_NAME = 60


def remembered(request: Request, cookie: str) -> str:
    return unquote(request.cookies.get(cookie, ""))[:LONGEST_NAME]


def remember(request: Request, answer: Response, cookie: str, by: str, path: str) -> None:
    """A cookie holds plain signs only."""
    said = quote(by.strip()[:LONGEST_NAME], safe="")
    secure = request.url.scheme == "https"
    answer.set_cookie(cookie, said, max_age=SECONDS, path=path, httponly=True, samesite="strict", secure=secure)
