"""/healthz: alive. /readyz: may be given work. /metrics: numbers for Prometheus."""

from __future__ import annotations

import errno
import shutil
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import anyio.to_thread
from prometheus_client import generate_latest
from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from dashboard import measures
from dashboard.beat import EVALUATION, read_beat
from dashboard.gate import Refused, viewer_of
from dashboard.shell import Shell
from data import outbox, queries
from data.queries.reporting import last_received, unasked
from data.store import reading
from data.tables import alert, data_version, evaluation
from data.vocabulary import NOT_EVALUATED, Fate

LONGEST_LOOK_SECONDS = 5.0
LONGEST_BEAT_SECONDS = 15.0
# Alerts are evaluated at least at every whole domain minute.
LONGEST_EVALUATION_SECONDS = 150.0
STARTING_SECONDS = 20.0
FEEDS_KNOWN = timedelta(days=31)  # a feed without a cadence is forgotten after so long
PROBE_BYTES = 64 * 1024
# What the largest ordinary delivery may need for its bytes, its lines and the write-ahead log.
LEAST_FREE_BYTES = 50 * 2**20

_started = time.monotonic()


async def healthz(request: Request) -> Response:
    """503 when the store cannot be read or written, nobody watches it, or no worker evaluates alerts."""
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
        "writing": _writing(shell),
        "watching": {"ok": look_age < LONGEST_LOOK_SECONDS or starting, "seconds": round(look_age, 1)},
        "worker": _worker(shell.worker_beat, starting),
    }
    if wrong is None:
        ages = {site: (shell.seen.real_now() - at).total_seconds() for site, at in _evaluations(shell).items()}
        oldest = max(ages.values(), default=0.0)
        never = [site.site for site in shell.seen.sites if site.site not in ages]
        failing = _not_evaluated(shell)
        late = oldest > LONGEST_EVALUATION_SECONDS or bool(never)
        parts["alerts"] = {
            "ok": (not late or starting) and not failing,
            "seconds": round(oldest, 1),
            "sites_never_evaluated": len(never),
            "sites_failing": failing,
        }
        # A mail server that is away is told, and is no reason to start this server again.
        parts["notices"] = {"ok": True, **_notices(shell)}
    return parts


def _worker(file: Path, starting: bool) -> dict[str, Any]:
    """A worker that beats but whose jobs do not end is no worker; the supervisor starts it again a little later."""
    beat = read_beat(file)
    if beat is None:
        return {"ok": starting, "seconds": None, "jobs": {}}
    age = time.time() - beat.written
    jobs = {name: round(quiet + age, 1) for name, quiet in beat.finished.items()}
    good = age < LONGEST_BEAT_SECONDS and jobs.get(EVALUATION, 0.0) < LONGEST_EVALUATION_SECONDS
    return {"ok": good or starting, "seconds": round(age, 1), "jobs": jobs}


def _store_answers(shell: Shell) -> str | None:
    """What is wrong, or None."""
    try:
        with reading(shell.engine) as conn:
            conn.execute(select(data_version).limit(1)).all()
    except Exception as wrong:
        return type(wrong).__name__
    return None


def _writing(shell: Shell) -> dict[str, Any]:
    """Whether there is room to receive anything: one small file kept and taken away, where each thing is kept."""
    kept_in = {shell.settings.var}
    if shell.engine.dialect.name == "sqlite":
        kept_in.add(Path(str(shell.engine.url.database)).parent)
    free = []
    for folder in sorted(kept_in):
        try:
            free.append(shutil.disk_usage(folder).free)
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(bytes(PROBE_BYTES))
                probe.flush()
        except OSError as wrong:
            return {"ok": False, "error": type(wrong).__name__, "errno": errno.errorcode.get(wrong.errno or 0)}
    return {"ok": min(free) >= LEAST_FREE_BYTES, "free_mb": min(free) // 2**20}


def _ages(shell: Shell) -> None:
    """Ages are worked out when somebody asks; nothing in between would keep them true."""
    for site, at in _evaluations(shell).items():
        measures.evaluation_age.labels(site).set((shell.seen.real_now() - at).total_seconds())
    now = shell.seen.now()
    with reading(shell.engine) as conn:
        measures.feed_failures.clear()
        measures.feed_success_age.clear()
        for feed in queries.feed_states(conn):
            measures.feed_failures.labels(feed.name).set(feed.failures)
            if feed.succeeded_at is not None:
                age = (shell.seen.real_now() - feed.succeeded_at).total_seconds()
                measures.feed_success_age.labels(feed.name).set(age)
        measures.notices.clear()
        for (site, fate), number in outbox.standing(conn).items():
            measures.notices.labels(site, str(fate)).set(number)
        for place in shell.seen.sites:
            came = {**unasked(conn, place.site, now - FEEDS_KNOWN), **last_received(conn, place.site)}
            newest: dict[str, datetime] = {}
            for (source, _), at in came.items():
                newest[source] = max(at, newest.get(source, at))
            for source, at in newest.items():
                measures.feed_age.labels(place.site, source).set((now - at).total_seconds())


def _not_evaluated(shell: Shell) -> list[str]:
    """Sites that the worker cannot read; why stands on their alerts page and in the log."""
    a = alert.c
    failing = select(a.site).where(a.rule == NOT_EVALUATED, a.open_key.is_not(None)).order_by(a.site)
    with reading(shell.engine) as conn:
        return list(conn.execute(failing).scalars())


def _notices(shell: Shell) -> dict[str, int]:
    """How many notices wait, fail or were given up on."""
    with reading(shell.engine) as conn:
        counted = outbox.standing(conn)
    fates = (Fate.WAITING, Fate.FAILING, Fate.UNDELIVERED)
    return {str(fate): sum(number for (_, one), number in counted.items() if one is fate) for fate in fates}


def _evaluations(shell: Shell) -> dict[str, datetime]:
    with reading(shell.engine) as conn:
        return {row.site: row.real_at for row in conn.execute(select(evaluation))}
