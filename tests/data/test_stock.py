"""Goods on the shelf: how long they last by how they fall, and the rule that tells of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.kinds import BUILT_IN, built
from data.analytics.lifecycle import Seen
from data.analytics.rule_params import WrongRule, checked
from data.analytics.stock import FARTHEST, HOUR, lasting
from data.analytics.stock_out import StockOut, stock_out
from data.rehearsing import rehearse
from data.sites import sites
from data.stocking import WATCHED, stock_now
from data.store import reading
from data.types import StockLeft
from data.vocabulary import Dataset, State
from tests.data.covered import NOW, open_covered, send


def counts(*told):
    """(hours ago, quantity), the oldest first."""
    return [(NOW - hours * HOUR, quantity) for hours, quantity in told]


def test_hours_left_are_the_stock_over_its_fall():
    found = lasting(counts((16, 900.0), (8, 500.0)), NOW)
    assert (found.use_per_hour, found.hours_left) == (50, pytest.approx(2))
    assert found.runs_out == NOW + 2 * HOUR


def test_a_delivery_of_goods_between_two_counts_says_nothing_of_the_use():
    found = lasting(counts((24, 300.0), (16, 100.0), (8, 5000.0), (0, 4800.0)), NOW)
    assert (found.use_per_hour, found.hours_seen) == (25, 8)
    only = lasting(counts((8, 100.0), (0, 5000.0)), NOW)
    assert (only.use_per_hour, only.hours_left, only.state) == (None, None, State.MISSING)


def test_the_newest_six_hours_are_enough_and_older_ones_are_not_mixed_in():
    found = lasting(counts((9, 1000.0), (6, 400.0), (3, 340.0), (0, 280.0)), NOW)
    assert (found.use_per_hour, found.hours_seen) == (20, 6)


@pytest.mark.parametrize("late_minutes", [0, 1, 5, 240])
def test_shelves_counted_once_a_day_at_about_the_same_hour_tell_their_use(late_minutes: int):
    late = late_minutes / 60
    found = lasting(counts((72 + late, 400.0), (48 + late, 300.0), (24 + late, 200.0), (0, 100.0)), NOW)
    assert found.use_per_hour == pytest.approx(100 / (24 + late))
    assert found.hours_left == pytest.approx(24 + late)
    assert lasting(counts((40, 200.0), (0, 100.0)), NOW).use_per_hour is None, "too long ago"


def test_one_count_tells_no_use_and_nobody_taking_any_is_no_end():
    assert lasting(counts((1, 50.0)), NOW).hours_left is None
    idle = lasting(counts((9, 50.0), (1, 50.0)), NOW)
    assert (idle.idle, idle.hours_left, idle.state) == (True, None, State.OK)


def test_an_empty_shelf_is_empty_and_an_old_count_is_no_data():
    assert lasting(counts((9, 50.0), (1, 0.0)), NOW).hours_left == 0
    old = lasting(counts((60, 500.0), (40, 400.0)), NOW)
    assert (old.state, old.hours_left, old.quantity) == (State.STALE, None, 400)
    untouched = lasting(counts((60, 500.0), (40, 500.0)), NOW)
    assert (untouched.state, untouched.idle) == (State.STALE, False)
    assert lasting([], NOW) is None


@given(
    st.lists(st.tuples(st.floats(0.1, 5), st.floats(0, 1e5)), min_size=1, max_size=12),
    st.floats(0, 30),
)
def test_what_is_left_is_never_negative_and_more_goods_never_last_shorter(steps, since):
    at, told = NOW - timedelta(hours=since + sum(gap for gap, _ in steps)), []
    for gap, quantity in steps:
        at += timedelta(hours=gap)
        told.append((at, quantity))
    found = lasting(told, NOW)
    assert found.hours_left is None or found.hours_left >= 0
    assert found.use_per_hour is None or found.use_per_hour >= 0
    # The same fall above a higher floor.
    more = lasting([(moment, quantity + 500) for moment, quantity in told], NOW)
    if found.hours_left is not None and more.hours_left is not None and more.runs_out - NOW < FARTHEST:
        assert more.hours_left >= found.hours_left - 1e-6


def left(**more) -> StockLeft:
    said = {"use_per_hour": 50.0, "hours_left": 10.0, "runs_out": NOW, "state": State.OK} | more
    return StockLeft("Salud", "dosis", "dosis", "salud", 500.0, NOW, **said)


class Looking:
    """What the rule looks at of a site."""

    def __init__(self, *stock):
        self.stock = stock


@pytest.mark.parametrize(
    ("stock", "seen"),
    [
        (left(), Seen.BREACH),
        (left(hours_left=25.0), Seen.BETWEEN),
        (left(hours_left=30.0), Seen.CLEAR),
        (left(hours_left=None, state=State.STALE), Seen.NO_DATA),
        (left(hours_left=None, use_per_hour=None, state=State.MISSING), Seen.NO_DATA),
        (left(hours_left=None, use_per_hour=0.0, idle=True), Seen.CLEAR),
    ],
)
def test_the_rule_fires_under_a_day_and_keeps_what_is_unknown_apart(stock, seen):
    assert [one.seen for one in stock_out(Looking(stock))] == [seen]


def test_the_rule_can_be_set_and_its_calm_lies_above_its_limit():
    rule = checked({"name": "poca-agua", "kind": "stock_out", "params": {"lasts_hours": 12, "item": "Agua"}})
    assert dict(rule.params) == {"lasts_hours": 12, "recovers_at": 13.2, "item": "Agua"}
    found = built(rule, {}).find(Looking(left(hours_left=11.0)))
    assert found == ()  # another item
    with pytest.raises(WrongRule):
        checked({"name": "poca-agua", "kind": "stock_out", "params": {"lasts_hours": 12, "recovers_at": 3}})
    mine = next(rule for rule in BUILT_IN if rule.name == "stock_out")
    assert StockOut(**mine.params).lasts_hours == 24


def test_what_was_counted_is_read_and_the_rule_is_tried_on_the_past(any_engine, var):
    open_covered(any_engine)
    told = ((72, 6000), (64, 3000), (56, 900), (48, 6000), (40, 5800), (32, 5600))
    rows = [f"Salud,dosis,{(NOW - hours * HOUR).isoformat()},{quantity},dosis" for hours, quantity in told]
    send(any_engine, var, Dataset.STOCK, "salud", "organisation,item,at,quantity,unit", rows)
    rule = next(rule for rule in BUILT_IN if rule.name == "stock_out")
    with reading(any_engine) as conn:
        [place] = sites(conn)
        [now] = stock_now(conn, place, NOW)
        done = rehearse(conn, place, rule, {}, NOW, days=4)
    assert (now.quantity, now.use_per_hour) == (5600, 25)
    assert now.hours_left == pytest.approx(5600 / 25 - 32)
    [episode] = done.episodes
    assert (episode.start, episode.evidence["item"]) == (NOW - 64 * HOUR, "dosis")
    with reading(any_engine) as conn:
        # Nobody counts it any more: of an alert about it that is no end.
        assert stock_now(conn, place, NOW + timedelta(days=8)) == ()
        [forgotten] = stock_now(conn, place, NOW + timedelta(days=8), back=WATCHED)
    assert (forgotten.state, forgotten.hours_left) == (State.STALE, None)
    # After the new delivery the old use counts until a new one is seen.
    assert NOW - 40 * HOUR <= episode.end <= NOW - 38 * HOUR
