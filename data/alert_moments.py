"""The history of alerts, which change in place: what a reader saw of each and when, and when the rules looked."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, insert, literal, select

from data.tables import Utc, alert, alert_moment, evaluation_log


def remember(conn: Connection, alert_id: int, now: datetime) -> None:
    """What a reader sees of the alert from `now` on."""
    m = alert_moment.c
    row = conn.execute(select(alert).where(alert.c.alert_id == alert_id)).one()
    last = conn.execute(select(func.max(m.step)).where(m.site == row.site, m.alert_id == alert_id)).scalar_one()
    conn.execute(
        insert(alert_moment).values(
            site=row.site,
            alert_id=alert_id,
            step=0 if last is None else last + 1,
            at=now,
            state=row.state,
            level=row.level,
            evidence=row.evidence,
            open=row.open_key is not None,
        )
    )


def log_turn(conn: Connection, site: str, now: datetime) -> None:
    """A clock that was set back passes the same moment again; it is written down once."""
    log = evaluation_log.c
    there = select(log.at).where(log.site == site, log.at == now).exists()
    moment = select(literal(site), literal(now, Utc())).where(~there)
    conn.execute(insert(evaluation_log).from_select(["site", "at"], moment))
