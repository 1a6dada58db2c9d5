"""Forms of the desk: who may send them, that they are ours, and their file read as a stream, never whole in memory."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from dashboard import sessions
from dashboard.access import Viewer, source_name
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from data.accounts import Reporter

LONGEST_FORM_BYTES = 16 * 1024
# What the parts of a form weigh beside its file.
AROUND_BYTES = 64 * 1024
MOST_FIELDS = 16
LONGEST_NAME = 200
SOURCE = re.compile(r"[a-z0-9][a-z0-9._-]{0,79}")


@dataclass(frozen=True)
class Posted:
    fields: dict[str, str]
    file: UploadFile | None = None

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    @property
    def filename(self) -> str:
        given = (self.file.filename if self.file else None) or ""
        return given.replace("\\", "/").rsplit("/", 1)[-1][-LONGEST_NAME:]


def sender(request: Request) -> Viewer:
    """Who asks, on an address of people who send. Raises Refused."""
    found = viewer_of(request)
    if not found.sends or not found.may_see_board("reports"):
        raise Refused(403, "desk_may_not")
    return found


def sources_of(viewer: Viewer, shell: Shell) -> list[Reporter]:
    """Sources this person may send for; the name of an organisation that has none yet is one of them."""
    known = shell.seen.who.reporters
    found = [one for name, one in known.items() if viewer.may_send(name)]
    for name in sorted(set(viewer.sources or ()) - known.keys()):
        found.append(Reporter(name, viewer.organisation or name, viewer.organisation))
    return found


def may_name_sources(viewer: Viewer) -> bool:
    """Only who sends for anybody may bring in a source that nobody knows yet."""
    return viewer.sources is None


def source_asked(viewer: Viewer, shell: Shell, chosen: str, new: str = "") -> str:
    """The source of a delivery, checked. Raises Refused."""
    name = source_name(new) if new and may_name_sources(viewer) else chosen
    if not name:
        raise Refused(400, "desk_no_source")
    if not SOURCE.fullmatch(name) and name not in shell.seen.who.reporters:
        raise Refused(400, "desk_bad_source", value=name[:60])
    if not viewer.may_send(name):
        raise Refused(403, "desk_forbidden_source", source=name)
    return name


def form_token(request: Request) -> tuple[str, bool]:
    """The token that stands in this browser's forms, and whether its cookie is to be set: tabs share one."""
    shell: Shell = request.app.state.shell
    held = request.cookies.get(sessions.DESK_COOKIE)
    if held and shell.sessions.form_is_ours(held, held, sessions.DESK_SECONDS // 2):
        return held, False
    return shell.sessions.form_token(), True


def with_token(request: Request, answer: Response, token: tuple[str, bool], path: str = "/reports") -> Response:
    if token[1]:
        answer.set_cookie(
            sessions.DESK_COOKIE,
            token[0],
            max_age=sessions.DESK_SECONDS,
            path=path,
            httponly=True,
            samesite="strict",
            secure=request.url.scheme == "https",
        )
    return answer


async def small_form(request: Request) -> Posted:
    """A form without a file, checked to be ours. Raises Refused."""
    received = b""
    async for piece in request.stream():
        received += piece
        if len(received) > LONGEST_FORM_BYTES:
            raise Refused(413, "desk_bad_form")
    # PostgreSQL keeps no NUL, and nobody types one.
    given = parse_qsl(received.decode("utf-8", "replace").replace("%00", ""))
    posted = Posted({name: value.replace("\0", "").strip() for name, value in given})
    _check(request, posted)
    return posted


async def file_form(request: Request, most: int) -> Posted:
    """A form with one file of at most `most` bytes; a larger one waits on disk, not in memory. Raises Refused."""
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise Refused(400, "desk_bad_form")
    parser = MultiPartParser(
        request.headers, _counted(request, most), max_files=1, max_fields=MOST_FIELDS, max_part_size=LONGEST_FORM_BYTES
    )
    try:
        form = await parser.parse()
    except (MultiPartException, AssertionError):
        raise Refused(400, "desk_bad_form") from None
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    file = form.get("file")
    posted = Posted(fields, file if isinstance(file, UploadFile) else None)
    try:
        _check(request, posted)
        if posted.file is not None and (posted.file.size or 0) > most:
            raise too_large(most)
    except Refused:
        await form.close()
        raise
    return posted


def too_large(most: int) -> Refused:
    return Refused(413, "desk_too_large", limit=round(most / 2**20))


def spooled(file: UploadFile) -> BinaryIO:
    return file.file


async def _counted(request: Request, most: int) -> AsyncGenerator[bytes]:
    """The body, up to what may come. Of a larger one as much again is let pass unread, so that the answer is seen."""
    received = 0
    async for piece in request.stream():
        received += len(piece)
        if received <= most + AROUND_BYTES:
            yield piece
        elif received > 2 * most + AROUND_BYTES:
            break
    if received > most + AROUND_BYTES:
        raise too_large(most)


def _check(request: Request, posted: Posted) -> None:
    shell: Shell = request.app.state.shell
    held = request.cookies.get(sessions.DESK_COOKIE)
    if not shell.sessions.form_is_ours(posted["form"], held, sessions.DESK_SECONDS):
        raise Refused(400, "desk_expired_form")
