"""The surge detector: causal, told in hours, silent about missing reports, the same after a restart."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from data.analytics.detection.correcting import changed
from data.analytics.detection.filling import Told, filled, usual_after
from data.analytics.detection.limits import limits
from data.analytics.detection.opening import Event
from data.analytics.detection.state import Kind, State
from data.analytics.detection.stream import Day, Sure, Verdict, detected
from data.analytics.seasonal import Past
from tests.data.test_forecast import MONDAY, series

ONE = limits(1)
DAYS = 45


def told(past: Past, finer: np.ndarray | None = None, first: int = 30, state: State | None = None) -> list[Told]:
    """From day `first` on, so that a test needs few nights."""
    return list(filled(past, ONE, finer, state, first))


def line(days: Sequence[Told]) -> list[Verdict]:
    return [verdict for day in days for verdict in day.verdicts]


def events(days: Sequence[Told]) -> list[tuple[int, int, Event, Kind | None]]:
    """Day, bucket of the day, what happened, and what is on from then."""
    return [
        (day.day, place, verdict.event, verdict.alarm)
        for day in days
        for place, verdict in enumerate(day.verdicts)
        if verdict.event is not None
    ]


def times(past: Past, factor: float, day: int, hour: int, hours: int) -> Past:
    """So many times the people from an hour on."""
    people = past.people.copy().ravel()
    start = day * past.slots + hour
    people[start : start + hours] = np.round(people[start : start + hours] * factor)
    return replace(past, people=people.reshape(past.people.shape))


def by_the_day(past: Past) -> Past:
    return Past(past.first, past.people.sum(axis=1)[:, None], past.totals, past.special)


CALM = series(days=DAYS)


def test_three_times_as_many_are_told_in_hours_and_explained():
    days = told(times(CALM, 3.0, 40, 8, 48))
    day, hour, event, kind = events(days)[0]
    assert (day, event, kind) == (40, Event.OPENED, Kind.SURGE)
    assert 8 <= hour <= 10
    later = days[41 - 30].verdicts[12]
    assert later.evidence is not None
    assert later.chance > 0.99
    assert later.sure is Sure.ALMOST_CERTAIN
    assert days[0].verdicts[12].sure is Sure.POSSIBLE
    assert later.evidence.ratio == pytest.approx(3, rel=0.25)
    assert later.evidence.excess == later.evidence.observed - later.evidence.expected
    assert 24 <= later.evidence.hours <= 36
    assert later.hours >= 24


def test_the_end_is_told_within_six_hours_and_once():
    happened = events(told(times(CALM, 3.0, 40, 8, 48)))
    assert [(event, kind) for _, _, event, kind in happened] == [(Event.OPENED, Kind.SURGE), (Event.ENDED, None)]
    day, hour, *_ = happened[1]
    assert 0 < (day - 42) * 24 + hour - 8 <= 6


def test_ordinary_days_open_nothing():
    assert events(told(CALM)) == []


def test_a_collapse_is_told_and_is_no_surge():
    day, hour, event, kind = events(told(times(CALM, 0.1, 40, 8, 72)))[0]
    assert (event, kind) == (Event.OPENED, Kind.COLLAPSE)
    assert (day, hour <= 20) == (40, True)


def test_a_surge_that_grows_is_told_again():
    grows = times(times(CALM, 2.0, 36, 8, 96), 3.0, 39, 8, 48)
    kinds = [(day, event) for day, _, event, _ in events(told(grows))]
    assert (36, Event.OPENED) in kinds
    assert (39, Event.GREW) in kinds


def test_a_series_told_by_the_day_is_judged_by_the_day():
    daily = by_the_day(times(CALM, 3.0, 40, 0, 72))
    happened = events(told(daily))
    assert happened[0] == (40, 0, Event.OPENED, Kind.SURGE)
    assert happened[-1][2] is Event.ENDED
    assert all(len(day.verdicts) == 1 for day in told(daily))


def test_days_of_which_only_the_total_came_tell_a_surge_too():
    past = times(CALM, 3.0, 40, 0, 72)
    totals, people = past.totals.copy(), past.people.copy()
    totals[36:], people[36:] = people[36:].sum(axis=1), np.nan
    days = told(replace(past, people=people, totals=totals))
    assert events(days)[0] == (40, 23, Event.OPENED, Kind.SURGE)
    assert not any(verdict.told for verdict in days[10].verdicts[:23])


def test_quarters_of_an_hour_tell_sooner_than_the_hour():
    rng = np.random.default_rng(4)
    past = times(CALM, 4.0, 40, 9, 48)
    finer = np.stack([rng.multinomial(int(people), [0.25] * 4) for people in past.people.ravel()])
    finer = finer.reshape(past.days, 96).astype(float)
    happened = events(told(past, finer))
    assert happened[0][0] == 40
    assert 36 <= happened[0][1] < 44  # within two hours, by quarters
    assert [event for *_, event, _ in happened].count(Event.OPENED) == 1


def test_what_is_not_reported_is_no_collapse_and_the_backlog_after_it_no_surge():
    people = CALM.people.copy().ravel()
    gap = slice(40 * 24 + 6, 40 * 24 + 18)
    people[gap.stop] += people[gap].sum()  # the first report after it holds everybody
    people[gap] = np.nan
    days = told(replace(CALM, people=people.reshape(-1, 24)))
    assert events(days) == []
    unreported = days[10].verdicts[6:18]
    assert not any(verdict.told for verdict in unreported)


def test_while_nothing_is_reported_an_alarm_stays():
    past = times(CALM, 3.0, 40, 0, 48)
    people = past.people.copy()
    people[41] = np.nan
    days = told(replace(past, people=people))
    assert {verdict.alarm for verdict in days[11].verdicts} == {Kind.SURGE}


def test_seven_days_are_enough_and_are_said_to_be_few():
    past = times(series(days=14), 4.0, 10, 8, 48)
    assert told(past.until(7), first=0)[-1].verdicts == ()
    days = told(past, first=0)
    assert events(days)[0][0] == 10
    assert all(verdict.short for verdict in line(days))
    assert not any(verdict.short for verdict in line(told(CALM)))
    wide, narrow = line(days)[24 * 2 + 12], line(told(CALM))[24 * 5 + 12]
    assert wide.upper / wide.expected > narrow.upper / narrow.expected


def test_the_first_crowd_after_zeros_is_seen_and_the_first_few_people_are_not():
    zero = Past(MONDAY, np.zeros((20, 1)), np.full(20, np.nan), np.zeros(20, dtype=bool))
    few, many = zero.people.copy(), zero.people.copy()
    few[15:17], many[15:] = 6.0, 3000.0
    assert events(told(replace(zero, people=few), first=0)) == []
    assert events(told(replace(zero, people=many), first=0))[0] == (15, 0, Event.OPENED, Kind.SURGE)


def test_on_a_holiday_as_many_people_are_less_of_a_surprise():
    busy = times(CALM, 1.6, 40, 0, 24)
    special = busy.special.copy()
    special[40] = True
    plain, holiday = told(busy), told(replace(busy, special=special))
    assert max(v.surge for v in holiday[10].verdicts) < 0.5 * max(v.surge for v in plain[10].verdicts)


def test_a_restored_state_gives_the_same_alarms():
    past = times(CALM, 2.5, 36, 8, 80)
    unbroken = told(past)
    state: State | None = None
    for day in range(30, DAYS):
        kept = None if state is None else json.loads(json.dumps(state.to_json()))
        known = usual_after(past.until(day))
        assert known is not None
        restored = None if kept is None else State.from_json(kept)
        # half of the day, a restart, the other half
        halves = []
        for hours in (np.arange(0, 11), np.arange(11, 24)):
            restored, verdicts = detected(known, restored, Day(hours, past.people[day, hours]), ONE)
            restored = State.from_json(json.loads(json.dumps(restored.to_json())))
            halves += verdicts
        state = restored
        for was, now in zip(unbroken[day - 30].verdicts, halves, strict=True):
            assert (was.alarm, was.event, was.evidence) == (now.alarm, now.event, now.evidence)
            assert (was.surge, was.fall) == pytest.approx((now.surge, now.fall), rel=1e-9)


def test_a_history_filled_at_once_is_the_streamed_one():
    past = times(CALM, 2.5, 36, 8, 80)
    at_once = told(past)
    state = None
    for day in range(30, DAYS):
        (one,) = told(past.until(day + 1), first=day, state=state)
        state = one.state
        assert one.verdicts == at_once[day - 30].verdicts


def test_a_correction_undoes_an_alarm_and_says_where():
    wrong = times(CALM, 10.0, 40, 10, 3)  # a typing error
    before = told(wrong)
    assert events(before)[0][:2] == (40, 11)
    after = told(CALM, first=40, state=before[39 - 30].state)
    assert [day.verdicts for day in after] == [day.verdicts for day in told(CALM)[10:]]
    found = list(changed(before, after))
    assert [(one.day, one.bucket) for one in found if one.corrected] == [(40, 10), (40, 11), (40, 12)]
    assert [(one.day, one.bucket) for one in found if one.undone] == [(40, 11)]
    assert not any(one.opened for one in found)
    assert [one.bucket for one in changed(after, before) if one.opened] == [11]
    assert list(changed(after, after)) == []


@pytest.mark.parametrize("cut", [33 * 24 + 7, 40 * 24 + 9, 41 * 24 + 20])
def test_nothing_that_comes_later_changes_what_was_said(cut):
    past = times(CALM, 3.0, 40, 8, 48)
    people = past.people.copy().ravel()
    people[cut:] = np.nan
    known = line(told(replace(past, people=people.reshape(-1, 24))))[: cut - 30 * 24]
    assert known == line(told(past))[: cut - 30 * 24]


def test_fewer_false_alarms_take_stronger_signs():
    strengths = [limits(rate).opens for rate in (10, 3, 1, 0.5, 1 / 3, 0.1, 0.02)]
    assert strengths == sorted(strengths)
    assert limits(1).opens == pytest.approx(0.25)


def test_where_nobody_ever_came_nobody_is_missing() -> None:
    past = Past(MONDAY, np.zeros((60, 24)), np.full(60, np.nan), np.zeros(60, dtype=bool))
    verdicts = [verdict for told in filled(past, limits(), first=40) for verdict in told.verdicts]
    assert verdicts
    assert {verdict.alarm for verdict in verdicts} == {None}
