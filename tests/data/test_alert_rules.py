"""Alert rules as rows: what holds where nobody set any, what a place sets, and what that does to its alerts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select

from data import alerts
from data.alert_rules import own_rules, rule_history, rules_in_force, running, set_rules
from data.analytics.kinds import BUILT_IN
from data.analytics.pressure import LIMITS, component, held, limits_from
from data.analytics.rule_params import WrongRule, checked
from data.analytics.rules import RULES
from data.ingest import ingest
from data.pressure_levels import pressure_changes, ruled
from data.rule_shapes import SetRule
from data.store import reading, writing
from data.tables import alert_rule, audit
from data.types import PressureComponent
from data.vocabulary import AlertState, Dataset, Level
from tests.data.post import NOON, START, cards, open_calm_post, send
from tests.data.recently import calm_weeks, hours_until, seen

MANY = checked({"name": "many", "kind": "threshold", "params": {"of": "arrivals", "limit": 100}, "recovering": 60})


@pytest.fixture
def post(any_engine: Engine, var: Path) -> Engine:
    open_calm_post(any_engine, var, NOON - timedelta(days=2))
    return any_engine


def put(engine: Engine, *rules: SetRule, now=NOON, by: str = "rosa") -> tuple[SetRule, ...]:
    with writing(engine) as conn:
        return set_rules(conn, "norte", rules, now, now, by)


def in_force(engine: Engine, now=NOON, as_of=None) -> dict[str, SetRule]:
    with reading(engine) as conn:
        return {rule.name: rule for rule in rules_in_force(conn, "norte", now, as_of)}


def test_where_nobody_set_any_the_rules_are_exactly_those_of_this_release(post):
    assert tuple(in_force(post).values()) == BUILT_IN
    assert all(rule.built_in for rule in BUILT_IN)
    with reading(post) as conn:
        assert running(own_rules(conn, "norte", NOON), RULES) == RULES
    assert [(rule.name, rule.patience) for rule in RULES] == [
        (rule.name, made.patience) for rule, made in zip(BUILT_IN, running(BUILT_IN, ()), strict=True)
    ]


def test_built_in_rules_made_from_their_parameters_find_what_they_always_found():
    people = calm_weeks()
    people[-12:] *= 3
    looked = seen(hours_until(NOON, people))
    for plain, made in zip(RULES, running(BUILT_IN, ()), strict=True):
        assert made.find(looked) == plain.find(looked)
        assert made.watches is not None
        assert plain.watches is not None
        assert made.watches(looked) == plain.watches(looked)


def test_a_rule_holds_from_when_it_was_set_and_what_it_said_before_stays(post):
    put(post, MANY)
    later = NOON + timedelta(hours=1)
    harder = checked(
        {**MANY.entry(), "params": {**MANY.params, "limit": 200.0, "recovers_at": 150.0}, "reason": "acta 4"}
    )
    assert put(post, harder, now=later, by="luis") != ()
    assert put(post, harder, now=later + timedelta(hours=1)) == ()  # it says so already
    assert in_force(post, later)["many"].params["limit"] == 200.0
    assert in_force(post, NOON + timedelta(minutes=59))["many"].params["limit"] == 100.0
    assert in_force(post, later, as_of=NOON)["many"].params["limit"] == 100.0
    assert "many" not in in_force(post, NOON - timedelta(seconds=1))
    with reading(post) as conn:
        assert [(rule.set_by, rule.reason) for rule in rule_history(conn, "norte", "many")] == [
            ("luis", "acta 4"),
            ("rosa", ""),
        ]
        told = conn.execute(select(audit.c.who, audit.c.subject).where(audit.c.action == "rule-set")).all()
    assert [tuple(row) for row in told] == [("rosa", "norte/many"), ("luis", "norte/many")]


def test_a_rule_of_a_place_fires_is_told_by_its_kind_and_ends_with_the_rule(post, var):
    put(post, MANY)
    send(post, var, NOON, [120], NOON + timedelta(hours=1))
    at = NOON + timedelta(hours=1, minutes=1)
    alerts.evaluate(post, "norte", at, at, "one")
    (card,) = [card for card in cards(post) if card.rule == "many"]
    assert (card.state, card.subject, card.evidence["value"]) == (AlertState.FIRING, "migration-control/arrivals", 120)
    assert card.sentence.key == "alert.threshold.sentence_arrivals_above"
    put(post, replace(MANY, enabled=False), now=at)
    after = at + timedelta(minutes=1)
    moved = alerts.evaluate(post, "norte", after, after, "one").moved
    assert [(card.rule, card.transitions[-1][2]) for card in moved if card.rule == "many"] == [("many", "not_watched")]


def test_a_built_in_rule_that_was_switched_off_is_silent(post):
    late = NOON + timedelta(hours=2, minutes=16)
    silent = next(rule for rule in BUILT_IN if rule.name == "source_silent")
    put(post, replace(silent, enabled=False, reason="mudanza"))
    assert alerts.evaluate(post, "norte", late, late, "one").moved == ()
    put(post, silent, now=late)
    later = late + timedelta(minutes=1)
    assert [card.rule for card in alerts.evaluate(post, "norte", later, later, "one").moved] == ["source_silent"]


def test_one_wrong_rule_and_none_is_written(post):
    parts = checked({"name": "both", "kind": "composite", "params": {"rules": ["many", "nobody"]}})
    with pytest.raises(WrongRule, match="part"):
        put(post, MANY, parts)
    with pytest.raises(WrongRule, match="fixed_kind"):
        put(post, replace(MANY, name="surge"))
    with reading(post) as conn:
        assert conn.execute(select(func.count()).select_from(alert_rule)).scalar_one() == 0


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"name": "Mucho", "kind": "surge"}, "name"),
        ({"name": "evaluation", "kind": "surge"}, "reserved_name"),
        ({"name": "x", "kind": "flood"}, "kind"),
        ({"name": "x", "kind": "surge", "params": {"limit": 3}}, "unknown_param"),
        ({"name": "x", "kind": "surge", "colour": "red"}, "unknown"),
        ({"name": "x", "kind": "threshold", "params": {"of": "arrivals"}}, "missing"),
        ({"name": "x", "kind": "threshold", "params": {"of": "rain", "limit": 1}}, "choice"),
        ({"name": "x", "kind": "threshold", "params": {"of": "wait", "limit": float("inf")}}, "number"),
        ({"name": "x", "kind": "threshold", "params": {"of": "wait", "limit": 9, "recovers_at": 10}}, "recovers_above"),
        ({"name": "x", "kind": "percent", "params": {"percent": 120, "side": "below"}}, "number"),
        ({"name": "x", "kind": "percent", "params": {"percent": 50, "hours": 2.5}}, "whole"),
        ({"name": "x", "kind": "surge", "pending": -1}, "whole"),
        ({"name": "x", "kind": "surge", "level": "normal"}, "choice"),
        ({"name": "x", "kind": "surge", "enabled": "yes"}, "enabled"),
        ({"name": "pressure", "kind": "pressure", "params": {"limits": {"presence": [1, 0.5, 2]}}}, "limits"),
        ({"name": "x", "kind": "pressure"}, "only_name"),
        ({"name": "x", "kind": "composite", "params": {"rules": []}}, "names"),
    ],
)
def test_what_is_no_rule_is_refused_with_what_was_expected(entry, code):
    with pytest.raises(WrongRule) as told:
        checked(entry)
    assert code in {wrong.code for wrong in told.value.wrongs}


def test_a_site_has_its_own_limits_of_pressure(post):
    pressure = next(rule for rule in BUILT_IN if rule.name == "pressure")
    limits = {**pressure.params["limits"], "wait_general": [30.0, 45.0, 90.0]}
    put(post, replace(pressure, params={**pressure.params, "limits": limits, "leave_at": 0.8}))
    with reading(post) as conn:
        now, before = ruled(conn, "norte", NOON), ruled(conn, "norte", START)
    assert component("wait_general", 50, rows=now.rows).level is Level.ALERT
    assert component("wait_general", 50, rows=before.rows).level is Level.NORMAL
    assert (now.leave_at, before.rows) == (0.8, LIMITS)


def wait(minutes: float) -> tuple[PressureComponent, ...]:
    return (component("wait_general", minutes),)


@pytest.mark.parametrize(
    ("minutes", "before", "expected"),
    [
        (130, None, Level.ALERT),
        (110, Level.ALERT, Level.ALERT),  # over nine tenths of 120
        (108, Level.ALERT, Level.WATCH),
        (110, Level.WATCH, Level.WATCH),  # it rises at the limit only
        (330, Level.CRITICAL, Level.CRITICAL),
        (110, Level.CRITICAL, Level.ALERT),  # past one level and held by the next
        (10, Level.CRITICAL, Level.NORMAL),
    ],
)
def test_the_pressure_level_rises_at_a_limit_and_falls_well_under_it(minutes, before, expected):
    parts = wait(minutes)
    assert held(parts, parts[0].level, before, 0.9) is expected


def test_a_level_that_nobody_knows_is_not_held():
    assert held((component("wait_general", None),), Level.NO_DATA, Level.CRITICAL, 0.9) is Level.NO_DATA


@given(st.lists(st.floats(110, 130), min_size=2, max_size=40))
def test_a_wait_that_swings_around_a_limit_changes_the_level_once(swings):
    before, changes = Level.WATCH, 0
    for minutes in swings:
        parts = wait(minutes)
        now = held(parts, parts[0].level, before, 0.9)
        changes, before = changes + (now is not before), now
    assert changes == (1 if max(swings) >= 120 else 0)


def test_limits_that_a_site_does_not_name_stay():
    rows = {row.name: row.limits for row in limits_from({"presence": [0.5, 0.6, 0.7]})}
    assert rows["presence"] == (0.5, 0.6, 0.7)
    assert rows["wait_general"] == (60, 120, 360)


def test_every_change_of_the_pressure_level_is_written_down_with_its_inputs(post, var):
    for hours, people in ((1, None), (2, [400]), (3, None)):
        at = NOON + timedelta(hours=hours, minutes=1)
        if people:
            rows = [
                "site,stage,lane,at,waiting,counters_open",
                f"norte,migration-control,general,{at.isoformat()},900,3",
            ]
            queue(post, var, "\n".join(rows).encode(), at)
        later = at + timedelta(minutes=1)
        alerts.evaluate(post, "norte", later, later, "one")
    with reading(post) as conn:
        changes = pressure_changes(conn, "norte", NOON + timedelta(hours=9), 9)
    levels = [change.level for change in changes]
    assert len(set(levels)) > 1
    assert all(new.before is old.level for new, old in pairwise(changes))
    newest = changes[0]
    assert set(newest.inputs) == {row.name for row in LIMITS}
    assert newest.inputs["wait_general"]["limits"] == [60, 120, 360]


def queue(engine: Engine, var: Path, content: bytes, now: datetime) -> None:
    assert ingest(engine, content, "q.csv", source="control", dataset=Dataset.QUEUE, now=now, var=var).rejected == 0
