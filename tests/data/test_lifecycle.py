"""When an alert opens, waits, is over, and what silence does to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.lifecycle import OPEN, Life, Patience, Seen, step
from data.vocabulary import AlertState
from tests.data.recently import NOON

PATIENT = Patience(pending=timedelta(minutes=10), recovering=timedelta(minutes=30), no_data=timedelta(minutes=60))


def lived(sights: list[Seen], patience: Patience = PATIENT, every: int = 5) -> list[AlertState | None]:
    """State after each sight, `every` minutes apart; None where nothing is open."""
    life: Life | None = None
    states = []
    for number, sight in enumerate(sights):
        life, _ = step(life, sight, NOON + timedelta(minutes=every * number), patience)
        states.append(life.state if life else None)
    return states


def told(story: list[tuple[int, Seen]]) -> list[AlertState | None]:
    """State after each sight, at its minute."""
    life: Life | None = None
    states = []
    for minute, sight in story:
        life, _ = step(life, sight, NOON + timedelta(minutes=minute), PATIENT)
        states.append(life.state if life else None)
    return states


def test_an_alert_waits_fires_recovers_and_is_over():
    states = lived([Seen.BREACH] * 3 + [Seen.CLEAR] * 8)
    assert states[:3] == [AlertState.PENDING, AlertState.PENDING, AlertState.FIRING]
    assert states[3:9] == [AlertState.RECOVERING] * 6
    assert states[9:] == [None, None]


def test_a_breach_that_does_not_last_is_never_told():
    assert lived([Seen.BREACH, Seen.CLEAR, Seen.CLEAR]) == [AlertState.PENDING, None, None]


def test_a_sawtooth_is_one_alert():
    saw = [Seen.BREACH, Seen.BREACH, Seen.BREACH, *[Seen.CLEAR, Seen.BETWEEN, Seen.BREACH] * 20]
    assert None not in lived(saw)


def test_between_the_limits_an_alert_stays_as_it_is():
    assert lived([Seen.BREACH] * 3 + [Seen.BETWEEN] * 50)[-1] is AlertState.FIRING
    assert lived([Seen.BETWEEN] * 5) == [None] * 5


def test_silence_keeps_the_last_state_and_then_says_so():
    states = lived([Seen.BREACH] * 3 + [Seen.NO_DATA] * 14)
    assert states[3:15] == [AlertState.FIRING] * 12
    assert states[15] is AlertState.NO_DATA


def test_when_data_come_back_an_alert_goes_on_where_it_stood():
    blind = [Seen.BREACH] * 3 + [Seen.NO_DATA] * 15
    assert lived([*blind, Seen.BREACH])[-1] is AlertState.FIRING
    assert lived([*blind, Seen.BETWEEN])[-1] is AlertState.FIRING
    assert lived([*blind, Seen.CLEAR])[-1] is AlertState.RECOVERING


def test_silence_with_nothing_open_opens_nothing():
    assert lived([Seen.NO_DATA] * 50) == [None] * 50


def test_silence_where_data_always_came_is_told_after_its_patience():
    states = lived([Seen.BLIND] * 15)
    assert states == [AlertState.PENDING] * 12 + [AlertState.NO_DATA] * 3
    assert lived([*[Seen.BLIND] * 15, Seen.CLEAR])[-1] is None
    assert lived([*[Seen.BLIND] * 5, Seen.CLEAR])[-1] is None
    at_once = replace(PATIENT, pending=timedelta(0))
    assert lived([*[Seen.BLIND] * 5, Seen.BREACH], at_once)[-1] is AlertState.FIRING
    assert lived([*[Seen.BLIND] * 15, Seen.BREACH], at_once)[-1] is AlertState.FIRING
    assert lived([*[Seen.BLIND] * 15, Seen.BREACH])[-1] is AlertState.PENDING


FIRED = [(0, Seen.BREACH), (10, Seen.BREACH)]  # and firing from minute ten


@pytest.mark.parametrize("silence", [Seen.NO_DATA, Seen.FAILED])
def test_silence_is_not_calm(silence):
    """Thirty calm minutes: the first five seen, then nothing, and one calm look after it."""
    story = [*FIRED, (20, Seen.CLEAR), (25, silence), (75, silence), (76, Seen.CLEAR)]
    assert told(story)[-1] is AlertState.RECOVERING
    assert told([*story, (90, Seen.CLEAR)])[-1] is AlertState.RECOVERING
    assert told([*story, (107, Seen.CLEAR)])[-1] is None


def test_a_short_silence_stops_the_clock_and_does_not_set_it_back():
    story = [*FIRED, (20, Seen.CLEAR), (40, Seen.NO_DATA), (60, Seen.CLEAR)]
    assert told([*story, (69, Seen.CLEAR)])[-1] is AlertState.RECOVERING
    assert told([*story, (70, Seen.CLEAR)])[-1] is None


def test_calm_is_counted_anew_when_data_come_back_between_the_limits():
    recovering = [*FIRED, (20, Seen.CLEAR), (22, Seen.BETWEEN)]
    blind = [*recovering, (25, Seen.NO_DATA), (90, Seen.NO_DATA), (100, Seen.BETWEEN)]
    assert told(blind)[-2:] == [AlertState.NO_DATA, AlertState.RECOVERING]
    assert told([*blind, (101, Seen.CLEAR)])[-1] is AlertState.RECOVERING
    assert told([*blind, (130, Seen.CLEAR)])[-1] is None


def test_a_breach_does_not_last_through_a_silence():
    story = [(0, Seen.BREACH), (6, Seen.NO_DATA), (15, Seen.BREACH)]
    assert told(story)[-1] is AlertState.PENDING
    assert told([*story, (19, Seen.BREACH)])[-1] is AlertState.FIRING  # six minutes before it and four after


def test_what_had_not_fired_when_data_stopped_is_never_told():
    states = told([(0, Seen.BREACH), *[(minute, Seen.NO_DATA) for minute in range(5, 200, 5)]])
    assert set(states) == {AlertState.PENDING, None}
    assert states[-1] is None


def test_what_a_failed_rule_had_not_told_is_not_told_when_it_works_again_without_data():
    assert told([(0, Seen.FAILED), (5, Seen.NO_DATA)])[-1] is None
    assert told([(0, Seen.BREACH), (5, Seen.FAILED), (10, Seen.NO_DATA)])[-1] is None
    assert told([*FIRED, (15, Seen.FAILED), (20, Seen.NO_DATA)])[-1] is AlertState.FIRING


def test_what_is_watched_no_longer_is_over_whatever_its_state():
    for story in (FIRED[:1], FIRED, [*FIRED, (15, Seen.CLEAR)], [*FIRED, (15, Seen.FAILED)], [(0, Seen.BLIND)]):
        assert told([*story, (16, Seen.GONE)])[-1] is None


def test_a_clock_set_back_begins_now_and_not_in_the_future():
    late = NOON + timedelta(hours=10)
    life, change = step(Life(AlertState.RECOVERING, late, late), Seen.CLEAR, NOON, PATIENT)
    assert change is None
    assert life is not None
    assert (life.entered, life.calm_since) == (NOON, NOON)
    assert step(life, Seen.CLEAR, NOON + timedelta(minutes=30), PATIENT)[0] is None


def test_a_rule_that_fails_is_seen_and_then_forgotten_when_it_works():
    assert lived([Seen.FAILED, Seen.FAILED, Seen.CLEAR]) == [AlertState.ERROR, AlertState.ERROR, None]
    assert lived([*[Seen.BREACH] * 3, Seen.FAILED, Seen.BREACH])[-2:] == [AlertState.ERROR, AlertState.FIRING]


@given(st.lists(st.sampled_from(list(Seen)), max_size=120))
def test_whatever_is_seen_the_machine_stays_in_its_states_and_remembers_them(sights):
    life: Life | None = None
    for number, sight in enumerate(sights):
        now = NOON + timedelta(minutes=5 * number)
        before = life.state if life else None
        life, change = step(life, sight, now, PATIENT)
        after = life.state if life else AlertState.RESOLVED
        assert life is None or life.state in OPEN
        # A change is stored exactly when the state changes.
        assert (change is not None) == (after is not (before or AlertState.RESOLVED))
        if change is not None:
            assert change.to is after
        if life is not None:
            assert Life.from_json(life.state, life.to_json()) == life
