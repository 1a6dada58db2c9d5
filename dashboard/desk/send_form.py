"""The sending form of one person, put into the reports page that everybody shares."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from dashboard.desk import forms
from dashboard.desk.mappings import mapping_names
from dashboard.gate import viewer_of
from dashboard.shell import Shell
from dashboard.view import View
from layouts.desk.send import send_form
from layouts.html import to_html
from layouts.pages.reports import SEND_PLACE
from layouts.translator import translator


def with_send_form(request: Request, view: View, page: str) -> tuple[str, tuple[str, bool] | None]:
    """The page with the form where its place is, and the form's token; as it was for who may not send."""
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    if not viewer.sends or view.page != "reports":
        return page, None
    token = forms.form_token(request)
    t = translator(view.lang)
    sources = [(one.source, _label(one.organisation, one.name)) for one in forms.sources_of(viewer, shell)]
    carried = {"form": token[0], "site": view.site, "lang": str(view.lang), "look": str(view.look)}
    made = send_form(
        sources,
        forms.may_name_sources(viewer),
        mapping_names(shell.settings.var),
        shell.settings.max_delivery_mb,
        carried,
        t,
    )
    place = to_html(SEND_PLACE)
    return page.replace(place, place.removesuffix("</div>") + to_html(made) + "</div>", 1), token


def token_kept(request: Request, answer: Response, token: tuple[str, bool] | None) -> Response:
    return answer if token is None else forms.with_token(request, answer, token)


def _label(organisation: str | None, name: str) -> str:
    return name if not organisation or organisation == name else f"{organisation}: {name}"
