"""/healthz: alive. /readyz: may be given work. /metrics: numbers for Prometheus."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

import anyio.to_thread
from prometheus_client import generate_latest
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import measures
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from data.queries.reporting import last_received, unasked
from data.store import reading
from data.tables import data_version, evaluation

LONGEST_LOOK_SECONDS = 5.0
LONGEST_BEAT_SECONDS = 15.0
# Alerts are evaluated at least at every whole domain minute.
LONGEST_EVALUATION_SECONDS = 150.0
STARTING_SECONDS = 20.0
FEEDS_KNOWN = timedelta(days=31)  # a feed without a cadence is forgotten after so long

_started = time.monotonic()


async def healthz(request: Request) -> Response:
    """503 when the store cannot be read, nobody watches it, or no worker evaluates alerts."""
    shell: Shell = request.app.state.shell
    parts = await anyio.to_thread.run_sync(_parts, shell)
    good = all(part["ok"] for part in parts.values())
    return JSONResponse({"ok": good, "parts": parts}, 200 if good else 503, headers={"Cache-Control": "no-store"})


async def readyz(request: Request) -> Response:
    shell: Shell = request.app.state.shell
    good = await anyio.to_thread.run_sync(_store_answers, shell) is None
    return JSONResponse({"ok": good}, 200 if good else 503, headers={"Cache-Control": "no-store"})


async def metrics(request: Request) -> Response:
    viewer = viewer_of(request)
    if not viewer.may_operate:
        raise Refused(403, "forbidden")
    shell: Shell = request.app.state.shell
    await anyio.to_thread.run_sync(_ages, shell)
    return Response(generate_latest(measures.registry), media_type="text/plain; version=0.0.4")


def _parts(shell: Shell) -> dict[str, dict[str, Any]]:
    wrong = _store_answers(shell)
    look_age = time.monotonic() - shell.wake.looked_at
    starting = time.monotonic() - _started < STARTING_SECONDS
    parts: dict[str, dict[str, Any]] = {
        "store": {"ok": wrong is None, **({"error": wrong} if wrong else {})},
        "watching": {"ok": look_age < LONGEST_LOOK_SECONDS or starting, "seconds": round(look_age, 1)},
        "worker": _worker(shell, starting),
    }
    if wrong is None:
        ages = {site: (shell.seen.real_now() - at).total_seconds() for site, at in _evaluations(shell).items()}
        oldest = max(ages.values(), default=0.0)
        never = [site.site for site in shell.seen.sites if site.site not in ages]
        late = oldest > LONGEST_EVALUATION_SECONDS or bool(never)
        parts["alerts"] = {"ok": not late or starting, "seconds": round(oldest, 1), "sites_never_evaluated": len(never)}
    return parts


def _worker(shell: Shell, starting: bool) -> dict[str, Any]:
    try:
        age = time.time() - shell.worker_beat.stat().st_mtime
    except FileNotFoundError:
        return {"ok": starting, "seconds": None}
    return {"ok": age < LONGEST_BEAT_SECONDS or starting, "seconds": round(age, 1)}


def _store_answers(shell: Shell) -> str | None:
    """What is wrong, or None."""
    try:
        with reading(shell.engine) as conn:
            conn.execute(select(data_version).limit(1)).all()
    except Exception as wrong:
        return type(wrong).__name__
    return None


def _ages(shell: Shell) -> None:
    """Ages are worked out when somebody asks; nothing in between would keep them true."""
    for site, at in _evaluations(shell).items():
        measures.evaluation_age.labels(site).set((shell.seen.real_now() - at).total_seconds())
    now = shell.seen.now()
    with reading(shell.engine) as conn:
        for place in shell.seen.sites:
            came = {**unasked(conn, place.site, now - FEEDS_KNOWN), **last_received(conn, place.site)}
            newest: dict[str, datetime] = {}
            for (source, _), at in came.items():
                newest[source] = max(at, newest.get(source, at))
            for source, at in newest.items():
                measures.feed_age.labels(place.site, source).set((now - at).total_seconds())


def _evaluations(shell: Shell) -> dict[str, datetime]:
    with reading(shell.engine) as conn:
        return {row.site: row.real_at for row in conn.execute(select(evaluation))}
