"""/coverage/standards: the standards of a place, its phase and how long people stay; and deciding on them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from callbacks.asked import WrongAsk, moment_ask
from dashboard.access import Viewer
from dashboard.acting import name_of, require
from dashboard.desk import forms
from dashboard.desk.plain_page import Plain, place_asked, plain_page
from dashboard.shell import Shell
from dashboard.view import BadAddress
from data.analytics.standard_entry import WrongStandard
from data.analytics.standards import DENOMINATORS, NEED
from data.published_standards import published
from data.queries.board import phase_and_stay
from data.standards_book import every_standard, overruled, set_standards, standard_history, switch_to, turns
from data.standards_file import entry_of
from data.store import reading, writing
from data.types import HeldStandard, Site
from data.vocabulary import Phase, Service, Stay
from layouts.desk import standard_form, standards
from layouts.standard_words import wrong_words

PATH = standards.PATH
# Where a standard that nobody published begins.
FRESH = {"per": "per-person-day", "denominator": "present", "provisional": "1"}


def may_set(viewer: Viewer, site: str) -> bool:
    return viewer.may_operate and viewer.may_see_site(site)


async def show(request: Request) -> Response:
    told = request.query_params.get("told", "")
    return await _page(request, request.query_params, told if told in standards.TOLD else "")


async def _page(request: Request, asked: Mapping[str, str], told: str = "", wrong: tuple[str, ...] = ()) -> Response:
    shell: Shell = request.app.state.shell
    plain, viewer, site = place_asked(request, asked, "coverage")
    now = shell.seen.now()

    def read() -> tuple[Any, ...]:
        with reading(shell.engine) as conn:
            return every_standard(conn, site.site, now), phase_and_stay(conn, site.site, now), turns(conn, site.site)

    held, holds, history = await anyio.to_thread.run_sync(read)
    t = plain.translator(shell, site)
    token = forms.form_token(request)
    shown = standards.StandardsShown(
        held=held,
        published=published(),
        now=holds,
        turns=history,
        may_set=may_set(viewer, site.site),
        to=lambda path, **more: plain.to(f"{PATH}{path}", **more),
        back=plain.to("/coverage"),
        hidden={"form": token[0], **plain.asked},
        by="" if viewer.local else viewer.name,
        told=told,
        wrong=wrong,
    )
    body = standards.body(shown, t)
    status = 400 if wrong else 200
    answer = plain_page(request, plain, t, t("standards.title"), body, lambda other: other.to(PATH), status, "coverage")
    return forms.with_token(request, answer, token, "/coverage")


async def edit(request: Request) -> Response:
    """`?service=&phase=`: of what holds; `&published=1`: of what others published."""
    shell: Shell = request.app.state.shell
    asked = request.query_params
    _, viewer, site = place_asked(request, asked, "coverage")
    require(viewer, site.site, may_set)
    key = _key(asked)
    now = shell.seen.now()

    def read() -> tuple[HeldStandard, ...]:
        with reading(shell.engine) as conn:
            return every_standard(conn, site.site, now)

    held = await anyio.to_thread.run_sync(read)
    mine = [entry_of(one) for one in held if (str(one.standard.service), one.standard.phase) == key]
    theirs = [entry for entry in published().entries if (entry["service"], entry["phase"]) == key]
    found = theirs if asked.get("published") and theirs else mine or theirs
    typed = _typed(found[0]) if found else dict(FRESH)
    return await _form(request, asked, typed)


def _typed(entry: Mapping[str, Any]) -> dict[str, str]:
    """What the boxes hold; when it began and why belong to each decision anew."""
    typed = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in entry.items()}
    for name in ("provisional", "withdrawn"):
        typed[name] = "1" if entry.get(name) else ""
    return {name: value for name, value in typed.items() if name not in ("valid_from", "reason")}


async def _form(
    request: Request, asked: Mapping[str, str], typed: Mapping[str, str], wrong: tuple[str, ...] = ()
) -> Response:
    shell: Shell = request.app.state.shell
    plain, viewer, site = place_asked(request, asked, "coverage")
    service, phase = _key(asked)

    def read() -> tuple[HeldStandard, ...]:
        with reading(shell.engine) as conn:
            return standard_history(conn, site.site, service, phase)

    before = await anyio.to_thread.run_sync(read)
    t = plain.translator(shell, site)
    token = forms.form_token(request)
    shown = standard_form.StandardForm(
        service=service,
        phase=phase,
        typed=typed,
        ways=tuple(NEED),
        counted=DENOMINATORS,
        by="" if viewer.local else viewer.name,
        hidden={"form": token[0], **plain.asked},
        back=plain.to(PATH),
        wrong=wrong,
        before=before,
    )

    def here(other: Plain) -> str:
        return other.to(f"{PATH}/edit", service=service, phase=phase)

    body = standard_form.form_body(shown, t)
    answer = plain_page(request, plain, t, t("standards.title"), body, here, 400 if wrong else 200, "coverage")
    return forms.with_token(request, answer, token, "/coverage")


async def save(request: Request) -> Response:
    posted = await forms.small_form(request)
    plain, viewer, site = place_asked(request, posted.fields, "coverage")
    require(viewer, site.site, may_set)
    service, phase = _key(posted.fields)
    shell: Shell = request.app.state.shell
    t = plain.translator(shell, site)
    entry: dict[str, Any] = {"service": service, "phase": phase}
    entry |= {name: posted[name] for name in ("per", "denominator", "unit", "source", "reason")}
    entry |= {name: bool(posted[name]) for name in ("provisional", "withdrawn")}
    entry["value"] = _number(posted["value"])
    entry["transit_value"] = _number(posted["transit_value"]) if posted["transit_value"] else None
    try:
        needed = _needed(viewer, posted.fields, t)
        entry["valid_from"] = _moment(posted["from"], site)
        if needed:
            return await _form(request, posted.fields, posted.fields, needed)
        by = name_of(viewer, posted["by"])
        told = await _written(
            shell,
            lambda conn, now, real: _said(
                bool(set_standards(conn, site.site, [entry], now, real, by)),
                overruled(conn, site.site, entry, entry["valid_from"], now),
            ),
        )
    except WrongStandard as wrong:
        said = tuple(wrong_words(one.code, dict(one.facts), t) for one in wrong.wrongs)
        return await _form(request, posted.fields, posted.fields, said)
    except WrongAsk as wrong:
        return await _form(request, posted.fields, posted.fields, (t("cadence.wrong_time", value=wrong.value),))
    return RedirectResponse(plain.to(PATH, told=told), status_code=303)


def _said(changed: bool, later: bool) -> str:
    return ("overruled" if later else "saved") if changed else "unchanged"


async def turn(request: Request) -> Response:
    """The phase, or how long people stay, from a moment on."""
    posted = await forms.small_form(request)
    plain, viewer, site = place_asked(request, posted.fields, "coverage")
    require(viewer, site.site, may_set)
    shell: Shell = request.app.state.shell
    t = plain.translator(shell, site)
    turns_to: dict[str, type[Phase] | type[Stay]] = {"phase": Phase, "stay": Stay}
    words = turns_to.get(posted["turn"])
    if words is None or posted["word"] not in list(words):
        raise BadAddress("unknown_page", 404)
    word = words(posted["word"])
    needed = _needed(viewer, posted.fields, t)
    if needed:
        return await _page(request, posted.fields, "", needed)
    try:
        since = _moment(posted["from"], site)
    except WrongAsk as wrong:
        return await _page(request, posted.fields, "", (t("cadence.wrong_time", value=wrong.value),))
    by, reason = name_of(viewer, posted["by"]), posted["reason"][:1000]

    def switch(conn: Connection, now: datetime, real: datetime) -> str:
        changed = switch_to(conn, site.site, word, now, real, by, reason, since)
        holds = phase_and_stay(conn, site.site, now)
        return _said(changed, since is not None and since <= now and word not in holds)

    return RedirectResponse(plain.to(PATH, told=await _written(shell, switch)), status_code=303)


async def _written(shell: Shell, write: Callable[[Connection, datetime, datetime], str]) -> str:
    def act() -> str:
        with writing(shell.engine) as conn:
            return write(conn, shell.seen.now(), shell.seen.real_now())

    told = await anyio.to_thread.run_sync(act)
    shell.wake.poke()
    return told


def _needed(viewer: Viewer, typed: Mapping[str, str], t: Any) -> tuple[str, ...]:
    found = [] if name_of(viewer, typed.get("by", "")) else ["rules.by_needed"]
    found += [] if typed.get("reason", "").strip() else ["rules.reason_needed"]
    return tuple(t(key) for key in found)


def _moment(written: str, site: Site) -> datetime | None:
    return moment_ask({"from": written}, "from", site)


def _number(text: str) -> Any:
    """As people type it, with a comma or a point; what is none stays as it is, to be told."""
    try:
        return float(text.strip()[:40].replace(",", "."))
    except ValueError:
        return text[:40]


def _key(asked: Mapping[str, str]) -> tuple[str, str]:
    service, phase = asked.get("service", ""), asked.get("phase", "")
    if service not in list(Service) or phase not in list(Phase):
        raise BadAddress("unknown_page", 404)
    return service, phase


ROUTES = [
    Route(PATH, show),
    Route(f"{PATH}/edit", edit),
    Route(f"{PATH}/save", save, methods=["POST"]),
    Route(f"{PATH}/turn", turn, methods=["POST"]),
]
