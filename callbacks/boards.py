"""A board: read, work out, draw. The only way a page's content comes to be, whoever watches it."""

from __future__ import annotations

from sqlalchemy import Connection

from callbacks import reads
from callbacks.asking import asked_about
from callbacks.picked import Picked
from data.analytics.windows import local_date
from data.types import ClockReading, Frame, QueueModel, Scope
from layouts.board import Board
from layouts.fresh import fresh_texts
from layouts.pages import PAGES
from layouts.parts import marks_of
from layouts.sureness import sure_texts
from layouts.translator import translator


def build(conn: Connection, page: str, scope: Scope, clock: ClockReading) -> Board:
    """`page` is a name of PAGES. The version is that of the data `conn` sees, and of the domain minute."""
    model = reads.READS[PAGES[page].read](conn, scope, clock)
    frame = model.frame
    t = translator(scope.language, frame.site.zone)
    parts = PAGES[page].draw(model, t)
    return Board(
        version=version_of(frame),
        page=page,
        site=scope.site,
        lang=scope.language,
        window=scope.window,
        as_of=frame.data_as_of.isoformat() if frame.data_as_of else None,
        clock={"now": frame.clock.now.isoformat(), "speed": frame.clock.speed, "replay": frame.clock.replay},
        frozen=scope.as_of.isoformat() if scope.as_of else None,
        picks=_picked(scope).words(frame.site.zone),
        past_surges=past_surges(frame),
        asked_about=asked_about(model) if isinstance(model, QueueModel) else None,
        marks=marks_of(frame),
        sites=tuple({"site": one.site, "name": one.name, "kind": str(one.kind)} for one in frame.sites),
        kpis=parts.kpis,
        figures=parts.figures,
        texts={**parts.texts, **fresh_texts(page, frame, t), **sure_texts(model.kpis, t)},
    )


def _picked(scope: Scope) -> Picked:
    return Picked(
        span=scope.span,
        compare=scope.compare,
        by=scope.by,
        presence=scope.presence,
        published=scope.published,
        target=_target(scope),
        rule=scope.rule,
        level=scope.level,
        outcome=scope.outcome,
    )


def _target(scope: Scope) -> int | None:
    """What is as usual is not said in an address."""
    return None if scope.target == Scope.target else scope.target


def past_surges(frame: Frame) -> dict[str, str]:
    """Days to compare with that have come, by what they are called."""
    today = local_date(frame.site, frame.clock.now)
    language = str(frame.scope.language)
    return {one.day.isoformat(): one.name[language] for one in frame.site.past_surges if one.day < today}


def version_of(frame: Frame) -> str:
    """A board of the past is one and the same whatever came since."""
    if frame.scope.as_of is not None:
        return f"as-of.{int(frame.scope.as_of.timestamp() * 1e6)}"
    return f"{frame.version}.{int(frame.clock.now.timestamp() // 60)}"
