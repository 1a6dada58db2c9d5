"""Pages of the desk: HTML that is whole without a script, in the language and look of the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from dashboard import sessions
from dashboard.access import Viewer
from dashboard.answers import html_answer, styles
from dashboard.document import document
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from dashboard.sign_in import signed_in_as
from dashboard.view import BadAddress, language, site_of
from data.types import Site
from data.vocabulary import Language, Look
from layouts.desk.around import around
from layouts.html import to_html
from layouts.translator import Translator, translator

SCRIPT = "/assets/js/desk.js"


@dataclass(frozen=True)
class Plain:
    """How a page of the desk is asked for; travels in its links and forms."""

    lang: Language
    look: Look
    site: str

    @property
    def asked(self) -> dict[str, str]:
        return {"site": self.site, "lang": str(self.lang), "look": str(self.look)}

    def to(self, path: str, **more: str) -> str:
        return f"{path}?{urlencode({**more, **self.asked})}"

    def translator(self, shell: Shell, site: Site | None = None) -> Translator:
        """Times are told in the zone of the delivery's site, else of the one that is looked at."""
        where = site or shell.seen.site(self.site)
        return translator(self.lang, where.zone if where else "UTC")


def plain_of(request: Request, asked: Mapping[str, str]) -> Plain:
    shell: Shell = request.app.state.shell
    look = asked.get("look") or Look.LIGHT
    if look not in list(Look):
        raise BadAddress("unknown_value", name="look", value=str(look)[:60], allowed=", ".join(Look))
    return Plain(
        lang=language(asked.get("lang"), request.cookies.get(sessions.LANG_COOKIE), shell.known),
        look=Look(look),
        site=site_of(asked.get("site") or None, shell.known).site,
    )


def place_asked(request: Request, asked: Mapping[str, str], board: str) -> tuple[Plain, Viewer, Site]:
    """The place that a page of the desk is about, for who may see it and the board it belongs to. Raises Refused."""
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    if not viewer.may_see_board(board):
        raise Refused(403, "forbidden")
    plain = plain_of(request, asked)
    if not viewer.may_see_site(plain.site):
        raise Refused(403, "forbidden_site", site=plain.site)
    site = shell.seen.site(plain.site)
    assert site is not None, "the address was checked against the same sites"
    return plain, viewer, site


def plain_page(
    request: Request,
    plain: Plain,
    t: Translator,
    title: str,
    body: Any,
    here: Callable[[Plain], str],
    status: int = 200,
    under: str = "reports",
) -> Response:
    """`here`: the address of this page, asked for in another way; `under`: the page of the header it belongs to."""
    shell: Shell = request.app.state.shell
    other_lang = replace(plain, lang=Language.EN if plain.lang is Language.ES else Language.ES)
    other_look = replace(plain, look=Look.DARK if plain.look is Look.LIGHT else Look.LIGHT)
    # A page of the alerts or of the standards acts on one site, and says which.
    place = shell.seen.site(plain.site) if under in ("situation", "alerts", "coverage") else None
    whole = around(plain.asked, here(other_lang), here(other_look), t, body, under, place)
    text = document(
        lang=plain.lang,
        look=plain.look,
        title=f"{title} · {t('web.product')}",
        body=to_html(whole) + signed_in_as(viewer_of(request), t),
        styles=styles(shell.files),
        scripts=[shell.files.address(SCRIPT)],
    )
    return html_answer(request, text, status)
