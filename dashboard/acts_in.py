"""POST /api/v1/alerts/<number>/acknowledge, assess and silence: by the same way as the pages, for programmes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from callbacks.series import alert_row
from dashboard.acting import ACTS, Moments, Said, wrong_words
from dashboard.body import body_of
from dashboard.gate import Refused, viewer_of
from dashboard.reports_in import asked_language
from dashboard.shell import Shell
from data.alert_acts import WrongAct, site_of_alert
from data.alert_book import card
from data.places import site as site_named
from data.store import reading, writing
from data.tellings import marked
from layouts.translator import translator

LONGEST_BODY_BYTES = 16 * 1024
WORDS = ("note", "owner", "outcome", "reason")


async def post_act(request: Request) -> Response:
    """Answers the alert as `GET /api/v1/alerts` tells it; what is missing answers 422 with a sentence."""
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    if viewer.boards is not None:
        raise Refused(403, "forbidden")
    lang = asked_language(request, shell)
    written, name = request.path_params["alert"], request.url.path.rsplit("/", 1)[-1]
    if not written.isdecimal() or len(written) > len("2147483647") or int(written) >= 2**31:
        raise Refused(404, "no_alert", number=written[:20])
    number = int(written)
    # A form of another site's page cannot send this type without asking first.
    if not request.headers.get("content-type", "").lower().startswith("application/json"):
        return _wrong(translator(lang), WrongAct("bad_body"), 415)
    content = await body_of(request, LONGEST_BODY_BYTES)
    moments = Moments(shell.seen.now(), shell.seen.real_now())

    def act() -> dict[str, Any]:
        with reading(shell.engine) as conn:
            site = _site(conn, number)
        said = _said(content, moments.now, ZoneInfo(site.zone))
        with writing(shell.engine) as conn:
            ACTS[name](conn, viewer, number, said, moments)
        with reading(shell.engine) as conn:
            [told] = marked(conn, site, [card(conn, number)], moments.now)
        return alert_row(told, site, translator(lang, site.zone))

    try:
        row = await anyio.to_thread.run_sync(act)
    except WrongAct as wrong:
        return _wrong(translator(lang), wrong, 409 if wrong.code in ("over", "pending") else 422)
    shell.wake.poke()
    return JSONResponse(row)


def _site(conn: Any, number: int) -> Any:
    try:
        return site_named(conn, site_of_alert(conn, number))
    except LookupError:
        raise Refused(404, "no_alert", number=str(number)) from None


def _wrong(t: Any, wrong: WrongAct, status: int) -> Response:
    return JSONResponse({"error": wrong.code, "message": wrong_words(wrong, t)}, status)


def _said(content: bytes | None, now: datetime, zone: ZoneInfo) -> Said:
    """`by, note, owner, deadline, outcome, reason, scope, until, minutes`, each where it is wanted. Raises WrongAct."""
    try:
        given = orjson.loads(content or b"{}")
    except orjson.JSONDecodeError:
        raise WrongAct("bad_body") from None
    if not isinstance(given, dict) or not all(isinstance(given.get(word, ""), str) for word in (*WORDS, "by", "scope")):
        raise WrongAct("bad_body")
    until = _moment(given.get("until"), zone)
    minutes = given.get("minutes")
    if minutes is not None:
        if type(minutes) is not int or not 0 < minutes <= 100_000:
            raise WrongAct("bad_body")
        until = now + timedelta(minutes=minutes)
    words = {word: given.get(word, "") for word in (*WORDS, "by")}
    return Said(**words, deadline=_moment(given.get("deadline"), zone), scope=given.get("scope") or "this", until=until)


def _moment(value: Any, zone: ZoneInfo) -> datetime | None:
    """A time without an offset is the site's own."""
    if value in (None, ""):
        return None
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise WrongAct("bad_body") from None
    return at if at.tzinfo else at.replace(tzinfo=zone)
