"""Saying no: to strangers, to addresses that do not exist, to what went wrong. A sentence in the page's language."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dashboard.answers import lang_of, words_page
from dashboard.gate import Refused, is_machine
from dashboard.shell import Shell
from dashboard.view import BadAddress
from layouts.translator import translator


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
    t = translator(lang_of(request), why.zone)
    return _no(request, why.status, why.code, t("address.title"), t(f"address.{why.code}", **why.facts))


async def not_found(request: Request, why: Exception) -> Response:
    status = getattr(why, "status_code", 404)
    if status == 405:
        return said_no(request, 405, "method", method=request.method)
    return said_no(request, 404, "not_found", path=request.url.path[:120])


async def failed(request: Request, why: Exception) -> Response:
    return said_no(request, 500, "failed")


def said_no(request: Request, status: int, code: str, **facts: Any) -> Response:
    t = translator(lang_of(request))
    title = t.maybe(f"web.error.{code}_title") or t("web.error.forbidden_title")
    return _no(request, status, code, title, t(f"web.error.{code}", **facts))


def _no(request: Request, status: int, code: str, title: str, sentence: str) -> Response:
    if is_machine(request.url.path):
        return JSONResponse({"error": code, "message": sentence}, status, headers={"Cache-Control": "no-store"})
    t = translator(lang_of(request))
    back = f'<p><a href="/">{escape(t("web.back"))}</a></p>' if status != 403 else ""
    body = f'<main class="form-page"><h1>{escape(title)}</h1><p>{escape(sentence)}</p>{back}</main>'
    return words_page(request, lang_of(request), title, body, status)
