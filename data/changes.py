"""What a delivery does to what is already known: lines that are new, that revise, that say the same, that come late."""

from __future__ import annotations

import pandas as pd
from sqlalchemy import Connection, select

from data.frames import frame
from data.lines import LINES, begins
from data.revisions import NATURAL_KEY, counting
from data.types import Changes
from data.vocabulary import Dataset

# What a line says of itself and not of its subject.
OF_THE_REPORT = {"report_id", "line_id", "issued_at", "received_at"}


def changes(conn: Connection, dataset: Dataset, lines: pd.DataFrame, before: int | None = None) -> Changes:
    """`lines`: as `data.lines.lines_of` makes them, of one source; compared with what counts now.

    `before`: only with deliveries of a lower number, for a delivery that is in the store itself.
    """
    if lines.empty:
        return Changes()
    key = ["site", *NATURAL_KEY[dataset]]
    values = [c.name for c in LINES[dataset].c if c.name not in {*key, *OF_THE_REPORT}]
    given = lines[[*key, *values, "issued_at"]].copy()
    given["_place"] = range(len(given))
    given = given.sort_values(["issued_at", "_place"], kind="stable")
    counts = ~given.duplicated(key, keep="last")
    newest = given[counts]
    known = _known(conn, dataset, lines, [*key, *values], before)
    known = known.sort_values(["issued_at", "received_at", "line_id"]).drop_duplicates(key, keep="last")
    left, right = _comparable(newest, key), _comparable(known, key)
    both = left.merge(right, on=key, how="left", suffixes=("", "_known"), indicator=True)
    found = both["_merge"] == "both"
    late = found & (both["issued_at"] < both["issued_at_known"])
    same = found & ~late
    for name in values:
        same &= _equal(both[name], both[f"{name}_known"])
    return Changes(
        new=int((~found).sum()),
        revised=int((found & ~late & ~same).sum()),
        equal=int(same.sum()),
        older=int(late.sum()) + int((~counts).sum()),
    )


def changes_of(conn: Connection, dataset: Dataset, report_id: int) -> Changes:
    """What a delivery of the store changed, against the deliveries before it that still count."""
    table = LINES[dataset]
    return changes(conn, dataset, frame(conn, select(table).where(table.c.report_id == report_id)), report_id)


def _known(
    conn: Connection, dataset: Dataset, lines: pd.DataFrame, names: list[str], before: int | None
) -> pd.DataFrame:
    """Lines that count, of the same source, at the same sites, in the span of the delivery."""
    table, opening = LINES[dataset], begins(LINES[dataset])
    columns = [table.c[name] for name in (*names, "issued_at", "received_at", "line_id")]
    stmt = select(*columns).where(
        table.c.site.in_(sorted(lines["site"].unique())),
        table.c.source.in_(sorted(lines["source"].unique())),
        table.c[opening] >= lines[opening].min().to_pydatetime(),
        table.c[opening] <= lines[opening].max().to_pydatetime(),
        counting(table),
    )
    return frame(conn, stmt if before is None else stmt.where(table.c.report_id < before))


def _comparable(lines: pd.DataFrame, key: list[str]) -> pd.DataFrame:
    """Keys of one type on both sides, whichever way the lines came."""
    made = lines.copy()
    for name in key:
        if not isinstance(made[name].dtype, pd.DatetimeTZDtype) and not pd.api.types.is_numeric_dtype(made[name]):
            made[name] = made[name].astype(object).where(made[name].notna(), "").astype("str")
    return made


def _equal(first: pd.Series, second: pd.Series) -> pd.Series:
    empty = (first.isna() | (first.astype(object) == "")) & (second.isna() | (second.astype(object) == ""))
    if pd.api.types.is_numeric_dtype(first) or pd.api.types.is_numeric_dtype(second):
        alike = pd.to_numeric(first, errors="coerce").astype(float) == pd.to_numeric(second, errors="coerce").astype(
            float
        )
    else:
        alike = first.astype(object) == second.astype(object)
    return alike | empty
