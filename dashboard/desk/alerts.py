"""/alerts/<number>: one alert, and taking, verifying and silencing it. /alerts/silences: what is silent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlencode

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.access import Viewer
from dashboard.acting import (
    ACTS,
    Moments,
    Said,
    end_one,
    may_decide,
    may_silence,
    require,
    silence_by_week,
    silence_some,
    wrong_words,
)
from dashboard.desk import forms
from dashboard.desk.plain_page import Plain, plain_of, plain_page
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from data.alert_acts import WrongAct, site_of_alert
from data.alert_book import card
from data.escalation import escalation_steps
from data.places import site as site_named
from data.silences import silences
from data.store import reading, writing
from data.tellings import marked
from data.types import AlertCard, EscalationStep, Silence, Site
from layouts.desk import alert as page
from layouts.desk import silences as silences_page

PATH = "/alerts"


async def show(request: Request) -> Response:
    return await _shown(request, request.path_params["alert"], request.query_params.get("told", ""))


async def _shown(
    request: Request, number: int, told: str = "", wrong: str = "", said: Mapping[str, str] | None = None
) -> Response:
    shell: Shell = request.app.state.shell
    viewer = _viewer(request)
    found, site, steps = await _alert(request, number, viewer)
    plain = replace(plain_of(request, said or request.query_params), site=site.site)
    token = forms.form_token(request)
    t = plain.translator(shell, site)
    shown = page.AlertShown(
        card=found,
        site=site,
        clock=shell.seen.clock(),
        steps=steps,
        may_decide=may_decide(viewer, site.site),
        may_silence=may_silence(viewer, site.site),
        by="" if viewer.local else viewer.name,
        owner=viewer.organisation or "",
        hidden={"form": token[0], **plain.asked},
        query=f"?{urlencode(plain.asked)}",
        told=told if told in page.TOLD else "",
        wrong=wrong,
        said=said,
    )

    def here(other: Plain) -> str:
        return other.to(f"{PATH}/{number}")

    status = 400 if wrong else 200
    answer = plain_page(request, plain, t, page.title(shown, t), page.body(shown, t), here, status, "alerts")
    return forms.with_token(request, answer, token, PATH)


async def act(request: Request) -> Response:
    """Written, or the page again with what is to be mended; nothing that was typed is lost."""
    shell: Shell = request.app.state.shell
    viewer, number, name = _viewer(request), request.path_params["alert"], request.path_params["act"]
    if name not in ACTS:
        raise Refused(404, "not_found", path=request.url.path[:120])
    posted = await forms.small_form(request)
    moments = Moments(shell.seen.now(), shell.seen.real_now())
    deadline = page.minutes_said(posted["deadline"], page.DEADLINES)
    length = page.minutes_said(posted["minutes"], page.LENGTHS)
    said = Said(
        by=posted["by"],
        note=posted["note"],
        owner=posted["owner"],
        deadline=None if deadline is None else moments.now + deadline,
        outcome=posted["outcome"],
        reason=posted["reason"],
        scope=posted["scope"] or "this",
        until=None if length is None else moments.now + length,
    )
    try:
        await _written(shell, lambda conn: ACTS[name](conn, viewer, number, said, moments))
    except WrongAct as wrong:
        t = plain_of(request, posted.fields).translator(shell)
        return await _shown(request, number, "", wrong_words(wrong, t), posted.fields)
    told = {"acknowledge": "acknowledged", "assess": "assessed", "silence": "silenced"}[name]
    return RedirectResponse(plain_of(request, posted.fields).to(f"{PATH}/{number}", told=told), status_code=303)


async def list_silences(request: Request) -> Response:
    return await _silences(request, request.query_params, request.query_params.get("told", ""))


async def _silences(
    request: Request, asked: Mapping[str, str], told: str = "", wrong: str = "", said: Mapping[str, str] | None = None
) -> Response:
    shell: Shell = request.app.state.shell
    viewer = _viewer(request)
    plain = plain_of(request, asked)
    require(viewer, plain.site, may_silence)

    def read() -> tuple[Site, tuple[Silence, ...]]:
        with reading(shell.engine) as conn:
            place = site_named(conn, plain.site)
            return place, silences(conn, place, shell.seen.now())

    site, found = await anyio.to_thread.run_sync(read)
    token = forms.form_token(request)
    t = plain.translator(shell, site)
    shown = silences_page.SilencesShown(
        silences=found,
        by="" if viewer.local else viewer.name,
        hidden={"form": token[0], **plain.asked},
        query=f"?{urlencode(plain.asked)}",
        told=told if told in page.TOLD else "",
        wrong=wrong,
        said=said,
    )
    title = t("desk_alerts.form.silences_title")
    body = silences_page.body(shown, t)
    answer = plain_page(
        request, plain, t, title, body, lambda other: other.to(f"{PATH}/silences"), 400 if wrong else 200, "alerts"
    )
    return forms.with_token(request, answer, token, PATH)


async def new_silence(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    viewer, posted = _viewer(request), await forms.small_form(request)
    site = _site(request, posted.fields, viewer)
    moments = Moments(shell.seen.now(), shell.seen.real_now())
    length = page.minutes_said(posted["minutes"], page.LENGTHS)
    said = Said(by=posted["by"], reason=posted["reason"], until=None if length is None else moments.now + length)
    what = posted["rule"] or None, posted["subject"] or None

    def write(conn: Connection) -> None:
        if posted["kind"] != "weekly":
            silence_some(conn, viewer, site, *what, said, moments)
            return
        days = [day for day in range(7) if posted[f"day{day}"]]
        minute = _minute(posted["begins"])
        if length is None or minute is None:
            raise WrongAct("silence_days")
        silence_by_week(conn, viewer, site, what, said, (days, minute, length), moments)

    return await _silences_written(request, posted.fields, write, "silenced")


async def stop_silence(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    viewer, posted = _viewer(request), await forms.small_form(request)
    site = _site(request, posted.fields, viewer)
    moments = Moments(shell.seen.now(), shell.seen.real_now())
    number = int(posted["silence"]) if posted["silence"].isdecimal() and len(posted["silence"]) < 10 else 0
    return await _silences_written(
        request, posted.fields, lambda conn: end_one(conn, viewer, site, number, posted["by"], moments), "ended"
    )


async def _silences_written(
    request: Request, fields: dict[str, str], write: Callable[[Connection], None], told: str
) -> Response:
    shell: Shell = request.app.state.shell
    try:
        await _written(shell, write)
    except WrongAct as wrong:
        t = plain_of(request, fields).translator(shell)
        return await _silences(request, fields, "", wrong_words(wrong, t), fields)
    return RedirectResponse(plain_of(request, fields).to(f"{PATH}/silences", told=told), status_code=303)


async def _written(shell: Shell, write: Callable[[Connection], None]) -> None:
    def act() -> None:
        with writing(shell.engine) as conn:
            write(conn)

    await anyio.to_thread.run_sync(act)
    shell.wake.poke()


def _minute(text: str) -> int | None:
    """Of the day, from "22:00"."""
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(text) <= len("22:00")):
        return None
    return int(hour) * 60 + int(minute) if int(hour) < 24 and int(minute) < 60 else None


def _viewer(request: Request) -> Viewer:
    viewer = viewer_of(request)
    if not viewer.may_see_board("alerts"):
        raise Refused(403, "forbidden")
    return viewer


def _site(request: Request, fields: Mapping[str, str], viewer: Viewer) -> Site:
    shell: Shell = request.app.state.shell
    name = plain_of(request, fields).site
    require(viewer, name, may_silence)
    found = shell.seen.site(name)
    assert found is not None, "the address was checked against the same sites"
    return found


async def _alert(request: Request, number: int, viewer: Viewer) -> tuple[AlertCard, Site, tuple[EscalationStep, ...]]:
    shell: Shell = request.app.state.shell
    now = shell.seen.now()

    def read() -> tuple[AlertCard, Site, tuple[EscalationStep, ...]] | None:
        with reading(shell.engine) as conn:
            try:
                site = site_named(conn, site_of_alert(conn, number))
            except LookupError:
                return None
            [told] = marked(conn, site, [card(conn, number)], now)
            return told, site, escalation_steps(conn, site.site, now)

    found = await anyio.to_thread.run_sync(read) if number < 2**31 else None
    if found is None:
        raise Refused(404, "no_alert", number=str(number)[:20])
    if not viewer.may_see_site(found[1].site):
        raise Refused(403, "forbidden_site", site=found[1].site)
    return found


ROUTES = [
    Route(f"{PATH}/silences", list_silences),
    Route(f"{PATH}/silences/new", new_silence, methods=["POST"]),
    Route(f"{PATH}/silences/end", stop_silence, methods=["POST"]),
    Route(f"{PATH}/{{alert:int}}", show),
    Route(f"{PATH}/{{alert:int}}/{{act}}", act, methods=["POST"]),
]
