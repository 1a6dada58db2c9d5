"""/coverage/who, its files, /coverage/partners and /api/v1/who: who does what, where and when."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from callbacks import who as asked_who
from callbacks.asked import WrongAsk
from callbacks.partners import DAYS, partners
from callbacks.who_files import FILES, MIMES, made
from dashboard import sessions
from dashboard.desk.plain_page import Plain, plain_page
from dashboard.gate import require_board, viewer_of
from dashboard.moments import checked
from dashboard.shell import Shell
from dashboard.view import BadAddress, View, view_of
from data.store import reading
from data.types import Scope, Site, WhoAsk
from layouts.pages import partners as partners_page
from layouts.pages import who as page
from layouts.translator import Translator, translator

Answer = TypeVar("Answer")


async def who(request: Request) -> Response:
    view, scope, site, t = await looked(request)
    ask = _ask(request, site, scope)
    shell: Shell = request.app.state.shell
    found = await read_here(request, lambda conn: asked_who.who(conn, scope, site, ask, shell.seen.clock()))
    asked = dict(request.query_params)
    plain = Plain(view.lang, view.look, view.site)
    body = await anyio.to_thread.run_sync(
        lambda: page.body(found.frame, found.matrix, found.open_duplicates, asked, plain.asked, t)
    )
    more = {name: asked[name] for name in page.ASKED if asked.get(name)}
    return plain_page(
        request, plain, t, t("who.title"), body, lambda other: other.to(page.ADDRESS, **more), under="coverage"
    )


async def files(request: Request) -> Response:
    """What the page shows as a file; `source` keeps only the rows that one source reported."""
    _, scope, site, t = await looked(request)
    kind = request.path_params["kind"]
    if kind not in FILES:
        raise BadAddress("unknown_page", 404)
    ask = _ask(request, site, scope)
    shell: Shell = request.app.state.shell
    source = request.query_params.get("source") or None
    content = await read_here(request, lambda conn: made(kind, conn, scope, site, ask, shell.seen.clock(), t, source))
    name = f"caudal-5w-{site.site}-{t.local(ask.window.start):%Y%m%d}.{kind}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "Vary": "Cookie, Authorization",
    }
    return Response(content, media_type=MIMES[kind.rsplit(".", 1)[-1]], headers=headers)


async def roster(request: Request) -> Response:
    view, scope, site, t = await looked(request)
    shell: Shell = request.app.state.shell
    frame, told = await read_here(request, lambda conn: partners(conn, scope, site, shell.seen.clock()))
    plain = Plain(view.lang, view.look, view.site)
    then = {} if view.as_of is None else {"as_of": view.as_of.isoformat()}
    body = partners_page.body(frame, told, DAYS, plain.asked, t)
    return plain_page(
        request, plain, t, t("partners.title"), body, lambda other: other.to(page.PARTNERS, **then), under="coverage"
    )


async def looked(request: Request) -> tuple[View, Scope, Site, Translator]:
    """What the address shows, if this viewer may see it."""
    shell: Shell = request.app.state.shell
    words = {name: text for name, text in request.query_params.items() if name in ("site", "lang", "look", "as_of")}
    view = view_of("coverage", words, shell.known, request.cookies.get(sessions.LANG_COOKIE))
    viewer = viewer_of(request)
    require_board(viewer, "coverage", view.site)
    await checked(shell, view.site, view.as_of)
    site = shell.seen.site(view.site)
    assert site is not None, "the view was checked against the same sites"
    return view, view.scope(viewer.audience), site, translator(view.lang, site.zone)


def _ask(request: Request, site: Site, scope: Scope) -> WhoAsk:
    shell: Shell = request.app.state.shell
    now = shell.seen.now() if scope.as_of is None else min(scope.as_of, shell.seen.now())
    try:
        return asked_who.who_ask(request.query_params, site, now)
    except WrongAsk as wrong:
        raise BadAddress(wrong.code, zone=site.zone, name=wrong.name, value=wrong.value[:60], **wrong.facts) from None


async def read_here(request: Request, ask: Callable[[Connection], Answer]) -> Answer:
    shell: Shell = request.app.state.shell

    def read() -> Answer:
        with reading(shell.engine) as conn:
            return ask(conn)

    return await anyio.to_thread.run_sync(read)


ROUTES = [
    Route(page.ADDRESS, who),
    Route(page.ADDRESS + ".{kind}", files),
    Route(page.PARTNERS, roster),
]
