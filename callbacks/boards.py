"""A board: read, work out, draw. The only way a page's content comes to be, whoever watches it."""

from __future__ import annotations

from sqlalchemy import Connection

from callbacks import reads
from data.types import ClockReading, Scope
from layouts.board import Board
from layouts.pages import PAGES
from layouts.parts import marks_of
from layouts.translator import translator


def build(conn: Connection, page: str, scope: Scope, clock: ClockReading) -> Board:
    """`page` is a name of PAGES. The version is that of the data `conn` sees, and of the domain minute."""
    model = reads.READS[PAGES[page].read](conn, scope, clock)
    frame = model.frame
    parts = PAGES[page].draw(model, translator(scope.language, frame.site.zone))
    return Board(
        version=f"{frame.version}.{int(clock.now.timestamp() // 60)}",
        page=page,
        site=scope.site,
        lang=scope.language,
        window=scope.window,
        as_of=frame.data_as_of.isoformat() if frame.data_as_of else None,
        clock={"now": clock.now.isoformat(), "speed": clock.speed, "replay": clock.replay},
        marks=marks_of(frame),
        sites=tuple({"site": one.site, "name": one.name, "kind": str(one.kind)} for one in frame.sites),
        kpis=parts.kpis,
        figures=parts.figures,
        texts=parts.texts,
    )
