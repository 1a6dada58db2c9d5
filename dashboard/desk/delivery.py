"""/reports/<number>: one delivery, its rejected rows to put right, its bytes, and taking it back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from urllib.parse import quote, urlencode

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard.access import Viewer
from dashboard.desk import forms
from dashboard.desk.plain_page import Plain, plain_of, plain_page
from dashboard.desk.rejected import Gone, rejected_of
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from data import snapshots
from data.accounts import record
from data.disclosed_doubts import masked_deliveries
from data.holding import PeriodClosed
from data.ingest import NoSuchReport, undo
from data.queries.delivery_story import delivery_story
from data.store import reading, writing
from data.types import DeliveryStory
from layouts.desk import delivery as page

TOLD = ("accepted", "again", "undone")


async def show(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    story = await _story(request, viewer)
    if not (viewer.sends and viewer.may_send(story.delivery.source)):
        story = replace(story, delivery=masked_deliveries((story.delivery,), viewer.audience)[0])
    number = story.delivery.report_id
    plain = plain_of(request, request.query_params)
    token = forms.form_token(request)
    told = request.query_params.get("told", "")
    place = shell.seen.site(story.sites[0]) if story.sites else None
    t = plain.translator(shell, place)
    mine = viewer.sends and viewer.may_send(story.delivery.source) and _closed_to(viewer, story) is None
    model = page.DeliveryShown(
        story=story,
        sites=tuple(shell.seen.site(name) or name for name in story.sites),
        told=told if told in TOLD else "",
        mine=mine,
        forms=_forms(story) if mine else (),
        query=f"?{urlencode(plain.asked)}",
        hidden={"form": token[0], **plain.asked},
    )

    def here(other: Plain) -> str:
        return other.to(f"/reports/{number}")

    answer = plain_page(request, plain, t, page.title(model, t), page.body(model, t), here)
    return forms.with_token(request, answer, token)


async def take_back(request: Request) -> Response:
    """Its lines stop counting; its bytes and its trace stay."""
    shell: Shell = request.app.state.shell
    viewer = forms.sender(request)
    posted = await forms.small_form(request)
    story = await _mine(request, viewer)
    number, source = story.delivery.report_id, story.delivery.source

    def done() -> None:
        undo(shell.engine, number, shell.seen.now(), viewer.name)
        with writing(shell.engine) as conn:
            record(conn, shell.seen.real_now(), viewer.name, "undo", str(number), {"source": source})

    try:
        await anyio.to_thread.run_sync(done)
    except NoSuchReport:
        raise Refused(409, "desk_not_counting", report=str(number)) from None
    except PeriodClosed as closed:
        raise Refused(409, "desk_period_closed", site=closed.site, who=closed.approval.who) from None
    shell.wake.poke()
    plain = plain_of(request, posted.fields)
    return RedirectResponse(plain.to(f"/reports/{number}", told="undone"), status_code=303)


async def rejected(request: Request) -> Response:
    """Only the rejected rows, with why, in the sender's own columns."""
    shell: Shell = request.app.state.shell
    viewer = forms.sender(request)
    story = await _mine(request, viewer)
    ending = f".{request.path_params['ending']}"
    if ending not in _forms(story):
        raise Refused(404, "desk_no_rejected", report=str(story.delivery.report_id))
    t = plain_of(request, request.query_params).translator(shell)

    def made() -> tuple[bytes, str]:
        back = rejected_of(shell.engine, shell.settings, story.delivery, t, ending)
        return back.content, back.mime

    try:
        content, mime = await anyio.to_thread.run_sync(made)
    except Gone:
        raise Refused(410, "desk_bytes_gone", report=str(story.delivery.report_id)) from None
    name = t("desk.delivery.rejected_name", file=PurePath(story.delivery.filename).stem) + ending
    return Response(content, media_type=mime, headers=_attached(name))


async def original(request: Request) -> Response:
    """The bytes as they came."""
    shell: Shell = request.app.state.shell
    viewer = forms.sender(request)
    one = (await _mine(request, viewer)).delivery
    try:
        content = await anyio.to_thread.run_sync(snapshots.kept, shell.settings.var, one.sha256)
    except FileNotFoundError:
        raise Refused(410, "desk_bytes_gone", report=str(one.report_id)) from None

    def recorded() -> None:
        with writing(shell.engine) as conn:
            record(conn, shell.seen.real_now(), viewer.name, "original", str(one.report_id), {"source": one.source})

    await anyio.to_thread.run_sync(recorded)
    return Response(content, media_type="application/octet-stream", headers=_attached(one.filename))


async def _story(request: Request, viewer: Viewer) -> DeliveryStory:
    shell: Shell = request.app.state.shell
    number = request.path_params["report"]
    if not viewer.may_see_board("reports"):
        raise Refused(403, "forbidden")

    def read() -> DeliveryStory | None:
        with reading(shell.engine) as conn:
            return delivery_story(conn, number)

    found = await anyio.to_thread.run_sync(read) if number < 2**31 else None
    if found is None:
        raise Refused(404, "desk_no_delivery", report=str(number)[:20])
    if found.sites and not any(viewer.may_see_site(site) for site in found.sites):
        raise Refused(403, "forbidden_site", site=found.sites[0])
    return found


async def _mine(request: Request, viewer: Viewer) -> DeliveryStory:
    story = await _story(request, viewer)
    if not viewer.may_send(story.delivery.source):
        raise Refused(403, "desk_forbidden_source", source=story.delivery.source)
    # Its bytes and its undoing concern every site it speaks of.
    if (other := _closed_to(viewer, story)) is not None:
        raise Refused(403, "forbidden_site", site=other)
    return story


def _closed_to(viewer: Viewer, story: DeliveryStory) -> str | None:
    return next((site for site in story.sites if not viewer.may_see_site(site)), None)


def _forms(story: DeliveryStory) -> tuple[str, ...]:
    """The sender's own form first. Another one only where its cells are read in the same way."""
    if not any(issue.line is not None for issue in story.delivery.issues):
        return ()
    ending = PurePath(story.delivery.filename).suffix.lower()
    if ending == ".json":
        return (".json",)
    if ending in (".csv", ".tsv", ".txt"):
        return (".csv", ".xlsx") if story.mapping is None else (".csv",)
    return (".xlsx", ".csv") if story.mapping is None else (".xlsx",)


def _attached(name: str) -> dict[str, str]:
    plain = name.encode("ascii", "ignore").decode().replace('"', "").replace("\\", "")
    said = f"attachment; filename=\"{plain or 'caudal'}\"; filename*=UTF-8''{quote(name, safe='')}"
    return {"Content-Disposition": said, "Cache-Control": "no-store"}
