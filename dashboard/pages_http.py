"""Pages and what belongs to them: documents, their Dash layouts, sign-in, screens' links, and pages that say no."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from dashboard import sessions
from dashboard.app import layout_json
from dashboard.coding import accepted_coding, coded
from dashboard.document import OWN_SCRIPTS, document, entry_point
from dashboard.gate import Refused, is_machine, require_board, viewer_of
from dashboard.hub import BoardKey, Encoded
from dashboard.shell import Shell
from dashboard.static_files import StaticFiles
from dashboard.view import BadAddress, View, language, view_of, view_of_token
from data.accounts import AccountError, digest, record, sign_in
from data.store import writing
from data.types import Site
from data.vocabulary import Language, Look
from layouts import tokens
from layouts.board import Board, Figure
from layouts.html import to_html
from layouts.pages import PAGES, Page
from layouts.translator import translator
from layouts.what_if import question

# What a page lets one person ask, below what everybody sees; answered in callbacks/register.py.
QUESTIONS = {"queue": question}

BY_PATH = {page.path: page for page in PAGES.values()}
PLOTLY = "/assets/vendor/plotly-basic-"
# Dash asks for this one late, when everything else has come.
ASYNC_GRAPH = "/_dash-component-suites/dash/dcc/async-graph.js"
LITE_STYLE = "/assets/css/lite.css"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Drawn:
    """One page as it stands, for everybody with the same view and rights."""

    html: str
    layout: bytes

    @cached_property
    def layout_brotli(self) -> bytes:
        return coded(self.layout, "br")


class Drawings:
    """Pages drawn, by what they show and how; as many as fit, the oldest go."""

    def __init__(self, keep: int = 256) -> None:
        self._keep = keep
        self._made: OrderedDict[tuple[str, View], Drawn] = OrderedDict()

    def of(self, encoded: Encoded, view: View, site: Site) -> Drawn:
        key = (encoded.etag, view)
        made = self._made.get(key)
        if made is None:
            t = translator(view.lang, site.zone)
            board = replace(encoded.board, figures=_dressed(encoded.board, view))
            component = PAGES[view.page].frame(board, view.look, t, view.distance)
            ask = QUESTIONS.get(view.page)
            if ask is not None:
                component["main"].children.children.append(ask(encoded.board, site.entry_stage, t))
            made = self._made[key] = Drawn(to_html(component), layout_json(component))
            while len(self._made) > self._keep:
                self._made.popitem(last=False)
        return made


def _dressed(board: Board, view: View) -> dict[str, Figure]:
    """Figures as a browser draws them: the look's colours for their names, and its template."""
    template = tokens.template(view.look, view.distance)
    resolved = {name: tokens.resolve(figure, view.look) for name, figure in board.figures.items()}
    return {
        name: {**figure, "layout": {**figure.get("layout", {}), "template": template}}
        for name, figure in resolved.items()
    }


async def drawn(request: Request, view: View) -> tuple[Encoded, Drawn]:
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    require_board(viewer, view.page, view.site)
    site = shell.seen.site(view.site)
    assert site is not None, "the view was checked against the same sites"
    encoded = await shell.hub.board(BoardKey(view.page, view.scope(viewer.audience)))
    return encoded, request.app.state.drawings.of(encoded, view, site)


async def page(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    found = BY_PATH[request.url.path]
    view = view_of(found.name, request.query_params, shell.known, request.cookies.get(sessions.LANG_COOKIE))
    encoded, made = await drawn(request, view)
    if found.scripts:
        text = _with_scripts(shell, found, view, encoded, made)
    else:
        text = _in_one_piece(shell, found, view, made)
    answer = _html(request, text)
    if request.query_params.get("lang"):
        answer.set_cookie(sessions.LANG_COOKIE, view.lang, max_age=YEAR, samesite="lax", httponly=True)
    return answer


def _with_scripts(shell: Shell, found: Page, view: View, encoded: Encoded, made: Drawn) -> str:
    files = shell.files
    [plotly] = files.names(PLOTLY, ".js")
    own = [plotly, *(["/assets/js/plotly-es.js"] if view.lang is Language.ES else [])]
    t = translator(view.lang)
    return document(
        lang=view.lang,
        look=view.look,
        title=f"{t(found.title_key)} · {t('web.product')}",
        body=entry_point(made.html),
        styles=styles(files),
        preload=[
            (files.address(plotly), "script"),
            (f"/_v/{view.token()}/_dash-layout", "fetch"),
            (f"/_v/{view.token()}/_dash-dependencies", "fetch"),
            *([(ASYNC_GRAPH, "script")] if encoded.json["figures"] else []),
        ],
        scripts=[
            *shell.dash.scripts,
            *(files.address(name) for name in own),
            *(files.address(name) for name in OWN_SCRIPTS),
        ],
        facts={
            "_dash-config": shell.dash.config(f"/_v/{view.token()}/"),
            "caudal-look": _look(view.look, view.distance),
            "caudal-page": _page_facts(shell, view, encoded),
        },
    )


def styles(files: StaticFiles) -> list[str]:
    """The base first, then ours."""
    names = (*files.names("/assets/vendor/", ".css"), *files.names("/assets/css/", ".css"))
    return [files.address(name) for name in names if name != LITE_STYLE]


def _page_facts(shell: Shell, view: View, encoded: Encoded) -> dict[str, Any]:
    """What the client asset needs to follow its board."""
    t = translator(view.lang)
    site = shell.seen.site(view.site)
    asked = {"site": view.site, "lang": view.lang, "window": view.window}
    if view.as_of:
        asked["as_of"] = view.as_of.isoformat()
    return {
        "page": view.page,
        "board": f"/board/{view.page}?{urlencode(asked)}",
        "live": None if view.as_of else f"/live?{urlencode({'board': view.page, **asked})}",
        "version": encoded.json["version"],
        "zone": site.zone if site else "UTC",
        "quietHour": shell.settings.quiet_hour if view.page == "wall" else None,
        "release": shell.release,
        "words": {
            "live": {word: t(f"live.{word}") for word in ("live", "reconnecting", "offline")},
            "age": {word: t(f"age.{word}") for word in ("none", "seconds", "minutes", "hours", "days", "future")},
        },
        **shell.hub.now_facts(encoded),
    }


@lru_cache(maxsize=8)
def _look(look: Look, distance: int) -> dict[str, Any]:
    return {"tokens": tokens.tokens(look), "template": tokens.template(look, distance)}


def _in_one_piece(shell: Shell, found: Page, view: View, made: Drawn) -> str:
    t = translator(view.lang)
    return document(
        lang=view.lang,
        look=view.look,
        title=f"{t(found.title_key)} · {t('web.product')}",
        body=made.html,
        inline_style=shell.files.text(LITE_STYLE),
    )


async def layout(request: Request) -> Response:
    """Dash's own question for what to draw, answered from the board of the address it stands in."""
    shell: Shell = request.app.state.shell
    view = view_of_token(request.path_params["token"], shell.known)
    _, made = await drawn(request, view)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie"}
    if accepted_coding(request.headers.get("accept-encoding", "")) == "br":
        return Response(
            made.layout_brotli, media_type="application/json", headers={**headers, "Content-Encoding": "br"}
        )
    return Response(made.layout, media_type="application/json", headers=headers)


async def dependencies(request: Request) -> Response:
    viewer_of(request)
    shell: Shell = request.app.state.shell
    return Response(shell.dash.dependencies, media_type="application/json", headers={"Cache-Control": "no-cache"})


def _html(request: Request, text: str, status: int = 200) -> Response:
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie"}
    body = text.encode()
    if accepted_coding(request.headers.get("accept-encoding", "")) == "br":
        headers["Content-Encoding"] = "br"
        body = coded(body, "br")
    return HTMLResponse(body, status_code=status, headers=headers)


# Sign-in


async def login(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    lang = _lang(request)
    if request.method == "GET":
        return _login_form(request, lang, "", _inside(request.query_params.get("next")))
    async with request.form(max_files=0, max_fields=8) as form:
        said = {name: str(value) for name, value in form.items()}
    onward = _inside(said.get("next"))
    if not shell.sessions.form_is_ours(said.get("form", ""), request.cookies.get(sessions.FORM_COOKIE)):
        return _login_form(request, lang, translator(lang)("web.login.expired"), onward, 400)
    try:
        account = await anyio.to_thread.run_sync(
            sign_in, shell.engine, said.get("name", ""), said.get("password", ""), shell.seen.real_now()
        )
    except AccountError as wrong:
        status = 429 if wrong.code == "locked" else 401
        return _login_form(request, lang, translator(lang)(f"account.{wrong.code}", **wrong.facts), onward, status)
    answer = RedirectResponse(onward, status_code=303)
    _set_session(request, answer, shell.sessions.for_account(account), sessions.ACCOUNT_SECONDS)
    answer.delete_cookie(sessions.FORM_COOKIE, path="/login")
    return answer


async def logout(request: Request) -> Response:
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(sessions.COOKIE)
    return answer


async def screen(request: Request) -> Response:
    """The link a display opens once: its cookie says which board it is, and nothing else opens with it."""
    shell: Shell = request.app.state.shell
    link = digest(request.path_params["token"])
    found = next((one for one in shell.seen.who.screens.values() if one.token_hash == link and not one.revoked), None)
    if found is None:
        return said_no(request, 403, "revoked")

    def seen() -> None:
        with writing(shell.engine) as conn:
            record(conn, shell.seen.real_now(), found.name, "screen-opened", found.address)

    await anyio.to_thread.run_sync(seen)
    answer = RedirectResponse(found.address, status_code=303)
    _set_session(request, answer, shell.sessions.for_screen(found), sessions.SCREEN_SECONDS)
    return answer


def _login_form(request: Request, lang: Language, wrong: str, onward: str, status: int = 200) -> Response:
    shell: Shell = request.app.state.shell
    t = translator(lang)
    token = shell.sessions.form_token()
    said = f'<p class="form-error" role="alert">{escape(wrong)}</p>' if wrong else ""
    body = f"""<main class="form-page"><h1>{escape(t("web.login.title"))}</h1>{said}
<form method="post" action="/login" class="sign-in">
<input type="hidden" name="form" value="{escape(token)}"><input type="hidden" name="next" value="{escape(onward)}">
<label>{escape(t("web.login.name"))} <input name="name" autocomplete="username" required autofocus></label>
<label>{escape(t("web.login.password"))}
<input name="password" type="password" autocomplete="current-password" required></label>
<button type="submit">{escape(t("web.login.enter"))}</button></form></main>"""
    answer = _plain(request, lang, t("web.login.title"), body, status)
    answer.set_cookie(
        sessions.FORM_COOKIE,
        token,
        max_age=sessions.FORM_SECONDS,
        path="/login",
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


def _set_session(request: Request, answer: Response, cookie: str, seconds: int) -> None:
    answer.set_cookie(
        sessions.COOKIE,
        cookie,
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


def _inside(address: str | None) -> str:
    """An address of ours to go on to, never another machine's."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")) or "\\" in address:
        return "/"
    parts = urlsplit(address)
    return "/" if parts.netloc or parts.scheme or parts.path == "/login" else address


# Saying no


async def turned_away(request: Request) -> Response:
    """Nobody we know: a person is led to the sign-in or told what to do, a machine hears 401."""
    shell: Shell = request.app.state.shell
    if is_machine(request.url.path):
        return said_no(request, 401, "sign_in_needed")
    session = request.state.asking.session
    if session is not None and session.get("kind") == "screen":
        return said_no(request, 403, "revoked")
    if not shell.seen.who.accounts:
        return said_no(request, 403, "no_account")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"/login?{urlencode({'next': here})}", status_code=303)


async def refused(request: Request, why: Exception) -> Response:
    assert isinstance(why, Refused)
    return said_no(request, why.status, why.code, **why.facts)


async def bad_address(request: Request, why: Exception) -> Response:
    assert isinstance(why, BadAddress)
    t = translator(_lang(request))
    return _no(request, why.status, why.code, t("address.title"), t(f"address.{why.code}", **why.facts))


async def not_found(request: Request, why: Exception) -> Response:
    status = getattr(why, "status_code", 404)
    if status == 405:
        return said_no(request, 405, "method", method=request.method)
    return said_no(request, 404, "not_found", path=request.url.path[:120])


async def failed(request: Request, why: Exception) -> Response:
    return said_no(request, 500, "failed")


def said_no(request: Request, status: int, code: str, **facts: Any) -> Response:
    t = translator(_lang(request))
    title = t.maybe(f"web.error.{code}_title") or t("web.error.forbidden_title")
    return _no(request, status, code, title, t(f"web.error.{code}", **facts))


def _no(request: Request, status: int, code: str, title: str, sentence: str) -> Response:
    if is_machine(request.url.path):
        return JSONResponse({"error": code, "message": sentence}, status, headers={"Cache-Control": "no-store"})
    t = translator(_lang(request))
    back = f'<p><a href="/">{escape(t("web.back"))}</a></p>' if status != 403 else ""
    body = f'<main class="form-page"><h1>{escape(title)}</h1><p>{escape(sentence)}</p>{back}</main>'
    return _plain(request, _lang(request), title, body, status)


def _plain(request: Request, lang: Language, title: str, body: str, status: int) -> Response:
    """A page of words only; it needs no script and nothing from the store."""
    shell: Shell = request.app.state.shell
    text = document(lang=lang, look=Look.LIGHT, title=f"{title} · Caudal", body=body, styles=styles(shell.files))
    return _html(request, text, status)


def _lang(request: Request) -> Language:
    """The language of a page that says no must not itself be a reason to say no."""
    shell: Shell = request.app.state.shell
    wanted = request.cookies.get(sessions.LANG_COOKIE)
    try:
        return language(request.query_params.get("lang"), wanted, shell.known)
    except BadAddress:
        return language(None, wanted, shell.known)
