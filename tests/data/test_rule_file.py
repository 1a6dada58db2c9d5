"""Rules as a file: what was written is read back the same, and a file with a mistake tells all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.analytics.kinds import BUILT_IN
from data.analytics.pressure import LIMITS
from data.analytics.rule_params import PARAMS, Param, checked
from data.rule_file import WrongRuleFile, read_rules, rules_text
from data.rule_shapes import SetRule
from data.vocabulary import RuleKind

NAMES = st.text("abcz09_.-", max_size=20).map(lambda text: f"a{text}")
STEP = st.floats(0, 1e6, allow_nan=False)


def values(row: Param) -> st.SearchStrategy[object]:
    if row.kind == "choice":
        return st.sampled_from(row.choices)
    if row.kind == "names":
        return st.lists(NAMES, min_size=1, max_size=4, unique=True)
    if row.kind == "text":
        return st.text(max_size=40).map(str.strip)
    if row.kind == "limits":
        three = st.lists(STEP, min_size=3, max_size=3).map(sorted)
        return st.fixed_dictionaries({one.name: three for one in LIMITS})
    if row.kind == "whole":
        return st.integers(int(row.least), int(row.most))
    return st.floats(row.least, row.most, allow_nan=False)


@st.composite
def rules(draw: st.DrawFn) -> SetRule:
    kind = draw(st.sampled_from(list(RuleKind)))
    params = {row.name: draw(values(row)) for row in PARAMS[kind]}
    if "recovers_at" in params:
        limit = params.get("limit", params.get("percent", params.get("below", params.get("lasts_hours"))))
        params["recovers_at"] = limit
    if params.get("side") == "below" and "percent" in params:
        params["percent"] = params["recovers_at"] = min(float(params["percent"]), 100.0)
    reason = draw(st.text(max_size=40))
    return checked(
        {
            "name": "pressure" if kind is RuleKind.PRESSURE else draw(NAMES),
            "kind": str(kind),
            "params": params,
            "level": draw(st.sampled_from(["watch", "alert", "critical"])),
            "pending": draw(st.integers(0, 10080)),
            "recovering": draw(st.integers(0, 10080)),
            "no_data": draw(st.integers(0, 10080)),
            "enabled": draw(st.booleans()),
            "reason": reason,
        }
    )


@given(st.lists(rules(), max_size=6, unique_by=lambda rule: rule.name))
def test_what_is_written_is_read_back_and_written_the_same(some):
    text = rules_text(some)
    read = read_rules(text)
    assert list(read) == some
    assert rules_text(read) == text


def test_the_rules_of_this_release_are_read_back():
    assert read_rules(rules_text(BUILT_IN)) == BUILT_IN


def test_every_mistake_of_a_file_is_told_with_its_rule():
    text = """
version = 1
colour = "red"

[[rule]]
name = "many"
kind = "threshold"
[rule.params]
of = "arrivals"
limit = "lots"

[[rule]]
kind = "surge"

[[rule]]
name = "twice"
kind = "surge"

[[rule]]
name = "twice"
kind = "surge"
"""
    with pytest.raises(WrongRuleFile) as told:
        read_rules(text)
    assert [(place, wrong.code) for place, wrong in told.value.wrongs] == [
        *(("", "unknown"), ("many", "number"), ("[[rule]] 2", "name"), ("twice", "twice"))
    ]
    for text, code in (("version = 1\nrule = 3\n", "no_rules"), ("rule = [", "no_toml"), ("version = 9\n", "version")):
        with pytest.raises(WrongRuleFile) as told:
            read_rules(text)
        assert [wrong.code for _, wrong in told.value.wrongs] == [code]
