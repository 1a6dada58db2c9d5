"""A real post whose rules see what a test says, and the ways by which it tells people; for tests of notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from dashboard.settings import Settings
from dashboard.telling.job import send_due
from data import alerts
from data.analytics.lifecycle import Patience, Seen
from data.analytics.rule import Finding, Rule
from data.channels import add_channel
from data.store import reading, writing
from data.tables import delivery, outbox
from data.types import Channel
from data.vocabulary import Language, Level

NOON = datetime(2024, 5, 20, 17, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SITE = "tumbes"
LOCAL = "127.0.0.0/8"
FACTS = {"ratio": 2.4, "observed": 900, "expected": 375, "hours": 12}


def rules(names: Sequence[str], seen: Seen = Seen.BREACH, level: Level = Level.CRITICAL) -> tuple[Rule, ...]:
    def made(name: str) -> Rule:
        finding = Finding("x", seen, level, {"stage": "migration-control", **FACTS})
        return Rule(name, lambda recent: (finding,), Patience(recovering=timedelta(0)))

    return tuple(made(name) for name in names)


def evaluate(
    engine: Engine,
    now: datetime,
    names: Sequence[str] = ("surge",),
    seen: Seen = Seen.BREACH,
    level: Level = Level.CRITICAL,
) -> None:
    """One look of the rules; what they were stays as it was for others."""
    kept = alerts.RULES
    alerts.RULES = rules(names, seen, level)
    try:
        alerts.evaluate(engine, SITE, now, now, "one")
    finally:
        alerts.RULES = kept


def channel(engine: Engine, name: str, address: str, **more: Any) -> None:
    kind = address.partition(":")[0]
    facts: dict[str, Any] = {"language": Language.ES, "least_level": Level.WATCH, "step": 0, "in_drills": False, **more}
    with writing(engine) as conn:
        add_channel(conn, Channel(SITE, name, kind, address, **facts), NOON, "prueba")


def settings(var: Path, hosts: str = LOCAL) -> Settings:
    return Settings(var=var, channel_hosts=hosts, public_url="https://caudal.example.org")


def send(engine: Engine, var: Path, now: datetime, worker: str = "one", hosts: str = LOCAL) -> int:
    return send_due(engine, settings(var, hosts), worker, lambda: now)


def fates(engine: Engine) -> list[tuple[str, str, int]]:
    """Channel, what became of its notice, tries; in the order of the notices."""
    o = outbox.c
    with reading(engine) as conn:
        rows = conn.execute(select(o.channel, o.fate, o.attempts).order_by(o.notice_id, o.channel))
        return [tuple(row) for row in rows]  # type: ignore[misc]


def tries(engine: Engine) -> list[tuple[int, bool | None, str | None]]:
    d = delivery.c
    with reading(engine) as conn:
        rows = conn.execute(select(d.attempt, d.arrived, d.trouble).order_by(d.notice_id, d.channel, d.attempt))
        return [tuple(row) for row in rows]  # type: ignore[misc]
