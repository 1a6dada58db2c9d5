"""What a page without a board looks at: the place and the moment of its address, for who may see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request

from dashboard import sessions
from dashboard.gate import require_board, viewer_of
from dashboard.moments import checked
from dashboard.shell import Shell
from dashboard.view import View, view_of
from data.store import reading
from data.types import Scope, Site
from layouts.translator import Translator, translator

Answer = TypeVar("Answer")


async def looked(request: Request, board: str = "coverage") -> tuple[View, Scope, Site, Translator]:
    """What the address shows, if this viewer may see it. Raises BadAddress and Refused."""
    shell: Shell = request.app.state.shell
    words = {name: text for name, text in request.query_params.items() if name in ("site", "lang", "look", "as_of")}
    view = view_of(board, words, shell.known, request.cookies.get(sessions.LANG_COOKIE))
    viewer = viewer_of(request)
    require_board(viewer, board, view.site)
    await checked(shell, view.site, view.as_of)
    site = shell.seen.site(view.site)
    assert site is not None, "the view was checked against the same sites"
    return view, view.scope(viewer.audience), site, translator(view.lang, site.zone)


async def read(request: Request, ask: Callable[[Connection], Answer]) -> Answer:
    """Asked of one moment of the store."""
    shell: Shell = request.app.state.shell

    def look() -> Answer:
        with reading(shell.engine) as conn:
            return ask(conn)

    return await anyio.to_thread.run_sync(look)
