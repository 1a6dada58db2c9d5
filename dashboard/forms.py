"""Small forms of plain HTML: guarded as the sign-in is, by a token that stands in the form and in a cookie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from dashboard import sessions
from dashboard.answers import words_page
from dashboard.body import body_of
from dashboard.shell import Shell
from data.vocabulary import Language
from layouts.translator import Translator

LONGEST_FORM_BYTES = 8 * 1024


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a small form; whoever sends more than a form holds sent none."""
    received = await body_of(request, LONGEST_FORM_BYTES, pause_seconds=10.0)
    return dict(parse_qsl((received or b"").decode("utf-8", "replace").replace("\0", "").replace("%00", "")))


def is_ours(request: Request, said: Mapping[str, str]) -> bool:
    """The form was written by this server for this browser. That it came from our own page, the gate has asked."""
    shell: Shell = request.app.state.shell
    return shell.sessions.form_is_ours(said.get("form", ""), request.cookies.get(sessions.FORM_COOKIE))


@dataclass(frozen=True)
class Form:
    """`before` and `fields` are HTML; `wrong` is a sentence that says what to mend."""

    title: str
    before: str
    fields: str
    send: str
    back: str
    wrong: str = ""


def form_page(request: Request, lang: Language, form: Form, t: Translator) -> Response:
    """Sent back to the address it stands at; what is wrong with it answers 400."""
    shell: Shell = request.app.state.shell
    token = shell.sessions.form_token()
    told = f'<p class="form-error" role="alert">{escape(form.wrong)}</p>' if form.wrong else ""
    address = escape(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    body = f"""<main class="form-page decide"><h1>{escape(form.title)}</h1>{told}{form.before}
<form method="post" action="{address}" class="sign-in">
<input type="hidden" name="form" value="{escape(token)}">{form.fields}
<button type="submit">{escape(form.send)}</button></form>
<p class="form-back"><a href="{escape(form.back)}">{escape(t("form.cancel"))}</a></p></main>"""
    answer = words_page(request, lang, form.title, body, 400 if form.wrong else 200)
    answer.set_cookie(
        sessions.FORM_COOKIE,
        token,
        max_age=sessions.FORM_SECONDS,
        path=request.url.path,
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


def reason_field(t: Translator, said: Mapping[str, str]) -> str:
    words, needed = escape(said.get("reason", "")), escape(t("form.reason_needed"))
    box = f'<textarea name="reason" rows="3" maxlength="1000" required aria-describedby="why">{words}</textarea>'
    return f'<label>{escape(t("form.reason"))} {box}</label><p id="why" class="quiet">{needed}</p>'
