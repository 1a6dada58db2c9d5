"""/plan: the contingency plan of a place: the level in force and the proposed one, its tasks, and acting on both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote, urlencode

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from callbacks.asked import WrongAsk, moment_ask
from dashboard.access import Viewer
from dashboard.acting import Moments, require
from dashboard.desk import forms
from dashboard.desk.alerts import written
from dashboard.desk.plain_page import place_asked, plain_page
from dashboard.moments import checked
from dashboard.plan_acting import Wanted, decide_level, mark_of, may_activate, may_tick, tick_task
from dashboard.shell import Shell
from dashboard.view import BadAddress
from data.alert_book import open_alerts
from data.alert_rules import rules_in_force
from data.plan_acts import WrongPlanAct
from data.plan_book import activations, plan_state
from data.plans import plan_versions
from data.queries.board import events
from data.store import reading
from data.tellings import marked
from data.types import Site, Window
from layouts.desk import plan as page
from layouts.plan_words import wrong_act_words

PATH = "/plan"
# The name that the person at the machine gave last: nobody types it again for each task.
BY_COOKIE = "caudal_plan_by"
BY_SECONDS = 12 * 3600
LONGEST_NAME = 60
# Of the dated rules that are to come, the next one within so long.
RULES_AHEAD = timedelta(days=60)


async def show(request: Request) -> Response:
    return await _shown(request, request.query_params, request.query_params.get("told", ""))


async def _shown(
    request: Request,
    asked: Mapping[str, str],
    told: str = "",
    wrong: str = "",
    said: Mapping[str, str] | None = None,
    status: int = 200,
) -> Response:
    shell: Shell = request.app.state.shell
    plain, viewer, site = place_asked(request, asked, "alerts")
    as_of = await _as_of(request, site)
    now = shell.seen.now() if as_of is None else min(shell.seen.now(), as_of)

    def read() -> tuple[Any, ...]:
        with reading(shell.engine) as conn:
            cards = marked(conn, site, open_alerts(conn, site.site, as_of), now, as_of)
            state = plan_state(conn, site.site, cards, now, as_of)
            off = tuple(rule.name for rule in rules_in_force(conn, site.site, now, as_of) if not rule.enabled)
            ahead = events(conn, site.site, Window(now, now + RULES_AHEAD), as_of)
            past, versions = activations(conn, site.site, as_of), plan_versions(conn, site.site, as_of)
            return state, past, versions, cards, off, next((one for one in ahead if one.at > now), None)

    state, past, versions, cards, off, dated = await anyio.to_thread.run_sync(read)
    token, still = forms.form_token(request), as_of is not None
    then = {} if as_of is None else {"as_of": as_of.isoformat()}
    t = plain.translator(shell, site)
    shown = page.PlanShown(
        state=state,
        site=site,
        activations=past,
        versions=versions,
        cards={card.alert_id: card for card in cards},
        rules_off=off,
        may_activate=not still and may_activate(viewer, site.site),
        may_tick=not still and may_tick(viewer, site.site),
        by="" if viewer.local else viewer.name,
        remembered=unquote(request.cookies.get(BY_COOKIE, ""))[:LONGEST_NAME] if viewer.local else "",
        hidden={"form": token[0], **plain.asked},
        query=urlencode({**plain.asked, **then}),
        csv=f"/api/v1/plan?{urlencode({'site': site.site, 'lang': str(plain.lang), 'format': 'csv', **then})}",
        next_rule=dated,
        as_of=as_of,
        told=told if told in page.TOLD else "",
        wrong=wrong,
        said=said,
    )
    answer = plain_page(
        request,
        plain,
        t,
        t("plan.title"),
        page.body(shown, t),
        lambda other: other.to(PATH, **then),
        status,
        "alerts",
    )
    return forms.with_token(request, answer, token, PATH)


async def level(request: Request) -> Response:
    """A named person decides the level; the page again with what is to be mended, nothing of what was typed lost."""
    shell: Shell = request.app.state.shell
    clock, real = shell.seen.clock(), shell.seen.real_now()

    def write(conn: Connection, viewer: Viewer, site: Site, wanted: Wanted) -> None:
        decide_level(conn, viewer, site, wanted, Moments(clock.now, real), mark_of(site, clock))

    return await _act(request, may_activate, write, "level", "")


async def task(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    moments = Moments(shell.seen.now(), shell.seen.real_now())

    def write(conn: Connection, viewer: Viewer, site: Site, wanted: Wanted) -> None:
        tick_task(conn, viewer, site, wanted, moments)

    return await _act(request, may_tick, write, "task", "task")


async def _act(
    request: Request,
    may: Callable[[Viewer, str], bool],
    write: Callable[[Connection, Viewer, Site, Wanted], None],
    told: str,
    back_to: str,
) -> Response:
    shell: Shell = request.app.state.shell
    posted = await forms.small_form(request)
    plain, viewer, site = place_asked(request, posted.fields, "alerts")
    require(viewer, site.site, may)
    wanted = Wanted(
        by=posted["by"],
        note=posted["note"],
        level=None if posted["level"] == page.END else posted["level"][:60],
        activation=_whole(posted["activation"]),
        task=posted["task"][:60],
        state=posted["state"],
        seen=_whole(posted["seen"]),
    )
    try:
        await written(shell, lambda conn: write(conn, viewer, site, wanted))
    except WrongPlanAct as wrong:
        words = wrong_act_words(wrong.code, wrong.facts, plain.translator(shell, site))
        status = 409 if wrong.code.endswith("_changed") or wrong.code in ("stale", "over", "no_task") else 400
        return await _shown(request, posted.fields, "", words, posted.fields, status)
    place = f"#task-{quote(wanted.task)}" if back_to else ""
    answer = RedirectResponse(plain.to(PATH, told=told) + place, status_code=303)
    if viewer.local:
        _remember(answer, wanted.by, request.url.scheme == "https")
    return answer


async def name(request: Request) -> Response:
    """Another person takes over at the machine."""
    posted = await forms.small_form(request)
    plain, viewer, _ = place_asked(request, posted.fields, "alerts")
    answer = RedirectResponse(plain.to(PATH), status_code=303)
    if viewer.local:
        _remember(answer, posted["by"], request.url.scheme == "https")
    return answer


def _remember(answer: Response, by: str, secure: bool) -> None:
    """A cookie holds plain signs only."""
    said = quote(by.strip()[:LONGEST_NAME], safe="")
    answer.set_cookie(BY_COOKIE, said, max_age=BY_SECONDS, path=PATH, httponly=True, samesite="strict", secure=secure)


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
    Route(f"{PATH}/level", level, methods=["POST"]),
    Route(f"{PATH}/task", task, methods=["POST"]),
    Route(f"{PATH}/name", name, methods=["POST"]),
]
