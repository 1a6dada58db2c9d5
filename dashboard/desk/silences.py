"""/alerts/silences: what is silent, a new silence by rule or subject, one of every week, and ending one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard.access import Viewer
from dashboard.acting import Moments, Said, end_one, may_silence, require, silence_by_week, silence_some, wrong_words
from dashboard.desk import forms
from dashboard.desk.alerts import PATH, desk_viewer, written
from dashboard.desk.plain_page import plain_of, plain_page
from dashboard.shell import Shell
from data.alert_acts import WrongAct
from data.alert_book import alert_subjects
from data.alert_rules import rules_in_force
from data.places import site as site_named
from data.silences import silences
from data.store import reading
from data.types import Silence, Site
from layouts.desk import alert as page
from layouts.desk import silences as silences_page


async def list_silences(request: Request) -> Response:
    return await _silences(request, request.query_params, request.query_params.get("told", ""))


async def _silences(
    request: Request, asked: Mapping[str, str], told: str = "", wrong: str = "", said: Mapping[str, str] | None = None
) -> Response:
    shell: Shell = request.app.state.shell
    viewer = desk_viewer(request)
    plain = plain_of(request, asked)
    require(viewer, plain.site, may_silence)

    def read() -> tuple[Site, tuple[Silence, ...], tuple[str, ...], tuple[str, ...]]:
        with reading(shell.engine) as conn:
            place, now = site_named(conn, plain.site), shell.seen.now()
            rules = tuple(rule.name for rule in rules_in_force(conn, place.site, now))
            return place, silences(conn, place, now), rules, alert_subjects(conn, place.site)

    site, found, rules, subjects = await anyio.to_thread.run_sync(read)
    token = forms.form_token(request)
    t = plain.translator(shell, site)
    shown = silences_page.SilencesShown(
        silences=found,
        rules=rules,
        subjects=subjects,
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
    viewer, posted = desk_viewer(request), await forms.small_form(request)
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
    viewer, posted = desk_viewer(request), await forms.small_form(request)
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
        await written(shell, write)
    except WrongAct as wrong:
        t = plain_of(request, fields).translator(shell)
        return await _silences(request, fields, "", wrong_words(wrong, t), fields)
    return RedirectResponse(plain_of(request, fields).to(f"{PATH}/silences", told=told), status_code=303)


def _minute(text: str) -> int | None:
    """Of the day, from "22:00"."""
    hour, _, minute = text.partition(":")
    if not (hour.isdecimal() and minute.isdecimal() and len(text) <= len("22:00")):
        return None
    return int(hour) * 60 + int(minute) if int(hour) < 24 and int(minute) < 60 else None


def _site(request: Request, fields: Mapping[str, str], viewer: Viewer) -> Site:
    shell: Shell = request.app.state.shell
    name = plain_of(request, fields).site
    require(viewer, name, may_silence)
    found = shell.seen.site(name)
    assert found is not None, "the address was checked against the same sites"
    return found


ROUTES = [
    Route(f"{PATH}/silences", list_silences),
    Route(f"{PATH}/silences/new", new_silence, methods=["POST"]),
    Route(f"{PATH}/silences/end", stop_silence, methods=["POST"]),
]
