"""The domain clock: real time, or a replay that every process reads from one row of the store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, delete, insert, select

from data.tables import clock as clock_table
from data.types import ClockReading


def real_now() -> datetime:
    """The only place of the product that looks at the machine's clock for domain time."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Replay:
    """A clock that read `domain_origin` when the real one read `real_origin`, running `speed` times as fast."""

    real_origin: datetime
    domain_origin: datetime
    speed: float

    def at(self, real: datetime) -> datetime:
        return self.domain_origin + (real - self.real_origin) * self.speed

    def real(self, domain: datetime) -> datetime:
        """When the real clock read what the replayed one calls `domain`."""
        return self.real_origin + (domain - self.domain_origin) / self.speed


def stored_replay(conn: Connection) -> Replay | None:
    row = conn.execute(select(clock_table)).one_or_none()
    return None if row is None else Replay(row.real_origin, row.domain_origin, row.speed)


def start_replay(conn: Connection, replay: Replay) -> None:
    conn.execute(delete(clock_table))
    conn.execute(
        insert(clock_table).values(
            clock=1,
            real_origin=replay.real_origin,
            domain_origin=replay.domain_origin,
            speed=replay.speed,
        )
    )


def stop_replay(conn: Connection) -> None:
    conn.execute(delete(clock_table))


def reading(replay: Replay | None, real: datetime) -> ClockReading:
    if replay is None:
        return ClockReading(now=real, speed=1.0, replay=False)
    return ClockReading(now=replay.at(real), speed=replay.speed, replay=True)
