"""A board of requests for tests: what people do on it, each act in a transaction of its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from data.request_acts import Wanted, move_request, open_request
from data.request_book import every_request
from data.request_shapes import Asked, RequestAct, ResourceRequest
from data.store import reading, writing
from data.vocabulary import RequestMove
from tests.data.post import NOON

HOUR = timedelta(hours=1)
ASKED = Asked("letrinas", 12, "letrinas", NOON + 6 * HOUR, "Municipalidad de Aguas Verdes", "la cola llega al puente")


def ask(engine: Engine, now: datetime = NOON, by: str = "Rosa", seen: int = 0, **more: Any) -> ResourceRequest:
    with writing(engine) as conn:
        return open_request(conn, "norte", replace(ASKED, **more), by, seen, now, now)


def act(engine: Engine, move: RequestMove, now: datetime, seen: int, number: int = 1, **more: Any) -> RequestAct:
    wanted = Wanted(move, more.pop("by", "Luis"), seen, **more)
    with writing(engine) as conn:
        return move_request(conn, "norte", number, wanted, now, now)


def offer(engine: Engine, now: datetime, seen: int, institution: str, quantity: float, **more: Any) -> RequestAct:
    return act(engine, RequestMove.OFFERED, now, seen, institution=institution, quantity=quantity, **more)


def board(engine: Engine, as_of: datetime | None = None) -> tuple[ResourceRequest, ...]:
    with reading(engine) as conn:
        return every_request(conn, "norte", as_of)
