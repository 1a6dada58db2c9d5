"""Deliveries that would change a closed period: their lines in it are kept and wait."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
from sqlalchemy import Connection, func, insert, select

from data.accounts import record
from data.closing import Approval, approvals
from data.days import day_of
from data.frames import frame
from data.grains import winning
from data.lines import LINES, begins, ends
from data.revisions import NATURAL_KEY, counting, differing, inside, value_columns
from data.sites import site as site_named
from data.tables import closing, hold
from data.types import Issue, Window
from data.vocabulary import Dataset

# Plans and announcements are nobody's figures.
NEVER_CLOSED = (Dataset.ROSTER, Dataset.EVENT)
MOMENT = timedelta(microseconds=1)


class PeriodClosed(ValueError):
    """What was asked would change a period that somebody vouches for; it must be unlocked first."""

    def __init__(self, site: str, zone: str, approval: Approval) -> None:
        super().__init__(f"{site}: {approval.window.start}/{approval.window.end} was closed by {approval.who}")
        self.site, self.zone, self.approval = site, zone, approval


def hold_back(
    conn: Connection, dataset: Dataset, site: str, report_id: int, lines: pd.DataFrame, now: datetime, sender: str
) -> pd.DataFrame:
    """Of one report's stored lines at one site, those that count; closed periods they would change are noted.

    A line that says what counts already changes nothing and is let through.
    """
    if dataset in NEVER_CLOSED:
        return lines
    begin, end = lines[begins(LINES[dataset])], lines[ends(LINES[dataset])]
    span = Window(begin.min().to_pydatetime(), end.max().to_pydatetime() + MOMENT)
    waits = pd.Series(False, index=lines.index)
    for approval in approvals(conn, site, span):
        window = approval.window
        # As `revisions.inside` has it; a reading has no length.
        within = (begin >= window.start) & (begin < window.end) & (end - begin <= window.end - window.start)
        if not within.any() or not _changes(conn, dataset, site, report_id, lines[within], window):
            continue
        waits |= within
        conn.execute(
            insert(hold).values(site=site, report_id=report_id, start=window.start, end=window.end, held_at=now)
        )
        period = {"from": window.start.isoformat(), "to": window.end.isoformat()}
        facts = {"site": site, **period, "closed_by": approval.who}
        record(conn, now, sender, "held", str(report_id), facts)
    return lines[~waits] if waits.any() else lines


def _changes(
    conn: Connection, dataset: Dataset, site: str, report_id: int, lines: pd.DataFrame, window: Window
) -> bool:
    """Whether a figure of the window would be another one with these lines."""
    table = LINES[dataset]
    stored = frame(
        conn,
        select(table).where(
            table.c.site == site,
            table.c.report_id != report_id,
            table.c.source.in_(sorted(lines["source"].unique())),
            inside(table, window.start, window.end),
            counting(table),
        ),
    )
    key = NATURAL_KEY[dataset]
    stood = winning(stored, key)
    both = pd.concat([stood, lines.astype(stored.dtypes.to_dict())], ignore_index=True)
    ours = winning(both, key)
    ours = ours[ours["report_id"] == report_id]
    met = ours.fillna({name: "" for name in key if table.c[name].nullable}).merge(
        stood.fillna({name: "" for name in key if table.c[name].nullable}), on=key, how="left", suffixes=("", "_was")
    )
    new = met["report_id_was"].isna()
    return bool((new | differing(met, met.rename(columns=_was(dataset)), value_columns(dataset))).any())


def _was(dataset: Dataset) -> dict[str, str]:
    names = value_columns(dataset)
    return {**{name: name + "_now" for name in names}, **{name + "_was": name for name in names}}


def waiting(conn: Connection, report_id: int) -> tuple[Issue, ...]:
    """What the sender is told of a delivery that waits: one note per closed period."""
    h = hold.c
    rows = conn.execute(select(hold).where(h.report_id == report_id, h.released_at.is_(None)).order_by(h.start))
    return tuple(
        Issue(None, None, "held_closed_period", {"site": row.site, "period": period_text(conn, row)}) for row in rows
    )


def period_text(conn: Connection, row: Any) -> str:
    """A day by its date, a shift by its hours, in the site's time: the same in every language."""
    place = site_named(conn, row.site)
    start, end = (at.astimezone(ZoneInfo(place.zone)) for at in (row.start, row.end))
    if day_of(place, row.start) == Window(row.start, row.end):
        return start.date().isoformat()
    return f"{start:%Y-%m-%dT%H:%M}/{end:%Y-%m-%dT%H:%M}"


def closed_for(conn: Connection, dataset: Dataset, report_id: int) -> tuple[tuple[str, Approval], ...]:
    """Closed periods in which lines of this report count, with their sites: to undo it would change them."""
    if dataset in NEVER_CLOSED:
        return ()
    table, c = LINES[dataset], closing.c
    begin = table.c[begins(table)]
    spans = conn.execute(
        select(table.c.site, func.min(begin), func.max(begin))
        .where(table.c.report_id == report_id, table.c.site.in_(select(c.site)))
        .group_by(table.c.site)
    ).all()
    found = []
    for place, first, last in spans:
        for approval in approvals(conn, place, Window(first, last + MOMENT)):
            within = inside(table, approval.window.start, approval.window.end)
            counts = (table.c.site == place, table.c.report_id == report_id, within, counting(table))
            if conn.execute(select(table.c.line_id).where(*counts).limit(1)).first() is not None:
                found.append((place, approval))
    return tuple(found)
