"""/alerts/<number>: one alert, and taking, verifying and silencing it."""

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
    may_decide,
    may_silence,
    wrong_words,
)
from dashboard.desk import forms
from dashboard.desk.plain_page import Plain, plain_of, plain_page
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from data.alert_acts import WrongAct, site_of_alert
from data.alert_book import card, open_alerts
from data.analytics.proposing_level import proposed_by_alert
from data.escalation import escalation_steps
from data.places import site as site_named
from data.plan_book import plan_state
from data.store import reading, writing
from data.tellings import marked
from data.types import AlertCard, EscalationStep, PlanState, Site
from layouts.desk import alert as page

PATH = "/alerts"


async def show(request: Request) -> Response:
    return await _shown(request, request.path_params["alert"], request.query_params.get("told", ""))


async def _shown(
    request: Request, number: int, told: str = "", wrong: str = "", said: Mapping[str, str] | None = None
) -> Response:
    shell: Shell = request.app.state.shell
    viewer = desk_viewer(request)
    found, site, steps, plan = await _alert(request, number, viewer)
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
        plan=plan,
        proposes=proposed_by_alert(plan.version.plan, found.rule, found.level) if plan.version else None,
    )

    def here(other: Plain) -> str:
        return other.to(f"{PATH}/{number}")

    status = 400 if wrong else 200
    answer = plain_page(request, plain, t, page.title(shown, t), page.body(shown, t), here, status, "alerts")
    return forms.with_token(request, answer, token, PATH)


async def act(request: Request) -> Response:
    """Written, or the page again with what is to be mended; nothing that was typed is lost."""
    shell: Shell = request.app.state.shell
    viewer, number, name = desk_viewer(request), request.path_params["alert"], request.path_params["act"]
    if name not in ACTS or number >= 2**31:
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
        await written(shell, lambda conn: ACTS[name](conn, viewer, number, said, moments))
    except WrongAct as wrong:
        t = plain_of(request, posted.fields).translator(shell)
        return await _shown(request, number, "", wrong_words(wrong, t), posted.fields)
    told = {"acknowledge": "acknowledged", "assess": "assessed", "silence": "silenced"}[name]
    return RedirectResponse(plain_of(request, posted.fields).to(f"{PATH}/{number}", told=told), status_code=303)


async def written(shell: Shell, write: Callable[[Connection], None]) -> None:
    """In one transaction; every page hears of it at once."""

    def act() -> None:
        with writing(shell.engine) as conn:
            write(conn)

    await anyio.to_thread.run_sync(act)
    shell.wake.poke()


def desk_viewer(request: Request) -> Viewer:
    viewer = viewer_of(request)
    if not viewer.may_see_board("alerts"):
        raise Refused(403, "forbidden")
    return viewer


Found = tuple[AlertCard, Site, tuple[EscalationStep, ...], PlanState]


async def _alert(request: Request, number: int, viewer: Viewer) -> Found:
    shell: Shell = request.app.state.shell
    now = shell.seen.now()

    def read() -> Found | None:
        with reading(shell.engine) as conn:
            try:
                site = site_named(conn, site_of_alert(conn, number))
            except LookupError:
                return None
            [told] = marked(conn, site, [card(conn, number)], now)
            plan = plan_state(conn, site.site, open_alerts(conn, site.site), now)
            return told, site, escalation_steps(conn, site.site, now), plan

    found = await anyio.to_thread.run_sync(read) if number < 2**31 else None
    if found is None:
        raise Refused(404, "no_alert", number=str(number)[:20])
    if not viewer.may_see_site(found[1].site):
        raise Refused(403, "forbidden_site", site=found[1].site)
    return found


ROUTES = [
    Route(f"{PATH}/{{alert:int}}", show),
    Route(f"{PATH}/{{alert:int}}/{{act}}", act, methods=["POST"]),
]
