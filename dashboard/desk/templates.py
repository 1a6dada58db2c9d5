"""/reports/template/<dataset>.xlsx or .csv: the empty file of a dataset, as `caudal template` writes it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from dashboard.desk.plain_page import plain_of
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from data.sources.returned import MIME
from data.sources.template import write_template
from data.vocabulary import Dataset


async def template(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    viewer_of(request)
    name, ending = request.path_params["dataset"], f".{request.path_params['ending']}"
    if name not in list(Dataset) or ending not in (".csv", ".xlsx"):
        raise Refused(404, "not_found", path=request.url.path[:120])
    plain = plain_of(request, request.query_params)
    t = plain.translator(shell)

    def made() -> bytes:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"file{ending}"
            write_template(Dataset(name), path, plain.site, t.maybe)
            return path.read_bytes()

    content = await anyio.to_thread.run_sync(made)
    headers = {"Content-Disposition": f'attachment; filename="caudal-{name}{ending}"', "Cache-Control": "no-store"}
    return Response(content, media_type=MIME[ending], headers=headers)
