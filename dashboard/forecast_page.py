"""/forecast: how good the forecast of each series was in the last four weeks, and by what method it is made."""

from __future__ import annotations

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from callbacks.reads.ground import frame_of, moment_of
from dashboard import sessions
from dashboard.desk.plain_page import Plain, plain_page
from dashboard.gate import require_board, viewer_of
from dashboard.moments import checked
from dashboard.shell import Shell
from dashboard.view import view_of
from data.backtesting import kept_backtest, official_series
from data.store import reading
from data.types import Frame, SeriesTried
from layouts.pages import backtest as page
from layouts.translator import translator

ADDRESS = "/forecast"


async def forecast(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    cookie = request.cookies.get(sessions.LANG_COOKIE)
    view = view_of("flow", request.query_params, shell.known, cookie)
    viewer = viewer_of(request)
    require_board(viewer, "flow", view.site)
    await checked(shell, view.site, view.as_of)
    site = shell.seen.site(view.site)
    assert site is not None, "the view was checked against the same sites"
    scope, clock = view.scope(viewer.audience), shell.seen.clock()
    now = moment_of(scope, clock)

    def read() -> tuple[Frame, tuple[SeriesTried, ...]]:
        with reading(shell.engine) as conn:
            tried = tuple(
                SeriesTried(str(key.measure), key.source, kept_backtest(conn, site, key, now, view.as_of))
                for key in official_series(conn, site, now, view.as_of)
            )
            return frame_of(conn, scope, clock), tried

    frame, tried = await anyio.to_thread.run_sync(read)
    t = translator(view.lang, site.zone)
    plain = Plain(view.lang, view.look, view.site)
    then = {} if view.as_of is None else {"as_of": view.as_of.isoformat()}
    body = page.body(frame, tried, t)
    return plain_page(
        request, plain, t, t("forecast.title"), body, lambda other: other.to(ADDRESS, **then), under="flow"
    )


ROUTES = [Route(ADDRESS, forecast)]
