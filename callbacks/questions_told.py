"""What `GET /api/v1/questions` answers, and which questions an address asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from callbacks.asked import WrongAsk, window_ask
from callbacks.figures_asked import METRICS, figure_seen, shown_seen
from callbacks.reads.once import once
from callbacks.series import iso, known_at, number
from data.question_book import Wanted, questions
from data.question_shapes import FigureName, Question, Seen
from data.types import ClockReading, Scope, Site
from data.versions import version_of
from data.vocabulary import QuestionState
from layouts.questions import figure_address, figure_words, seen_words
from layouts.translator import Translator

# The page shows so many, the API more.
MOST_SHOWN, MOST_TOLD = 40, 500
USUAL, LONGEST = timedelta(days=3660), timedelta(days=3660)
LONGEST_WORDS = 60


def wanted_of(params: Mapping[str, str], site: Site, now: datetime) -> Wanted:
    """From `state`, `figure_kind`, `owner` ("-": the coordination), `words`, `from` and `to`; raises WrongAsk."""
    window = window_ask(params, site, now, USUAL, LONGEST) if params.get("from") or params.get("to") else None
    return Wanted(
        state=_one_of(params, "state", tuple(QuestionState)),
        metric=_one_of(params, "figure_kind", METRICS),
        owner=params.get("owner", "").strip()[:160],
        words=params.get("words", "").strip()[:LONGEST_WORDS],
        window=window,
    )


def _one_of(params: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    word = params.get(name, "").strip()
    if word and word not in allowed:
        raise WrongAsk(name, word, "unknown_value", allowed=", ".join(allowed))
    return word


def now_seen(conn: Connection, scope: Scope, site: Site, figure: FigureName, clock: ClockReading) -> Seen:
    """What a figure says to this audience now, or as known at `scope.as_of`; worked out once a minute."""
    minute = int(clock.now.timestamp() // 60)
    asked = ("question-now", site.site, figure, scope.audience, scope.mask_below, scope.as_of, minute)
    return once(conn, version_of(conn, site.site), asked, lambda: figure_seen(conn, scope, site, figure, clock).seen)


def told(
    conn: Connection, scope: Scope, site: Site, wanted: Wanted, clock: ClockReading, t: Translator
) -> dict[str, Any]:
    """Open questions first, the oldest of them first; of the figures what the audience may see."""
    found = questions(conn, site.site, wanted, scope.as_of, MOST_TOLD)
    now = clock.now if scope.as_of is None else min(clock.now, scope.as_of)
    clock = clock if scope.as_of is None else replace(clock, now=now, speed=0.0)
    rows = [_row(one, now_seen(conn, scope, site, one.figure, clock), scope, site, now, t) for one in found]
    return {"site": site.site, "as_of": known_at(conn, site, scope.as_of), "rows": rows}


def _row(one: Question, today: Seen, scope: Scope, site: Site, now: datetime, t: Translator) -> dict[str, Any]:
    then, end = shown_seen(one, scope.audience, today), one.ended
    metric = one.figure.metric
    return {
        "number": one.number,
        "state": str(one.state),
        "asked_at": iso(one.at, site),
        "asked_by": one.by,
        "asked_for": one.asked_for,
        "age_minutes": round(one.age(now).total_seconds() / 60),
        "figure": figure_words(one.figure, t),
        "figure_kind": metric,
        "figure_key": one.figure.key,
        "figure_at": iso(one.figure_at, site),
        "version": one.version,
        "value": number(then.value),
        "unit": then.unit,
        "value_state": str(then.state),
        "value_words": seen_words(then, t, metric),
        "value_now": number(today.value),
        "value_now_words": seen_words(today, t, metric),
        "owners": list(one.owners),
        "question": one.text,
        "ended_at": None if end is None else iso(end.at, site),
        "ended_by": None if end is None else end.by,
        "ended_for": None if end is None else end.organisation,
        "answer": None if end is None else end.text or None,
        "mark": one.mark or None,
        "address": figure_address(one.figure, {"site": site.site, "lang": str(t.language)}),
    }
