"""Alerts in the store: opened once, moved as stored transitions, seen with nobody looking."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from data import alerts, watch
from data.alert_book import alarm_spans, evaluated_at, open_alerts, recent_alerts
from data.analytics import rules
from data.analytics.lifecycle import Patience, Seen
from data.analytics.rule import Finding, Recent, Rule
from data.store import reading
from data.tables import alert, alert_transition, notice
from data.versions import version_of
from data.vocabulary import AlertState, Language, Level
from layouts.translator import translator
from tests.data.desk import acknowledge
from tests.data.post import NOON, START, cards, open_calm_post, send


@pytest.fixture
def calm_post(any_engine: Engine, var: Path) -> Engine:
    open_calm_post(any_engine, var)
    return any_engine


def test_a_calm_post_has_no_alert(calm_post):
    assert alerts.evaluate(calm_post, "norte", NOON, NOON, "one").moved == ()
    assert cards(calm_post) == ()
    with reading(calm_post) as conn:
        assert evaluated_at(conn, "norte") == NOON


def test_a_surge_is_told_once_and_is_over_when_it_is(calm_post, var):
    send(calm_post, var, NOON, [300] * 12, NOON + timedelta(hours=12))
    told = NOON + timedelta(hours=12, minutes=5)
    (card,) = [c for c in alerts.evaluate(calm_post, "norte", told, told, "one").moved if c.rule == "surge"]
    assert (card.state, card.since, card.level) == (AlertState.FIRING, told, Level.CRITICAL)
    assert card.evidence["observed"] > 2 * card.evidence["expected"]
    again = told + timedelta(minutes=1)
    assert [c for c in alerts.evaluate(calm_post, "norte", again, again, "one").moved if c.rule == "surge"] == []
    end = NOON + timedelta(hours=12 + 72)
    send(calm_post, var, NOON + timedelta(hours=12), [64] * 72, end)
    for hours in range(8):
        at = end + timedelta(hours=hours, minutes=5)
        if hours:
            send(calm_post, var, end + timedelta(hours=hours - 1), [64], at - timedelta(minutes=1))
        alerts.evaluate(calm_post, "norte", at, at, "one")
    with reading(calm_post) as conn:
        assert [c.rule for c in open_alerts(conn, "norte") if c.rule == "surge"] == []
        (over,) = recent_alerts(conn, "norte", 10)
        states = [state for _, state, _ in over.transitions]
        assert states == [AlertState.FIRING, AlertState.RECOVERING, AlertState.RESOLVED]
        (span,) = alarm_spans(conn, "norte", "surge", START)
        assert (span.start, span.end) == (told, over.updated)


def test_a_correction_that_undoes_an_alarm_ends_it_at_once_and_says_so(calm_post, var):
    send(calm_post, var, NOON, [300] * 6, NOON + timedelta(hours=6))
    told = NOON + timedelta(hours=6, minutes=5)
    (card,) = [c for c in alerts.evaluate(calm_post, "norte", told, told, "one").moved if c.rule == "surge"]
    assert (card.evidence["sure"], card.is_open) == ("almost_certain", True)
    # The hours were a tenth of what was typed, and by now there is one more.
    send(calm_post, var, NOON, [60] * 7, NOON + timedelta(hours=7, minutes=1))
    later = NOON + timedelta(hours=7, minutes=5)
    (card,) = [c for c in alerts.evaluate(calm_post, "norte", later, later, "one").moved if c.rule == "surge"]
    assert [(state, reason) for _, state, reason in card.transitions] == [
        (AlertState.FIRING, "limit_passed"),
        (AlertState.RESOLVED, "corrected"),
    ]
    assert "los datos se corrigieron o se completaron" in translator(Language.ES).sentence(card.sentence)
    assert card.evidence["observed"] > 1000, "what was told stands there still"
    with reading(calm_post) as conn:
        assert alarm_spans(conn, "norte", "surge", START) == (), "the baseline keeps the day"
        assert len(alarm_spans(conn, "norte", "surge", START, as_of=told)) == 1


def test_a_correction_that_leaves_a_smaller_surge_ends_nothing(calm_post, var):
    send(calm_post, var, NOON, [300] * 6, NOON + timedelta(hours=6))
    told = NOON + timedelta(hours=6, minutes=5)
    alerts.evaluate(calm_post, "norte", told, told, "one")
    send(calm_post, var, NOON, [220] * 6, NOON + timedelta(hours=6, minutes=10))
    later = NOON + timedelta(hours=6, minutes=15)
    (card,) = [c for c in alerts.evaluate(calm_post, "norte", later, later, "one").moved if c.rule == "surge"]
    assert (card.state, card.evidence["observed"]) == (AlertState.FIRING, 6 * 220)


def test_a_surge_that_only_fades_into_the_night_was_not_corrected(engine, var):
    """Every hour of its own report; midnight is 05:00 here, and the baseline is another one from then on."""
    open_calm_post(engine, var)
    reasons: list[str] = []
    people = [150] * 10 + [66, 78, 60, 83, 58, 71, 64, 80] * 2 + [60] * 24
    for hour, count in enumerate(people, start=1):
        at = NOON + timedelta(hours=hour, minutes=5)
        send(engine, var, NOON + timedelta(hours=hour - 1), [count], at - timedelta(minutes=1))
        for card in alerts.evaluate(engine, "norte", at, at, "one").moved:
            if card.rule == "surge":
                reasons = [reason for _, _, reason in card.transitions]
    assert reasons[-1] == "back_to_normal"
    assert "corrected" not in reasons


def test_a_surge_that_grows_while_it_is_on_is_told_again(engine, var):
    open_calm_post(engine, var)
    reasons: list[str] = []
    for hour in range(1, 25):
        at = NOON + timedelta(hours=hour, minutes=5)
        send(engine, var, NOON + timedelta(hours=hour - 1), [150 if hour <= 10 else 600], at - timedelta(minutes=1))
        moved = [c for c in alerts.evaluate(engine, "norte", at, at, "one").moved if c.rule == "surge"]
        reasons = [reason for _, _, reason in moved[0].transitions] if moved else reasons
    assert [reason for reason in reasons if reason != "escalated"] == ["limit_passed", "grew"]
    with reading(engine) as conn:
        kinds = conn.execute(select(notice.c.kind).order_by(notice.c.notice_id)).scalars().all()
    assert kinds.count("grew") == 1


def test_a_source_that_falls_silent_is_told_with_nobody_looking(calm_post):
    late = NOON + timedelta(hours=2, minutes=16)
    (card,) = [c for c in alerts.evaluate(calm_post, "norte", late, late, "one").moved if c.rule == "source_silent"]
    assert (card.subject, card.state) == ("control/flow", AlertState.FIRING)
    assert card.sentence.facts["last_at"] == NOON


def test_when_it_reports_again_the_alert_is_over(calm_post, var):
    late = NOON + timedelta(hours=3)
    alerts.evaluate(calm_post, "norte", late, late, "one")
    send(calm_post, var, NOON, [60] * 3, late + timedelta(minutes=1))
    back = late + timedelta(minutes=2)
    moved = alerts.evaluate(calm_post, "norte", back, back, "one").moved
    assert [(c.rule, c.state) for c in moved if c.rule == "source_silent"] == [("source_silent", AlertState.RESOLVED)]


def test_two_evaluators_in_the_same_moment_open_one_alert(calm_post):
    late = NOON + timedelta(hours=2, minutes=16)
    with ThreadPoolExecutor(4) as pool:
        runs = [pool.submit(alerts.evaluate, calm_post, "norte", late, late, f"worker {n}") for n in range(4)]
        moved = [run.result().moved for run in runs]
    assert sum(bool(cards) for cards in moved) == 1
    with reading(calm_post) as conn:
        opened = select(func.count()).select_from(alert).where(alert.c.rule == "source_silent")
        steps = select(func.count()).select_from(alert_transition).where(alert_transition.c.to_state == "firing")
        assert conn.execute(opened).scalar_one() == 1
        assert conn.execute(steps).scalar_one() == 1


def test_the_version_rises_only_when_something_changed(calm_post):
    def version() -> int:
        with reading(calm_post) as conn:
            return version_of(conn, "norte")

    before = version()
    alerts.evaluate(calm_post, "norte", NOON, NOON, "one")
    assert version() == before
    late = NOON + timedelta(hours=2, minutes=16)
    alerts.evaluate(calm_post, "norte", late, late, "one")
    assert version() == before + 1
    later = late + timedelta(minutes=1)
    alerts.evaluate(calm_post, "norte", later, later, "one")
    assert version() == before + 1


def test_an_acknowledgement_is_a_stored_step_and_the_alert_stays_open(calm_post):
    late = NOON + timedelta(hours=2, minutes=16)
    (card,) = [c for c in alerts.evaluate(calm_post, "norte", late, late, "one").moved if c.rule == "source_silent"]
    seen = acknowledge(calm_post, card.alert_id, "Rosa", "llamé al puesto", late + timedelta(minutes=3))
    assert (seen.acknowledged_by, seen.state) == ("Rosa", AlertState.FIRING)
    assert seen.transitions[-1][2] == "acknowledged"
    with pytest.raises(LookupError):
        acknowledge(calm_post, 10**6, "Rosa", "", late)


def test_a_rule_that_breaks_is_an_alert_of_its_own_and_silences_no_other(calm_post, monkeypatch):
    def broken(recent: Recent) -> tuple[Finding, ...]:
        raise ZeroDivisionError("no counters")

    monkeypatch.setattr(alerts, "RULES", (Rule("broken", broken, Patience()), *rules.RULES))
    late = NOON + timedelta(hours=2, minutes=16)
    moved = alerts.evaluate(calm_post, "norte", late, late, "one").moved
    assert {(c.rule, c.state) for c in moved} >= {
        ("broken", AlertState.ERROR),
        ("source_silent", AlertState.FIRING),
    }
    failed = next(c for c in moved if c.rule == "broken")
    assert failed.sentence.key == "alert.rule_failed"
    assert "ZeroDivisionError" in failed.evidence["error"]

    works = Rule("broken", lambda recent: (Finding("", Seen.CLEAR, Level.WATCH),), Patience())
    monkeypatch.setattr(alerts, "RULES", (works, *rules.RULES))
    later = late + timedelta(minutes=1)
    assert ("broken", AlertState.RESOLVED) in {
        (c.rule, c.state) for c in alerts.evaluate(calm_post, "norte", later, later, "one").moved
    }


def test_a_restart_goes_on_from_what_is_stored(calm_post):
    """Each evaluation reads its memory from the store, so a new process is like the old one."""
    pending = Rule(
        "slow", lambda recent: (Finding("x", Seen.BREACH, Level.ALERT),), Patience(pending=timedelta(minutes=10))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alerts, "RULES", (pending,))
        alerts.evaluate(calm_post, "norte", NOON, NOON, "one")
        assert cards(calm_post) == ()  # pending is not yet told
        for minutes, worker in ((5, "one"), (10, "two")):
            at = NOON + timedelta(minutes=minutes)
            alerts.evaluate(calm_post, "norte", at, at, worker)
        (card,) = cards(calm_post)
    assert [state for _, state, _ in card.transitions] == [AlertState.PENDING, AlertState.FIRING]


def test_what_the_rules_see_is_read_at_one_moment(calm_post):
    with reading(calm_post) as conn:
        seen = watch.recent(conn, "norte", NOON)
    assert seen.measure == "arrivals"
    assert seen.history is not None
    compared = seen.history.compared(11, 6)
    assert compared is not None
    assert compared.covered == compared.expected == 6
