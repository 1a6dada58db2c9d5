"""What people do with questions about figures: ask, answer once, take back. Nothing is changed and nothing deleted."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select

from data.question_book import question_numbered
from data.question_shapes import Answer, FigureName, Question, Seen
from data.sources.personal_text import found_in
from data.store import lock, unless_there
from data.tables import question, question_end
from data.versions import raise_version
from data.vocabulary import QuestionState

LONGEST_TEXT, SHORTEST_TEXT = 600, 5
LONGEST_BY = 120
NUMBER = re.compile(r"(?<![\d.,])\d{1,6}(?![\d.,]*\d)")
# Signs that nobody sees and that turn the order of others: a text is what it looks like.
UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})


class WrongQuestion(ValueError):
    """Locale key `questions.wrong.<code>` and its facts: why something cannot be asked or answered."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def questions_lock(site: str) -> str:
    return f"questions:{site}"


def ask(
    conn: Connection,
    site: str,
    figure: FigureName,
    figure_at: datetime,
    version: int,
    seen: tuple[Seen, Seen],
    owners: tuple[str, ...],
    text: str,
    by: str,
    holder: str,
    organisation: str | None,
    now: datetime,
    real_now: datetime,
    mark: str = "",
) -> tuple[Question, bool]:
    """The question with its number, and whether it is new: the same one sent twice is asked once.

    `seen`: the figure as the asker may see it, and as everybody may. Raises WrongQuestion.
    """
    by, text = _name(by), plain_text(text)
    mine, everybodys = seen
    if everybodys.masked and not mine.masked and mine.value is not None:
        # Whoever reads the question reads its text too.
        secret = {round(mine.value), *(round(v) for v in mine.facts.values() if isinstance(v, int | float))}
        if any(int(word) in secret for word in NUMBER.findall(text)):
            raise WrongQuestion("reserved")
    lock(conn, questions_lock(site))
    q = question.c
    same = (q.site == site, q.figure == figure.key, q.figure_at == figure_at, q.holder == holder, q.text == text)
    known = conn.execute(select(q.question).where(*same, q.by == by)).scalar_one_or_none()
    if known is not None:
        found = question_numbered(conn, site, known)
        assert found is not None, "its number was read just now"
        return found, False
    last = conn.execute(select(func.max(q.question)).where(q.site == site)).scalar_one()
    asked = Question(
        (last or 0) + 1, figure, figure_at, version, mine, everybodys, owners, text, now, by, organisation, mark
    )
    conn.execute(
        insert(question).values(
            site=site,
            question=asked.number,
            at=now,
            real_at=real_now,
            by=by,
            holder=holder,
            organisation=organisation,
            figure=figure.key,
            figure_at=figure_at,
            version=version,
            seen=mine.stored(),
            seen_open=everybodys.stored(),
            owners=list(owners),
            text=text,
            mark=mark,
        )
    )
    raise_version(conn, site)
    return asked, True


def answer(
    conn: Connection,
    site: str,
    number: int,
    text: str,
    by: str,
    organisation: str | None,
    now: datetime,
    real_now: datetime,
) -> tuple[Question, bool]:
    """Answer a question; of two at once the first one's stands, and the second hears who it was. Raises WrongQuestion.

    Said again by the same person it changes nothing: False.
    """
    end = Answer(QuestionState.ANSWERED, now, _name(by), organisation, plain_text(text))
    return _ended(conn, site, number, end, real_now)


def withdraw(
    conn: Connection,
    site: str,
    number: int,
    text: str,
    by: str,
    organisation: str | None,
    now: datetime,
    real_now: datetime,
) -> tuple[Question, bool]:
    """Take a question back, with a reason or without one. Raises WrongQuestion."""
    said = plain_text(text) if text.strip() else ""
    return _ended(conn, site, number, Answer(QuestionState.WITHDRAWN, now, _name(by), organisation, said), real_now)


def _ended(conn: Connection, site: str, number: int, end: Answer, real_now: datetime) -> tuple[Question, bool]:
    lock(conn, questions_lock(site))
    asked = question_numbered(conn, site, number)
    if asked is None:
        raise WrongQuestion("no_question", number=str(number))
    row = {**vars(end), "state": str(end.state), "site": site, "question": number, "real_at": real_now}
    if asked.ended is None and conn.execute(unless_there(conn, question_end).values(**row)).rowcount:
        raise_version(conn, site)
        return replace(asked, ended=end), True
    stands = question_numbered(conn, site, number)
    assert stands is not None
    assert stands.ended is not None
    was = stands.ended
    if (was.state, was.by, was.text) == (end.state, end.by, end.text):
        return stands, False
    raise WrongQuestion(f"already_{was.state}", by=was.by, done_at=was.at)


def plain_text(text: str) -> str:
    """One paragraph, in signs that one can see, that speaks of no person. Raises WrongQuestion."""
    text = " ".join(unicodedata.normalize("NFC", text).split())
    if any(unicodedata.category(sign) in UNSEEN for sign in text):
        raise WrongQuestion("control")
    if len(text) < SHORTEST_TEXT:
        raise WrongQuestion("no_text")
    if len(text) > LONGEST_TEXT:
        raise WrongQuestion("too_long", longest=LONGEST_TEXT, length=len(text))
    if found_in(text) is not None:
        raise WrongQuestion("personal")
    return text


def _name(by: str) -> str:
    by = " ".join(by.split())[:LONGEST_BY]
    if not by:
        raise WrongQuestion("no_name")
    return by
