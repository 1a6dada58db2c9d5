"""The shell: routes around Dash, one door in front, and the process that serves them."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
import uvicorn
from a2wsgi import WSGIMiddleware
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import (
    api,
    cadence_page,
    decisions,
    forecast_page,
    health,
    pages_http,
    referrals_page,
    refusals,
    resources_page,
    sign_in,
    who_page,
)
from dashboard.access import Viewer
from dashboard.beat import EVALUATION, LONGEST_TURN_SECONDS, beat_file
from dashboard.desk import routes as desk
from dashboard.drawings import Drawings
from dashboard.encoded import BoardKey
from dashboard.gate import Gate, Refused, require_board, viewer_now, viewer_of
from dashboard.heads import PromptHeads
from dashboard.hub import Busy
from dashboard.live import EventStream, NotLive, board_response
from dashboard.moments import checked
from dashboard.running import forget_address, note_address
from dashboard.sessions import COOKIE
from dashboard.settings import Settings
from dashboard.shell import Shell, shell_of
from dashboard.start_rules import url_of
from dashboard.supervisor import Duty, Supervisor, absolute
from dashboard.view import BadAddress, view_of, view_of_token
from data.store_file import StoreGone
from data.vocabulary import Role
from layouts.pages import PAGES

# Open streams end by themselves within a heartbeat; nobody waits longer for a restart.
GRACE_SECONDS = 5
LONGEST_HEAD_BYTES = 32 * 1024


def application(shell: Shell) -> ASGIApp:
    pages = [Route(page.path, pages_http.page) for page in PAGES.values()]
    app = Starlette(
        routes=[
            *pages,
            *desk.ROUTES,
            Route("/board/{page}", board),
            Route("/live", Live()),
            Route("/_v/{token}/_dash-layout", pages_http.layout),
            Route("/_v/{token}/_dash-dependencies", pages_http.dependencies),
            Mount("/_v/{token}", DashCallbacks(shell)),
            Mount("/api/v1", routes=api.ROUTES),
            *decisions.ROUTES,
            *cadence_page.ROUTES,
            *forecast_page.ROUTES,
            *who_page.ROUTES,
            *resources_page.ROUTES,
            *referrals_page.ROUTES,
            Route("/login", sign_in.login, methods=["GET", "POST"]),
            Route("/logout", sign_in.logout, methods=["POST"]),
            Route("/screen/{token}", sign_in.screen),
            Route("/healthz", health.healthz),
            Route("/readyz", health.readyz),
            Route("/metrics", health.metrics),
            Route("/assets/{path:path}", shell.files.serve),
            Route("/_dash-component-suites/{path:path}", shell.files.serve),
        ],
        exception_handlers={
            Refused: refusals.refused,
            BadAddress: refusals.bad_address,
            HTTPException: refusals.not_found,
            Busy: refusals.busy,
            NotLive: refusals.not_live,
            StoreGone: refusals.stumbled,
            SQLAlchemyError: refusals.stumbled,
            OSError: refusals.stumbled,
            Exception: refusals.failed,
        },
    )
    app.state.shell = shell
    app.state.drawings = Drawings()
    return Gate(app, shell, refusals.turned_away, refusals.stopping)


async def board(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    _, key = _asked_board(request, request.path_params["page"])
    await checked(shell, key.scope.site, key.scope.as_of)
    return await board_response(request, shell.hub, key, lambda: shell.is_live(key))


class Live:
    """/live, as plain ASGI: thousands of them stay open."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        shell: Shell = request.app.state.shell
        viewer, key = _asked_board(request, request.query_params.get("board", "situation"))
        if key.scope.as_of is not None:
            raise BadAddress("frozen_stream")
        asking = request.state.asking
        cookie = request.cookies.get(COOKIE)

        if viewer.role is Role.SCREEN:
            shell.screens.note(viewer.name)

        def still_allowed() -> bool:
            if viewer.role is Role.SCREEN:
                shell.screens.note(viewer.name)
            if asking.session is not None and shell.sessions.read(cookie) is None:
                return False
            return viewer_now(asking, shell) == viewer

        stream = EventStream(shell.hub, key, shell.release, still_allowed, lambda: shell.is_live(key))
        await stream(scope, receive, send)


def _asked_board(request: Request, page: str) -> tuple[Viewer, BoardKey]:
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    if page not in PAGES:
        raise BadAddress("unknown_page", 404)
    view = view_of(page, request.query_params, shell.known)
    require_board(viewer, page, view.site)
    return viewer, BoardKey(page, view.scope(viewer.audience))


class DashCallbacks:
    """Dash's own routes under the address they belong to; what one person asked, in a thread."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell
        self._wsgi: Any = WSGIMiddleware(shell.dash.app.server, workers=8)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = scope["path"].removeprefix(scope["root_path"])
        if path != "/_dash-update-component" or scope["method"] != "POST":
            raise HTTPException(404)
        view = view_of_token(scope["path_params"]["token"], self._shell.known)
        require_board(viewer_of(request), view.page, view.site)
        scope["state"]["view"] = view
        await self._wsgi({**scope, "root_path": "", "path": path, "raw_path": path.encode()}, receive, send)


def serve(settings: Settings, engine: Engine, real_now: Callable[[], datetime], with_worker: bool = True) -> None:
    """Serve until SIGTERM or SIGINT. dashboard.start_rules has been asked before; OSError when the port is taken."""
    listener = listening(settings.host, settings.port)
    bound = settings.model_copy(update={"port": listener.getsockname()[1]})
    duty = Duty(beat_file(absolute(bound).var), EVALUATION, LONGEST_TURN_SECONDS)
    beside = [Supervisor("dashboard.worker", bound, duty=duty)] if with_worker else []
    if bound.web_processes > 1:
        listener.listen(2048)
        web = ("dashboard.web", bound, (listener.fileno(),))
        beside += [Supervisor(*web) for _ in range(bound.web_processes)]
    for process in beside:
        process.start()
    note_address(bound)
    try:
        if bound.web_processes > 1:
            click.echo(f"Caudal: {url_of(bound)}")
            wait_for_signal()
        else:
            asyncio.run(serve_here(bound, engine, real_now, listener, lambda: click.echo(f"Caudal: {url_of(bound)}")))
    finally:
        for process in beside:
            process.stop()
        listener.close()
        forget_address(bound)


def wait_for_signal() -> None:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    stopping.wait()


async def serve_here(
    settings: Settings,
    engine: Engine,
    real_now: Callable[[], datetime],
    listener: socket.socket,
    listening_now: Callable[[], object],
) -> None:
    """One web process. `listening_now` is called when the first request can be answered."""
    shell = await asyncio.to_thread(shell_of, settings, engine, real_now, asyncio.get_running_loop())
    config = uvicorn.Config(
        application(shell),
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=settings.behind_proxy,
        forwarded_allow_ips="*" if settings.behind_proxy else "",
        ssl_certfile=settings.tls_cert,
        ssl_keyfile=settings.tls_key,
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=30,
        lifespan="off",
        http=PromptHeads,
        h11_max_incomplete_event_size=LONGEST_HEAD_BYTES,
    )
    try:
        await Server(config, shell, listening_now).serve(sockets=[listener])
    finally:
        await asyncio.to_thread(shell.stop)


class Server(uvicorn.Server):
    """Says when it listens, and ends open event streams first, so that stopping does not wait for viewers to leave."""

    def __init__(self, config: uvicorn.Config, shell: Shell, listening_now: Callable[[], object]) -> None:
        super().__init__(config)
        self._shell = shell
        self._listening_now = listening_now

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn would raise the signal again at the end, and what is left to stop beside it would not be."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGTERM, signal.SIGINT)
        for number in signals:
            loop.add_signal_handler(number, self.handle_exit, number, None)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening_now()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._shell.hub.end_streams()
        await super().shutdown(sockets)


def listening(host: str, port: int) -> socket.socket:
    """The port, taken. OSError says who has it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    listener.set_inheritable(True)
    return listener
