"""Any order of what rules see and people do: each thing is told once, and every moment can be told again."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from data import alerts
from data.alert_acts import AlertIsOver, NotToldYet, WrongAct, acknowledge, assess
from data.alert_book import alert_subjects, open_alerts
from data.analytics.lifecycle import Patience, Seen
from data.analytics.rule import Finding, Rule
from data.channels import add_channel
from data.places import site as site_named
from data.silences import NoSuchSilence, end_silence, silence_until, silenced_by, silences
from data.store import reading, writing
from data.tables import alert, alert_transition, notice, notice_alert, outbox
from data.tellings import marked
from data.types import Channel
from data.vocabulary import AlertState, Assessment, Language, Level
from tests.data.post import NOON, open_post
from tests.stores import migrated

RULES = ("a", "b", "c")
PATIENCE = {
    "a": Patience(recovering=timedelta(minutes=5), no_data=timedelta(minutes=4)),
    "b": Patience(pending=timedelta(minutes=3), recovering=timedelta(0), no_data=timedelta(minutes=2)),
    "c": Patience(recovering=timedelta(minutes=20)),
}
STEPS = {
    (None, "pending"), (None, "firing"), (None, "error"),
    ("pending", "firing"), ("pending", "resolved"), ("pending", "no-data"), ("pending", "error"),
    ("firing", "recovering"), ("firing", "resolved"), ("firing", "no-data"), ("firing", "error"),
    ("recovering", "firing"), ("recovering", "resolved"), ("recovering", "no-data"), ("recovering", "error"),
    ("no-data", "pending"), ("no-data", "firing"), ("no-data", "recovering"), ("no-data", "resolved"),
    ("no-data", "error"), ("error", "pending"), ("error", "firing"), ("error", "recovering"), ("error", "resolved"),
    ("error", "no-data"),
}  # fmt: skip


class Desk(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory()
        self.engine = migrated(f"sqlite:///{self._folder.name}/caudal.sqlite")
        open_post(self.engine)
        with writing(self.engine) as conn:
            for name, step in (("puesto", 0), ("coordinacion", 1), ("lima", 2)):
                way = Channel("norte", name, "json", "json://example.org", Language.ES, Level.WATCH, step, True)
                add_channel(conn, way, NOON, "prueba")
        self.now = NOON
        self.seen = dict.fromkeys(RULES, Seen.CLEAR)
        self.level = dict.fromkeys(RULES, Level.CRITICAL)
        self.grown = dict.fromkeys(RULES, 0)
        self.views: dict[datetime, Any] = {}
        self._kept = alerts.RULES

    def teardown(self) -> None:
        alerts.RULES = self._kept
        self.engine.dispose()
        self._folder.cleanup()

    @rule(name=st.sampled_from(RULES), seen=st.sampled_from(Seen), level=st.sampled_from([Level.ALERT, Level.CRITICAL]))
    def sees(self, name: str, seen: Seen, level: Level) -> None:
        self.seen[name], self.level[name] = seen, level

    @rule(name=st.sampled_from(RULES), grown=st.integers(0, 3))
    def grows(self, name: str, grown: int) -> None:
        self.grown[name] = grown

    @rule(waits=st.lists(st.integers(1, 20), min_size=1, max_size=3))
    def passes(self, waits: list[int]) -> None:
        """Between two looks a worker may have been away."""
        for minutes in waits:
            self.now += timedelta(minutes=minutes)
            self._evaluate()

    def _evaluate(self) -> None:
        def made(name: str) -> Rule:
            finding = Finding("x", self.seen[name], self.level[name], {"told": name, "grown": self.grown[name]})
            gone = Rule(name, lambda recent: (), PATIENCE[name], lambda recent: frozenset())
            found = Rule(name, lambda recent: (finding,), PATIENCE[name], lambda recent: frozenset({"x"}))
            return gone if self.seen[name] is Seen.GONE else found

        quiet, before = self._silenced(), self._told()
        alerts.RULES = tuple(made(name) for name in RULES)
        alerts.evaluate(self.engine, "norte", self.now, self.now, "one")
        on = {number for number, _, kind in self._told() - before if kind != "over"}
        assert not on & quiet, "what is silent is not told"
        assert self._grew() - quiet <= on, "growth is told once, with what is told anyway or by itself"

    def _grew(self) -> set[int]:
        t = alert_transition.c
        grew = select(t.alert_id).where(t.reason == "grew", t.at == self.now)
        with reading(self.engine) as conn:
            return set(conn.execute(grew).scalars())

    def _silenced(self) -> set[int]:
        with reading(self.engine) as conn:
            site = site_named(conn, "norte")
            found = silences(conn, site, self.now)
            rows = conn.execute(select(alert).where(alert.c.open_key.is_not(None)))
            return {row.alert_id for row in rows if silenced_by(row.rule, row.subject, found, self.now, site)}

    def _told(self) -> set[tuple[int, int, str]]:
        a, n = notice_alert.c, notice.c
        with reading(self.engine) as conn:
            rows = conn.execute(select(a.alert_id, a.notice_id, n.kind).join(notice, n.notice_id == a.notice_id))
            return {(row.alert_id, row.notice_id, row.kind) for row in rows}

    def _some(self) -> list[Any]:
        with reading(self.engine) as conn:
            return list(conn.execute(select(alert).order_by(alert.c.alert_id)))

    @precondition(lambda self: self._some())
    @rule(pick=st.integers(0, 50), minutes=st.none() | st.integers(1, 60))
    def is_taken(self, pick: int, minutes: int | None) -> None:
        rows = self._some()
        row = rows[pick % len(rows)]
        deadline = None if minutes is None else self.now + timedelta(minutes=minutes)
        with writing(self.engine) as conn:
            if row.open_key is None:
                with pytest.raises(AlertIsOver):
                    acknowledge(conn, row.alert_id, "Rosa", "", self.now, "DIRESA", deadline)
            elif row.state == AlertState.PENDING:
                with pytest.raises(NotToldYet):
                    acknowledge(conn, row.alert_id, "Rosa", "", self.now, "DIRESA", deadline)
            else:
                acknowledge(conn, row.alert_id, "Rosa", "", self.now, "DIRESA", deadline)

    @precondition(lambda self: self._some())
    @rule(pick=st.integers(0, 50), outcome=st.sampled_from(Assessment))
    def is_assessed(self, pick: int, outcome: Assessment) -> None:
        rows = self._some()
        row = rows[pick % len(rows)]
        with writing(self.engine) as conn:
            if row.state == AlertState.PENDING:
                with pytest.raises(NotToldYet):
                    assess(conn, row.alert_id, outcome, "Rosa", "vista", self.now)
            else:
                assess(conn, row.alert_id, outcome, "Rosa", "vista", self.now)

    @rule(name=st.none() | st.sampled_from(RULES), minutes=st.integers(1, 40))
    def is_silenced(self, name: str | None, minutes: int) -> None:
        with writing(self.engine) as conn:
            site, until = site_named(conn, "norte"), self.now + timedelta(minutes=minutes)
            if name is None and not alert_subjects(conn, "norte"):
                with pytest.raises(WrongAct):
                    silence_until(conn, site, None, "x", "relevo", "Rosa", until, self.now)
                return
            silence_until(conn, site, name, None if name else "x", "relevo", "Rosa", until, self.now)

    @rule(number=st.integers(1, 6))
    def silence_is_ended(self, number: int) -> None:
        with writing(self.engine) as conn:
            site = site_named(conn, "norte")
            if number in {one.silence_id for one in silences(conn, site, self.now)}:
                end_silence(conn, site, number, "Rosa", self.now)
            else:
                with pytest.raises(NoSuchSilence):
                    end_silence(conn, site, number, "Rosa", self.now)

    @invariant()
    def every_step_is_one_of_the_lifecycle_and_follows_the_last(self) -> None:
        t = alert_transition.c
        last: dict[int, tuple[int, str]] = {}
        with reading(self.engine) as conn:
            rows = conn.execute(select(alert_transition).order_by(t.alert_id, t.step)).all()
        for row in rows:
            step, state = last.get(row.alert_id, (-1, None))
            assert (row.step, row.from_state) == (step + 1, state)
            assert row.from_state == row.to_state or (row.from_state, row.to_state) in STEPS
            last[row.alert_id] = (row.step, row.to_state)
        assert {row.alert_id: row.state for row in self._some()} == {key: state for key, (_, state) in last.items()}

    @invariant()
    def each_thing_is_told_once(self) -> None:
        t = alert_transition.c
        with reading(self.engine) as conn:
            done = conn.execute(select(alert_transition).order_by(t.alert_id, t.step)).all()
            ways = [tuple(row) for row in conn.execute(select(outbox.c.notice_id, outbox.c.channel))]
        escalated = Counter((row.alert_id, row.evidence["escalation"]) for row in done if row.reason == "escalated")
        assert set(escalated.values()) <= {1}
        assert len(ways) == len(set(ways))
        told = self._told()
        over = Counter(number for number, _, kind in told if kind == "over")
        heard = {number for number, _, kind in told if kind in ("opened", "still-on")}
        ended = {row.alert_id for row in self._some() if row.open_key is None}
        assert over == Counter(heard & ended), "whoever heard of it hears once that it is over"
        deadlines: Counter[int] = Counter()
        for row in done:
            if row.reason == "acknowledged":
                deadlines[row.alert_id] = 0
            if row.reason == "deadline_passed":
                deadlines[row.alert_id] += 1
        assert set(deadlines.values()) <= {0, 1}

    @invariant()
    def what_is_on_and_not_silent_was_told(self) -> None:
        """After an evaluation; what changed since waits for the next one."""
        with reading(self.engine) as conn:
            if conn.execute(select(alert.c.alert_id).limit(1)).first() is None:
                return
            site = site_named(conn, "norte")
            view = marked(conn, site, open_alerts(conn, "norte"), self.now)
        self.views[self.now] = [self._shown(card) for card in view]

    @staticmethod
    def _shown(card: Any) -> tuple[Any, ...]:
        taken, assessed = card.taken, card.assessed
        who = None if taken is None else (taken.by, taken.at, taken.deadline, taken.overdue)
        what = None if assessed is None else assessed.outcome
        return card.alert_id, card.state, card.level, who, what, card.silenced is not None

    @invariant()
    def any_moment_is_told_as_it_was(self) -> None:
        """Every seventh of those seen so far: all of them would take as long as the whole test."""
        past = [at for at in self.views if at < self.now][::7]
        with reading(self.engine) as conn:
            site = site_named(conn, "norte")
            for at in past:
                then = marked(conn, site, open_alerts(conn, "norte", at), at, at)
                assert [self._shown(card) for card in then] == self.views[at]


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def test_the_desk_keeps_its_word_in_any_order():
    run_state_machine_as_test(Desk, settings=settings(max_examples=6, stateful_step_count=12, **QUIET))


@pytest.mark.long
def test_the_desk_keeps_its_word_in_many_orders():
    run_state_machine_as_test(Desk, settings=settings(max_examples=100, stateful_step_count=40, **QUIET))
