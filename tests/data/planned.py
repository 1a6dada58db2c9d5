"""A small contingency plan for tests, and what people do by it, each act in a transaction of its own."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Engine

from data.plan_acts import move_level, move_task
from data.plan_book import activations, newest_activation, plan_state
from data.plan_file import read_plan
from data.plan_shapes import Activation, LevelAct, Plan, PlanVersion, TaskEvent
from data.plan_signs import PlanState
from data.plans import set_plan
from data.store import reading, writing
from tests.data.post import START, cards

TEXT = """
version = 1
title = "Plan de prueba"

[document]
name = "Acta 3"
edition = "1"
source = "grupo de trabajo"

[[level]]
id = "verde"
name = "Verde"
description = "Todos los días"

[[level]]
id = "amarillo"
name = { es = "Amarillo", en = "Yellow" }
description = "Prepararse"
cumulative = true

[[level.trigger]]
rule = "source_silent"
least = "watch"
provisional = true

[[level.action]]
id = "avisar"
words = { es = "Avisar al turno libre", en = "Warn those off duty" }
institution = "Migraciones"
role = "jefatura de turno"
phone = "+51 72 123456 anexo 12"
lead_minutes = 60
provisional = true

[[level.action]]
id = "reunir"
words = "Reunir al grupo"
institution = "GTRM local"
lead_minutes = 90

[[level]]
id = "rojo"
name = "Rojo"
description = "Responder"
cumulative = true

[[level.trigger]]
pressure = "critical"

[[level.trigger]]
rule = "surge"
least = "critical"

[[level.action]]
id = "abrir"
words = "Abrir todos los módulos"
institution = "Migraciones"
lead_minutes = 30
"""
PLAN: Plan = read_plan(TEXT)
# What every activation of the tests is made at.
NAMES = ("avisar", "reunir", "abrir")


def give_plan(engine: Engine, plan: Plan = PLAN, now: datetime = START, site: str = "norte") -> PlanVersion | None:
    with writing(engine) as conn:
        return set_plan(conn, site, plan, now, "Rosa", "acta 3")


def decide(
    engine: Engine,
    level: str | None,
    now: datetime,
    seen: int = 0,
    by: str = "Rosa",
    note: str = "acta",
    mark: str = "",
) -> LevelAct:
    with writing(engine) as conn:
        return move_level(conn, "norte", level, by, note, seen, now, now, mark)


def tick(
    engine: Engine,
    task: str,
    state: str,
    now: datetime,
    seen: int = 0,
    by: str = "Rosa",
    note: str = "",
    activation: int = 1,
) -> TaskEvent:
    with writing(engine) as conn:
        return move_task(conn, "norte", activation, task, state, by, note, seen, now, now)


def newest(engine: Engine, as_of: datetime | None = None) -> Activation:
    with reading(engine) as conn:
        found = newest_activation(conn, "norte", as_of)
    assert found is not None
    return found


def every(engine: Engine, as_of: datetime | None = None) -> tuple[Activation, ...]:
    with reading(engine) as conn:
        return activations(conn, "norte", as_of)


def standing(engine: Engine, now: datetime, **more: Any) -> PlanState:
    open_now = cards(engine)
    with reading(engine) as conn:
        return plan_state(conn, "norte", open_now, now, **more)
