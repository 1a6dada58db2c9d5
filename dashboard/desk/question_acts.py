"""Asking about a figure, answering once, taking a question back: the forms of /questions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from callbacks.asked import moment_ask
from callbacks.figures_asked import Found, figure_of, figure_seen
from dashboard.access import Viewer
from dashboard.acting import Moments
from dashboard.desk import forms
from dashboard.desk.alerts import written
from dashboard.desk.plain_page import Plain, place_asked
from dashboard.desk.questions import figure_page_of, question_of, scope_of, understood
from dashboard.plan_acting import mark_of
from dashboard.questioning import Asked, answer_one, ask_about, withdraw_one
from dashboard.shell import Shell
from dashboard.view import BadAddress
from data.question_shapes import FigureName, Question
from data.questions import WrongQuestion
from data.store import reading
from data.types import Site
from data.versions import version_of
from data.vocabulary import Audience
from layouts.questions import FIGURE, LIST


async def ask(request: Request) -> Response:
    """The figure is read again as it was known at the moment that the form was of: what a browser says of it is no
    fact. Nothing of what was typed is lost."""
    shell: Shell = request.app.state.shell
    posted = await forms.small_form(request)
    plain, viewer, site = place_asked(request, posted.fields, "situation")
    clock, moments = shell.seen.clock(), Moments(shell.seen.now(), shell.seen.real_now())
    name = understood(lambda: figure_of(posted.fields, site, clock.now), site)
    # Of a post that never reported anything one may ask too.
    at = understood(lambda: moment_ask({"at": posted["at"]}, "at", site), site) or clock.now
    at = min(at, clock.now)

    scope = scope_of(shell, plain, viewer, at)

    def read() -> tuple[tuple[Found, Found], int]:
        with reading(shell.engine) as conn:
            mine = figure_seen(conn, scope, site, name, clock)
            everybodys = figure_seen(conn, replace(scope, audience=Audience.OPEN), site, name, clock)
            return (mine, everybodys), version_of(conn, site.site)

    # Who waits for the store to write waits for a moment only.
    found, newest = await anyio.to_thread.run_sync(read)
    asked = Asked(name, at, min(_whole(posted["version"]), newest), posted["text"], posted["by"])

    def write(conn: Connection) -> Question:
        return ask_about(conn, viewer, site, asked, found, moments, mark_of(site, clock))

    return await _acted(request, (plain, viewer, site), name, posted.fields, write, "asked")


async def answer(request: Request) -> Response:
    return await _end(request, answer_one, "answered")


async def withdraw(request: Request) -> Response:
    return await _end(request, withdraw_one, "withdrawn")


async def _end(request: Request, act: Callable[..., Question], told: str) -> Response:
    shell: Shell = request.app.state.shell
    posted = await forms.small_form(request)
    plain, viewer, site = place_asked(request, posted.fields, "situation")
    number = request.path_params["number"]
    found = await question_of(request, site, number)
    if found is None:
        raise BadAddress("no_question", 404, number=str(number)[:20], site=site.name)
    moments = Moments(shell.seen.now(), shell.seen.real_now())

    def write(conn: Connection) -> Question:
        return act(conn, viewer, site, number, posted["text"], posted["by"], moments)

    said = {**posted.fields, "number": str(number)}
    return await _acted(request, (plain, viewer, site), found.figure, said, write, told)


async def _acted(
    request: Request,
    who: tuple[Plain, Viewer, Site],
    name: FigureName,
    said: Mapping[str, str],
    write: Callable[[Connection], Question],
    told: str,
) -> Response:
    shell: Shell = request.app.state.shell
    plain, _, site = who
    done: list[Question] = []
    try:
        await written(shell, lambda conn: done.append(write(conn)))
    except WrongQuestion as wrong:
        t = plain.translator(shell, site)
        words = t(f"questions.wrong.{wrong.code}", **wrong.facts)
        status = 409 if wrong.code.startswith("already_") else 400
        return await figure_page_of(request, who, name, None, {**said, "told": ""}, words, status)
    where = plain.to(FIGURE, **done[0].figure.words, told=told)
    return RedirectResponse(f"{where}#q{done[0].number}", status_code=303)


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 10 else 0


ROUTES = [
    Route(f"{LIST}/ask", ask, methods=["POST"]),
    Route(f"{LIST}/{{number:int}}/answer", answer, methods=["POST"]),
    Route(f"{LIST}/{{number:int}}/withdraw", withdraw, methods=["POST"]),
]
