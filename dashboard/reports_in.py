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
from layouts.translator import translator

# The name a body gets when its sender gave none; what it is, is read from its bytes.
FILE_NAMES = {
    "text/csv": "report.csv",
    "text/plain": "report.csv",
    "application/json": "report.json",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "report.xlsx",
}
LONGEST_KEY = 200

log = structlog.get_logger()


async def post_report(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    viewer = viewer_of(request)
    lang = _lang(request, shell)
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
        most = shell.settings.max_delivery_mb
        issue = Issue(None, None, "file_too_large", {"megabytes": f"> {most}", "limit": most})
        return JSONResponse(answer(Receipt(None, 0, 0, False, (issue,), "", source, "refused"), translator(lang)), 413)
    way = Way(source, dataset, None, _moment(asked.get("issued_at"), shell))
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
            await anyio.to_thread.run_sync(_recorded, shell, viewer.name, receipt)
        except Exception:  # the delivery is stored, and its own row says who sent it: the answer must say so too
            log.exception("delivery not noted in the audit", report=receipt.report)
    return JSONResponse(answer(receipt, translator(lang)), status_of(receipt))


def status_of(receipt: Receipt) -> int:
    if receipt.already_received:
        return 200
    return 422 if receipt.state == "refused" else 201


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


def _recorded(shell: Shell, who: str, receipt: Receipt) -> None:
    with writing(shell.engine) as conn:
        facts = {"accepted": receipt.accepted, "rejected": receipt.rejected, "source": receipt.source}
        record(conn, shell.seen.real_now(), who, "report", str(receipt.report), facts)


def _lang(request: Request, shell: Shell) -> Language:
    header = request.headers.get("accept-language", "")[:2].lower()
    return language(request.query_params.get("lang"), request.cookies.get(sessions.LANG_COOKIE) or header, shell.known)
