"""What every page of a decision does alike: who may decide, the form, the decision and its trace in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from html import escape
from typing import Any

import anyio.to_thread
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.access import Viewer
from dashboard.forms import is_ours, read_form
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from data.accounts import record
from data.duplicates import NoSuchDuplicate
from data.flags import NoSuchFlag
from data.officials import UnknownSource
from data.store import writing
from data.vocabulary import Role
from layouts.translator import Translator

Page = Callable[..., Response]
# What is to stand in the audit; None where whoever wrote the decision has recorded it.
Write = Callable[[Connection, Mapping[str, str], datetime], dict[str, Any] | None]


class WrongDecision(Exception):
    """What the form holds cannot be decided; the text is the sentence that says what to mend."""


def allowed(request: Request, roles: frozenset[Role] | None, site: str) -> Viewer:
    """Who asks, if they may decide here. `roles` None: who operates the centre."""
    viewer = viewer_of(request)
    may = viewer.may_operate if roles is None else viewer.local or viewer.role in roles
    if viewer.program or not may:
        raise Refused(403, "forbidden")
    if not viewer.may_see_site(site):
        raise Refused(403, "forbidden_site", site=site)
    return viewer


async def decided(request: Request, page: Page, write: Write, viewer: Viewer, back: str, t: Translator) -> Response:
    """The form, or what was written by it; the decision and its audit row in one transaction."""
    shell: Shell = request.app.state.shell
    if request.method == "GET":
        return page({})
    said = await read_form(request)
    if not is_ours(request, said):
        return page(said, t("form.expired"))

    def act() -> None:
        with writing(shell.engine) as conn:
            written = write(conn, said, shell.seen.now())
            if written is not None:
                record(conn, shell.seen.real_now(), viewer.name, **written)

    try:
        await anyio.to_thread.run_sync(act)
    except UnknownSource:
        return page(said, t("form.unknown_source"))
    except (NoSuchFlag, NoSuchDuplicate):
        return page(said, t("form.gone"))
    except WrongDecision as wrong:
        return page(said, str(wrong))
    except ValueError:  # no reason, or a verdict that the form does not offer
        return page(said, t("form.reason_needed"))
    shell.wake.poke()
    return RedirectResponse(back, status_code=303)


def choices_field(name: str, question: str, options: list[tuple[str, str]], current: str) -> str:
    made = "".join(
        f'<label class="tick"><input type="radio" name="{name}" value="{escape(value)}" required'
        f"{' checked' if value == current else ''}> {escape(words)}</label>"
        for value, words in options
    )
    return f"<fieldset><legend>{escape(question)}</legend>{made}</fieldset>"


def about(lines: list[str], after: str) -> str:
    told = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f'<ul class="decide-about">{told}</ul><p class="quiet">{escape(after)}</p>'
