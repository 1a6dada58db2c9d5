"""/requests: what institutions ask each other for at a place, and answering it, on a phone and without a script."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from callbacks.asked import WrongAsk, moment_ask
from dashboard.access import Viewer
from dashboard.acting import Moments
from dashboard.desk import forms
from dashboard.desk.alerts import written
from dashboard.desk.named import remember, remembered
from dashboard.desk.plain_page import Plain, place_asked, plain_page
from dashboard.moments import checked
from dashboard.plan_acting import mark_of
from dashboard.request_acting import act_on, ask_for, may_take_part, speaks_for
from dashboard.shell import Shell
from dashboard.view import BadAddress
from data.history import organisations
from data.request_acts import Wanted, WrongRequestAct
from data.request_book import newest_request, open_requests
from data.store import reading
from data.types import Asked, ResourceRequest, Site
from data.vocabulary import RequestMove, Service
from layouts.desk import requests as page
from layouts.desk.requests_shown import FIELDS, TOLD, RequestsShown, wrong_act_words

PATH = page.PATH
BY_COOKIE = "caudal_requests_by"
# What is over stays on the page for as long; the file and the API have all of it.
OVER_SHOWN = timedelta(days=7)
# Turned away because somebody was faster, not because something is missing.
CONFLICTS = ("request_changed", "stale", "over", "no_request", "no_offer", "offer_over", "offer_confirmed")


async def show(request: Request) -> Response:
    asked = request.query_params
    filled = {name: asked[name][:1000] for name in FIELDS if asked.get(name)}
    return await _shown(request, asked, asked.get("told", ""), said=filled)


async def _shown(
    request: Request,
    asked: Mapping[str, str],
    told: str = "",
    wrong: str = "",
    said: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    shell: Shell = request.app.state.shell
    plain, viewer, site = place_asked(request, asked, "coverage")
    as_of = await _as_of(request, site)
    now = shell.seen.now() if as_of is None else min(shell.seen.now(), as_of)

    def read() -> tuple[tuple[ResourceRequest, ...], int, list[str]]:
        with reading(shell.engine) as conn:
            found = open_requests(conn, site.site, as_of, now - OVER_SHOWN)
            names = {name for name in organisations(conn, as_of).values() if name}
            return found, newest_request(conn, site.site), sorted(names, key=str.casefold)

    found, newest, names = await anyio.to_thread.run_sync(read)
    token, t = forms.form_token(request), plain.translator(shell, site)
    query = {"site": site.site, "lang": str(plain.lang), "format": "csv"}
    then = {} if as_of is None else {"as_of": as_of.isoformat()}
    shown = RequestsShown(
        requests=found,
        site=site,
        now=now,
        newest=newest,
        institutions=names,
        may_take_part=as_of is None and may_take_part(viewer, site.site),
        speaks_for=lambda institution: as_of is None and speaks_for(viewer, institution),
        own="" if viewer.may_operate else viewer.organisation or "",
        by="" if viewer.local else viewer.name,
        remembered=remembered(request, BY_COOKIE) if viewer.local else "",
        hidden={"form": token[0], **plain.asked},
        plain=plain.asked,
        csv=f"/api/v1/requests?{urlencode({**query, **then})}",
        replay=shell.seen.clock().replay,
        as_of=as_of,
        told=told if told in TOLD else "",
        wrong=wrong,
        said=said or {},
    )
    answer = plain_page(
        request,
        plain,
        t,
        t("requests.title"),
        page.body(shown, t),
        lambda other: other.to(PATH, **then),
        status,
        "coverage",
    )
    return forms.with_token(request, answer, token, PATH)


async def ask(request: Request) -> Response:
    """A named person asks in the name of an institution; what is to be mended leaves nothing of it lost."""
    shell: Shell = request.app.state.shell
    posted = await forms.small_form(request)
    plain, viewer, site = place_asked(request, posted.fields, "coverage")
    clock = shell.seen.clock()
    at, mark = Moments(clock.now, shell.seen.real_now()), mark_of(site, clock)
    number = 0

    def write(conn: Connection) -> None:
        nonlocal number
        wanted = _asked(posted, viewer, site)
        number = ask_for(conn, viewer, site.site, wanted, posted["by"], _whole(posted["seen"]), at, mark).number

    try:
        await written(shell, write)
    except WrongRequestAct as wrong:
        return await _turned_away(request, posted, wrong, plain, site)
    return _done(request, posted, viewer, plain, "asked", number)


async def act(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    posted = await forms.small_form(request)
    plain, viewer, site = place_asked(request, posted.fields, "coverage")
    at, number = Moments(shell.seen.now(), shell.seen.real_now()), _whole(posted["request"])

    def write(conn: Connection) -> None:
        if posted["move"] not in list(RequestMove):
            raise WrongRequestAct("no_move", allowed=", ".join(RequestMove))
        wanted = Wanted(
            move=RequestMove(posted["move"]),
            by=posted["by"],
            seen=_whole(posted["seen"]),
            institution=posted["institution"],
            offer=_whole(posted["offer"]) if posted["offer"] else None,
            quantity=_amount(posted["quantity"]) if posted["quantity"] else None,
            note=posted["note"],
        )
        act_on(conn, viewer, site.site, number, wanted, at)

    try:
        await written(shell, write)
    except WrongRequestAct as wrong:
        return await _turned_away(request, posted, wrong, plain, site)
    return _done(request, posted, viewer, plain, "noted", number)


def _asked(posted: forms.Posted, viewer: Viewer, site: Site) -> Asked:
    """What a form asks for. Raises WrongRequestAct."""
    try:
        needed_by = moment_ask(posted.fields, "needed_by", site)
    except WrongAsk:
        needed_by = None
    if needed_by is None:
        raise WrongRequestAct("no_needed_by")
    service = posted["service"]
    return Asked(
        what=posted["what"],
        quantity=_amount(posted["quantity"]),
        unit=posted["unit"],
        needed_by=needed_by.astimezone(UTC),
        institution=posted["institution"] or viewer.organisation or "",
        reason=posted["reason"],
        service=Service(service) if service in list(Service) else None,
        place=posted["place"],
    )


def _amount(text: str) -> float:
    """As a browser sends a number; nothing else can be meant in one way only."""
    try:
        return float(text)
    except ValueError:
        return math.nan


async def _turned_away(
    request: Request, posted: forms.Posted, wrong: WrongRequestAct, plain: Plain, site: Site
) -> Response:
    shell: Shell = request.app.state.shell
    words = wrong_act_words(wrong.code, wrong.facts, plain.translator(shell, site))
    return await _shown(request, posted.fields, "", words, posted.fields, 409 if wrong.code in CONFLICTS else 400)


def _done(
    request: Request, posted: forms.Posted, viewer: Viewer, plain: Plain, told: str, number: int
) -> RedirectResponse:
    answer = RedirectResponse(plain.to(PATH, told=told) + f"#request-{number}", status_code=303)
    if viewer.local:
        remember(request, answer, BY_COOKIE, posted["by"], PATH)
    return answer


def _whole(text: str) -> int:
    """What no form of ours says was seen by nobody."""
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else -1


async def _as_of(request: Request, site: Site) -> datetime | None:
    """What was known at a moment, for who asks so; a form is always about now."""
    if request.method != "GET":
        return None
    try:
        as_of = moment_ask(request.query_params, "as_of", site)
    except WrongAsk as wrong:
        raise BadAddress(wrong.code, name=wrong.name, value=wrong.value[:60], **wrong.facts) from None
    await checked(request.app.state.shell, site.site, as_of)
    return as_of


ROUTES = [
    Route(PATH, show),
    Route(f"{PATH}/ask", ask, methods=["POST"]),
    Route(f"{PATH}/act", act, methods=["POST"]),
]
