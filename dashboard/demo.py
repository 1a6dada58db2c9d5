"""The demo store: two sites and their history up to the moment the replay opens, sent in like any partner's files."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, or_, select

from dashboard import replay
from data import alerts
from data.clock import Replay, start_replay
from data.demo import programme
from data.demo.programme import KEY_PREFIX, NOTE, SITES, Programme
from data.demo.streams import history
from data.plans import set_plan
from data.sites import add_site
from data.store import create_store, migrate, reading, writing
from data.tables import account, audit, report, screen, token
from data.versions import raise_version

Progress = Callable[[int, int], None]

# Who may look stays when the demo starts again.
KEPT_TABLES = (account, screen, token, audit)

BUILT = "demo"
BUILT_KEPT = 2


class DemoRefused(Exception):
    """Locale key `demo.<code>` and its facts: why the store was left as it is."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


@dataclass(frozen=True)
class Opened:
    """What was done to the store. `how`: built, restored (a copy of an earlier build), continued."""

    how: str
    opens: datetime
    partner_reports: int = 0


def open_store(url: str, var: Path, wanted: Programme, explicit: bool, real: datetime, progress: Progress) -> Opened:
    """Bring the store to the demo as it opens. `explicit`: the person asked for this opening, so nothing else will do.

    A demo that holds reports of somebody's own is never rebuilt: it goes on where it stopped, or is refused.
    Raises DemoRefused.
    """
    engine = create_store(url)
    try:
        migrate(engine)
        with reading(engine) as conn:
            own, ours, last = own_reports(conn), demo_reports(conn), last_received(conn)
        if own and (explicit or not ours or last is None):
            raise DemoRefused("holds_reports", count=own, store=str(engine.url.database))
        if own and last is not None:
            return Opened("continued", last, own)
        kept = _read_kept(engine)
        if engine.dialect.name != "sqlite" and ours:
            raise DemoRefused("server_holds_demo", store=str(engine.url.database))
    finally:
        engine.dispose()
    if engine.dialect.name != "sqlite":
        return _fill(url, var, wanted, real, progress)
    file = Path(str(engine.url.database))
    built = var / BUILT / f"{wanted.fingerprint()}.sqlite"
    if not _alone(file):
        raise DemoRefused("in_use", store=str(file))
    if built.exists():
        _copy(built, file)
        _note(var, wanted)
        opened = Opened("restored", wanted.opens)
    else:
        _remove(file)
        opened = _fill(url, var, wanted, real, progress)
        _keep_copy(file, built)
    _write_kept(url, kept)
    return opened


def _fill(url: str, var: Path, wanted: Programme, real: datetime, progress: Progress) -> Opened:
    engine = create_store(url)
    try:
        migrate(engine)
        build(engine, var, wanted, real, progress)
    finally:
        engine.dispose()
    return Opened("built", wanted.opens)


def build(engine: Engine, var: Path, wanted: Programme, real: datetime, progress: Progress) -> None:
    """Sites with their rules, then every delivery in the order in which it came, then the alerts as they stand.

    Alerts of earlier days are not made up: history comes in long files, in which nobody could have watched it.
    """
    deliveries = history(programme.streams(wanted), wanted.opens, programme.remembered())
    with writing(engine) as conn:
        for file in programme.site_files():
            add_site(conn, file, deliveries[0].sent_at, "demo")
        for name, plan in programme.plans():
            set_plan(conn, name, plan, deliveries[0].sent_at, "demo", "ejemplo de la demostración")
    for number, delivery in enumerate(deliveries):
        replay.send(engine, var, delivery)
        progress(number + 1, len(deliveries))
    for name in SITES:
        alerts.evaluate(engine, name, wanted.opens, real, "demo")
    _note(var, wanted)


def start_clock(engine: Engine, real: datetime, opens: datetime, speed: float) -> None:
    """From now on the domain clock reads `opens` and runs `speed` times as fast."""
    with writing(engine) as conn:
        start_replay(conn, Replay(real, opens, speed))
        for name in SITES:
            raise_version(conn, name)


def own_reports(conn: Connection) -> int:
    """Reports that are not the demo's; what was refused or undone is somebody's trace too."""
    key = report.c.idempotency_key
    ours = key.like(KEY_PREFIX + "%")
    return int(conn.execute(select(func.count()).where(or_(key.is_(None), ~ours))).scalar_one())


def demo_reports(conn: Connection) -> int:
    ours = report.c.idempotency_key.like(KEY_PREFIX + "%")
    return int(conn.execute(select(func.count()).where(ours)).scalar_one())


def last_received(conn: Connection) -> datetime | None:
    return conn.execute(select(func.max(report.c.received_at))).scalar_one()


def _note(var: Path, wanted: Programme) -> None:
    var.mkdir(parents=True, exist_ok=True)
    (var / NOTE).write_text(wanted.note(), encoding="utf-8")


def _read_kept(engine: Engine) -> Mapping[str, list[dict[str, Any]]]:
    with reading(engine) as conn:
        return {kept.name: [dict(row) for row in conn.execute(select(kept)).mappings()] for kept in KEPT_TABLES}


def _write_kept(url: str, kept: Mapping[str, list[dict[str, Any]]]) -> None:
    engine = create_store(url)
    with writing(engine) as conn:
        for table in KEPT_TABLES:
            if kept[table.name]:
                conn.execute(insert(table), kept[table.name])
    engine.dispose()


def _alone(file: Path) -> bool:
    """Whether no other process has this SQLite file open: only then does it leave its write-ahead log."""
    if not file.exists():
        return True
    with closing(sqlite3.connect(file, timeout=0.2)) as store:
        try:
            return bool(store.execute("PRAGMA journal_mode = DELETE").fetchone()[0] == "delete")
        except sqlite3.OperationalError:
            return False


def _remove(file: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        file.with_name(file.name + suffix).unlink(missing_ok=True)


def _copy(source: Path, target: Path) -> None:
    """A whole copy, write-ahead log included; the target appears at once or not at all."""
    _remove(target)
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(part)) as new:
        old.backup(new)
    part.rename(target)


def _keep_copy(file: Path, built: Path) -> None:
    built.parent.mkdir(parents=True, exist_ok=True)
    _copy(file, built)
    older = sorted(built.parent.glob("*.sqlite"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in older[BUILT_KEPT:]:
        path.unlink()
