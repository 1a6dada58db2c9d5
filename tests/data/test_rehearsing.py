"""A rule tried on the past: what would have sounded, when, and never because of what came later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data import alerts
from data.alert_rules import rules_in_force, set_rules
from data.analytics.kinds import BUILT_IN
from data.analytics.rule_params import checked
from data.places import site
from data.rehearsing import NotRehearsed, rehearse
from data.rule_shapes import Rehearsal, SetRule
from data.store import reading, writing
from data.tables import alert, alert_transition
from data.vocabulary import Level
from tests.data.post import NOON, START, open_calm_post, send

HOUR = timedelta(hours=1)
MANY = checked({"name": "many", "kind": "threshold", "params": {"of": "arrivals", "limit": 100}, "recovering": 120})


@pytest.fixture
def crowded(engine: Engine, var: Path) -> Engine:
    """Seven calm weeks and twelve hours of three times as many people, then five calm hours again."""
    open_calm_post(engine, var)
    send(engine, var, NOON, [64, 180, 200, *[190] * 10, 64, 64, 64, 64, 64], NOON + 18 * HOUR)
    return engine


def tried(engine: Engine, rule: SetRule, now: datetime, days: int = 90) -> Rehearsal:
    with reading(engine) as conn:
        known = {one.name: one for one in rules_in_force(conn, "norte", now)}
        return rehearse(conn, site(conn, "norte"), rule, known, now, days)


def test_a_limit_would_have_sounded_once_from_the_first_hour_over_it_to_its_calm(crowded):
    done = tried(crowded, MANY, NOON + 18 * HOUR)
    (one,) = done.episodes
    assert (one.start, one.end) == (NOON + 2 * HOUR, NOON + 16 * HOUR)
    assert (one.peak_at, one.evidence["value"], one.level) == (NOON + 3 * HOUR, 200, Level.ALERT)
    # Nothing is known of the days before the first report, and that is said.
    first = round((START - done.window.start) / HOUR)
    assert (done.hours, done.unknown) == (90 * 24, first)


def test_an_alert_that_is_still_on_has_no_end(crowded):
    (one,) = tried(crowded, MANY, NOON + 8 * HOUR).episodes
    assert (one.start, one.end) == (NOON + 2 * HOUR, None)


def test_what_does_not_last_is_not_told(crowded):
    assert tried(crowded, replace(MANY, pending=13 * 60), NOON + 18 * HOUR).episodes == ()
    (one,) = tried(crowded, replace(MANY, pending=30), NOON + 18 * HOUR).episodes
    assert one.start == NOON + 2 * HOUR + timedelta(minutes=30)


@pytest.mark.parametrize(
    "rule",
    [
        MANY,
        checked({"name": "percent", "kind": "percent", "params": {"percent": 60, "hours": 3}}),
        checked({"name": "mine", "kind": "surge"}),
        checked({"name": "both", "kind": "composite", "params": {"rules": ["surge", "many"]}}),
        checked({"name": "queue", "kind": "threshold", "params": {"of": "waiting", "limit": 50}}),
    ],
    ids=lambda rule: rule.name,
)
def test_what_comes_later_changes_nothing_of_what_would_have_sounded(engine, var, rule):
    open_calm_post(engine, var)
    send(engine, var, NOON, [64, 180, 200, 190, 190, 190], NOON + 6 * HOUR)
    with writing(engine) as conn:
        set_rules(conn, "norte", (MANY,), START, START, "rosa")
    now = NOON + 6 * HOUR
    before = tried(engine, rule, now, 10)
    send(engine, var, now, [900] * 6, now + 6 * HOUR)
    assert tried(engine, rule, now, 10) == before
    assert before.unknown < before.hours or rule.name == "queue"  # nobody counted the queue


@pytest.mark.parametrize("kind", ["threshold", "percent", "surge"])
def test_it_sounds_when_the_running_rule_does(crowded, kind):
    """The worker evaluates hour after hour; the trial tells the same beginning and the same end."""
    params = {"threshold": MANY.params, "percent": {"percent": 60, "hours": 3}, "surge": {}}[kind]
    rule = checked({"name": "mine", "kind": kind, "params": params, "recovering": 60})
    begin = NOON - 2 * HOUR
    with writing(crowded) as conn:
        set_rules(conn, "norte", (rule,), begin, begin, "rosa")
    for hour in range(21):
        at = begin + hour * HOUR
        alerts.evaluate(crowded, "norte", at, at, "one")
    a, t = alert.c, alert_transition.c
    with reading(crowded) as conn:
        live = conn.execute(
            select(t.at, t.to_state).join(alert, a.alert_id == t.alert_id).where(a.rule == "mine").order_by(t.at)
        ).all()
    fired = [at for at, state in live if state == "firing"]
    (one,) = tried(crowded, rule, NOON + 18 * HOUR, 2).episodes
    assert fired
    assert one.start == fired[0]
    assert one.end == next((at for at, state in live if state == "resolved"), None)


def test_rules_that_look_at_what_is_not_kept_by_the_hour_cannot_be_tried(crowded):
    for rule in BUILT_IN:
        if rule.name in ("source_silent", "coverage_gap", "overdue_task", "overdue_request"):
            with pytest.raises(NotRehearsed):
                tried(crowded, rule, NOON)
