"""A delta repeated on the old board gives the new one, in Python and in the browser's language."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.delta import applied, delta, same

ASSET = Path(__file__).parents[2] / "assets/js/delta.js"

scalars = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9)
# Short texts and few keys make the two sides share much, which is where a delta can go wrong.
keys = st.sampled_from(["a", "b", "kpis", "0", "__proto__", "ñ"])
values = st.recursive(
    scalars | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=25,
)


@st.composite
def neighbours(draw: st.DrawFn) -> tuple[object, object]:
    """Two boards alike in most things: the second is a window of the first, slid and with parts redrawn."""
    series = draw(st.lists(st.integers(0, 3), max_size=12))
    drop = draw(st.integers(0, 4))
    more = draw(st.lists(st.integers(0, 3), max_size=4))
    shared, before, after = draw(values), draw(values), draw(values)
    old = {"version": "1.1", "x": series, "part": before, "shared": shared}
    new = {"version": "1.2", "x": [*series[drop:], *more], "part": after, "shared": shared}
    return old, new


@given(st.tuples(values, values) | neighbours())
@settings(max_examples=150, deadline=None)
def test_the_old_board_with_the_delta_is_the_new_one(pair):
    old, new = pair
    before = json.dumps(old)
    assert same(applied(old, delta(old, new)), new)
    assert json.dumps(old) == before, "the old board was altered in place"


@given(neighbours())
@settings(max_examples=100, deadline=None)
def test_a_delta_is_never_longer_than_the_board(pair):
    old, new = pair
    assert len(json.dumps(delta(old, new))) <= len(json.dumps([["=", [], new]])) + 8


@pytest.mark.parametrize("value", [None, 0, "", [], {}, {"a": [1, {"b": 2}]}])
def test_no_change_is_no_delta(value):
    assert delta(value, value) == []


def test_true_is_not_one():
    assert same(applied({"a": [1]}, delta({"a": [1]}, {"a": [True]})), {"a": [True]})
    assert not same({"a": [1]}, {"a": [True]})


def test_a_new_hour_of_a_series_is_one_point():
    old = {"figures": {"rate": {"data": [{"x": list(range(200)), "y": list(range(200))}]}}}
    new = {"figures": {"rate": {"data": [{"x": list(range(1, 201)), "y": list(range(1, 201))}]}}}
    assert delta(old, new) == [
        ["+", ["figures", "rate", "data", 0, "x"], 1, [200]],
        ["+", ["figures", "rate", "data", 0, "y"], 1, [200]],
    ]


def test_a_part_that_did_not_change_is_the_same_object():
    old = {"figures": {"a": {"data": [1]}, "b": {"data": [1]}}}
    new = applied(old, delta(old, {"figures": {"a": {"data": [1]}, "b": {"data": [2]}}}))
    assert new["figures"]["a"] is old["figures"]["a"]
    assert new["figures"]["b"] is not old["figures"]["b"]


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not on this machine; the browser tests cover it")
def test_the_browser_repeats_the_same_changes():
    pairs: list[tuple[object, object]] = []

    @given(st.tuples(values, values) | neighbours())
    @settings(max_examples=150, deadline=None, database=None)
    def collect(pair):
        pairs.append(pair)

    collect()
    script = """
      const {applied} = require(process.argv[1]);
      const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
      const frozen = (v) => {
        if (v && typeof v === 'object') { Object.values(v).forEach(frozen); Object.freeze(v); }
        return v;
      };
      process.stdout.write(JSON.stringify(cases.map(([old, changes]) => applied(frozen(old), changes))));
    """
    cases = [[old, delta(old, new)] for old, new in pairs]
    done = subprocess.run(
        ["node", "-e", script, str(ASSET)], input=json.dumps(cases), capture_output=True, text=True, check=True
    )
    for (_, new), got in zip(pairs, json.loads(done.stdout), strict=True):
        assert same(got, new)


def test_a_table_with_the_newest_first_is_put_whole_and_at_once():
    rows = [{"at": at, "cells": ["fila", str(at)]} for at in range(20)]
    old, new = {"rows": rows[2:], "kept": 1}, {"rows": rows[:18], "kept": 1}
    assert delta(old, new) == [["=", ["rows"], rows[:18]]]
    assert applied(old, delta(old, new)) == new
