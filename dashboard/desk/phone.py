"""/reports/form: a few figures typed on a phone, whose page, files and queue outlive the signal."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode

import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import sessions
from dashboard.answers import html_answer
from dashboard.desk import forms
from dashboard.desk.plain_page import Plain, plain_of
from dashboard.document import document
from dashboard.gate import Refused
from dashboard.shell import Shell
from data.vocabulary import Language
from layouts.desk import phone as page
from layouts.html import to_html

ADDRESS = "/reports/form"
STYLES = ("/assets/css/base.css", "/assets/form/form.css")
SCRIPTS = tuple(f"/assets/form/{name}.js" for name in ("queue", "moments", "listed", "typed", "net", "form"))
QUEUE, WORKER = "/assets/form/queue.js", "/assets/form/worker.js"
FONTS = "/assets/fonts/"
YEAR = 365 * 24 * 3600


async def form(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    viewer = forms.sender(request)
    plain = plain_of(request, request.query_params)
    sites = [site for site in shell.seen.sites if viewer.may_see_site(site.site)]
    if not sites:
        raise Refused(403, "forbidden_site", site=plain.site)
    chosen = plain.site if any(site.site == plain.site for site in sites) else sites[0].site
    t = plain.translator(shell)
    sources = [(one.source, one.organisation or one.name) for one in forms.sources_of(viewer, shell)]
    other = replace(plain, lang=Language.EN if plain.lang is Language.ES else Language.ES)
    tree = page.body(
        sites, chosen, sources, viewer.organisation or "", "" if viewer.local else viewer.name, _other(other), t
    )
    files = shell.files
    text = document(
        lang=plain.lang,
        look=plain.look,
        title=f"{t('phone.title')} · {t('web.product')}",
        body=to_html(tree),
        styles=[files.address(name) for name in STYLES],
        scripts=[files.address(name) for name in SCRIPTS],
        facts={
            "caudal-form": {
                "holder": viewer.holder,
                "lang": str(plain.lang),
                "worker": f"{ADDRESS}/sw.js",
                "sites": [page.site_choices(site, t) for site in sites],
                "words": page.words(t),
            }
        },
    )
    answer = html_answer(request, text)
    answer.headers["Caudal-Holder"] = viewer.holder.encode("ascii", "backslashreplace").decode()
    if request.query_params.get("lang"):
        answer.set_cookie(sessions.LANG_COOKIE, plain.lang, max_age=YEAR, samesite="lax", httponly=True)
    return answer


async def now(request: Request) -> Response:
    """Who is signed in and what time it is here: asked before anything is sent."""
    shell: Shell = request.app.state.shell
    viewer = forms.sender(request)
    clock = shell.seen.clock()
    said = {"holder": viewer.holder, "now": clock.now.isoformat(), "speed": clock.speed}
    return JSONResponse(said, headers={"Cache-Control": "no-store"})


async def worker(request: Request) -> Response:
    """The service worker, with the addresses of the files that it holds: a new release is a new worker."""
    shell: Shell = request.app.state.shell
    files = shell.files
    held = [*STYLES, *SCRIPTS, *files.names(FONTS, ".woff2")]
    told = {
        "release": shell.release,
        "files": [files.address(name) for name in held],
        "queue": files.address(QUEUE),
    }
    body = b"var CAUDAL = " + orjson.dumps(told) + b";\n" + files.text(WORKER).encode()
    headers = {"Service-Worker-Allowed": ADDRESS, "Cache-Control": "no-cache"}
    return Response(body, media_type="text/javascript; charset=utf-8", headers=headers)


def _other(plain: Plain) -> tuple[str, str]:
    return str(plain.lang), f"{ADDRESS}?{urlencode(plain.asked)}"
