"""Questions about a figure: asked once, answered once, whoever is first; of no person; as they stood at a moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select

from data.question_book import Wanted, open_of, owners_asked, question_numbered, questions, questions_beside
from data.question_shapes import MASKED, FigureName, Question, Seen, figure_named
from data.questions import LONGEST_TEXT, WrongQuestion, answer, ask, withdraw
from data.store import create_store, reading, writing
from data.tables import question, question_end
from data.versions import version_of
from data.vocabulary import QuestionState, State
from tests.data.centre import open_centre

NOON = datetime(2019, 6, 14, 17, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ENTRIES = FigureName("entries_today", (("day", "2019-06-14"),))
WATER = FigureName("coverage", (("day", "2019-06-14"), ("sector", "wash"), ("service", "water")))
SEEN = Seen(2818.0, "people", State.PROVISIONAL)
TEXT = "¿Por qué hay menos ingresos que a esta hora ayer?"


@pytest.fixture
def post(engine: Engine) -> Engine:
    open_centre(engine)
    return engine


@pytest.fixture
def any_post(any_engine: Engine) -> Engine:
    open_centre(any_engine)
    return any_engine


def asked(engine: Engine, figure: FigureName = ENTRIES, text: str = TEXT, at: datetime = NOON, **more) -> Question:
    facts = {"by": "Rosa", "holder": "account:rosa", "owners": ("Migraciones",), "seen": (SEEN, SEEN), **more}
    with writing(engine) as conn:
        one, _ = ask(
            conn,
            "tumbes",
            figure,
            at,
            7,
            facts["seen"],
            facts["owners"],
            text,
            facts["by"],
            facts["holder"],
            "ACNUR",
            at,
            at,
        )
        return one


def answered(engine: Engine, number: int = 1, text: str = "Se cayó el sistema dos horas.", by: str = "Luis", **more):
    at = more.get("at", NOON + HOUR)
    with writing(engine) as conn:
        return answer(conn, "tumbes", number, text, by, "Migraciones", at, at)


def refused(act: Callable[[], object]) -> WrongQuestion:
    with pytest.raises(WrongQuestion) as wrong:
        act()
    return wrong.value


def every(engine: Engine, as_of: datetime | None = None, **wanted) -> tuple[Question, ...]:
    with reading(engine) as conn:
        return questions(conn, "tumbes", Wanted(**wanted), as_of)


def test_a_question_keeps_the_figure_as_it_was_seen_and_is_answered_once(any_post: Engine):
    one = asked(any_post)
    assert (one.number, one.state, one.figure, one.seen, one.version) == (1, QuestionState.OPEN, ENTRIES, SEEN, 7)
    answered(any_post)
    [now] = every(any_post)
    assert now.ended is not None
    assert (now.state, now.ended.by, now.ended.organisation) == (QuestionState.ANSWERED, "Luis", "Migraciones")
    assert now.age(NOON + 9 * HOUR) == HOUR, "its age ends with its answer"
    assert figure_named(now.figure.key) == ENTRIES


def test_the_same_question_sent_twice_is_asked_once_and_another_one_is_another(any_post: Engine):
    with reading(any_post) as conn:
        before = version_of(conn, "tumbes")
    assert [asked(any_post).number, asked(any_post).number] == [1, 1]
    assert asked(any_post, by="Ana", holder="account:ana").number == 2
    assert asked(any_post, at=NOON + MINUTE).number == 3
    with reading(any_post) as conn:
        assert version_of(conn, "tumbes") == before + 3


def test_of_two_answers_the_first_stands_and_the_second_hears_whose_it_is(any_post: Engine):
    asked(any_post)
    _, new = answered(any_post)
    assert new
    again, new = answered(any_post)
    assert not new, "said again by the same person"
    assert again.ended is not None
    wrong = refused(lambda: answered(any_post, text="Otra cosa fue.", by="Marta"))
    assert (wrong.code, wrong.facts["by"]) == ("already_answered", "Luis")
    with writing(any_post) as conn:
        late = refused(lambda: withdraw(conn, "tumbes", 1, "", "Rosa", None, NOON + HOUR, NOON + HOUR))
    assert late.code == "already_answered"
    assert refused(lambda: answered(any_post, 9)).code == "no_question"


def test_many_answers_at_the_same_time_leave_one(any_post: Engine):
    asked(any_post)
    url = any_post.url.render_as_string(hide_password=False)
    told: list[str] = []

    def try_it(who: str) -> None:
        store = create_store(url)
        try:
            answered(store, text=f"Respuesta de {who} y basta.", by=who)
            told.append(who)
        except WrongQuestion as wrong:
            told.append(wrong.code)
        finally:
            store.dispose()

    threads = [threading.Thread(target=try_it, args=(f"persona {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told)[:5] == ["already_answered"] * 5
    [one] = every(any_post)
    assert one.ended is not None
    assert one.ended.by in told
    with reading(any_post) as conn:
        assert conn.execute(select(func.count()).select_from(question_end)).scalar_one() == 1


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("  ", "no_text"),
        ("¿?", "no_text"),
        ("a" * (LONGEST_TEXT + 1), "too_long"),
        ("cifra\u202ereversada", "control"),
        ("con\x07campana", "control"),
        ("Revisar el caso del DNI 45678912, por favor", "personal"),
        ("Llamar al 912 345 678 para confirmar", "personal"),
        ("Escriba a ana.perez@example.org con el dato", "personal"),
        ("La señora María Quispe Rojas no aparece", "personal"),
    ],
)
def test_a_text_is_short_visible_and_of_no_person(post: Engine, text: str, code: str):
    assert refused(lambda: asked(post, text=text)).code == code
    asked(post)
    assert refused(lambda: answered(post, text=text)).code == code


@pytest.mark.parametrize("text", ["Entre 08:00 y 12:00 hubo 2 840 ingresos, 12 % menos", "¿2019-06-14 o 2019-06-13?"])
def test_figures_hours_and_dates_are_no_persons(post: Engine, text: str):
    assert asked(post, text=text).text == text


def test_a_reserved_figure_is_not_written_into_a_question_that_everybody_reads(post: Engine):
    """Three people: whoever may see it asks, and the others read the question."""
    three = (Seen(3.0, "contacts", State.OK), MASKED)
    assert refused(lambda: asked(post, WATER, "¿Son 3 o más atenciones?", seen=three)).code == "reserved"
    one = asked(post, WATER, "¿Es todo lo que se atendió hoy?", seen=three)
    assert (one.seen.value, one.seen_open.masked) == (3.0, True)
    [kept] = every(post)
    assert (kept.seen, kept.seen_open) == (three[0], MASKED)


def test_questions_are_found_by_state_figure_owner_words_and_as_they_stood(any_post: Engine):
    asked(any_post)
    asked(any_post, WATER, "¿El agua de la noche está contada?", NOON + MINUTE, owners=())
    asked(any_post, WATER, "¿Y la de la mañana también?", NOON + 2 * MINUTE, owners=())
    answered(any_post, 1)
    with writing(any_post) as conn:
        withdraw(conn, "tumbes", 3, "", "Rosa", None, NOON + HOUR, NOON + HOUR)
    assert every(any_post)[0].number == 2, "open ones first"
    assert [one.number for one in every(any_post, state="answered")] == [1]
    assert [one.number for one in every(any_post, state="withdrawn")] == [3]
    assert {one.number for one in every(any_post, metric="coverage")} == {2, 3}
    assert [one.number for one in every(any_post, owner="Migraciones")] == [1]
    assert {one.number for one in every(any_post, owner="-")} == {2, 3}
    assert [one.number for one in every(any_post, words="NOCHE")] == [2]
    assert [one.state for one in every(any_post, NOON + MINUTE)] == [QuestionState.OPEN, QuestionState.OPEN]
    with reading(any_post) as conn:
        assert owners_asked(conn, "tumbes") == ("Migraciones",)
        assert question_numbered(conn, "tumbes", 2, NOON) is None
        assert questions(conn, "otro") == ()
        assert conn.execute(select(func.count()).select_from(question)).scalar_one() == 3


def test_beside_a_figure_stand_open_questions_with_their_age_and_answers_of_late(any_post: Engine):
    asked(any_post)
    asked(any_post, WATER, at=NOON + MINUTE)
    asked(any_post, WATER, "¿Y el agua de ayer por la tarde?", at=NOON + 2 * MINUTE)
    answered(any_post, 1)
    with reading(any_post) as conn:
        found = {one.figure: one for one in questions_beside(conn, "tumbes", NOON + 2 * HOUR)}
        later = questions_beside(conn, "tumbes", NOON + timedelta(days=4))
        before = questions_beside(conn, "tumbes", NOON + MINUTE, NOON + MINUTE)
    assert (found[ENTRIES.key].open, found[ENTRIES.key].answered) == (0, 1)
    assert (found[WATER.key].open, found[WATER.key].oldest) == (2, NOON + MINUTE)
    assert [one.figure for one in later] == [WATER.key], "an answer does not stand there for ever"
    assert open_of(list(found.values())) == (2, NOON + MINUTE)
    assert open_of(before) == (2, NOON), "as of then"
