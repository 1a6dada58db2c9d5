"""The plan in one line: silent where there is nothing to say, and never silent about what is late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from data.plan_file import plan_sha
from data.types import (
    Activation,
    LevelAct,
    PlanState,
    PlanTask,
    PlanTrigger,
    PlanVersion,
    Proposal,
    Reason,
    Sign,
    TaskEvent,
)
from data.vocabulary import Level, PlanMove, TaskState
from layouts.plan_words import strip, strip_line
from layouts.translator import translator
from tests.data.planned import PLAN
from tests.data.post import NOON  # 12:00 in Lima

ES, EN = translator("es", "America/Lima"), translator("en", "America/Lima")
VERSION = PlanVersion(1, NOON, NOON, "Rosa", "", plan_sha(PLAN), PLAN)
IDLE = PlanState(NOON, VERSION)


def proposed(level: str, minutes_ago: int) -> Proposal:
    since = NOON - timedelta(minutes=minutes_ago)
    sign = Sign(None, Level.CRITICAL, {Level.CRITICAL: since})
    named = PLAN.named(level)
    assert named is not None
    return Proposal(named, since, (Reason(PlanTrigger(None, Level.CRITICAL), sign, since),))


def running(minutes_ago: int) -> Activation:
    since = NOON - timedelta(minutes=minutes_ago)
    act = LevelAct(1, since, PlanMove.ACTIVATED, 1, "amarillo", 1, "Rosa", "acta")
    done = TaskEvent(1, "reunir", 1, since, TaskState.DONE, "Rosa", "")
    tasks = tuple(
        PlanTask(level, action, since, (done,) if action.action == "reunir" else ())
        for level, action in PLAN.asked_at("amarillo")
    )
    level = PLAN.named("amarillo")
    assert level is not None
    return Activation(1, (act,), VERSION, level, tasks)


def test_nothing_in_force_and_nothing_proposed_is_no_line():
    assert strip(None, ES) == strip(PlanState(NOON), ES) == strip(IDLE, ES) == ""
    assert strip_line(IDLE, ES) == []


def test_what_is_proposed_says_since_when_with_its_day_where_that_is_another():
    state = replace(IDLE, proposal=proposed("rojo", 25))
    assert strip(state, ES) == "Plan: nivel 3 «Rojo» propuesto desde 11:35"
    assert strip(state, EN) == "Plan: level 3 “Rojo” proposed since 11:35"
    earlier = replace(IDLE, proposal=proposed("rojo", 1500))
    assert strip(earlier, ES) == "Plan: nivel 3 «Rojo» propuesto desde dom 19 may, 11:00"


def test_what_is_in_force_says_what_is_done_what_is_late_and_what_is_proposed_above_it():
    assert strip(replace(IDLE, running=running(30)), ES) == (
        "Plan: nivel 2 «Amarillo» activo desde 11:30 · 1 de 2 hechas"
    )
    late = replace(IDLE, running=running(90), proposal=proposed("rojo", 5))
    assert strip(late, ES) == (
        "Plan: nivel 2 «Amarillo» activo desde 10:30 · 1 de 2 hechas · 1 vencida"
        " · se propone el nivel 3 «Rojo» desde 11:55"
    )
    same = replace(IDLE, running=running(30), proposal=proposed("amarillo", 5))
    assert "se propone" not in strip(same, ES)
