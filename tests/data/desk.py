"""What people do at the alert desk, each in a transaction of its own, as the pages do it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from data import alert_acts
from data.alert_book import card
from data.store import reading, writing
from data.types import AlertCard


def acknowledge(engine: Engine, alert_id: int, by: str, note: str, now: datetime, **more: Any) -> AlertCard:
    with writing(engine) as conn:
        alert_acts.acknowledge(conn, alert_id, by, note, now, **more)
    with reading(engine) as conn:
        return card(conn, alert_id)


def assess(engine: Engine, alert_id: int, outcome: str, by: str, note: str, now: datetime) -> AlertCard:
    with writing(engine) as conn:
        alert_acts.assess(conn, alert_id, outcome, by, note, now)
    with reading(engine) as conn:
        return card(conn, alert_id)
