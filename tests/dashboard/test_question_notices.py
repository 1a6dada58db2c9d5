"""Whoever answers for a figure hears of the question, and of its answer: by the same outbox as alerts, once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from data.question_notices import tell_question
from data.question_shapes import MASKED, FigureName, Question, Seen
from data.questions import answer, ask
from data.store import writing
from data.vocabulary import Language, Level, NoticeKind, State
from tests.dashboard.centre import open_centre
from tests.dashboard.mail import Mail, mail_server
from tests.dashboard.telling import MINUTE, NOON, SITE, channel, fates, send
from tests.data.test_questions import TEXT, WATER

ENTRIES = FigureName("entries_today", (("day", "2019-06-14"),))
SEEN = Seen(2818.0, "people", State.OK)


@pytest.fixture
def mail() -> Iterator[Mail]:
    with mail_server() as server:
        yield server


@pytest.fixture
def post(sqlite_url: str) -> Iterator[Engine]:
    engine = open_centre(sqlite_url, SITE)
    yield engine
    engine.dispose()


def asked(
    post: Engine, text: str = TEXT, figure: FigureName = ENTRIES, seen: tuple[Seen, Seen] = (SEEN, SEEN)
) -> Question:
    with writing(post) as conn:
        who = ("Rosa", "account:rosa", "ACNUR")
        one, _ = ask(conn, SITE, figure, NOON, 3, seen, ("Migraciones",), text, *who, NOON, NOON)
        tell_question(conn, SITE, NoticeKind.ASKED, one, NOON, NOON)
        return one


def test_the_owner_hears_of_the_question_and_of_the_answer_once(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address)
    asked(post)
    assert send(post, var, NOON) == 0, "it gathers first"
    assert send(post, var, NOON + MINUTE) == 1
    assert send(post, var, NOON + 9 * MINUTE) == 0
    with writing(post) as conn:
        later = NOON + 10 * MINUTE
        one, _ = answer(conn, SITE, 1, "Se cayó el sistema dos horas.", "Luis", "Migraciones", later, later)
        tell_question(conn, SITE, NoticeKind.ANSWERED, one, later, later)
    send(post, var, NOON + 12 * MINUTE)
    assert [one["Subject"] for one in mail.kept.messages] == [
        "Pregunta sobre una cifra · Puesto tumbes",
        "Respuesta sobre una cifra · Puesto tumbes",
    ]
    first, second = mail.kept.texts
    for said in ("Ingresos del día", "2\u202f818", TEXT, "Rosa (ACNUR)", "Migraciones", "/questions/1?site=tumbes"):
        assert said in first, said
    assert "Luis" in second
    assert "Se cayó el sistema dos horas." in second
    assert {fate for _, fate, _ in fates(post)} == {"sent"}


def test_questions_of_a_minute_are_one_message_that_fits(post: Engine, var: Path, mail: Mail):
    channel(post, "lima", mail.address, language=Language.EN)
    for number in range(9):
        asked(post, f"Why is figure number {number} lower? " + "More words. " * 30)
    send(post, var, NOON + MINUTE)
    [message], [text] = mail.kept.messages, mail.kept.texts
    assert message["Subject"] == "9 questions about figures · Puesto tumbes"
    assert "And 7 more." in text
    assert "/questions?site=tumbes" in text
    assert len(text) <= 1000


def test_the_channel_of_the_institution_goes_before_the_others_and_no_reserved_figure_leaves(
    post: Engine, var: Path, mail: Mail
):
    channel(post, "migraciones", mail.address, least_level=Level.CRITICAL)
    channel(post, "todos", mail.address)
    channel(post, "graves", mail.address, least_level=Level.CRITICAL)
    asked(post, "¿Es todo lo que se atendió hoy?", WATER, (Seen(3.0, "contacts", State.OK), MASKED))
    send(post, var, NOON + MINUTE)
    assert [name for name, _, _ in fates(post)] == ["migraciones"]
    [text] = mail.kept.texts
    assert "reservado" in text
    assert "3 atenciones" not in text


def test_without_a_channel_nothing_waits(post: Engine):
    asked(post)
    assert fates(post) == []
