"""POST /api/v1/hooks/<feed>: a submission sent the moment it is made (KoboToolbox REST services, or any program)."""

from __future__ import annotations

import json
from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import measures
from dashboard.access import Viewer
from dashboard.body import body_of
from dashboard.delivering import answer, domain_now, limits_of
from dashboard.gate import Refused, viewer_of
from dashboard.reports_in import asked_language, recorded, status_of, too_large
from dashboard.shell import Shell
from data.feeds import book
from data.feeds.config import Feed
from data.feeds.records import record_of
from data.feeds.taking import At, Batch, take
from data.holding import PeriodClosed
from data.receipts import Receipt
from data.sources import Limits
from data.sources import Refused as Unreadable
from data.sources.guards import refuse
from data.sources.submissions import submissions_of
from data.store import reading
from layouts.translator import translator


async def post_submission(request: Request) -> Response:
    """One submission or several, by the mapping of the feed. Sent again it changes nothing; edited, it replaces."""
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    kept = await anyio.to_thread.run_sync(_kept, shell, request.path_params["feed"])
    if not viewer.may_send(kept.feed.source):
        raise Refused(403, "forbidden_source", source=kept.feed.source)
    if kept.paused:
        raise Refused(409, "feed_paused", feed=kept.feed.name)
    t = translator(asked_language(request, shell))
    limits = limits_of(shell.settings)
    content = await body_of(request, limits.file_bytes)
    if content is None:
        return too_large(shell, kept.feed.source, t)
    receipt = await anyio.to_thread.run_sync(partial(_taken, shell, kept.feed, content, viewer, limits))
    shell.wake.poke()
    measures.reports.labels(receipt.state).inc()
    if receipt.report is not None and not receipt.already_received:
        await anyio.to_thread.run_sync(recorded, shell, viewer.name, receipt)
    status = 200 if receipt.report is None and receipt.state != "refused" else status_of(receipt)
    return JSONResponse(answer(receipt, t), status)


def _kept(shell: Shell, name: str) -> book.Kept:
    try:
        with reading(shell.engine) as conn:
            kept = book.kept_feed(conn, name)
    except book.UnknownFeed:
        raise Refused(404, "no_feed", feed=name[:80]) from None
    if kept.feed.kind == "sql":
        raise Refused(404, "no_feed", feed=name[:80])
    return kept


def _taken(shell: Shell, feed: Feed, content: bytes, who: Viewer, limits: Limits) -> Receipt:
    at = At(domain_now(shell.engine), shell.seen.real_now())
    try:
        try:
            told = json.loads(content)
        except (ValueError, RecursionError) as wrong:
            raise refuse("broken_json", position=getattr(wrong, "pos", 0)) from wrong
        batch = Batch([record_of(one, feed) for one in submissions_of(told)])
        receipt = take(shell.engine, feed, batch, at, shell.settings.var, limits, who.name, who.sites)
    except Unreadable as unreadable:
        return _nothing(feed, "refused", unreadable)
    except PeriodClosed as closed:
        raise Refused(409, "period_closed", site=closed.site, who=closed.approval.who) from None
    return receipt or _nothing(feed, "accepted")


def _nothing(feed: Feed, state: str, why: Unreadable | None = None) -> Receipt:
    """A submission that reports nothing, or that could not be read."""
    issues = () if why is None else (why.issue,)
    return Receipt(None, 0, 0, False, issues, str(feed.mapping.dataset), feed.source, state)
