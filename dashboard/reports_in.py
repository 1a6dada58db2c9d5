"""POST /api/v1/reports: a partner's programme sends a file by the same way in as everybody."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import anyio.to_thread
import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import measures, sessions
from dashboard.body import body_of
from dashboard.delivering import Way, answer, deliver, limits_of
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from dashboard.view import BadAddress, language, moment_said
from data.accounts import record
from data.receipts import Receipt
from data.store import writing
from data.types import Issue
from data.vocabulary import Dataset, Language
from layouts.translator import Translator, translator

# The name a body gets when its sender gave none; what it is, is read from its bytes.
FILE_NAMES = {
    "text/csv": "report.csv",
    "text/plain": "report.csv",
    "application/json": "report.json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "report.xlsx",
}
LONGEST_KEY = 200
LONGEST_REASON = 1000

log = structlog.get_logger()


async def post_report(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    lang = asked_language(request, shell)
    # What was typed on a shared phone goes out under the name of who typed it, or waits.
    if request.headers.get("caudal-account", viewer.holder) != viewer.holder:
        raise Refused(409, "other_account")
    asked = request.query_params
    source = asked.get("source") or viewer.source or ""
    if not source:
        raise BadAddress("missing_value", name="source")
    if not viewer.may_send(source):
        raise Refused(403, "forbidden_source", source=source)
    dataset = _dataset(asked.get("dataset"))
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise BadAddress("bad_key", most=LONGEST_KEY)
    limits = limits_of(shell.settings)
    content = await body_of(request, limits.file_bytes)
    if content is None:
        return too_large(shell, source, translator(lang))
    reason = (asked.get("reason") or _said(request.headers.get("x-reason")) or "").strip()[:LONGEST_REASON] or None
    way = Way(source, dataset, None, _moment(asked.get("issued_at"), shell), reason)
    take = partial(
        deliver,
        shell.engine,
        shell.settings,
        way,
        content,
        _file_name(request),
        sent_by=viewer.name,
        idempotency_key=key,
        only_sites=viewer.sites,
    )
    receipt = await anyio.to_thread.run_sync(take)
    shell.wake.poke()
    measures.reports.labels(receipt.state).inc()
    if not receipt.already_received:
        try:
            await anyio.to_thread.run_sync(recorded, shell, viewer.name, receipt)
        except Exception:  # the delivery is stored, and its own row says who sent it: the answer must say so too
            log.exception("delivery not noted in the audit", report=receipt.report)
    return JSONResponse(answer(receipt, translator(lang)), status_of(receipt))


def too_large(shell: Shell, source: str, t: Translator) -> Response:
    most = shell.settings.max_delivery_mb
    issue = Issue(None, None, "file_too_large", {"megabytes": f"> {most}", "limit": most})
    return JSONResponse(answer(Receipt(None, 0, 0, False, (issue,), "", source, "refused"), t), 413)


def status_of(receipt: Receipt) -> int:
    if receipt.already_received:
        return 200
    return 422 if receipt.state == "refused" else 201


def _said(header: str | None) -> str | None:
    """Headers travel as Latin-1; a sender who wrote UTF-8 into one meant it."""
    try:
        return None if header is None else header.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return header


def _file_name(request: Request) -> str:
    given = request.query_params.get("filename") or request.headers.get("x-filename")
    if given:
        return given.replace("\\", "/").rsplit("/", 1)[-1][:200]
    mime = request.headers.get("content-type", "").split(";")[0].strip().lower()
    return FILE_NAMES.get(mime, "report.csv")


def _dataset(name: str | None) -> Dataset | None:
    if not name:
        return None
    if name not in list(Dataset):
        raise BadAddress("unknown_value", name="dataset", value=name[:60], allowed=", ".join(Dataset))
    return Dataset(name)


def _moment(value: str | None, shell: Shell) -> datetime | None:
    moment = moment_said("issued_at", value)
    if moment is not None and moment.tzinfo is None:
        zones = {site.zone for site in shell.seen.sites}
        if len(zones) > 1:  # one delivery may speak of several places; of two revisions the hour decides
            raise BadAddress("moment_needs_offset", name="issued_at", value=str(value)[:60])
        moment = moment.replace(tzinfo=ZoneInfo(*zones or {"UTC"}))
    return moment


def recorded(shell: Shell, who: str, receipt: Receipt) -> None:
    with writing(shell.engine) as conn:
        facts = {"accepted": receipt.accepted, "rejected": receipt.rejected, "source": receipt.source}
        record(conn, shell.seen.real_now(), who, "report", str(receipt.report), facts)


def asked_language(request: Request, shell: Shell) -> Language:
    header = request.headers.get("accept-language", "")[:2].lower()
    return language(request.query_params.get("lang"), request.cookies.get(sessions.LANG_COOKIE) or header, shell.known)
