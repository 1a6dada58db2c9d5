"""Revisions of flow figures: what a later delivery, an undo or an approval made of a number that had been told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, exists, func, select

from data import disclosure
from data.analytics.corrections import Told, revisions
from data.grains import BREAKDOWN
from data.queries.statements import END, SITE, START, asked, every
from data.revisions import NATURAL_KEY, inside
from data.tables import Utc, flow_line, hold, line_reason, report
from data.types import Revision, Window
from data.vocabulary import Audience, Dataset

KEY = NATURAL_KEY[Dataset.FLOW]
# A delivery of more lines than this is a history, not a correction somebody would read line by line.
MOST_LINES = 5_000


def flow_revisions(
    conn: Connection,
    site: str,
    window: Window,
    audience: Audience,
    as_of: datetime | None = None,
    *,
    measure: str | None = None,
    stage: str | None = None,
    source: str | None = None,
) -> list[Revision]:
    """Changes of figures whose period starts in the window, the newest first; values of parts as the audience may."""
    line = flow_line.c
    told = {"measure": measure, "stage": stage, "source": source}
    named = {name: value for name, value in told.items() if value is not None}
    bound = {**asked(site, window), **named}
    repeated = {tuple(row) for stmt in _repeated(tuple(named)) for row in conn.execute(stmt, bound)}
    where = [line.site == site, line.start >= window.start, line.start < window.end]
    where += [line[name] == value for name, value in named.items()]
    return _told(conn, site, where, repeated, as_of, audience)


@cache
def _repeated(named: tuple[str, ...]) -> tuple[Select[Any], Select[Any]]:
    """Keys told more than once, and keys of deliveries that were undone; `named`: what else is asked for."""
    line, r = flow_line.c, report.c
    keys = [line[name] for name in KEY]
    where = [line.site == SITE, line.start >= START, line.start < END, *every(flow_line, "stage", "measure")]
    where += [line[name] == bindparam(name) for name in named]
    gone = select(r.report_id).where(r.undone_at.is_not(None))
    again = select(*keys).where(*where).group_by(*keys).having(func.count() > 1)
    return again, select(*keys).where(*where, line.report_id.in_(gone))


def revisions_by(
    conn: Connection, site: str, report_ids: Sequence[int], audience: Audience, as_of: datetime | None = None
) -> dict[int, list[Revision]]:
    """What each of these deliveries changed, by its number; nothing for one of more than MOST_LINES lines."""
    line, earlier = flow_line.c, flow_line.alias()
    r = report.c
    small = select(r.report_id).where(
        r.report_id.in_(report_ids), r.dataset == str(Dataset.FLOW), r.accepted <= MOST_LINES
    )
    ids = list(conn.execute(small).scalars())
    if not ids:
        return {}
    same = and_(
        earlier.c.site == line.site,
        *(earlier.c[name] == line[name] for name in KEY),
        earlier.c.line_id != line.line_id,
    )
    # A sum of words is looked up in no index: the few lines of a delivery are found by its number, not the site's all.
    where = [line.site.concat("") == site, line.report_id.in_(ids)]
    again = select(*(line[name] for name in KEY)).where(*where, exists(select(earlier.c.line_id).where(same)))
    keys = {tuple(row) for row in conn.execute(again)}
    if not keys:
        return {}
    starts = [key[KEY.index("start")] for key in keys]
    span = [line.site == site, line.start >= min(starts), line.start <= max(starts)]
    found: dict[int, list[Revision]] = {}
    for one in _told(conn, site, span, keys, as_of, audience):
        if one.report_id in ids and one.kind != "undo":
            found.setdefault(one.report_id, []).append(one)
    return found


def _told(
    conn: Connection,
    site: str,
    where: list[ColumnElement[bool]],
    keys: set[tuple[Any, ...]],
    as_of: datetime | None,
    audience: Audience,
) -> list[Revision]:
    if not keys:
        return []
    line, r, h = flow_line.c, report.c, hold.c
    stages, measures, starts = (
        sorted({key[KEY.index(name)] for key in keys}) for name in ("stage", "measure", "start")
    )
    reach = [line.stage.in_(stages), line.measure.in_(measures), line.start >= starts[0], line.start <= starts[-1]]
    held = and_(h.site == line.site, h.report_id == line.report_id, inside(flow_line, h.start, h.end))
    why = and_(line_reason.c.site == line.site, line_reason.c.line_id == line.line_id)
    rows = conn.execute(
        select(
            *(line[name] for name in KEY),
            *(line.end, line.people, line.issued_at, line.received_at, line.line_id, line.report_id),
            func.coalesce(r.recorded_at, r.received_at, type_=Utc()).label("recorded_at"),
            *(r.undone_at, r.undone_by, r.sent_by, func.coalesce(line_reason.c.reason, r.reason).label("reason")),
            *(h.held_at, h.released_at, h.released_by, h.reason.label("release_reason")),
        )
        .select_from(flow_line)
        .join(report, r.report_id == line.report_id)
        .join(hold, held, isouter=True)
        .join(line_reason, why, isouter=True)
        .where(*where, *reach)
    )
    lines: dict[int, Told | None] = {}
    for row in rows:
        if tuple(row)[: len(KEY)] in keys:
            _add(lines, row)
    told = [one for one in lines.values() if one is not None]
    return [disclosure.masked_revision(one, audience) for one in revisions(told, as_of)]


def _add(lines: dict[int, Told | None], row: Any) -> None:
    """None while it waits in a closed period: nobody has seen it. A day and its shift may both have held it."""
    waits = row.held_at is not None and row.released_at is None
    before = lines.get(row.line_id)
    if waits or (row.line_id in lines and before is None):
        lines[row.line_id] = None
        return
    known_at = row.released_at or row.recorded_at
    if before is not None and before.known_at >= known_at:
        return
    facts = {**row._mapping, "broken_down": any(row._mapping[name] for name in BREAKDOWN)}
    order = (row.issued_at, row.received_at, row.line_id)
    lines[row.line_id] = Told(tuple(row)[: len(KEY)], row.people, order, known_at, row.undone_at, facts)
