"""What runs of a plan, from what was written down: percent, lateness, and what was known at any moment."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from data.analytics.checklist import activation_of
from data.plan_file import plan_sha
from data.plan_shapes import Activation, LevelAct, PlanVersion, TaskEvent
from data.vocabulary import PlanMove, TaskState
from tests.data.planned import NAMES, PLAN
from tests.data.post import NOON

MINUTE = timedelta(minutes=1)
VERSIONS = {1: PlanVersion(1, NOON, NOON, "Rosa", "", plan_sha(PLAN), PLAN)}


def act(number: int, minute: int, move: PlanMove, level: str | None) -> LevelAct:
    return LevelAct(number, NOON + minute * MINUTE, move, 1, level, 1, "Rosa", "acta")


def event(task: str, step: int, minute: int, state: TaskState) -> TaskEvent:
    return TaskEvent(1, task, step, NOON + minute * MINUTE, state, "Rosa", "nota")


STARTED = act(1, 0, PlanMove.ACTIVATED, "rojo")
MINUTES = st.lists(st.integers(0, 300), max_size=12).map(sorted)


@st.composite
def told_events(draw: st.DrawFn) -> list[TaskEvent]:
    """Events of the three tasks, in the order in which they were written."""
    found: list[TaskEvent] = []
    for minute in draw(MINUTES):
        task = draw(st.sampled_from(NAMES))
        step = sum(one.task == task for one in found) + 1
        found.append(event(task, step, minute, draw(st.sampled_from(TaskState))))
    return found


def of(events: list[TaskEvent], *acts: LevelAct) -> Activation:
    return activation_of(acts or (STARTED,), events, VERSIONS)


@given(told_events(), st.integers(0, 400))
def test_percent_and_lateness_count_each_task_once(events: list[TaskEvent], minute: int):
    on, now = of(events), NOON + minute * MINUTE
    last = {name: next((one.state for one in reversed(events) if one.task == name), TaskState.OPEN) for name in NAMES}
    assert {task.action.action: task.state for task in on.tasks} == last
    apply = [name for name, state in last.items() if state is not TaskState.NOT_APPLICABLE]
    assert on.asked_for == len(apply)
    assert on.done == sum(last[name] is TaskState.DONE for name in apply)
    if on.done_share is None:
        assert not apply
    else:
        assert 0 <= on.done_share <= 1
        assert (on.done_share == 1) is all(last[name] is TaskState.DONE for name in apply)
    for task in on.tasks:
        late = minute >= task.action.lead_minutes and task.state not in (TaskState.DONE, TaskState.NOT_APPLICABLE)
        assert task.overdue(now) is late
        assert (task in on.overdue(now)) is late
        assert (task.done_at is None) is (task.state is not TaskState.DONE)


@given(told_events(), st.integers(0, 300))
def test_as_of_a_moment_it_is_what_had_been_written_by_then(events: list[TaskEvent], minute: int):
    at = NOON + minute * MINUTE
    known = [one for one in events if one.at <= at]
    for task in of(known).tasks:
        whole = next(one for one in of(events).tasks if one.action == task.action)
        assert task.events == tuple(one for one in whole.events if one.at <= at)
        assert task.due == whole.due


@given(told_events(), st.randoms())
def test_the_order_in_which_rows_are_read_changes_nothing(events: list[TaskEvent], chance: Random):
    mixed = list(events)
    chance.shuffle(mixed)
    assert of(mixed) == of(events)


def test_who_is_asked_later_has_their_time_from_then_on():
    on = of([], act(1, 0, PlanMove.ACTIVATED, "amarillo"), act(2, 50, PlanMove.RAISED, "rojo"))
    assert {task.action.action: task.due - NOON for task in on.tasks} == {
        "avisar": 60 * MINUTE,
        "reunir": 90 * MINUTE,
        "abrir": 80 * MINUTE,
    }
    assert (on.started, on.since, on.level.level) == (NOON, NOON + 50 * MINUTE, "rojo")


def test_what_a_lower_level_does_not_ask_for_is_kept_apart_and_asked_anew_when_it_comes_back():
    lowered = (STARTED, act(2, 20, PlanMove.LOWERED, "amarillo"))
    blocked = [event("abrir", 1, 10, TaskState.BLOCKED)]
    on = of(blocked, *lowered)
    assert [task.action.action for task in on.tasks] == ["avisar", "reunir"]
    assert [(task.action.action, task.state) for task in on.dropped] == [("abrir", TaskState.BLOCKED)]
    assert on.overdue(NOON + 45 * MINUTE) == ()
    back = of(blocked, *lowered, act(3, 100, PlanMove.RAISED, "rojo"))
    [task] = [one for one in back.tasks if one.action.action == "abrir"]
    assert (task.state, task.due) == (TaskState.BLOCKED, NOON + 130 * MINUTE)


def test_what_was_done_before_it_was_asked_for_anew_is_to_be_done_again():
    acts = (STARTED, act(2, 20, PlanMove.LOWERED, "amarillo"), act(3, 100, PlanMove.RAISED, "rojo"))
    done = [event("abrir", 1, 10, TaskState.DONE)]
    [task] = [one for one in of(done, *acts).tasks if one.action.action == "abrir"]
    assert (task.state, task.done_at, task.step, task.overdue(NOON + 131 * MINUTE)) == (TaskState.OPEN, None, 1, True)
    again = of([*done, event("abrir", 2, 110, TaskState.DONE)], *acts)
    [task] = [one for one in again.tasks if one.action.action == "abrir"]
    assert (task.state, task.done_at) == (TaskState.DONE, NOON + 110 * MINUTE)


def test_nothing_is_late_of_what_has_ended_and_nothing_to_do_has_no_percent():
    ended = of([], STARTED, act(2, 10, PlanMove.ENDED, None))
    assert (ended.ended, ended.level.level) == (NOON + 10 * MINUTE, "rojo")
    assert ended.overdue(NOON + 500 * MINUTE) == ()
    empty = of([event(name, 1, 5, TaskState.NOT_APPLICABLE) for name in NAMES])
    assert (empty.asked_for, empty.done, empty.done_share) == (0, 0, None)
