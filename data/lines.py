"""A delivery's rows as lines of the store: written, found again, summarised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd
from sqlalchemy import Connection, String, Table, select

from data import tables
from data.bulk import Tell, insert_frame, insert_staged, stage, unstage
from data.doubting import doubt_flow
from data.frames import MOMENT, frame
from data.presence_doubts import doubt_presence
from data.revisions import TABLE
from data.rollups import Touched, clear_site, rebuild_flow
from data.service_doubts import doubt_services
from data.service_rollups import rebuild_services
from data.types import Flag, Site
from data.vocabulary import Dataset

LINES: dict[Dataset, Table] = {dataset: tables.metadata.tables[name] for dataset, name in TABLE.items()}

# A line's number is its report's times this, plus its place in the report: the later report has the higher ones.
LINES_PER_REPORT = 2**24


def begins(table: Table) -> str:
    return "at" if "at" in table.c else "start"


def ends(table: Table) -> str:
    return "end" if "end" in table.c else "at"


def lines_of(
    rows: pd.DataFrame, dataset: Dataset, source: str, issued_at: datetime, received_at: datetime
) -> pd.DataFrame:
    """Accepted rows with every column of their table but the report's numbers. A row's own issued_at goes first."""
    table = LINES[dataset]
    if len(rows) >= LINES_PER_REPORT:
        raise ValueError(f"one delivery holds {len(rows)} rows; send at most {LINES_PER_REPORT - 1} at a time")
    given: dict[str, Any] = {
        "source": source,
        "issued_at": pd.Series(pd.Timestamp(issued_at), index=rows.index, dtype=MOMENT),
        "received_at": pd.Series(pd.Timestamp(received_at), index=rows.index, dtype=MOMENT),
    }
    if "issued_at" in rows:
        given["issued_at"] = rows["issued_at"].astype(MOMENT).fillna(pd.Timestamp(issued_at))
    if "minutes" in table.c:
        given["minutes"] = ((rows["end"] - rows["start"]).dt.total_seconds() // 60).astype("int64")
    columns = {}
    for column in table.c:
        if column.name in ("report_id", "line_id"):
            continue
        columns[column.name] = given.get(column.name, rows.get(column.name, _absent(column, rows)))
        if isinstance(column.type, String) and not column.nullable:
            columns[column.name] = pd.Series(columns[column.name], index=rows.index, dtype=object).fillna("")
    return pd.DataFrame(columns, index=rows.index).reset_index(drop=True)


def _absent(column: Any, rows: pd.DataFrame) -> Any:
    """What a column holds that the delivery does not have: no breakdown, no lower bound, else missing."""
    if column.name == "at_least":
        return pd.Series(False, index=rows.index)
    return pd.Series("" if not column.nullable else None, index=rows.index, dtype=object)


def stage_lines(
    conn: Connection, dataset: Dataset, lines: pd.DataFrame, same: dict[str, Any], progress: Tell | None = None
) -> None:
    """Put a large delivery aside on this connection of SQLite, so that `move_lines` is quick.

    `same`: `one_valued` of its lines.
    """
    stage(conn, LINES[dataset], lines.drop(columns=list(same)), progress)


def move_lines(
    conn: Connection, dataset: Dataset, report_id: int, lines: pd.DataFrame, same: dict[str, Any]
) -> pd.DataFrame:
    """Insert what `stage_lines` put aside; the lines come back with their numbers."""
    numbers = {"report_id": str(report_id), "line_id": f"{report_id * LINES_PER_REPORT - 1} + rowid"}
    insert_staged(conn, LINES[dataset], list(lines.columns), same, numbers)
    unstage(conn)
    return _numbered(lines, report_id)


def write_lines(
    conn: Connection, dataset: Dataset, report_id: int, lines: pd.DataFrame, progress: Tell | None = None
) -> pd.DataFrame:
    """Insert the lines of a report; they come back with their numbers."""
    numbered = _numbered(lines, report_id)
    insert_frame(conn, LINES[dataset], numbered, progress)
    return numbered


def write_reasons(conn: Connection, lines: pd.DataFrame, reasons: pd.Series) -> None:
    """Keep why a line says something else than before, where its sender wrote it beside the figure."""
    given = reasons.reset_index(drop=True)
    said = given.notna() & (given != "")
    if said.any():
        told = lines.loc[said.to_numpy(), ["site", "line_id"]]
        insert_frame(conn, tables.line_reason, told.assign(reason=given[said].to_numpy()))


def _numbered(lines: pd.DataFrame, report_id: int) -> pd.DataFrame:
    return lines.assign(report_id=report_id, line_id=report_id * LINES_PER_REPORT + pd.RangeIndex(len(lines)))


def touched_by(conn: Connection, dataset: Dataset, report_id: int) -> pd.DataFrame:
    """Where the lines of a report lie, for `rebuild`. Columns: site, and what the rollups of the dataset ask for."""
    table = LINES[dataset]
    names = ["site", *(n for n in ("stage", "measure", "start", "minutes", "at") if n in table.c)]
    return frame(conn, select(*(table.c[name] for name in names)).where(table.c.report_id == report_id))


def rebuild(conn: Connection, dataset: Dataset, touched: Touched, now: datetime, report_id: int) -> tuple[Flag, ...]:
    """Bring summaries, doubts and possible duplicates up to date where lines of this dataset came or went.

    Returns the doubts that `report_id` raised.
    """
    if touched.lines.empty:
        return ()
    if dataset is Dataset.FLOW:
        return doubt_flow(conn, touched, rebuild_flow(conn, touched), now, report_id)
    if dataset is Dataset.SERVICE:
        return doubt_services(conn, touched, rebuild_services(conn, touched, now), now, report_id)
    if dataset in (Dataset.QUEUE, Dataset.PRESENT):
        return doubt_presence(conn, touched, dataset, now, report_id)
    return ()


def rebuild_site(conn: Connection, place: Site) -> None:
    """Make all summaries of a site again: its operational day begins at another hour, or its zone was wrong."""
    clear_site(conn, place.site)
    for dataset in (Dataset.FLOW, Dataset.SERVICE):
        table = LINES[dataset]
        names = [n for n in ("stage", "measure", "start", "minutes") if n in table.c]
        here = table.c.site == place.site
        for source in conn.execute(select(table.c.source).where(here).distinct()).scalars().all():
            lines = frame(conn, select(*(table.c[n] for n in names)).where(here, table.c.source == source))
            touched = Touched(place, source, lines)
            again = rebuild_flow(conn, touched) if dataset is Dataset.FLOW else rebuild_services(conn, touched, None)
            for _ in again:  # a stretch at a time; what was doubted stays as it was
                pass
