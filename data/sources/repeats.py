"""Rows of one report that speak of the same key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from data.sources.canonical import DatasetSpec
from data.sources.fields import Draft
from data.sources.periods import Times
from data.sources.sheet import Cells


def reject_repeats(spec: DatasetSpec, draft: Draft, columns: Mapping[str, Any], times: Times) -> None:
    """The last row of a key counts; earlier ones say the same as it, or contradict it.

    Rows of one key written at different times (`issued_at`) are revisions, not repeats.
    """
    good = np.flatnonzero(~draft.findings.rejected() & ~draft.not_reported)
    if len(good) < 2:
        return
    key = _key(spec, columns, times, good)
    together = key.duplicated(keep=False).to_numpy()
    if not together.any():
        return
    repeated, rows = key[together], good[together]
    last_of = pd.Series(rows, index=repeated.index).groupby([repeated[name] for name in repeated]).transform("last")
    last = np.arange(len(draft.findings.lines))
    last[rows] = last_of.to_numpy()
    same = np.ones(len(rows), dtype=bool)
    for name in spec.names:
        if name in columns and name not in spec.key:
            part = columns[name].array() if isinstance(columns[name], Cells) else columns[name]
            here, there = part[rows], part[last[rows]]
            same &= (here == there) | (pd.isna(here) & pd.isna(there))
    earlier = rows != last[rows]
    for code, which in (("duplicate_row", same), ("conflicting_rows", ~same)):
        where = np.zeros(len(draft.findings.lines), dtype=bool)
        where[rows[earlier & which]] = True
        draft.findings.add(None, code, where, lambda row: {"other_line": int(draft.findings.lines[last[row]])})


def _key(spec: DatasetSpec, columns: Mapping[str, Any], times: Times, good: Any) -> pd.DataFrame:
    """The key of the good rows in whole numbers, without the columns that say the same in all of them."""
    key = {"start": times.start[good].view("int64"), "issued_at": times.issued_at[good].view("int64")}
    if times.end is not None:
        key["end"] = times.end[good].view("int64")
    for name in spec.key:
        if isinstance(columns.get(name), Cells):
            key[name] = _merged(columns[name]).codes[good]
    differing = {name: part for name, part in key.items() if (part != part[0]).any()}
    return pd.DataFrame(differing or {"start": key["start"]})


def _merged(cells: Cells) -> Cells:
    """The same column with equal values under one code."""
    seen: dict[Any, int] = {}
    codes = np.array([seen.setdefault(value, len(seen)) for value in cells.values], dtype=np.int64)
    return Cells(codes[cells.codes], list(seen))
