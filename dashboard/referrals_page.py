"""/referrals and its files: referrals to State services, by whole weeks."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from callbacks import referrals as asked_referrals
from callbacks.asked import WrongAsk
from callbacks.referral_files import FILES, MIMES, made
from dashboard.desk.plain_page import Plain, plain_page
from dashboard.looked import looked, read
from dashboard.shell import Shell
from dashboard.view import BadAddress
from data.referral_words import LIMITS, limits_source
from data.types import Scope, Site
from data.vocabulary import Audience
from layouts.pages import referrals as page


async def referrals(request: Request) -> Response:
    view, scope, site, t = await looked(request)
    ask = _ask(request, site, scope)
    shell: Shell = request.app.state.shell
    found = await read(request, lambda conn: asked_referrals.model(conn, scope, site, ask, shell.seen.clock()))
    asked = dict(request.query_params)
    plain = Plain(view.lang, view.look, view.site)
    threshold = None if scope.audience is Audience.PROTECTION else scope.mask_below
    source = limits_source().source
    body = page.body(found.frame, found.told, asked, plain.asked, LIMITS, source, threshold, t)
    more = {name: asked[name] for name in page.ASKED if asked.get(name)}
    return plain_page(
        request, plain, t, t("referrals.title"), body, lambda other: other.to(page.ADDRESS, **more), under="coverage"
    )


async def files(request: Request) -> Response:
    """What the page shows, as a file."""
    _, scope, site, t = await looked(request)
    kind = request.path_params["kind"]
    if kind not in FILES:
        raise BadAddress("unknown_page", 404)
    ask = _ask(request, site, scope)
    shell: Shell = request.app.state.shell
    content = await read(request, lambda conn: made(kind, conn, scope, site, ask, shell.seen.clock(), t))
    name = f"caudal-referrals-{site.site}-{t.local(ask.window.start):%Y%m%d}.{kind}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "Vary": "Cookie, Authorization",
    }
    return Response(content, media_type=MIMES[kind], headers=headers)


def _ask(request: Request, site: Site, scope: Scope) -> asked_referrals.ReferralAsk:
    shell: Shell = request.app.state.shell
    now = shell.seen.now() if scope.as_of is None else min(scope.as_of, shell.seen.now())
    try:
        return asked_referrals.referral_ask(request.query_params, site, now)
    except WrongAsk as wrong:
        raise BadAddress(wrong.code, zone=site.zone, name=wrong.name, value=wrong.value[:60], **wrong.facts) from None


ROUTES = [Route(page.ADDRESS, referrals), Route(page.ADDRESS + ".{kind}", files)]
