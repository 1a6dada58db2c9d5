"""Several submissions of one line made one: two enumerators who counted at the same stage in the same hour."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from data.frames import MOMENT
from data.grains import WEAKEST_FIRST
from data.sources import canonical
from data.sources.canonical import AMOUNT, COUNT, FLAG, MINUTES, PEOPLE, DatasetSpec
from data.vocabulary import Dataset

# Counts of people and things add up; a reading of the same queue by two people does not.
ADDED = frozenset({Dataset.FLOW, Dataset.SERVICE, Dataset.REFERRAL})
# Of one place, or of one ticket machine: the largest stands.
NOT_ADDED = frozenset({"capacity", "safe_capacity", "counters_total", "ticket_issued", "ticket_served", "wait_minutes"})


def rule_of(dataset: Dataset, combine: str | None) -> str:
    return combine or ("sum" if dataset in ADDED else "last")


def line_key(spec: DatasetSpec, row: Mapping[str, Any]) -> str:
    """Digest of the natural key of a row; rows of one key make one line."""
    key = [_text(row[name]) for name in spec.key]
    return hashlib.sha256(json.dumps(key, ensure_ascii=False).encode()).hexdigest()


def _text(value: Any) -> str:
    if isinstance(value, datetime):  # a Timestamp is one too
        return pd.Timestamp(value).tz_convert("UTC").isoformat()
    return str(value)


def combined(rows: pd.DataFrame, spec: DatasetSpec, rule: str) -> pd.DataFrame:
    """One row per natural key, of rows as `data.validate` leaves them, in the order in which they were written.

    By "sum" counts are added, missing only where every part is; a range is added where any part has one, at_least
    holds as soon as it holds of a part, the method is that of the weakest part. By "last" the last row stands.
    """
    if rows.empty:
        return rows
    keys = [rows[name] for name in spec.key]
    if not rows.duplicated(list(spec.key)).any():
        return rows
    if rule == "last":
        return rows.drop_duplicates(list(spec.key), keep="last").reset_index(drop=True)
    if "low" in rows:
        people, has = rows["people"], rows["low"].notna().groupby(keys).transform("any")
        rows = rows.assign(low=rows["low"].fillna(people).where(has), high=rows["high"].fillna(people).where(has))
    weakness = {str(method): place for place, method in enumerate(WEAKEST_FIRST)}
    grouped = rows.groupby(list(spec.key), sort=False, dropna=False)
    made = grouped.last().drop(columns=["line", "issued_at"], errors="ignore")
    for column in spec.columns:
        name = column.name
        if column.key or name not in rows or column.holds == MINUTES:
            continue
        if column.holds in (PEOPLE, COUNT, AMOUNT):
            made[name] = grouped[name].max() if name in NOT_ADDED else grouped[name].sum(min_count=1)
        elif column.holds == FLAG:
            made[name] = grouped[name].any()
        elif column.words is canonical.Method:
            rank = rows[name].map(weakness).fillna(0).astype(int).groupby(keys, sort=False).min()
            made[name] = rank.map(dict(enumerate(map(str, WEAKEST_FIRST))))
    made["issued_at"] = grouped["issued_at"].max()
    made = made.reset_index().astype({"issued_at": MOMENT})
    return made.assign(line=0)[list(rows.columns)]


def to_json(row: Mapping[str, Any]) -> dict[str, Any]:
    """An accepted row as the store keeps it: moments as ISO text, missing left out."""
    kept = {}
    for name, value in row.items():
        if name == "line" or value is None or value is pd.NaT or value is pd.NA or value != value:
            continue
        kept[str(name)] = value.isoformat() if isinstance(value, pd.Timestamp) else _number(value)
    return kept


def _number(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value


def from_json(parts: list[Mapping[str, Any]], spec: DatasetSpec) -> pd.DataFrame:
    """Rows as `to_json` left them, with the columns and types of accepted rows."""
    made: dict[str, Any] = {}
    for column in spec.columns:
        cells = [part.get(column.name) for part in parts]
        if column.holds == canonical.MOMENT:
            made[column.name] = pd.to_datetime(pd.Series(cells, dtype=object), utc=True, format="ISO8601").astype(
                MOMENT
            )
        elif column.holds == COUNT:
            made[column.name] = pd.array(cells, dtype="Int64")
        elif column.holds in (PEOPLE, AMOUNT):
            made[column.name] = pd.Series(cells, dtype=float)
        elif column.holds == FLAG:
            made[column.name] = pd.Series([bool(cell) for cell in cells], dtype=bool)
        elif column.holds == MINUTES:
            made[column.name] = pd.Series(cells, dtype="int64")
        elif column.key:
            made[column.name] = pd.Series(["" if cell is None else cell for cell in cells], dtype="str")
        else:
            made[column.name] = pd.Series(cells, dtype=object)
    return pd.DataFrame(made).assign(line=range(len(parts)))
