"""Parts that stand without the others: their sum is no total but the least that it can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from data.sources.canonical import DatasetSpec
from data.sources.fields import Draft
from data.sources.periods import Times
from data.sources.sheet import Cells, Codes, Mask
from data.vocabulary import Dataset

SERIES = ("site", "stage", "measure", "lane")
BREAKDOWN = ("category", "sex", "age_band", "nationality")


def lower_bounds(
    spec: DatasetSpec, draft: Draft, columns: Mapping[str, Any], times: Times, lost: Mask, kept: Mask
) -> Mask:
    """Which `kept` rows of flow are parts of an interval of which other parts were `lost`: rejected or not reported.

    Parts by the same dimensions; not where the delivery gives the interval's total too, or the lost part itself.
    """
    found = np.zeros(len(kept), dtype=bool)
    if spec.dataset is not Dataset.FLOW or times.end is None:
        return found
    lost = lost & ~np.isnat(times.start) & ~np.isnat(times.end)
    if not lost.any():
        return found
    near = np.flatnonzero((lost | kept) & np.isin(times.start.view("int64"), times.start[lost].view("int64")))
    # By the cells as written: a sex that nobody understood is a part all the same.
    by = np.zeros(len(near), dtype=np.int64)
    for place, name in enumerate(BREAKDOWN):
        by |= (~draft.cells[name].rows(near).where(draft.style.blank)).astype(np.int64) << place
    words = {name: _numbered(columns[name], near) for name in (*SERIES, *BREAKDOWN)}
    is_total = np.logical_and.reduce([columns[name].rows(near).empty() for name in BREAKDOWN])
    by[is_total & ~lost[near]] = 0  # written Total
    moments = (pd.factorize(moment[near].view("int64"))[0] for moment in (times.start, times.end))
    interval = _together(*(words[name] for name in SERIES), *moments)
    part = _together(interval, by)
    line = _together(part, *(words[name] for name in BREAKDOWN))
    gone = lost[near] & (by > 0) & ~_any(line, ~lost[near])
    found[near] = _any(part, gone) & ~_any(interval, ~lost[near] & (by == 0)) & kept[near]
    return found


def _numbered(cells: Cells, rows: Codes) -> Codes:
    """A number for each row, the same for the same word."""
    seen: dict[Any, int] = {}
    return np.array([seen.setdefault(value, len(seen)) for value in cells.values], dtype=np.int64)[cells.codes[rows]]


def _together(*keys: Codes) -> Codes:
    """One number for each distinct combination of several."""
    whole = keys[0]
    for key in keys[1:]:
        whole = pd.factorize(whole * (int(key.max()) + 1) + key)[0]
    return whole


def _any(groups: Codes, which: Mask) -> Mask:
    """For each row whether any row of its group is one of `which`."""
    return (np.bincount(groups, weights=which) > 0)[groups]
