"""Questions about figures, read from the store: now, or as they stood at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, bindparam, func, or_, select

from data.queries.statements import SITE, asked_of, kept_statement
from data.question_shapes import Answer, FigureQuestions, Question, figure_named, seen_of
from data.tables import Utc, question, question_end
from data.types import Window
from data.vocabulary import QuestionState

q, e = question.c, question_end.c
# An answer stands beside its figure for so long; the page of the questions keeps it for ever.
BESIDE = timedelta(days=2)


@dataclass(frozen=True)
class Wanted:
    """Which questions. `figure`: the key of one; `metric`: of which kind; `owner`: one who answers, "": anybody,
    "-": the coordination; `words`: that stand in the question or in its answer."""

    state: str = ""
    figure: str = ""
    metric: str = ""
    owner: str = ""
    words: str = ""
    window: Window | None = None


def questions(
    conn: Connection,
    site: str,
    wanted: Wanted = Wanted(),
    as_of: datetime | None = None,
    most: int | None = None,
) -> tuple[Question, ...]:
    """Open ones first, the oldest of them first; then the ended ones, the newest first."""
    asked: list[ColumnElement[bool]] = [q.site == site]
    if as_of is not None:
        asked.append(q.at <= as_of)
    if wanted.figure:
        asked.append(q.figure == wanted.figure)
    if wanted.metric:
        asked.append(q.figure.startswith(f"{wanted.metric}?", autoescape=True))
    if wanted.window is not None:
        asked += [q.at >= wanted.window.start, q.at < wanted.window.end]
    rows = conn.execute(_select(as_of).where(*asked).order_by(q.question.desc())).all()
    found = [_question(row) for row in rows]
    found = [one for one in found if _is_wanted(one, wanted)]
    open_ones = [one for one in reversed(found) if one.ended is None]
    ended = sorted((one for one in found if one.ended is not None), key=_ended_at, reverse=True)
    return tuple([*open_ones, *ended][:most])


def _ended_at(one: Question) -> datetime:
    assert one.ended is not None
    return one.ended.at


def _is_wanted(one: Question, wanted: Wanted) -> bool:
    if wanted.state and one.state != wanted.state:
        return False
    if wanted.owner and (one.owners if wanted.owner == "-" else wanted.owner not in one.owners):
        return False
    told = f"{one.text}\n{one.ended.text if one.ended else ''}".casefold()
    return wanted.words.casefold() in told


def question_numbered(conn: Connection, site: str, number: int, as_of: datetime | None = None) -> Question | None:
    known = [] if as_of is None else [q.at <= as_of]
    row = conn.execute(_select(as_of).where(q.site == site, q.question == number, *known)).one_or_none()
    return None if row is None else _question(row)


def holder_of(conn: Connection, site: str, number: int) -> str | None:
    """Whose question it is."""
    return conn.execute(select(q.holder).where(q.site == site, q.question == number)).scalar_one_or_none()


def owners_asked(conn: Connection, site: str) -> tuple[str, ...]:
    """Organisations that were ever asked something."""
    rows = conn.execute(select(q.owners).where(q.site == site)).scalars()
    return tuple(sorted({name for row in rows for name in row}, key=str.casefold))


def _select(as_of: datetime | None) -> Select[Any]:
    same = [e.site == q.site, e.question == q.question, *([] if as_of is None else [e.at <= as_of])]
    ends = (e.state, e.at.label("end_at"), e.by.label("end_by"), e.organisation.label("end_for"))
    return select(question, *ends, e.text.label("end_text")).outerjoin(question_end, and_(*same))


def _question(row: Row[Any]) -> Question:
    ended = None
    if row.state is not None:
        ended = Answer(QuestionState(row.state), row.end_at, row.end_by, row.end_for, row.end_text)
    return Question(
        number=row.question,
        figure=figure_named(row.figure),
        figure_at=row.figure_at,
        version=row.version,
        seen=seen_of(row.seen),
        seen_open=seen_of(row.seen_open),
        owners=tuple(row.owners),
        text=row.text,
        at=row.at,
        by=row.by,
        asked_for=row.organisation,
        mark=row.mark,
        ended=ended,
    )


SINCE = bindparam("since", type_=Utc())


# Every board asks.
@kept_statement
def _beside(conn: Connection, as_of: Any) -> Select[Any]:
    same = [e.site == q.site, e.question == q.question, *([] if as_of is None else [e.at <= as_of])]
    known = [] if as_of is None else [q.at <= as_of]
    open_one = e.question.is_(None)
    return (
        select(
            q.figure,
            func.count().filter(open_one).label("open"),
            func.count().filter(e.state == str(QuestionState.ANSWERED)).label("answered"),
            func.min(q.at, type_=Utc()).filter(open_one).label("oldest"),
        )
        .outerjoin(question_end, and_(*same))
        .where(q.site == SITE, *known, or_(open_one, e.at > SINCE))
        .group_by(q.figure)
        .order_by(q.figure)
    )


def questions_beside(
    conn: Connection, site: str, now: datetime, as_of: datetime | None = None
) -> tuple[FigureQuestions, ...]:
    """Figures with an open question, or with an answer of the last days."""
    rows = conn.execute(_beside(conn, as_of), {**asked_of(site, as_of), "since": now - BESIDE})
    return tuple(FigureQuestions(row.figure, row.open, row.answered, row.oldest) for row in rows)


def open_of(beside: Sequence[FigureQuestions]) -> tuple[int, datetime | None]:
    """How many questions are open, and since when the oldest of them."""
    oldest = [one.oldest for one in beside if one.oldest is not None]
    return sum(one.open for one in beside), min(oldest) if oldest else None
