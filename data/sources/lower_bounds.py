"""Parts that stand without the others: their sum is no total but the least that it can be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from data.sources.canonical import DatasetSpec
from data.sources.fields import Draft
from data.sources.periods import Times
from data.sources.sheet import Mask
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
    by = sum(
        (~draft.cells[name].rows(near).where(draft.style.blank)).astype(np.int64) << place
        for place, name in enumerate(BREAKDOWN)
    )
    rows = pd.DataFrame({name: columns[name].rows(near).array() for name in (*SERIES, *BREAKDOWN)})
    rows = rows.assign(start=times.start[near], end=times.end[near], by=by, lost=lost[near])
    by_total = (rows[list(BREAKDOWN)] == "").all(axis=1)
    rows.loc[by_total & ~rows["lost"], "by"] = 0  # written Total
    interval = [*SERIES, "start", "end"]
    told = rows.loc[~rows["lost"], [*interval, "by", *BREAKDOWN]].drop_duplicates().assign(told=True)
    rows = rows.merge(told, how="left", on=[*interval, "by", *BREAKDOWN])
    is_gone = rows["lost"] & rows["told"].isna() & (rows["by"] > 0)
    has_total = (~rows["lost"] & (rows["by"] == 0)).groupby([rows[name] for name in interval]).transform("any")
    lacks = is_gone.groupby([rows[name] for name in [*interval, "by"]]).transform("any")
    found[near] = (lacks & ~has_total & ~rows["lost"]).to_numpy()
    return found
