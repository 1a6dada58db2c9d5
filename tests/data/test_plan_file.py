"""The plan as one file: what is written is read back the same, and everything wrong is told with its place."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from data.demo.programme import plans
from data.plan_checks import WrongPlan, checked_plan, rule_wrongs
from data.plan_file import plan_entries, plan_sha, plan_text, read_plan
from data.plan_shapes import Plan, PlanAction, PlanLevel, PlanTrigger
from data.plans import plan_in_force, plan_numbered, plan_versions
from data.store import reading
from data.tables import plan_version
from data.vocabulary import Level
from tests.data.planned import PLAN, TEXT, give_plan
from tests.data.post import NOON, START, open_post

LETTERS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=20)
WORDS = st.one_of(
    LETTERS.map(lambda text: {"": text}), st.fixed_dictionaries({"es": LETTERS}, optional={"en": LETTERS})
)
LEVELS = st.sampled_from([Level.WATCH, Level.ALERT, Level.CRITICAL])
TRIGGERS = st.builds(PlanTrigger, st.one_of(st.none(), st.sampled_from(["surge", "pressure"])), LEVELS, st.booleans())
ACTIONS = st.builds(
    PlanAction,
    action=st.just("x"),
    words=WORDS,
    institution=LETTERS,
    lead_minutes=st.integers(1, 43200),
    role=st.one_of(st.just(""), LETTERS),
    phone=st.sampled_from(["", "+51 72 123456", "072-523456 anexo 4"]),
    provisional=st.booleans(),
)


@st.composite
def whole_plans(draw: st.DrawFn) -> Plan:
    levels = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        actions = [
            PlanAction(**{**vars(one), "action": f"a{number}.{place}"})
            for place, one in enumerate(draw(st.lists(ACTIONS, min_size=1, max_size=3)))
        ]
        triggers = tuple(draw(st.lists(TRIGGERS, max_size=3)))
        said = (draw(WORDS), draw(WORDS), draw(st.booleans()))
        levels.append(PlanLevel(f"n{number}", number, *said, triggers, tuple(actions)))
    note = draw(st.one_of(st.just({}), WORDS))
    return Plan(draw(WORDS), draw(LETTERS), draw(LETTERS), draw(LETTERS), note, tuple(levels))


@given(whole_plans())
def test_what_is_written_is_read_back_the_same(plan: Plan):
    text = plan_text(plan)
    assert read_plan(text) == plan
    assert plan_text(read_plan(text)) == text
    assert checked_plan(json.loads(json.dumps(plan_entries(plan)))) == plan


def test_the_example_says_that_each_of_its_numbers_is_provisional():
    [(_, example)] = plans()
    assert all(trigger.provisional for level in example.levels for trigger in level.triggers)
    assert all(action.provisional for level in example.levels for action in level.actions)
    assert {language for level in example.levels for language in level.name} == {"es", "en"}
    assert rule_wrongs(example, ("surge", "pressure")) == []


def test_the_actions_of_a_cumulative_level_come_after_those_below():
    assert [action.action for _, action in PLAN.asked_at("rojo")] == ["avisar", "reunir", "abrir"]
    assert [action.action for _, action in PLAN.asked_at("verde")] == []


@pytest.mark.parametrize(
    ("wrong", "place", "code", "facts"),
    [
        (("version = 1", "version = 2"), "", "version", {"value": "2", "allowed": 1}),
        (('title = "Plan de prueba"', ""), "", "missing", {"name": "title"}),
        (('title = "Plan de prueba"', "title = 3"), "", "words", {"name": "title", "value": "3"}),
        (('es = "Amarillo"', 'fr = "Jaune"'), "[[level]] 2 (amarillo)", "words", {"name": "name"}),
        (('edition = "1"', 'edition = ""'), "[document]", "text", {"name": "edition"}),
        (('id = "rojo"', 'id = "amarillo"'), "[[level]] 3", "twice", {"where": "[[level]] 2"}),
        (('id = "rojo"', 'id = "Nivel Rojo"'), "[[level]] 3 (Nivel Rojo)", "id", {"value": "Nivel Rojo"}),
        (
            ('id = "abrir"', 'id = "avisar"'),
            "[[level]] 3 (rojo), [[level.action]] 1",
            "twice",
            {"where": "[[level]] 2 (amarillo), [[level.action]] 1"},
        ),
        (
            ("lead_minutes = 30", 'lead_minutes = "pronto"'),
            "[[level]] 3 (rojo), [[level.action]] 1",
            "whole",
            {"name": "lead_minutes", "value": "pronto", "least": 1},
        ),
        (("lead_minutes = 30", "lead_minutes = 0"), "[[level]] 3 (rojo), [[level.action]] 1", "whole", {"value": "0"}),
        (
            ('role = "jefatura de turno"', 'person = "Ana Pérez"'),
            "[[level]] 2 (amarillo), [[level.action]] 1",
            "unknown",
            {"name": "person"},
        ),
        (("+51 72 123456 anexo 12", "ana@example.org"), "[[level]] 2 (amarillo), [[level.action]] 1", "phone", {}),
        (('least = "watch"', 'least = "mucho"'), "[[level]] 2 (amarillo), [[level.trigger]] 1", "choice", {}),
        (('least = "watch"', 'pressure = "watch"'), "[[level]] 2 (amarillo), [[level.trigger]] 1", "trigger", {}),
        (("provisional = true", "provisional = 1"), "[[level]] 2 (amarillo), [[level.trigger]] 1", "flag", {}),
    ],
)
def test_what_is_wrong_is_told_with_its_place_what_came_and_what_was_expected(
    wrong: tuple[str, str], place: str, code: str, facts: dict[str, object]
):
    assert wrong[0] in TEXT
    with pytest.raises(WrongPlan) as told:
        read_plan(TEXT.replace(wrong[0], wrong[1], 1))
    where, first = told.value.wrongs[0]
    assert (where, first.code) == (place, code)
    assert {name: first.facts.get(name) for name in facts} == facts


def test_everything_that_is_wrong_is_told_at_once():
    text = TEXT.replace("lead_minutes = 30", "lead_minutes = -1").replace('name = "Verde"', "").replace("= 90", '= "x"')
    with pytest.raises(WrongPlan) as told:
        read_plan(text)
    assert [one.code for _, one in told.value.wrongs] == ["missing", "whole", "whole"]
    with pytest.raises(WrongPlan, match="no_toml"):
        read_plan("esto no es")
    with pytest.raises(WrongPlan, match="no_levels"):
        read_plan(TEXT.split("[[level]]")[0])
    with pytest.raises(WrongPlan, match="no_actions"):
        read_plan(TEXT.split("[[level.action]]")[0])


def test_each_plan_is_a_version_the_same_one_is_not_and_nothing_is_overwritten(any_engine: Engine):
    open_post(any_engine)
    other = read_plan(TEXT.replace("lead_minutes = 30", "lead_minutes = 45"))
    first = give_plan(any_engine)
    assert first is not None
    assert (first.number, first.sha, first.set_by, first.reason) == (1, plan_sha(PLAN), "Rosa", "acta 3")
    assert give_plan(any_engine, now=NOON) is None
    second = give_plan(any_engine, other, NOON)
    assert second is not None
    again = give_plan(any_engine, PLAN, NOON)
    assert again is not None
    with reading(any_engine) as conn:
        assert [(one.number, one.plan) for one in plan_versions(conn, "norte")] == [(3, PLAN), (2, other), (1, PLAN)]
        before = plan_in_force(conn, "norte", NOON, START)
        assert before is not None
        assert (before.number, before.plan) == (1, PLAN)
        assert plan_in_force(conn, "norte", START.replace(year=2018)) is None
        with pytest.raises(LookupError):
            plan_numbered(conn, "norte", 9)


@pytest.mark.parametrize("name", ["nada", "overdue_task"])
def test_a_trigger_names_a_rule_of_the_place_and_not_the_one_of_late_tasks(engine: Engine, name: str):
    open_post(engine)
    with pytest.raises(WrongPlan) as told:
        give_plan(engine, read_plan(TEXT.replace('rule = "surge"', f'rule = "{name}"')))
    [(place, wrong)] = told.value.wrongs
    assert (place, wrong.code, wrong.facts["value"]) == ("[[level]] 3 (rojo), [[level.trigger]] 2", "rule", name)
    assert "surge, collapse" in wrong.facts["allowed"]
    with reading(engine) as conn:
        assert conn.execute(select(func.count()).select_from(plan_version)).scalar_one() == 0
