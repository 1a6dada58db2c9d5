"""Signing in and out, and the link by which a display comes in."""

from __future__ import annotations

from html import escape
from urllib.parse import urlsplit

import anyio.to_thread
import structlog
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard import sessions
from dashboard.access import Viewer
from dashboard.answers import lang_of, words_page
from dashboard.forms import is_ours, read_form
from dashboard.refusals import said_no
from dashboard.shell import Shell
from data import accounts
from data.accounts import AccountError, Directory, Screen
from data.keys import digest
from data.store import writing
from data.vocabulary import Language, Role
from layouts.translator import Translator, translator

log = structlog.get_logger()


async def login(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    lang = lang_of(request)
    if request.method == "GET":
        return _login_form(request, lang, "", _inside(request.query_params.get("next")))
    said = await read_form(request)
    onward = _inside(said.get("next"))
    if not is_ours(request, said):
        return _login_form(request, lang, translator(lang)("web.login.expired"), onward, 400)
    try:
        account = await anyio.to_thread.run_sync(
            accounts.sign_in, shell.engine, said.get("name", ""), said.get("password", ""), shell.seen.real_now()
        )
    except AccountError as wrong:
        status = 429 if wrong.code == "locked" else 401
        return _login_form(request, lang, translator(lang)(f"account.{wrong.code}", **wrong.facts), onward, status)
    if shell.seen.who.accounts.get(account.name) != account:  # made or changed a moment ago
        await _look_again(shell)
    answer = RedirectResponse(onward, status_code=303)
    _set_session(request, answer, shell.sessions.for_account(account), sessions.ACCOUNT_SECONDS)
    answer.delete_cookie(sessions.FORM_COOKIE, path="/login")
    return answer


async def logout(request: Request) -> Response:
    """Ends the session itself, not only this browser's copy of its cookie."""
    shell: Shell = request.app.state.shell
    session = request.state.asking.session
    if session is not None and session.get("kind") == "account":
        name, number = str(session["name"]), str(session["id"])
        await anyio.to_thread.run_sync(accounts.sign_out, shell.engine, name, number, shell.seen.real_now())
        shell.wake.poke()
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(sessions.COOKIE)
    return answer


async def screen(request: Request) -> Response:
    """The link a display opens once: its cookie says which board it is, and nothing else opens with it."""
    shell: Shell = request.app.state.shell
    link = digest(request.path_params["token"])
    found = _screen_of(link, shell.seen.who)
    if found is None:  # made a moment ago, perhaps
        await _look_again(shell)
        found = _screen_of(link, shell.seen.who)
    if found is None:
        return said_no(request, 403, "revoked")

    def seen() -> None:
        with writing(shell.engine) as conn:
            accounts.record(conn, shell.seen.real_now(), found.name, "screen-opened", found.address)

    try:
        await anyio.to_thread.run_sync(seen)
    except Exception:  # a display comes up also while nothing can be written
        log.exception("screen not noted", screen=found.name)
    answer = RedirectResponse(found.address, status_code=303)
    _set_session(request, answer, shell.sessions.for_screen(found), sessions.SCREEN_SECONDS)
    return answer


async def _look_again(shell: Shell) -> None:
    try:
        await anyio.to_thread.run_sync(shell.wake.see_people)
    except Exception:  # who was known before the store went away still comes in
        log.exception("people not read")


def _screen_of(link: str, who: Directory) -> Screen | None:
    return next((one for one in who.screens.values() if one.token_hash == link and not one.revoked), None)


def signed_in_as(viewer: Viewer, t: Translator) -> str:
    """Who is signed in and the way out, under a page. The person at the machine and a display have none."""
    if viewer.local or viewer.program or viewer.role is Role.SCREEN:
        return ""
    said = t("web.login.signed_in", account=viewer.name, role=viewer.role)
    leave = f'<button type="submit">{escape(t("web.login.leave"))}</button>'
    return f'<form method="post" action="/logout" class="signed-in"><span>{escape(said)}</span>{leave}</form>'


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
    answer = words_page(request, lang, t("web.login.title"), body, status)
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
