"""/api/v1: series, queue, coverage, alerts and deliveries out; reports in. Masked like every page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import anyio.to_thread
import orjson
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from callbacks import completeness as counted
from callbacks import flow_answers, headlines_told, needs, questions_told
from callbacks import referrals as asked_referrals
from callbacks import resources as held
from callbacks import series as told
from callbacks import who as asked_who
from callbacks.alerts_told import alerts as alerts_told
from callbacks.asked import WrongAsk, figure_ask, moment_ask, revisions_ask, series_ask, window_ask
from callbacks.asking_alerts import alerts_asked
from callbacks.beside import sources_beside
from callbacks.corrected import revisions as revisions_told
from callbacks.csv_form import SERIES_TAGS, as_csv
from callbacks.plan_told import plan as plan_told
from callbacks.requests_told import requests as requests_told
from dashboard import sessions
from dashboard.acts_in import post_act
from dashboard.coding import accepted_coding, coded
from dashboard.gate import Refused, viewer_of
from dashboard.hooks import post_submission
from dashboard.moments import checked
from dashboard.openapi import DESCRIPTION
from dashboard.reports_in import post_report
from dashboard.shell import Shell
from dashboard.view import BadAddress, language, site_of
from data.store import reading
from data.types import Scope, Site
from data.vocabulary import AlertState, Language
from layouts.translator import translator

ALERTS = ("open", "closed", "all", *AlertState)
COVERAGE_USUAL, COVERAGE_LONGEST = timedelta(days=1), timedelta(days=92)
REVISIONS_USUAL = timedelta(days=7)
RATES_USUAL, RATES_LONGEST = timedelta(days=14), timedelta(days=366)
COMPRESSED_FROM_BYTES = 600

Ask = Callable[[Connection], dict[str, Any]]


async def series(request: Request) -> Response:
    site, now = _site(request), _now(request)
    then = await _moment(request, site)
    ask = _understood(lambda: series_ask(request.query_params, site, then or now))
    return await _answered(request, lambda conn: told.series(conn, ask, now), SERIES_TAGS)


async def reconciliation(request: Request) -> Response:
    site, now = _site(request), _now(request)
    then = await _moment(request, site)
    ask = _understood(lambda: figure_ask(request.query_params, site, then or now))
    return await _answered(request, lambda conn: sources_beside(conn, ask, now))


async def breakdown(request: Request) -> Response:
    site, now = _site(request), _now(request)
    scope = await _scope(request, site)
    ask = _understood(lambda: flow_answers.breakdown_ask(request.query_params, site, scope.as_of or now))
    return await _answered(request, lambda conn: flow_answers.parts(conn, ask, scope, now))


async def presence(request: Request) -> Response:
    site, now = _site(request), _now(request)
    scope = await _scope(request, site)
    usual, longest = flow_answers.PRESENCE_USUAL, flow_answers.PRESENCE_LONGEST
    window = _understood(lambda: window_ask(request.query_params, site, scope.as_of or now, usual, longest))
    return await _answered(request, lambda conn: flow_answers.present(conn, site, window, now, scope.as_of))


async def published(request: Request) -> Response:
    site, now = _site(request), _now(request)
    then = await _moment(request, site)
    return await _answered(request, lambda conn: flow_answers.published(conn, site, now, then))


async def compare(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    site, now = _site(request), _now(request)
    asked = await _scope(request, site)
    scope = _understood(lambda: flow_answers.compare_scope(request.query_params, asked, site, asked.as_of or now))
    return await _answered(request, lambda conn: flow_answers.compare(conn, scope, shell.seen.clock()))


async def queue(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    scope = await _scope(request, _site(request))
    return await _answered(request, lambda conn: told.queue(conn, scope, shell.seen.clock()))


async def coverage(request: Request) -> Response:
    site, now = _site(request), _now(request)
    asked = request.query_params
    scope = await _scope(request, site)
    window = _understood(lambda: window_ask(asked, site, scope.as_of or now, COVERAGE_USUAL, COVERAGE_LONGEST))
    return await _answered(request, lambda conn: told.coverage(conn, scope, window, site, now))


async def who(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    site, now = _site(request), _now(request)
    scope = await _scope(request, site)
    ask = _understood(lambda: asked_who.who_ask(request.query_params, site, scope.as_of or now))
    return await _answered(request, lambda conn: asked_who.answer(conn, scope, site, ask, shell.seen.clock()))


async def headlines(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    site = _site(request)
    scope = await _scope(request, site)
    t = translator(_lang(request), site.zone)
    return await _answered(request, lambda conn: headlines_told.headlines(conn, scope, site, shell.seen.clock(), t))


async def referrals(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    site, now = _site(request), _now(request)
    scope = await _scope(request, site)
    ask = _understood(lambda: asked_referrals.referral_ask(request.query_params, site, scope.as_of or now))
    return await _answered(request, lambda conn: asked_referrals.answer(conn, scope, site, ask, shell.seen.clock()))


async def alerts(request: Request) -> Response:
    site = _site(request)
    state = request.query_params.get("state") or "open"
    if state not in ALERTS:
        raise BadAddress("unknown_value", name="state", value=state[:60], allowed=", ".join(ALERTS))
    t = translator(_lang(request), site.zone)
    then, now = await _moment(request, site), _now(request)
    wanted = _understood(lambda: alerts_asked(request.query_params, site, then or now))
    return await _answered(request, lambda conn: alerts_told(conn, site, state, t, now, then, wanted))


async def plan(request: Request) -> Response:
    site = _site(request)
    t = translator(_lang(request), site.zone)
    then, now = await _moment(request, site), _now(request)
    return await _answered(request, lambda conn: plan_told(conn, site, t, now, then))


async def questions(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    site, now = _site(request), _now(request)
    scope = await _scope(request, site)
    wanted = _understood(lambda: questions_told.wanted_of(request.query_params, site, scope.as_of or now))
    t = translator(_lang(request), site.zone)
    return await _answered(request, lambda conn: questions_told.told(conn, scope, site, wanted, shell.seen.clock(), t))


async def resources(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    site = _site(request)
    scope = await _scope(request, site)
    return await _answered(request, lambda conn: held.answer(conn, scope, site, shell.seen.clock()))


async def need(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    site = _site(request)
    scope = await _scope(request, site)
    ask = _understood(lambda: needs.need_ask(request.query_params))
    return await _answered(request, lambda conn: needs.answer(conn, scope, site, ask, shell.seen.clock()))


async def requests(request: Request) -> Response:
    site = _site(request)
    t = translator(_lang(request), site.zone)
    then, now = await _moment(request, site), _now(request)
    return await _answered(request, lambda conn: requests_told(conn, site, t, now, then))


async def reports(request: Request) -> Response:
    site = _site(request)
    then = await _moment(request, site)
    return await _answered(request, lambda conn: told.reports(conn, site, then))


async def revisions(request: Request) -> Response:
    site, now = _site(request), _now(request)
    params = request.query_params
    scope = await _scope(request, site)
    window = _understood(lambda: window_ask(params, site, scope.as_of or now, REVISIONS_USUAL, COVERAGE_LONGEST))
    asked = _understood(lambda: revisions_ask(params))
    return await _answered(request, lambda conn: revisions_told(conn, scope, site, window, asked))


async def completeness(request: Request) -> Response:
    site, now = _site(request), _now(request)
    asked = request.query_params
    given = asked.get("from") or asked.get("to")
    as_of = await _moment(request, site)
    window = _understood(lambda: window_ask(asked, site, as_of or now, RATES_USUAL, RATES_LONGEST)) if given else None
    return await _answered(request, lambda conn: counted.completeness(conn, site, window, now, as_of))


async def openapi(request: Request) -> Response:
    viewer_of(request)
    return Response(orjson.dumps(DESCRIPTION), media_type="application/json")


async def _answered(request: Request, ask: Ask, tags: Mapping[str, str] | None = None) -> Response:
    shell: Shell = request.app.state.shell
    csv = wants_csv(request)
    tagged = tags if request.query_params.get("hxl") == "1" else None

    def read() -> bytes:
        with reading(shell.engine) as conn:
            answer = ask(conn)
        if csv:
            told_rows = as_csv(answer, tagged)
            return told_rows.encode("utf-8-sig")  # a spreadsheet takes it for Latin-1 without the mark
        return orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY, default=str)

    body = await anyio.to_thread.run_sync(read)
    headers = {"Cache-Control": "no-cache, private", "Vary": "Accept, Accept-Encoding, Cookie, Authorization"}
    coding = accepted_coding(request.headers.get("accept-encoding", ""))
    if coding and len(body) > COMPRESSED_FROM_BYTES:
        body = coded(body, coding)
        headers["Content-Encoding"] = coding
    if csv:
        name = request.url.path.rsplit("/", 1)[-1]
        headers["Content-Disposition"] = f'attachment; filename="caudal-{name}.csv"'
    return Response(body, media_type="text/csv; charset=utf-8" if csv else "application/json", headers=headers)


def wants_csv(request: Request) -> bool:
    """`format` in the address counts before what the browser accepts."""
    form = request.query_params.get("format")
    if form not in (None, "", "csv", "json"):
        raise BadAddress("unknown_value", name="format", value=form[:60], allowed="csv, json")
    return form == "csv" if form else request.headers.get("accept", "").startswith("text/csv")


def _site(request: Request) -> Site:
    """The site asked for, if this viewer may see it."""
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    if viewer.boards is not None:
        raise Refused(403, "forbidden")
    site = site_of(request.query_params.get("site"), shell.known)
    if not viewer.may_see_site(site.site):
        raise Refused(403, "forbidden_site", site=site.site)
    return site


async def _moment(request: Request, site: Site) -> datetime | None:
    """`as_of`, if something was shown then."""
    as_of: datetime | None = _understood(lambda: moment_ask(request.query_params, "as_of", site))
    await checked(request.app.state.shell, site.site, as_of)
    return as_of


async def _scope(request: Request, site: Site) -> Scope:
    shell: Shell = request.app.state.shell
    as_of = await _moment(request, site)
    return Scope(site.site, _lang(request), viewer_of(request).audience, "today", as_of, shell.known.mask_below)


def _now(request: Request) -> datetime:
    shell: Shell = request.app.state.shell
    return shell.seen.now()


def _understood(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except WrongAsk as wrong:
        raise BadAddress(wrong.code, name=wrong.name, value=wrong.value[:60], **wrong.facts) from None


def _lang(request: Request) -> Language:
    shell: Shell = request.app.state.shell
    return language(request.query_params.get("lang"), request.cookies.get(sessions.LANG_COOKIE), shell.known)


ROUTES = [
    Route("/headlines", headlines),
    Route("/series", series),
    Route("/reconciliation", reconciliation),
    Route("/breakdown", breakdown),
    Route("/presence", presence),
    Route("/published", published),
    Route("/compare", compare),
    Route("/queue", queue),
    Route("/coverage", coverage),
    Route("/who", who),
    Route("/referrals", referrals),
    Route("/alerts", alerts, methods=["GET"]),
    Route("/alerts/{alert}/acknowledge", post_act, methods=["POST"]),
    Route("/alerts/{alert}/assess", post_act, methods=["POST"]),
    Route("/alerts/{alert}/silence", post_act, methods=["POST"]),
    Route("/plan", plan),
    Route("/questions", questions),
    Route("/resources", resources),
    Route("/need", need),
    Route("/requests", requests),
    Route("/reports", reports, methods=["GET"]),
    Route("/reports/completeness", completeness),
    Route("/reports", post_report, methods=["POST"]),
    Route("/revisions", revisions),
    Route("/hooks/{feed}", post_submission, methods=["POST"]),
    Route("/openapi.json", openapi),
]
