"""Boards of a border point with ten queues, of one year and of five, at each new hour that is delivered.

A version: everybody's figures of one more hour are taken in, then each board is built, encoded and compared with the
one before. CPU of this process; the two stores take turns, so that a busy machine is as unkind to one as to the other.
Making the stores takes some minutes.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from callbacks.asking import answered
from callbacks.boards import build
from dashboard.delta import delta
from dashboard.encoded import Encoded, plain
from data.store import reading
from data.types import Scope
from data.vocabulary import Audience, Language
from layouts.translator import translator
from tests.bench.ten_queues import HOUR, NOW, SITE, clock_at, deliver, generated, one_entry_hour, send

PAGES = ("situation", "flow", "queue", "wall")
YEARS = (1, 5)
ROUNDS = 11  # hours after noon: no midnight among them
QUESTION = {"ask_counters": "30", "ask_hours": "6", "ask_arrivals": "120"}


@dataclass
class Measured:
    """CPU in ms by page; statements of the last build."""

    engine: Engine
    var: Path
    held: dict[str, Encoded] = field(default_factory=dict)
    cold: dict[str, float] = field(default_factory=dict)
    warm: dict[str, list[float]] = field(default_factory=lambda: {page: [] for page in PAGES})
    statements: dict[str, int] = field(default_factory=dict)
    delivery: list[float] = field(default_factory=list)
    asked: list[float] = field(default_factory=list)


def figures() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        stores = {years: _store(Path(folder) / str(years), years) for years in YEARS}
        for turn in range(ROUNDS):
            for one in stores.values():
                _version(one, turn)
        few, many = (stores[years] for years in YEARS)
        for page in PAGES:
            warm = {years: statistics.median(one.warm[page]) for years, one in stores.items()}
            yield {
                "figure": f"board of ten queues at a new hour, {page}",
                **{f"cpu_ms_{years}_years": round(cpu, 1) for years, cpu in warm.items()},
                **{f"first_cpu_ms_{years}_years": round(one.cold[page], 1) for years, one in stores.items()},
                "ratio_5_years_to_1": round(warm[YEARS[1]] / warm[YEARS[0]], 2),
                "statements": [few.statements[page], many.statements[page]],
                "kB": round(len(many.held[page].body) / 1000),
            }
        for years, one in stores.items():
            yield {"figure": f"one row taken in, {years} years", "cpu_ms": round(statistics.median(one.delivery), 1)}
            yield {"figure": f"what-if answered, {years} years", "cpu_ms": round(statistics.median(one.asked), 2)}
            one.engine.dispose()


def _store(var: Path, years: int) -> Measured:
    var.mkdir()
    return Measured(generated(var, years), var)


def _version(one: Measured, turn: int) -> None:
    hour = NOW + HOUR * turn
    now = hour + HOUR
    deliver(one.engine, one.var, [hour], now)
    for page in PAGES:
        cpu = _cpu(lambda page=page: _board(one, page, now, (turn, 0)))
        if turn == 0:
            one.cold[page] = cpu
        else:
            one.warm[page].append(cpu)
    told = one.held["queue"].json
    t = translator(Language.ES, "America/Lima")
    one.asked.append(_cpu(lambda: answered(told["asked_about"], told["clock"]["now"], QUESTION, t)))
    correction = one_entry_hour(hour, more=1 + turn)
    one.delivery.append(_cpu(lambda: send(one.engine, one.var, correction, "flow", now + timedelta(minutes=1))))


def _board(one: Measured, page: str, now: Any, stamp: tuple[int, int]) -> None:
    asked = 0

    def count(*_: object) -> None:
        nonlocal asked
        asked += 1

    event.listen(one.engine, "before_cursor_execute", count)
    with reading(one.engine) as conn:
        board = build(conn, page, Scope(SITE, Language.ES, Audience.OPEN, "today"), clock_at(now))
    event.remove(one.engine, "before_cursor_execute", count)
    made = Encoded(board, plain(board), stamp)
    assert made.body
    if page in one.held:
        delta(one.held[page].watched, made.watched)
    one.held[page], one.statements[page] = made, asked


def _cpu(work: Any) -> float:
    began = time.process_time()
    work()
    return (time.process_time() - began) * 1000
