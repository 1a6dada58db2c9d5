"""Pages: the document of an address, and the answers to Dash's own questions about it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dashboard import sessions
from dashboard.access import Viewer
from dashboard.acting import may_decide, may_silence
from dashboard.answers import LITE_STYLE, html_answer, styles
from dashboard.coding import accepted_coding
from dashboard.desk.plain_page import SCRIPT as DESK_SCRIPT
from dashboard.desk.send_form import token_kept, with_send_form
from dashboard.document import OWN_SCRIPTS, document, entry_point
from dashboard.drawings import Drawn
from dashboard.encoded import BoardKey, Encoded
from dashboard.gate import require_board, viewer_of
from dashboard.moments import checked
from dashboard.shell import Shell
from dashboard.sign_in import signed_in_as
from dashboard.view import View, view_of, view_of_token
from data.days import day_of
from data.vocabulary import Language, Look
from layouts import replay, tokens
from layouts.pages import PAGES, Page
from layouts.translator import translator

BY_PATH = {page.path: page for page in PAGES.values()}
PLOTLY = "/assets/vendor/plotly-basic-"
# Dash asks for this one late, when everything else has come.
ASYNC_GRAPH = "/_dash-component-suites/dash/dcc/async-graph.js"
PAGE_SCRIPTS = {"reports": (DESK_SCRIPT,), "queue": ("/assets/js/ask.js",)}
YEAR = 365 * 24 * 3600


async def drawn(request: Request, view: View) -> tuple[Encoded, Drawn]:
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    require_board(viewer, view.page, view.site)
    site = shell.seen.site(view.site)
    assert site is not None, "the view was checked against the same sites"
    await checked(shell, view.site, view.as_of)
    encoded = await shell.hub.board(BoardKey(view.page, view.scope(viewer.audience)))
    return encoded, request.app.state.drawings.of(encoded, view, site)


async def page(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    found = BY_PATH[request.url.path]
    view = view_of(found.name, request.query_params, shell.known, request.cookies.get(sessions.LANG_COOKIE))
    encoded, made = await drawn(request, view)
    html, token = with_send_form(request, view, made.html)
    if found.scripts:
        text = _with_scripts(shell, found, view, encoded, html, _who(request, view))
    else:
        text = _in_one_piece(shell, found, view, made, _who(request, view))
    answer = token_kept(request, html_answer(request, text), token)
    if request.query_params.get("lang"):
        answer.set_cookie(sessions.LANG_COOKIE, view.lang, max_age=YEAR, samesite="lax", httponly=True)
    return answer


def _who(request: Request, view: View) -> str:
    """Stands beside what Dash draws: the board of a page is the same for everybody who may see it."""
    if view.page == "wall":
        return ""
    viewer = viewer_of(request)
    return _may(viewer, view) + signed_in_as(viewer, translator(view.lang))


def _may(viewer: Viewer, view: View) -> str:
    """Which doors of the alerts this person sees (alerts.css). Whoever opens one is asked again behind it."""
    if view.page != "alerts":
        return ""
    may = [("may-decide", may_decide), ("may-operate", may_silence)]
    return "".join(f'<span class="{name}" hidden></span>' for name, ask in may if ask(viewer, view.site))


def _with_scripts(shell: Shell, found: Page, view: View, encoded: Encoded, html: str, who: str) -> str:
    files = shell.files
    [plotly] = files.names(PLOTLY, ".js")
    own = [plotly, *(["/assets/js/plotly-es.js"] if view.lang is Language.ES else [])]
    t = translator(view.lang)
    return document(
        lang=view.lang,
        look=view.look,
        title=f"{t(found.title_key)} · {t('web.product')}",
        body=entry_point(html) + who,
        styles=styles(files),
        preload=[
            (files.address(plotly), "script"),
            (f"/_v/{view.token()}/_dash-layout", "fetch"),
            (f"/_v/{view.token()}/_dash-dependencies", "fetch"),
            *([(ASYNC_GRAPH, "script")] if encoded.json["figures"] else []),
        ],
        scripts=[
            *shell.dash.scripts,
            *(files.address(name) for name in own),
            *(files.address(name) for name in OWN_SCRIPTS),
            *(files.address(name) for name in PAGE_SCRIPTS.get(found.name, ())),
            *([files.address("/assets/js/replay.js")] if view.replay else []),
        ],
        facts={
            "_dash-config": shell.dash.config(f"/_v/{view.token()}/"),
            "caudal-look": _look(view.look, view.distance),
            "caudal-page": _page_facts(shell, view, encoded),
        },
    )


def _page_facts(shell: Shell, view: View, encoded: Encoded) -> dict[str, Any]:
    """What the client asset needs to follow its board."""
    t = translator(view.lang)
    site = shell.seen.site(view.site)
    asked = view.board_words()
    return {
        "page": view.page,
        "board": f"/board/{view.page}?{urlencode(asked)}",
        "live": None if view.as_of else f"/live?{urlencode({'board': view.page, **asked})}",
        "version": encoded.json["version"],
        "sent": shell.seen.real_now().isoformat(),
        "zone": site.zone if site else "UTC",
        **({"replay": _replayed(shell, view)} if view.replay else {}),
        "quietHour": shell.settings.quiet_hour if view.page == "wall" else None,
        "release": shell.release,
        "words": {
            "live": {word: t(f"live.{word}") for word in ("live", "reconnecting", "offline", "frozen")},
            **({"replay": replay.words(t)} if view.replay else {}),
            "fresh": {word: t(f"fresh.{word}") for word in ("fine", "late", "silent", "none")},
            "age": {
                word: t(f"age.{word}")
                for word in ("none", "seconds", "minutes", "hours", "whole_hours", "days", "future")
            },
        },
        **shell.hub.now_facts(encoded),
    }


def _replayed(shell: Shell, view: View) -> dict[str, Any]:
    """A day is replayed to its end, or to now."""
    site = shell.seen.site(view.site)
    assert site is not None
    assert view.as_of is not None
    day = day_of(site, view.as_of)
    until = min(day.end, shell.seen.now()).replace(second=0, microsecond=0)
    said = {"first": day.start, "from": view.as_of, "until": max(until, view.as_of)}
    return {**{name: at.isoformat() for name, at in said.items()}, "speed": view.replay}


@lru_cache(maxsize=8)
def _look(look: Look, distance: int) -> dict[str, Any]:
    return {"tokens": tokens.tokens(look), "template": tokens.template(look, distance)}


def _in_one_piece(shell: Shell, found: Page, view: View, made: Drawn, who: str) -> str:
    t = translator(view.lang)
    return document(
        lang=view.lang,
        look=view.look,
        title=f"{t(found.title_key)} · {t('web.product')}",
        body=made.html + who,
        inline_style=shell.files.text(LITE_STYLE),
    )


async def layout(request: Request) -> Response:
    """Dash's own question for what to draw, answered from the board of the address it stands in."""
    shell: Shell = request.app.state.shell
    view = view_of_token(request.path_params["token"], shell.known)
    _, made = await drawn(request, view)
    headers = {"Cache-Control": "no-store", "Vary": "Accept-Encoding, Cookie"}
    if accepted_coding(request.headers.get("accept-encoding", "")) == "br":
        return Response(
            made.layout_brotli, media_type="application/json", headers={**headers, "Content-Encoding": "br"}
        )
    return Response(made.layout, media_type="application/json", headers=headers)


async def dependencies(request: Request) -> Response:
    viewer_of(request)
    shell: Shell = request.app.state.shell
    return Response(shell.dash.dependencies, media_type="application/json", headers={"Cache-Control": "no-cache"})
