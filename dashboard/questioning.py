"""Who may ask about a figure, who may answer and take back, and the audit row beside each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from callbacks.figures_asked import Found
from dashboard.access import Viewer
from dashboard.acting import Moments, name_of
from dashboard.gate import Refused
from data.accounts import record
from data.question_book import holder_of, question_numbered
from data.question_notices import tell_question
from data.question_shapes import FigureName, Question
from data.questions import WrongQuestion, answer, ask, withdraw
from data.types import Site
from data.vocabulary import NoticeKind, Role


@dataclass(frozen=True)
class Asked:
    """What a form says of a figure: which, as of when, with which version of the data, and the words."""

    figure: FigureName
    at: datetime
    version: int
    text: str
    by: str = ""


def may_ask(viewer: Viewer, site: str) -> bool:
    """Whoever has a name: a screen has none, and a program asks for nobody."""
    return viewer.role is not Role.SCREEN and not viewer.program and viewer.may_see_site(site)


def may_answer(viewer: Viewer, site: str, one: Question) -> bool:
    """The organisation of the figure, and the coordination for everybody."""
    if not may_ask(viewer, site) or one.ended is not None:
        return False
    return viewer.may_operate or (viewer.organisation is not None and viewer.organisation in one.owners)


def may_withdraw(viewer: Viewer, site: str, one: Question, holder: str | None) -> bool:
    """Whoever asked, and the coordination."""
    if not may_ask(viewer, site) or one.ended is not None:
        return False
    return viewer.may_operate or viewer.holder == holder


def ask_about(
    conn: Connection, viewer: Viewer, site: Site, asked: Asked, found: tuple[Found, Found], at: Moments, mark: str
) -> Question:
    """`found`: the figure as the asker may see it, and as everybody may. Raises WrongQuestion, Refused."""
    _require(may_ask(viewer, site.site))
    by = name_of(viewer, asked.by)
    mine, everybodys = found
    one, new = ask(
        conn,
        site.site,
        asked.figure,
        asked.at,
        asked.version,
        (mine.seen, everybodys.seen),
        mine.owners,
        asked.text,
        by,
        viewer.holder,
        viewer.organisation,
        at.now,
        at.real_now,
        mark,
    )
    if new:
        tell_question(conn, site.site, NoticeKind.ASKED, one, at.now, at.real_now)
        facts = {"figure": asked.figure.key, "figure_at": asked.at.isoformat(), "text": one.text}
        record(conn, at.real_now, one.by, "question-asked", f"{site.site}/{one.number}", facts)
    return one


def answer_one(
    conn: Connection, viewer: Viewer, site: Site, number: int, text: str, typed: str, at: Moments
) -> Question:
    one = _question(conn, site, number)
    # Somebody was faster: who it was is told to whoever may read the question.
    _require(may_ask(viewer, site.site) if one.ended else may_answer(viewer, site.site, one))
    by = name_of(viewer, typed)
    one, new = answer(conn, site.site, number, text, by, viewer.organisation, at.now, at.real_now)
    if new:
        tell_question(conn, site.site, NoticeKind.ANSWERED, one, at.now, at.real_now)
        record(conn, at.real_now, by, "question-answered", f"{site.site}/{number}", {"text": text})
    return one


def withdraw_one(
    conn: Connection, viewer: Viewer, site: Site, number: int, text: str, typed: str, at: Moments
) -> Question:
    one = _question(conn, site, number)
    holder = holder_of(conn, site.site, number)
    _require(may_ask(viewer, site.site) if one.ended else may_withdraw(viewer, site.site, one, holder))
    by = name_of(viewer, typed)
    one, new = withdraw(conn, site.site, number, text, by, viewer.organisation, at.now, at.real_now)
    if new:
        record(conn, at.real_now, by, "question-withdrawn", f"{site.site}/{number}", {"text": text})
    return one


def _question(conn: Connection, site: Site, number: int) -> Question:
    found = question_numbered(conn, site.site, number)
    if found is None:
        raise WrongQuestion("no_question", number=str(number))
    return found


def _require(may: bool) -> None:
    if not may:
        raise Refused(403, "forbidden_act")
