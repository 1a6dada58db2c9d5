"""Saying no: to strangers, to addresses that do not exist, to what went wrong. A sentence in the page's language."""

from __future__ import annotations

from html import escape
from typing import Any
from urllib.parse import urlencode

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from dashboard.answers import lang_of, words_page
from dashboard.gate import Refused, holds_nul, is_machine
from dashboard.shell import Shell
from dashboard.trouble import Trouble, trouble
from dashboard.view import BadAddress
from layouts.translator import translator

log = structlog.get_logger()

READING = ("GET", "HEAD", "OPTIONS")
# When to ask again what could not be answered now.
AGAIN_SECONDS = 15

# Refusals of the desk: whoever sends goes back to it and tries again.
DESK = "desk_"


async def turned_away(request: Request) -> Response:
    """Nobody we know: a person is led to the sign-in or told what to do, a machine hears 401."""
    shell: Shell = request.app.state.shell
    if holds_nul(request.scope):
        return said_no(request, 400, "nul")
    if is_machine(request.url.path):
        return said_no(request, 401, "sign_in_needed")
    session = request.state.asking.session
    if session is not None and session.get("kind") == "screen":
        return said_no(request, 403, "revoked")
    if not shell.seen.who.accounts:
        return said_no(request, 403, "no_account")
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if request.method == "POST":  # signing in leads to a page, and this is none
        here = "/reports" if request.url.path.startswith("/reports/") else "/"
    return RedirectResponse(f"/login?{urlencode({'next': here})}", status_code=303)


async def refused(request: Request, why: Exception) -> Response:
    assert isinstance(why, Refused)
    return said_no(request, why.status, why.code, **why.facts)


async def bad_address(request: Request, why: Exception) -> Response:
    assert isinstance(why, BadAddress)
    t = translator(lang_of(request), why.zone)
    title = t.maybe(f"address.{why.code}_title") or t("address.title")
    return _no(request, why.status, why.code, title, t(f"address.{why.code}", **why.facts))


async def not_found(request: Request, why: Exception) -> Response:
    status = getattr(why, "status_code", 404)
    if status == 405:
        return said_no(request, 405, "method", method=request.method)
    return said_no(request, 404, "not_found", path=request.url.path[:120])


async def stumbled(request: Request, why: Exception) -> Response:
    """The store or the disk failed us: one line for the operator, and for the asker what became of what was sent."""
    found = trouble(why)
    if found is Trouble.BUG:
        log.exception("request failed", path=request.url.path, exc_info=why)
    else:
        error = f"{type(why).__name__}: {why}"[:200]
        log.error("request not answered", path=request.url.path, trouble=str(found), error=error)
    return in_trouble(request, found)


async def failed(request: Request, why: Exception) -> Response:
    return in_trouble(request, trouble(why))


def in_trouble(request: Request, found: Trouble) -> Response:
    """Who sent something must never read that it is stored."""
    asked = "ask" if request.method in READING else "send"
    return said_no(request, found.status, f"{asked}_{found}")


async def not_live(request: Request, why: Exception) -> Response:
    return in_trouble(request, Trouble.AWAY)


async def stopping(request: Request) -> Response:
    """What was sent may be stored yet, once its turn comes: whoever sends it again learns that."""
    return said_no(request, 503, "stopping")


async def busy(request: Request, why: Exception) -> Response:
    return said_no(request, 503, "busy")


def said_no(request: Request, status: int, code: str, **facts: Any) -> Response:
    t = translator(lang_of(request))
    title = t.maybe(f"web.error.{code}_title") or t("web.error.title" if status >= 500 else "web.error.forbidden_title")
    return _no(request, status, code, title, t(f"web.error.{code}", **facts))


def _no(request: Request, status: int, code: str, title: str, sentence: str) -> Response:
    passing = status == 503
    again = {"Retry-After": str(AGAIN_SECONDS)} if passing else {}
    if is_machine(request.url.path):
        headers = {"Cache-Control": "no-store", **again}
        return JSONResponse({"error": code, "message": sentence}, status, headers=headers)
    t = translator(lang_of(request))
    # An unattended screen comes back by itself; a form that was sent is not sent again.
    heals = passing and request.method in READING
    back = "" if heals or status == 403 else f'<p><a href="/">{escape(t("web.back"))}</a></p>'
    if code.startswith(DESK) and request.state.viewer is not None:
        back = f'<p><a href="/reports">{escape(t("desk.back"))}</a></p>'
    far = " far" if request.url.path == "/wall" else ""
    body = f'<main class="form-page{far}"><h1>{escape(title)}</h1><p>{escape(sentence)}</p>{back}</main>'
    answer = words_page(request, lang_of(request), title, body, status, AGAIN_SECONDS if heals else None)
    answer.headers.update(again)
    return answer
