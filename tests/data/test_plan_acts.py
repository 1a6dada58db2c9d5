"""Acting by the plan: a named person, a reason, the state they saw; nothing doubled, nothing overwritten in silence."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from sqlalchemy import Engine, func, select

from data.plan_acts import WrongPlanAct
from data.plan_book import activations, newest_activation
from data.plan_file import read_plan
from data.store import create_store, reading
from data.tables import plan_activation, plan_task_event
from data.versions import version_of
from data.vocabulary import PlanMove, TaskState
from tests.data.planned import NAMES, PLAN, TEXT, decide, every, give_plan, newest, standing, tick
from tests.data.post import NOON, open_post
from tests.stores import migrated

MINUTE = timedelta(minutes=1)


@pytest.fixture
def post(engine: Engine) -> Engine:
    open_post(engine)
    give_plan(engine)
    return engine


@pytest.fixture
def any_post(any_engine: Engine) -> Engine:
    open_post(any_engine)
    give_plan(any_engine)
    return any_engine


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(WrongPlanAct) as wrong:
        act()
    return wrong.value.code


def rows(engine: Engine, table: object) -> int:
    with reading(engine) as conn:
        return conn.execute(select(func.count()).select_from(table)).scalar_one()


def test_a_level_is_activated_raised_lowered_and_ended_each_by_a_name_with_a_reason(any_post: Engine):
    assert standing(any_post, NOON).in_force == 0
    decide(any_post, "amarillo", NOON, 0, mark="simulation")
    decide(any_post, "rojo", NOON + MINUTE, 1, "Luis", "crece")
    decide(any_post, "amarillo", NOON + 2 * MINUTE, 2)
    assert standing(any_post, NOON + 3 * MINUTE).in_force == 2
    decide(any_post, None, NOON + 4 * MINUTE, 3, note="se calmó")
    decide(any_post, "rojo", NOON + 5 * MINUTE, 4)
    last, first = every(any_post)
    assert [act.move for act in first.acts] == [
        PlanMove.ACTIVATED,
        PlanMove.RAISED,
        PlanMove.LOWERED,
        PlanMove.ENDED,
    ]
    assert [(act.by, act.note, act.mark) for act in first.acts[:2]] == [
        ("Rosa", "acta", "simulation"),
        ("Luis", "crece", ""),
    ]
    assert (first.number, first.ended, last.number, last.ended) == (1, NOON + 4 * MINUTE, 2, None)


@pytest.mark.parametrize(
    ("act", "code"),
    [
        (lambda post: decide(post, "rojo", NOON, by=" "), "no_name"),
        (lambda post: decide(post, "rojo", NOON, note="\n "), "no_reason"),
        (lambda post: decide(post, "nada", NOON), "no_level"),
        (lambda post: decide(post, None, NOON), "nothing_to_end"),
        (lambda post: decide(post, "rojo", NOON, seen=3), "stale"),
        (lambda post: tick(post, "avisar", "done", NOON), "over"),
    ],
)
def test_what_is_missing_to_act_is_said_and_nothing_is_written(
    post: Engine, act: Callable[[Engine], object], code: str
):
    assert refused(lambda: act(post)) == code
    assert rows(post, plan_activation) == rows(post, plan_task_event) == 0


def test_without_a_plan_nothing_can_be_activated(engine: Engine):
    open_post(engine)
    assert refused(lambda: decide(engine, "rojo", NOON)) == "no_plan"


@pytest.mark.parametrize(
    ("state", "note", "seen", "task", "code"),
    [
        ("blocked", "", 0, "avisar", "blocked_why"),
        ("not-applicable", " ", 0, "avisar", "not_applicable_why"),
        ("finished", "", 0, "avisar", "no_state"),
        ("open", "", 0, "avisar", "same_state"),
        ("done", "", 0, "abrir", "no_task"),
        ("done", "", 2, "avisar", "stale"),
    ],
)
def test_a_task_says_what_it_lacks(post: Engine, state: str, note: str, seen: int, task: str, code: str):
    decide(post, "amarillo", NOON)
    assert refused(lambda: tick(post, task, state, NOON, seen, note=note)) == code
    assert rows(post, plan_task_event) == 0


def test_of_two_who_saw_the_same_the_second_is_told_what_the_first_one_did(any_post: Engine):
    decide(any_post, "amarillo", NOON, 0, "Rosa")
    with pytest.raises(WrongPlanAct) as wrong:
        decide(any_post, "rojo", NOON + MINUTE, 0, "Luis")
    assert (wrong.value.code, wrong.value.facts["by"], wrong.value.facts["move"]) == (
        "level_changed",
        "Rosa",
        "activated",
    )
    tick(any_post, "avisar", "blocked", NOON + MINUTE, 0, "Rosa", "sin línea")
    with pytest.raises(WrongPlanAct) as told:
        tick(any_post, "avisar", "done", NOON + MINUTE, 0, "Luis")
    assert (told.value.code, told.value.facts["task_state"]) == ("task_changed", "blocked")
    [task] = [one for one in newest(any_post).tasks if one.action.action == "avisar"]
    assert (task.state, task.events[-1].note, task.step) == (TaskState.BLOCKED, "sin línea", 1)


def test_pressing_twice_is_pressing_once(any_post: Engine):
    first = decide(any_post, "amarillo", NOON)
    assert decide(any_post, "amarillo", NOON + MINUTE).at == first.at
    done = tick(any_post, "avisar", "done", NOON)
    assert tick(any_post, "avisar", "done", NOON + MINUTE) == done
    assert (rows(any_post, plan_activation), rows(any_post, plan_task_event)) == (1, 1)


def together(engine: Engine, *acts: Callable[[Engine], object]) -> list[str]:
    """Each in a thread with a connection pool of its own, as two web processes have them."""
    gate, found = threading.Barrier(len(acts)), []

    def run(act: Callable[[Engine], object]) -> None:
        own = create_store(engine.url.render_as_string(hide_password=False))
        gate.wait(10)
        try:
            act(own)
            found.append("done")
        except WrongPlanAct as wrong:
            found.append(wrong.code)
        finally:
            own.dispose()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(found)


def test_of_many_at_the_same_moment_one_acts_and_the_others_are_told(any_post: Engine):
    people = [lambda own, who=who: decide(own, "rojo", NOON, 0, who) for who in ("Ana", "Luis", "Rosa", "Eva")]
    assert together(any_post, *people) == ["done", "level_changed", "level_changed", "level_changed"]
    ticks = [lambda own, who=who: tick(own, "abrir", "done", NOON, 0, who) for who in ("Ana", "Luis", "Rosa")]
    assert together(any_post, *ticks) == ["done", "task_changed", "task_changed"]
    assert (rows(any_post, plan_activation), rows(any_post, plan_task_event)) == (1, 1)


def test_a_clock_set_back_writes_nothing_before_what_was_written(any_post: Engine):
    decide(any_post, "rojo", NOON)
    back = NOON - timedelta(days=400)
    tick(any_post, "abrir", "under-way", NOON + MINUTE)
    tick(any_post, "abrir", "done", back, 1)
    decide(any_post, None, back, 1, note="se calmó")
    [only] = every(any_post)
    assert (only.ended, only.tasks[2].events[-1].at) == (NOON, NOON + MINUTE)
    with reading(any_post) as conn:
        assert newest_activation(conn, "norte", back) is None
        assert activations(conn, "norte", back + MINUTE) == ()


def test_names_and_notes_keep_no_sign_that_nobody_sees(post: Engine):
    said = decide(post, "rojo", NOON, by="Ro\x1b[31msa", note="ac\u202eta \n tres")
    assert (said.by, said.note) == ("Ro[31msa", "acta tres")


def test_every_act_raises_the_version_so_that_the_boards_follow(post: Engine):
    def version() -> int:
        with reading(post) as conn:
            return version_of(conn, "norte")

    seen = [version()]
    decide(post, "rojo", NOON)
    seen.append(version())
    tick(post, "abrir", "under-way", NOON)
    seen.append(version())
    assert seen == sorted(set(seen))


def test_what_runs_goes_on_by_its_version_until_the_level_changes(post: Engine):
    decide(post, "amarillo", NOON)
    give_plan(post, read_plan(TEXT.replace('words = "Reunir al grupo"', 'words = "Reunirse"')), NOON + MINUTE)
    on = newest(post)
    assert on.version.number == 1
    assert [task.action.words for task in on.tasks][1] == {"": "Reunir al grupo"}
    decide(post, "rojo", NOON + 2 * MINUTE, 1)
    on = newest(post)
    assert (on.version.number, [task.action.words for task in on.tasks][1]) == (2, {"": "Reunirse"})
    assert refused(lambda: decide(post, "rojo", NOON, 2)) == "same_level"


class Acting(RuleBasedStateMachine):
    """Whatever people do in whatever order: the store tells at every moment what was known then."""

    def __init__(self) -> None:
        super().__init__()
        import tempfile

        self._folder = tempfile.TemporaryDirectory()
        self.engine = migrated(f"sqlite:///{self._folder.name}/caudal.sqlite")
        open_post(self.engine)
        give_plan(self.engine)
        self.now, self.acts = NOON, 0
        self.states: dict[str, TaskState] = {}
        self.steps: dict[str, int] = {}
        self.told: list[tuple[object, int, dict[str, TaskState], int]] = []
        self.level: str | None = None

    def teardown(self) -> None:
        for at, number, states, done in self.told:
            found = every(self.engine, at)  # type: ignore[arg-type]
            assert len(found) == number
            if number:
                assert {task.action.action: task.state for task in found[0].tasks} == states
                assert found[0].done == done
        self.engine.dispose()
        self._folder.cleanup()

    @invariant()
    def remembers(self) -> None:
        found = every(self.engine)
        states = {task.action.action: task.state for task in found[0].tasks} if found else {}
        self.told.append((self.now, len(found), states, found[0].done if found else 0))
        if found:
            assert {name: states[name] for name in states} == {
                name: self.states.get(name, TaskState.OPEN) for name in states
            }
            assert (found[0].ended is None) is (self.level is not None)
        self.now += MINUTE

    @rule(level=st.sampled_from(["verde", "amarillo", "rojo"]))
    def decides(self, level: str) -> None:
        if level == self.level:
            assert refused(lambda: decide(self.engine, level, self.now, self.acts)) == "same_level"
            return
        if self.level is None:
            self.states, self.steps = {}, {}
        decide(self.engine, level, self.now, self.acts)
        self.acts, self.level = self.acts + 1, level

    @precondition(lambda self: self.level is not None)
    @rule()
    def ends(self) -> None:
        decide(self.engine, None, self.now, self.acts)
        self.acts, self.level = self.acts + 1, None

    @precondition(lambda self: self.level is not None)
    @rule(task=st.sampled_from(NAMES), state=st.sampled_from(TaskState), behind=st.booleans())
    def ticks(self, task: str, state: TaskState, behind: bool) -> None:
        asked = [action.action for _, action in PLAN.asked_at(self.level)]
        number = every(self.engine)[0].number
        seen = self.steps.get(task, 0)

        def act(saw: int) -> object:
            return tick(self.engine, task, str(state), self.now, saw, note=f"{self.now}", activation=number)

        if task not in asked:
            assert refused(lambda: act(seen)) == "no_task"
        elif behind and seen:
            assert refused(lambda: act(seen - 1)) == "task_changed"
        else:
            act(seen)
            self.states[task], self.steps[task] = state, seen + 1


Acting.TestCase.settings = settings(max_examples=12, stateful_step_count=14, deadline=None)
TestActing = Acting.TestCase
