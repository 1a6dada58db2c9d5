"""Signs of the alert desk propose a level; they never activate one."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from data.analytics.proposing_level import proposal, proposed_by_alert, reaches
from data.plan_signs import PlanState, Sign
from data.vocabulary import LEVEL_ORDER, Level
from tests.data.planned import PLAN
from tests.data.post import NOON

HOUR = timedelta(hours=1)
GRAVE = LEVEL_ORDER[1:]


def sign(rule: str | None, level: Level, hours: int = 0) -> Sign:
    return Sign(rule, level, {one: NOON + hours * HOUR for one in GRAVE if reaches(level, one)})


SIGNS = st.lists(
    st.builds(
        sign,
        st.sampled_from([None, "surge", "source_silent", "coverage_gap"]),
        st.sampled_from(GRAVE),
        st.integers(0, 5),
    ),
    max_size=6,
)


@given(SIGNS)
def test_the_highest_level_of_which_a_trigger_holds_is_proposed_with_its_reasons(signs: list[Sign]):
    found = proposal(PLAN, signs)
    red = [one for one in signs if one.rule in (None, "surge") and one.level is Level.CRITICAL]
    yellow = [one for one in signs if one.rule == "source_silent"]
    if not red and not yellow:
        assert found is None
        return
    assert found is not None
    assert found.level.level == ("rojo" if red else "amarillo")
    holding = red or yellow
    assert sorted(map(id, (one.sign for one in found.reasons))) == sorted(map(id, holding))
    assert found.since == min(one.since[one.level] for one in holding)


@given(SIGNS, SIGNS)
def test_more_signs_never_propose_less(some: list[Sign], more: list[Sign]):
    before, after = proposal(PLAN, some), proposal(PLAN, [*some, *more])
    assert before is None or (after is not None and after.level.number >= before.level.number)


def test_no_data_reach_no_level_and_an_alert_speaks_for_itself():
    assert not reaches(Level.NO_DATA, Level.WATCH)
    assert proposed_by_alert(PLAN, "surge", Level.ALERT) is None
    named = {rule: proposed_by_alert(PLAN, rule, Level.CRITICAL) for rule in ("surge", "pressure", "nothing")}
    assert {rule: level and level.level for rule, level in named.items()} == {
        "surge": "rojo",
        "pressure": "rojo",
        "nothing": None,
    }
    assert proposed_by_alert(PLAN, "source_silent", Level.WATCH) == PLAN.named("amarillo")


def test_without_a_plan_nothing_is_in_force_and_nothing_is_to_be_activated():
    state = PlanState(NOON)
    assert (state.in_force, state.to_activate, state.calmer) == (0, None, False)
