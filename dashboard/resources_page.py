"""/resources and /resources/need with their files: who has what, and what a number of people a day would take."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from callbacks import needs
from callbacks import resources as held
from callbacks.asked import WrongAsk
from callbacks.tables_out import MIMES
from dashboard.desk.plain_page import Plain, plain_page
from dashboard.looked import looked, read
from dashboard.shell import Shell
from dashboard.view import BadAddress
from data.types import Site
from layouts.pages import need as need_page
from layouts.pages import resources as page


async def resources(request: Request) -> Response:
    view, scope, site, t = await looked(request)
    shell: Shell = request.app.state.shell
    found = await read(request, lambda conn: held.resources(conn, scope, site, shell.seen.clock()))
    plain = Plain(view.lang, view.look, view.site)
    then = {} if view.as_of is None else {"as_of": view.as_of.isoformat()}
    body = page.body(found.frame, found.register, plain.asked, t)
    return plain_page(
        request, plain, t, t("resources.title"), body, lambda other: other.to(page.ADDRESS, **then), under="coverage"
    )


async def need(request: Request) -> Response:
    view, scope, site, t = await looked(request)
    shell: Shell = request.app.state.shell
    ask = asked(request, site)
    found = await read(request, lambda conn: needs.need(conn, scope, site, ask, shell.seen.clock()))
    plain = Plain(view.lang, view.look, view.site)
    words = dict(request.query_params)
    body = need_page.body(found.frame, found.table, found.chosen, words, plain.asked, t)
    more = {name: words[name] for name in need_page.ASKED if words.get(name)}
    return plain_page(
        request, plain, t, t("need.title"), body, lambda other: other.to(page.NEED, **more), under="coverage"
    )


async def resources_file(request: Request) -> Response:
    _, scope, site, t = await looked(request)
    kind, shell = _kind(request), request.app.state.shell
    content = await read(request, lambda conn: held.made(kind, conn, scope, site, shell.seen.clock(), t))
    return _file(content, f"caudal-recursos-{site.site}", kind)


async def need_file(request: Request) -> Response:
    _, scope, site, t = await looked(request)
    kind, shell, ask = _kind(request), request.app.state.shell, asked(request, site)
    content = await read(request, lambda conn: needs.made(kind, conn, scope, site, ask, shell.seen.clock(), t))
    return _file(content, f"caudal-pedido-{site.site}-{ask.chosen:g}", kind)


def asked(request: Request, site: Site) -> needs.NeedAsk:
    try:
        return needs.need_ask(request.query_params)
    except WrongAsk as wrong:
        raise BadAddress(wrong.code, zone=site.zone, name=wrong.name, value=wrong.value[:60], **wrong.facts) from None


def _kind(request: Request) -> str:
    kind = str(request.path_params["kind"])
    if kind not in page.FILES:
        raise BadAddress("unknown_page", 404)
    return kind


def _file(content: bytes, name: str, kind: str) -> Response:
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{kind}"',
        "Cache-Control": "no-store",
        "Vary": "Cookie, Authorization",
    }
    return Response(content, media_type=MIMES[kind], headers=headers)


ROUTES = [
    Route(page.ADDRESS, resources),
    Route(page.ADDRESS + ".{kind}", resources_file),
    Route(page.NEED, need),
    Route(page.NEED + ".{kind}", need_file),
]
