"""/questions: every question about a figure; /questions/figure: one figure, asking about it, answering once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from callbacks.asked import WrongAsk, moment_ask
from callbacks.figures_asked import Found, figure_of, figure_seen, shown_seen
from callbacks.questions_told import MOST_SHOWN, now_seen, wanted_of
from dashboard.access import Viewer
from dashboard.desk import forms
from dashboard.desk.plain_page import Plain, place_asked, plain_page
from dashboard.moments import checked
from dashboard.questioning import may_answer, may_ask, may_withdraw
from dashboard.shell import Shell
from dashboard.view import BadAddress
from data.question_book import Wanted, holder_of, owners_asked, question_numbered, questions
from data.question_shapes import FigureName, Question
from data.store import reading
from data.types import ClockReading, Scope, Site
from data.versions import version_of
from layouts.desk import figure as figure_page
from layouts.desk import questions as page
from layouts.questions import FIGURE, LIST

LOCAL_ASKS = "1"


async def listed(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    asked = dict(request.query_params)
    plain, viewer, site = place_asked(request, asked, "situation")
    as_of = await moment_of(request, asked, site)
    clock, scope = shell.seen.clock(), scope_of(shell, plain, viewer, as_of)
    now = clock.now if as_of is None else min(clock.now, as_of)
    wanted = understood(lambda: wanted_of(asked, site, now), site)

    def read() -> tuple[list[page.QuestionShown], int, tuple[str, ...]]:
        with reading(shell.engine) as conn:
            found = questions(conn, site.site, wanted, as_of)
            shown = _shown(conn, found[:MOST_SHOWN], scope, site, clock)
            return shown, len(found), owners_asked(conn, site.site)

    shown, total, owners = await anyio.to_thread.run_sync(read)
    t = plain.translator(shell, site)
    model = page.QuestionsShown(shown, site, now, asked, plain.asked, owners, total, as_of)
    more = {name: asked[name] for name in (*page.FILTERS, "as_of") if asked.get(name)}
    return plain_page(
        request,
        plain,
        t,
        t("questions.title"),
        page.body(model, t),
        lambda other: other.to(LIST, **more),
        under="situation",
    )


async def figure(request: Request) -> Response:
    """`metric` and its part; `as_of`: as it was known at a moment."""
    asked = dict(request.query_params)
    plain, viewer, site = place_asked(request, asked, "situation")
    as_of = await moment_of(request, asked, site)
    shell: Shell = request.app.state.shell
    name = understood(lambda: figure_of(asked, site, shell.seen.now()), site)
    return await figure_page_of(request, (plain, viewer, site), name, as_of, {"told": asked.get("told", "")})


async def one(request: Request) -> Response:
    """A question by its number: the page of its figure."""
    asked = dict(request.query_params)
    plain, _, site = place_asked(request, asked, "situation")
    found = await question_of(request, site, request.path_params["number"])
    if found is None:
        raise BadAddress("no_question", 404, number=str(request.path_params["number"])[:20], site=site.name)
    where = plain.to(FIGURE, **found.figure.words)
    return RedirectResponse(f"{where}#q{found.number}", status_code=303)


async def question_of(request: Request, site: Site, number: int) -> Question | None:
    shell: Shell = request.app.state.shell

    def read() -> Question | None:
        with reading(shell.engine) as conn:
            return question_numbered(conn, site.site, number)

    return await anyio.to_thread.run_sync(read) if number < 2**31 else None


async def figure_page_of(
    request: Request,
    who: tuple[Plain, Viewer, Site],
    name: FigureName,
    as_of: datetime | None,
    said: Mapping[str, str],
    wrong: str = "",
    status: int = 200,
) -> Response:
    shell: Shell = request.app.state.shell
    plain, viewer, site = who
    clock, scope = shell.seen.clock(), scope_of(shell, plain, viewer, as_of)
    at = clock.now if as_of is None else min(as_of, clock.now)

    def read() -> tuple[Found, Found | None, int, list[page.QuestionShown]]:
        with reading(shell.engine) as conn:
            found = figure_seen(conn, scope, site, name, clock)
            today = figure_seen(conn, replace(scope, as_of=None), site, name, clock) if as_of is not None else None
            told = questions(conn, site.site, Wanted(figure=name.key), None)
            shown = _shown(conn, told, replace(scope, as_of=None), site, clock, viewer, today or found)
            return found, today, version_of(conn, site.site), shown

    found, today, version, shown = await anyio.to_thread.run_sync(read)
    token, t = forms.form_token(request), plain.translator(shell, site)
    asked = {**said, "form": token[0], "ask_who": LOCAL_ASKS if viewer.local else ""}
    model = page.QuestionsShown(shown, site, clock.now, asked, plain.asked, (), len(shown))
    told = said.get("told", "")
    made = figure_page.FigureShown(
        figure=name,
        seen=found.seen,
        at=at,
        version=version,
        owners=found.owners,
        now=None if today is None else today.seen,
        may_ask=may_ask(viewer, site.site),
        model=model,
        told=told if told in figure_page.TOLD else "",
        wrong=wrong,
    )
    more = {**name.words, **({} if as_of is None else {"as_of": as_of.isoformat()})}
    under = "coverage" if name.crossed else "situation"
    answer = plain_page(
        request,
        plain,
        t,
        figure_page.title(made, t),
        figure_page.body(made, t),
        lambda other: other.to(FIGURE, **more),
        status,
        under,
    )
    return forms.with_token(request, answer, token, LIST)


def _shown(
    conn: Connection,
    found: tuple[Question, ...],
    scope: Scope,
    site: Site,
    clock: ClockReading,
    viewer: Viewer | None = None,
    now: Found | None = None,
) -> list[page.QuestionShown]:
    """`now`: what the figure of all of them says, where they are of one. `viewer`: who may act on them here."""
    made = []
    for one in found:
        today = now.seen if now is not None else now_seen(conn, scope, site, one.figure, clock)
        mine = (
            viewer is not None
            and one.ended is None
            and may_withdraw(viewer, site.site, one, holder_of(conn, site.site, one.number))
        )
        answers = viewer is not None and may_answer(viewer, site.site, one)
        made.append(page.QuestionShown(one, shown_seen(one, scope.audience, today), today, answers, mine))
    return made


def scope_of(shell: Shell, plain: Plain, viewer: Viewer, as_of: datetime | None) -> Scope:
    return Scope(plain.site, plain.lang, viewer.audience, "today", as_of, shell.known.mask_below)


async def moment_of(request: Request, asked: Mapping[str, str], site: Site) -> datetime | None:
    as_of: datetime | None = understood(lambda: moment_ask(asked, "as_of", site), site)
    await checked(request.app.state.shell, site.site, as_of)
    return as_of


def understood(read: Callable[[], Any], site: Site) -> Any:
    try:
        return read()
    except WrongAsk as wrong:
        raise BadAddress(wrong.code, zone=site.zone, name=wrong.name, value=wrong.value[:60], **wrong.facts) from None


ROUTES = [
    Route(LIST, listed),
    Route(FIGURE, figure),
    Route(f"{LIST}/{{number:int}}", one),
]
