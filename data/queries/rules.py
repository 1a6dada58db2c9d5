"""The rules of a place at a moment: standards, phase, and what was decided elsewhere that moves people."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
from sqlalchemy import Connection, select

from data.frames import frame
from data.grains import winning
from data.history import recorded_by
from data.revisions import NATURAL_KEY, counting
from data.tables import policy_event, site_phase, standard
from data.types import PolicyEvent, Window
from data.vocabulary import Dataset

STANDARD_COLUMNS = ["service", "phase", "value", "per", "denominator", "unit", "source", "provisional"]


def standards(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> pd.DataFrame:
    """In force at a moment, of every phase.

    Columns: service, phase, value, per, denominator, unit, source, provisional.
    """
    s = standard.c
    read = frame(
        conn,
        select(*(s[name] for name in STANDARD_COLUMNS))
        .where(s.site == site, s.valid_from <= at, *recorded_by(standard, as_of))
        .order_by(s.service, s.phase, s.valid_from, s.recorded_at),
    )
    return read.drop_duplicates(["service", "phase"], keep="last").reset_index(drop=True)


def phase(conn: Connection, site: str, at: datetime, as_of: datetime | None = None) -> str:
    """The phase whose standards hold: emergency until somebody says stabilised."""
    p = site_phase.c
    return (
        conn.execute(
            select(p.phase)
            .where(p.site == site, p.valid_from <= at, *recorded_by(site_phase, as_of))
            .order_by(p.valid_from.desc(), p.recorded_at.desc())
            .limit(1)
        ).scalar_one_or_none()
        or "emergency"
    )


def policy_events(
    conn: Connection, site: str, window: Window, as_of: datetime | None = None
) -> tuple[PolicyEvent, ...]:
    e = policy_event.c
    read = frame(
        conn,
        select(
            *(e.at, e.source, e.title_es, e.title_en, e.kind, e.source_url),
            *(e.issued_at, e.received_at, e.line_id),
        ).where(e.site == site, e.at >= window.start, e.at < window.end, counting(policy_event, as_of)),
    )
    won = winning(read, NATURAL_KEY[Dataset.EVENT]).sort_values(["at", "line_id"])
    return tuple(
        PolicyEvent(
            at=row["at"].to_pydatetime(),
            title={"es": str(row["title_es"]), "en": str(row["title_en"])},
            kind=str(row["kind"]),
            source_url=row["source_url"] if isinstance(row["source_url"], str) else None,
        )
        for row in won.to_dict("records")
    )
