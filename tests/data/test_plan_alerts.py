"""The plan and the alert desk: alerts propose a level and never activate it; a late task is an alert, once."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, insert, select

from data import alerts
from data.alert_book import alert_sentence, recent_alerts
from data.analytics.lifecycle import Patience, Seen
from data.analytics.rule import Finding, Rule
from data.analytics.rules import RULES
from data.channels import add_channel
from data.plan_file import read_plan
from data.store import create_store, reading, writing
from data.tables import alert, notice, plan_activation, pressure_change
from data.types import Channel
from data.vocabulary import AlertState, Language, Level
from layouts.translator import translator
from tests.data.desk import assess
from tests.data.planned import TEXT, decide, give_plan, standing, tick
from tests.data.post import NOON, cards, open_calm_post, open_post, send

MINUTE = timedelta(minutes=1)
LATE = NOON + timedelta(hours=2, minutes=16)  # two reports were due, with their grace, and neither came


def evaluate(engine: Engine, now: datetime, worker: str = "one") -> None:
    alerts.evaluate(engine, "norte", now, now, worker)


@pytest.fixture
def any_calm(any_engine: Engine, var: Path) -> Engine:
    open_calm_post(any_engine, var, NOON - timedelta(days=2))
    give_plan(any_engine)
    return any_engine


@pytest.fixture
def post(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """A post of whose rules only the one of late tasks looks at anything."""
    monkeypatch.setattr(alerts, "RULES", tuple(rule for rule in RULES if rule.name == "overdue_task"))
    open_post(engine)
    give_plan(engine)
    return engine


def test_an_alert_that_fires_proposes_its_level_and_nothing_is_activated_by_itself(any_calm: Engine, var: Path):
    evaluate(any_calm, NOON)
    assert standing(any_calm, NOON).proposal is None
    evaluate(any_calm, LATE)
    state = standing(any_calm, LATE)
    assert state.to_activate is not None
    assert (state.to_activate.level.level, state.to_activate.since) == ("amarillo", LATE)
    [reason] = state.to_activate.reasons
    assert (reason.sign.rule, reason.sign.subject) == ("source_silent", "control/flow")
    assert (state.running, state.in_force) == (None, 0)
    with reading(any_calm) as conn:
        assert conn.execute(select(func.count()).select_from(plan_activation)).scalar_one() == 0
    decide(any_calm, "amarillo", LATE + MINUTE)
    state = standing(any_calm, LATE + MINUTE)
    assert (state.to_activate, state.calmer, state.in_force) == (None, False, 2)
    send(any_calm, var, NOON, [60, 60, 60], LATE + 50 * MINUTE)
    evaluate(any_calm, LATE + 50 * MINUTE)
    state = standing(any_calm, LATE + 50 * MINUTE)
    assert (state.proposal, state.calmer, state.in_force) == (None, True, 2)
    before = standing(any_calm, LATE, as_of=LATE)
    assert (before.in_force, before.running) == (0, None)


def test_a_false_alarm_proposes_nothing(any_calm: Engine):
    evaluate(any_calm, LATE)
    [one] = cards(any_calm)
    assess(any_calm, one.alert_id, "discard", "Rosa", "sí reportó", LATE + MINUTE)
    assert standing(any_calm, LATE + 2 * MINUTE).proposal is None


def test_since_when_a_level_is_reached_survives_what_is_graver_and_what_calms_a_little(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    open_post(engine)
    give_plan(engine, read_plan(TEXT.replace('least = "watch"', 'least = "alert"')))
    told = [Level.WATCH, Level.ALERT, Level.CRITICAL, Level.ALERT, Level.WATCH, Level.ALERT]
    since = [None, 1, 1, 1, None, 5]
    for minute, (level, expected) in enumerate(zip(told, since, strict=True)):
        finding = Finding("x", Seen.BREACH, level, {"told": minute})
        made = Rule("source_silent", lambda recent, finding=finding: (finding,), Patience())
        monkeypatch.setattr(alerts, "RULES", (made,))
        evaluate(engine, NOON + minute * MINUTE)
        found = standing(engine, NOON + minute * MINUTE).proposal
        assert (found and found.since) == (None if expected is None else NOON + expected * MINUTE), minute


@pytest.mark.parametrize(
    ("changes", "since", "blind"),
    [
        ([("critical", 0)], 0, False),
        ([("alert", 0), ("critical", 5)], 5, False),
        ([("critical", 0), ("alert", 5)], None, False),
        ([("critical", 0), ("no-data", 5)], 0, True),
        ([("no-data", 5)], None, False),
        ([("critical", 0), ("no-data", 3), ("critical", 5)], 5, False),
    ],
)
def test_the_pressure_level_that_was_written_down_proposes(
    engine: Engine, changes: list[tuple[str, int]], since: int | None, blind: bool
):
    open_post(engine)
    give_plan(engine)
    with writing(engine) as conn:
        for level, minute in changes:
            row = {"site": "norte", "at": NOON + minute * MINUTE, "level": level, "inputs": {}}
            conn.execute(insert(pressure_change).values(**row))
    state = standing(engine, NOON + 10 * MINUTE)
    found = state.proposal
    assert (found and (found.level.level, found.since)) == (None if since is None else ("rojo", NOON + since * MINUTE))
    assert state.blind is blind


def late_tasks(engine: Engine) -> list[str]:
    return [card.subject for card in cards(engine) if card.rule == "overdue_task"]


def test_a_late_task_is_one_alert_told_once_and_over_when_it_is_done(post: Engine):
    with writing(post) as conn:
        way = Channel("norte", "correo", "json", "json://example.org", Language.ES, Level.WATCH, 0, True)
        add_channel(conn, way, NOON, "prueba")
    decide(post, "amarillo", NOON)
    for minute in (1, 59):
        evaluate(post, NOON + minute * MINUTE)
    assert late_tasks(post) == []
    for minute in (60, 61, 70):
        evaluate(post, NOON + minute * MINUTE)
        assert late_tasks(post) == ["avisar"]
    tick(post, "avisar", "blocked", NOON + 71 * MINUTE, note="sin línea")
    evaluate(post, NOON + 72 * MINUTE)
    assert late_tasks(post) == ["avisar"]
    [one] = cards(post)
    assert (one.state, one.level, one.since) == (AlertState.FIRING, Level.ALERT, NOON + 60 * MINUTE)
    said = translator("es", "America/Lima").sentence(one.sentence)
    assert said == (
        "Tarea del plan vencida: «Avisar al turno libre», a cargo de Migraciones; "
        "debía estar hecha lun 20 may 2019, 13:00."
    )
    assert "“Warn those off duty”" in translator("en").sentence(one.sentence)
    tick(post, "avisar", "done", NOON + 73 * MINUTE, 1)
    evaluate(post, NOON + 74 * MINUTE)
    assert late_tasks(post) == []
    evaluate(post, NOON + 90 * MINUTE)
    assert late_tasks(post) == ["reunir"]
    decide(post, None, NOON + 91 * MINUTE, 1)
    evaluate(post, NOON + 92 * MINUTE)
    assert cards(post) == ()
    with reading(post) as conn:
        assert conn.execute(select(func.count()).where(alert.c.rule == "overdue_task")).scalar_one() == 2
        over = recent_alerts(conn, "norte", 5)
        kinds = conn.execute(select(notice.c.kind).order_by(notice.c.notice_id)).scalars().all()
    assert [card.transitions[-1][2] for card in over] == ["not_watched", "back_to_normal"]
    assert kinds.count("opened") == 2


def test_a_task_that_does_not_apply_is_not_late(post: Engine):
    decide(post, "amarillo", NOON)
    tick(post, "avisar", "not-applicable", NOON, note="hay turno completo")
    evaluate(post, NOON + 61 * MINUTE)
    assert late_tasks(post) == []


def test_two_workers_open_one_alert_a_task(any_engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(alerts, "RULES", tuple(rule for rule in RULES if rule.name == "overdue_task"))
    open_post(any_engine)
    give_plan(any_engine)
    decide(any_engine, "rojo", NOON)
    gate = threading.Barrier(3)

    def work(name: str) -> None:
        own = create_store(any_engine.url.render_as_string(hide_password=False))
        gate.wait(10)
        evaluate(own, NOON + 95 * MINUTE, name)
        own.dispose()

    threads = [threading.Thread(target=work, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(late_tasks(any_engine)) == ["abrir", "avisar", "reunir"]
    with reading(any_engine) as conn:
        assert conn.execute(select(func.count()).select_from(alert)).scalar_one() == 3


def test_a_site_may_set_the_level_of_late_tasks_and_their_words_stay_theirs():
    evidence = {"kind": "overdue_task", "task": {"": "x"}, "institution": "y", "due_at": NOON.isoformat()}
    assert alert_sentence("tarde", AlertState.FIRING, evidence).key == "alert.overdue_task.sentence"
