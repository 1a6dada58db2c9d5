"""A file sent from the desk, in two steps: it waits and is shown as it was read; accepted, it is received."""

from __future__ import annotations

from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from dashboard import measures
from dashboard.access import Viewer
from dashboard.delivering import Way, deliver, limits_of
from dashboard.desk import forms
from dashboard.desk.mappings import fitting, mapping_names
from dashboard.desk.plain_page import Plain, plain_of, plain_page
from dashboard.desk.waiting_file import Waiting, chosen, waiting_file
from dashboard.gate import Refused
from dashboard.reports_in import recorded
from dashboard.shell import Shell
from data import waiting
from data.ingest import PERSONAL, NotAsAgreed, forget_unentered
from data.previews import Preview, as_shown, preview
from data.queries.delivery_story import report_of_bytes
from data.sources import Refused as FileRefused
from data.sources.header_texts import headers_of
from data.store import reading
from data.vocabulary import Dataset
from layouts.desk import preview as page


async def send(request: Request) -> Response:
    """Step one: the file is put aside under its hash, for this person, for a day."""
    shell: Shell = request.app.state.shell
    viewer = forms.sender(request)
    most = limits_of(shell.settings).file_bytes
    posted = await forms.file_form(request, most)
    try:
        if posted.file is None or not posted.filename:
            raise Refused(400, "desk_no_file")
        source = forms.source_asked(viewer, shell, posted["source"], posted["new_source"])
        var, now = shell.settings.var, shell.seen.real_now()
        keep = partial(waiting.put_aside, var, viewer.holder, forms.spooled(posted.file), now)
        sha256 = await anyio.to_thread.run_sync(keep)
        await anyio.to_thread.run_sync(waiting.sweep, var, now)
    finally:
        if posted.file is not None:
            await posted.file.close()
    token = shell.sessions.for_waiting({"who": viewer.holder, "sha256": sha256, "filename": posted.filename})
    found = waiting_file(request, viewer, {"of": token, "source": source, **chosen(posted.fields)})
    return RedirectResponse(found.address(plain_of(request, posted.fields)), status_code=303)


async def show(request: Request) -> Response:
    """Step two: what was understood and what it would change, with nothing of it written."""
    viewer = forms.sender(request)
    found = waiting_file(request, viewer, request.query_params)
    return await _shown(request, viewer, found, plain_of(request, request.query_params))


async def accept(request: Request) -> Response:
    """What was shown is received, by the same way in as everything; something else is shown again instead."""
    shell: Shell = request.app.state.shell
    viewer = forms.sender(request)
    posted = await forms.small_form(request)
    found = waiting_file(request, viewer, posted.fields)
    content = await anyio.to_thread.run_sync(waiting.waiting, shell.settings.var, found.who, found.sha256)
    plain = plain_of(request, posted.fields)
    if content is None:
        return await _received_already(shell, found, plain)
    take = partial(
        deliver,
        shell.engine,
        shell.settings,
        Way(found.source, found.dataset, found.mapping),
        content,
        found.filename,
        sent_by=viewer.name,
        only_sites=viewer.sites,
        agreed=as_shown(posted["mark"]),
    )
    try:
        receipt = await anyio.to_thread.run_sync(take)
    except NotAsAgreed:
        await anyio.to_thread.run_sync(forget_unentered, shell.engine, shell.settings.var, found.sha256)
        return await _shown(request, viewer, found, plain, "desk.changed_meanwhile", 409)
    shell.wake.poke()
    await anyio.to_thread.run_sync(waiting.discard, shell.settings.var, found.who, found.sha256)
    if not receipt.already_received:
        measures.reports.labels(receipt.state).inc()
        await anyio.to_thread.run_sync(recorded, shell, viewer.name, receipt)
    told = "again" if receipt.already_received else "accepted"
    return RedirectResponse(plain.to(f"/reports/{receipt.report}", told=told), status_code=303)


async def discard(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    viewer = forms.sender(request)
    posted = await forms.small_form(request)
    said = shell.sessions.read_waiting(posted["of"])
    if said is not None and said.get("who") == viewer.holder:
        await anyio.to_thread.run_sync(waiting.discard, shell.settings.var, said["who"], said["sha256"])
    return RedirectResponse(plain_of(request, posted.fields).to("/reports"), status_code=303)


async def _shown(
    request: Request, viewer: Viewer, found: Waiting, plain: Plain, notice: str = "", status: int = 200
) -> Response:
    shell: Shell = request.app.state.shell
    var = shell.settings.var
    content = await anyio.to_thread.run_sync(waiting.waiting, var, found.who, found.sha256)
    if content is None:
        raise Refused(410, "desk_gone")
    look = partial(
        preview,
        shell.engine,
        content,
        found.filename,
        source=found.source,
        dataset=found.dataset,
        mapping=found.mapping,
        now=shell.seen.now(),
        only_sites=viewer.sites,
        limits=limits_of(shell.settings),
    )
    seen: Preview = await anyio.to_thread.run_sync(look)
    if any(issue.code in PERSONAL for issue in seen.receipt.issues):
        await anyio.to_thread.run_sync(waiting.discard, var, found.who, found.sha256)
    suggested: list[str] = []
    if found.mapping is None and any(issue.code == "missing_columns" for issue in seen.receipt.issues):
        suggested = await anyio.to_thread.run_sync(_suggested, shell, content, found.filename)
    token = forms.form_token(request)
    site = shell.seen.site(seen.receipt.sites[0]) if seen.receipt.sites else None
    t = plain.translator(shell, site)
    model = page.PreviewShown(
        filename=found.filename,
        source=found.source,
        source_label=_label(shell, viewer, found.source),
        dataset=seen.receipt.dataset,
        dataset_asked=str(found.dataset or ""),
        mapping=found.mapping_name,
        state=seen.receipt.state,
        accepted=seen.receipt.accepted,
        rejected=seen.receipt.rejected,
        not_reported=seen.not_reported,
        rows=seen.rows,
        period=seen.period,
        sites=tuple(shell.seen.site(name) or name for name in seen.receipt.sites),
        issues=seen.receipt.issues,
        notes=seen.receipt.notes,
        columns=seen.columns,
        changes=seen.changes,
        known=None if seen.known is None else seen.known.report,
        may_be_accepted=seen.may_be_accepted,
        notice=notice,
        datasets=tuple(str(one) for one in Dataset),
        mappings=tuple(mapping_names(var)),
        suggested=tuple(suggested),
        personal=any(issue.code in PERSONAL for issue in seen.receipt.issues),
        hidden={"form": token[0], "of": found.of, "mark": seen.mark, **found.choices, **plain.asked},
        choice_hidden={"of": found.of, "source": found.source, **plain.asked},
        asked=plain.asked,
    )
    answer = plain_page(request, plain, t, page.title(model, t), page.body(model, t), found.address, status)
    return forms.with_token(request, answer, token)


async def _received_already(shell: Shell, found: Waiting, plain: Plain) -> Response:
    """A second press of the button comes when the file is no longer waiting but received."""

    def number() -> int | None:
        with reading(shell.engine) as conn:
            return report_of_bytes(conn, found.source, found.sha256)

    known = await anyio.to_thread.run_sync(number)
    if known is None:
        raise Refused(410, "desk_gone")
    return RedirectResponse(plain.to(f"/reports/{known}", told="again"), status_code=303)


def _suggested(shell: Shell, content: bytes, filename: str) -> list[str]:
    try:
        return fitting(shell.settings.var, headers_of(content, filename, limits_of(shell.settings)))
    except FileRefused:
        return []


def _label(shell: Shell, viewer: Viewer, source: str) -> str:
    known = {one.source: one for one in forms.sources_of(viewer, shell)}.get(source)
    return known.organisation or known.name if known else source
