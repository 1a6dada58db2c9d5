"""The one door: every request passes here first, gets its viewer, and is turned away without one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request, cookie_parser
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from dashboard import access, measures
from dashboard.access import Asking, Viewer
from dashboard.sessions import COOKIE
from dashboard.shell import Shell

# Open to anybody: they carry no figures. Everything else needs a viewer.
OPEN = ("/login", "/healthz", "/readyz", "/favicon.ico", "/robots.txt")
OPEN_UNDER = ("/screen/", "/assets/", "/_dash-component-suites/")
# What asks for JSON or events hears of its refusal in kind; a person at a page is led to the sign-in.
MACHINE_UNDER = ("/api/", "/board/", "/live", "/_v/", "/_dash", "/metrics", "/reports/form/")

SECURITY = {
    # Dash's renderer and plotly write style attributes and elements; no script comes from anywhere but here.
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class Refused(Exception):
    """Locale key `web.error.<code>` and its facts."""

    def __init__(self, status: int, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.facts = facts


Answering = Callable[[Request], Awaitable[Response]]


class Gate:
    """Shut unless named open above: a route added tomorrow is behind it too."""

    def __init__(self, app: Starlette, shell: Shell, turned_away: Answering, stopping: Answering) -> None:
        self._app = app
        self._shell = shell
        self._turned_away = turned_away
        self._stopping = stopping

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope.setdefault("state", {})
        scope["state"]["asking"] = asking = _asking(scope, self._shell)
        scope["state"]["viewer"] = viewer_now(asking, self._shell)
        secure = scope["scheme"] == "https"
        begun = False

        async def answered(message: Message) -> None:
            nonlocal begun
            begun = True
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY.items():
                    headers.setdefault(name, value)
                if secure:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
                measures.requests.labels(_kind(scope["path"]), message["status"]).inc()
            await send(message)

        if holds_nul(scope) or (scope["state"]["viewer"] is None and not is_open(scope["path"])):
            scope["app"] = self._app
            answer = await self._turned_away(Request(scope, receive))
            await answer(scope, receive, answered)
            return
        try:
            await self._app(scope, receive, answered)
        except asyncio.CancelledError:  # the server stops and waits no longer for what this one asked
            if begun:
                raise
            answer = await self._stopping(Request(scope, receive))
            await answer(scope, receive, answered)


def viewer_now(asking: Asking, shell: Shell) -> Viewer | None:
    """Asked again at every heartbeat of a stream: rights end while a page is open."""
    return access.viewer(asking, shell.seen.who, shell.loopback_only)


def viewer_of(request: Request) -> Viewer:
    """Who asks, on an address that needs somebody."""
    found = request.state.viewer
    if found is None:
        raise Refused(401, "sign_in_needed")
    assert isinstance(found, Viewer)
    return found


def require_board(viewer: Viewer, page: str, site: str) -> None:
    if not viewer.may_see_board(page):
        raise Refused(403, "forbidden")
    if not viewer.may_see_site(site):
        raise Refused(403, "forbidden_site", site=site)


def holds_nul(scope: MutableMapping[str, Any]) -> bool:
    """The one character that no text of the store can hold: it is part of no address of ours."""
    return b"%00" in scope["query_string"] or "\x00" in scope["path"]


def is_open(path: str) -> bool:
    return path in OPEN or path.startswith(OPEN_UNDER)


def is_machine(path: str) -> bool:
    return path.startswith(MACHINE_UNDER)


def _asking(scope: Scope, shell: Shell) -> Asking:
    headers: MutableMapping[str, str] = {}
    for name, value in Headers(scope=scope).items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    if shell.settings.behind_proxy:
        headers = {name: value for name, value in headers.items() if name not in access.FORWARDING}
    cookies = cookie_parser(headers.get("cookie", ""))
    client = scope.get("client")
    return Asking(scope["method"], headers, client[0] if client else None, shell.sessions.read(cookies.get(COOKIE)))


def _kind(path: str) -> str:
    """A few names whatever is asked, so that no stranger fills the operator's counters."""
    first = path.split("/")[1] if path.startswith("/") else ""
    known = ("board", "live", "api", "assets", "_v", "_dash-component-suites", "login", "screen", "healthz", "metrics")
    return first if first in known else "page"
