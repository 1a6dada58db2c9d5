"""The partners of the demo go on reporting as the domain clock passes, through the same way in as everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, Engine, func, select

from data.clock import Replay, stored_replay
from data.demo import programme
from data.demo.programme import Programme
from data.demo.streams import Delivery, Stream, sent_end
from data.ingest import ingest
from data.receipts import Receipt
from data.store import reading
from data.tables import report
from data.types import Window


class DemoRejected(Exception):
    """The demo's own file was not accepted whole: a fault of the demo, never of the viewer."""


@dataclass
class Sent:
    """Where each stream stands, for one run of the clock. Read from the store once; a restart reads it again."""

    replay: Replay
    ends: dict[str, datetime]


_SENT: dict[Path, Sent] = {}


def feed(engine: Engine, var: Path, real: datetime) -> int:
    """Send what the demo's partners would have sent by now; how many files that were.

    A restart goes on where the store says the last run stopped, and a pause is made up for in one file per stream.
    Nothing to do costs one short read. One worker feeds a store.
    """
    demo = programme.noted(var)
    if demo is None:
        return 0
    streams = _streams(demo)
    with reading(engine) as conn:
        replay = stored_replay(conn)
        if replay is None:
            return 0
        sent = _SENT.get(var)
        if sent is None or sent.replay != replay:
            ends = {stream.name: sent_end(stream, newest_file(conn, stream)) for stream in streams}
            sent = _SENT[var] = Sent(replay, ends)
    now = replay.at(real)
    files = 0
    for stream in streams:
        last = stream.due(now)
        if last > sent.ends[stream.name]:
            files += send(engine, var, Delivery(stream, Window(sent.ends[stream.name], last), now))
            sent.ends[stream.name] = last
    return files


def forget(var: Path) -> None:
    """As a restart does: where the streams stand is read from the store again."""
    _SENT.pop(var, None)


def send(engine: Engine, var: Path, delivery: Delivery) -> bool:
    """Hand one file in; False where its stream has nothing to say of the window, or it had been received before."""
    content = delivery.content()
    if content is None:
        return False
    stream = delivery.stream
    receipt = ingest(
        engine,
        content,
        delivery.filename,
        source=stream.source,
        dataset=stream.dataset,
        now=delivery.sent_at,
        var=var,
        idempotency_key=delivery.key,
    )
    _accepted_whole(delivery, receipt)
    return not receipt.already_received


def _accepted_whole(delivery: Delivery, receipt: Receipt) -> None:
    if receipt.rejected or receipt.state == "refused":
        raise DemoRejected(f"{delivery.filename}: {receipt.rejected} rows rejected, first {receipt.issues[:1]}")


def newest_file(conn: Connection, stream: Stream) -> str | None:
    """Name of the stream's newest file that was ever received, undone or not: the partner has sent it."""
    r = report.c
    return conn.execute(
        select(func.max(r.filename)).where(
            r.source == stream.source, r.filename >= f"{stream.name}-0", r.filename < f"{stream.name}-:"
        )
    ).scalar_one()


@lru_cache(maxsize=2)
def _streams(demo: Programme) -> tuple[Stream, ...]:
    return programme.streams(demo)
