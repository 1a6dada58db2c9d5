"""Who evaluates, on what, and when: one moment of the store, one writer, a clock that may be set back."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from data import alerts, watch
from data.alert_acts import AlertIsOver
from data.alert_book import evaluated_at, recent_alerts
from data.alert_moves import add_transition
from data.analytics.lifecycle import Patience, Seen
from data.analytics.rule import Finding, Recent, Rule
from data.sites import UnknownSite
from data.store import lock, reading, writing
from data.tables import alert_transition
from data.versions import version_of
from data.vocabulary import NOT_EVALUATED, AlertState, Level
from tests.data.desk import acknowledge
from tests.data.post import NOON, cards, open_calm_post, send

LATE = NOON + timedelta(hours=2, minutes=16)  # two reports were due, with their grace, and neither came


@pytest.fixture
def calm_post(any_engine: Engine, var: Path) -> Engine:
    open_calm_post(any_engine, var, NOON - timedelta(days=2))
    return any_engine


def evaluate(engine: Engine, now: datetime, worker: str = "one") -> alerts.Evaluated:
    return alerts.evaluate(engine, "norte", now, now, worker)


def last_evaluated(engine: Engine) -> datetime | None:
    with reading(engine) as conn:
        return evaluated_at(conn, "norte")


def version(engine: Engine) -> int:
    with reading(engine) as conn:
        return version_of(conn, "norte")


@pytest.mark.parametrize("back", [timedelta(minutes=3), timedelta(hours=1), timedelta(hours=10), timedelta(days=3)])
def test_a_clock_that_was_set_back_is_evaluated_at_once(calm_post, back):
    evaluate(calm_post, LATE)
    evaluate(calm_post, LATE - back)
    assert last_evaluated(calm_post) == LATE - back


def test_a_clock_that_is_put_right_by_seconds_is_the_same_moment(calm_post):
    evaluate(calm_post, LATE)
    evaluate(calm_post, LATE - timedelta(seconds=5), "two")
    assert last_evaluated(calm_post) == LATE


def test_an_alert_of_a_future_that_was_set_back_begins_now_and_ends(calm_post, var):
    send(calm_post, var, NOON, [64] * 3, NOON + timedelta(hours=3))
    later = NOON + timedelta(hours=8)
    assert [card.rule for card in evaluate(calm_post, later).moved if card.state is AlertState.FIRING]
    back = NOON + timedelta(hours=3, minutes=1)
    evaluate(calm_post, back)
    assert all(card.since <= back for card in cards(calm_post))
    with reading(calm_post) as conn:
        over = recent_alerts(conn, "norte", 9)
    assert "source_silent" in {card.rule for card in over}
    assert all(card.since <= card.updated for card in over)


def test_a_delivery_that_comes_while_the_rules_look_is_looked_at_too(calm_post, var, monkeypatch):
    """Each look sees one moment of the store; a look that was overtaken is taken again before anything is written."""
    looks: list[Recent] = []

    def overtaken(conn, name, now, _below):
        if not looks:
            send(calm_post, var, NOON, [64] * 2, LATE)
        looks.append(watch.recent(conn, name, now))
        return looks[-1]

    monkeypatch.setattr(alerts, "recent", overtaken)
    done = evaluate(calm_post, LATE)
    ends = [look.hours.end[-1] for look in looks]
    assert ends == [NOON.timestamp(), (NOON + timedelta(hours=2)).timestamp()]
    assert cards(calm_post) == ()  # and not a source that was silent for one look
    assert done.version == version(calm_post)


def test_the_version_told_is_the_one_that_was_looked_at(calm_post, var, monkeypatch):
    def always_overtaken(conn, name, now, _below):
        seen = watch.recent(conn, name, now)
        send(calm_post, var, NOON + timedelta(hours=calls.pop()), [64], LATE)
        return seen

    calls = [2, 1, 0]
    monkeypatch.setattr(alerts, "recent", always_overtaken)
    done = evaluate(calm_post, LATE)
    assert done.version < version(calm_post)
    monkeypatch.setattr(alerts, "recent", watch.recent)
    again = evaluate(calm_post, LATE + timedelta(seconds=1))
    assert again.version == version(calm_post)


def test_what_an_evaluation_wrote_is_part_of_the_version_it_tells(calm_post):
    done = evaluate(calm_post, LATE)
    assert done.moved
    assert done.version == version(calm_post)


def test_who_finds_that_another_came_between_writes_nothing(calm_post, monkeypatch):
    def overtaken(conn, name, now, _below):
        seen = watch.recent(conn, name, now)
        monkeypatch.setattr(alerts, "recent", watch.recent)
        assert evaluate(calm_post, LATE, "two").moved
        return seen

    monkeypatch.setattr(alerts, "recent", overtaken)
    assert evaluate(calm_post, LATE + timedelta(seconds=1)).moved == ()
    assert last_evaluated(calm_post) == LATE
    assert [card.rule for card in cards(calm_post)] == ["source_silent"]


def test_an_acknowledgement_waits_for_the_evaluation_that_is_writing(calm_post):
    (card,) = evaluate(calm_post, LATE).moved
    seen = threading.Thread(target=acknowledge, args=(calm_post, card.alert_id, "Rosa", "", LATE))
    with writing(calm_post) as conn:
        lock(conn, "alerts:norte")
        add_transition(conn, card.alert_id, LATE, "firing", "recovering", "calmer", {})
        seen.start()
        seen.join(0.5)
        assert seen.is_alive()
    seen.join(10)
    t = alert_transition.c
    with reading(calm_post) as conn:
        steps = conn.execute(select(t.step, t.reason).where(t.alert_id == card.alert_id).order_by(t.step)).all()
    assert [tuple(step) for step in steps] == [(0, "limit_passed"), (1, "calmer"), (2, "acknowledged")]


def test_an_alert_that_is_over_cannot_be_acknowledged(calm_post, var):
    (card,) = evaluate(calm_post, LATE).moved
    send(calm_post, var, NOON, [60] * 2, LATE + timedelta(minutes=1))
    evaluate(calm_post, LATE + timedelta(minutes=2))
    with pytest.raises(AlertIsOver, match="is over since"):
        acknowledge(calm_post, card.alert_id, "Rosa", "", LATE + timedelta(minutes=3))


def test_a_site_that_cannot_be_read_says_so_and_keeps_what_is_open(calm_post, monkeypatch):
    evaluate(calm_post, LATE)

    def broken(conn, name, now, _below):
        raise ZeroDivisionError("one broken site")

    monkeypatch.setattr(alerts, "recent", broken)
    for minutes in (1, 30, 90):
        evaluate(calm_post, LATE + timedelta(minutes=minutes))
    shown = {card.rule: card for card in cards(calm_post)}
    assert shown[NOT_EVALUATED].state is AlertState.ERROR
    assert shown[NOT_EVALUATED].sentence.key == "alert.evaluation.sentence"
    assert shown["source_silent"].state is AlertState.NO_DATA
    monkeypatch.setattr(alerts, "recent", watch.recent)
    evaluate(calm_post, LATE + timedelta(minutes=91))
    assert {card.rule: card.state for card in cards(calm_post)} == {"source_silent": AlertState.FIRING}


def test_a_site_nobody_knows_is_no_broken_site(any_engine):
    with pytest.raises(UnknownSite):
        alerts.evaluate(any_engine, "nowhere", NOON, NOON, "one")


def test_only_what_is_gone_closes_an_alert_that_no_rule_names(calm_post, monkeypatch):
    def rule(findings: tuple[Finding, ...], watched: set[str]) -> tuple[Rule, ...]:
        patience = Patience(no_data=timedelta(minutes=30))
        return (Rule("gaps", lambda recent: findings, patience, lambda recent: frozenset(watched)),)

    both = tuple(Finding(name, Seen.BREACH, Level.ALERT, {"told": name}) for name in ("kept", "dropped"))
    monkeypatch.setattr(alerts, "RULES", rule(both, {"kept", "dropped"}))
    evaluate(calm_post, NOON)
    monkeypatch.setattr(alerts, "RULES", rule((), {"kept"}))
    for minutes in (1, 45):
        evaluate(calm_post, NOON + timedelta(minutes=minutes))
    (card,) = cards(calm_post)
    assert (card.subject, card.state, card.evidence) == ("kept", AlertState.NO_DATA, {"told": "kept"})
    with reading(calm_post) as conn:
        (over,) = recent_alerts(conn, "norte", 9)
    assert (over.subject, over.transitions[-1][2]) == ("dropped", "not_watched")


def test_an_alert_is_not_over_because_other_things_than_its_own_are_calm(calm_post, monkeypatch):
    """Fired for the wait; nobody counts the queue any more, and the crowd inside is calm."""

    def rule(seen: Seen, about: str, *unknown: str) -> tuple[Rule, ...]:
        finding = Finding("entry", seen, Level.ALERT, {"component": about}, about=about, unknown=frozenset(unknown))
        return (Rule("crowd", lambda recent: (finding,), Patience(recovering=timedelta(minutes=30))),)

    story = [
        (0, rule(Seen.BREACH, "wait"), AlertState.FIRING),
        (1, rule(Seen.CLEAR, "presence", "wait"), AlertState.FIRING),
        (62, rule(Seen.CLEAR, "presence", "wait"), AlertState.NO_DATA),
        (63, rule(Seen.CLEAR, "presence"), AlertState.RECOVERING),
        (64, rule(Seen.CLEAR, "presence", "wait"), AlertState.RECOVERING),
        (94, rule(Seen.CLEAR, "presence"), AlertState.RECOVERING),
    ]
    for minutes, rules, state in story:
        monkeypatch.setattr(alerts, "RULES", rules)
        evaluate(calm_post, NOON + timedelta(minutes=minutes))
        (card,) = cards(calm_post)
        assert card.state is state, minutes
    evaluate(calm_post, NOON + timedelta(minutes=124))
    assert cards(calm_post) == ()
