"""The time a delivery speaks of, written beside it: `data.analytics.reporting` judges by these what was received."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, insert

from data.lines import LINES, begins, ends
from data.tables import report_span
from data.vocabulary import Dataset

SECOND = 1_000_000  # in microseconds, in which moments are counted here
DAY = 86_400 * SECOND

Pieces = list[tuple[int, int, int]]  # start and end in microseconds since 1970, seconds between readings


def write_spans(
    conn: Connection, dataset: Dataset, report_id: int, source: str, received_at: datetime, lines: pd.DataFrame
) -> None:
    """`lines`: those of the report at one site."""
    table = LINES[dataset]
    starts, stops = _counted(lines[begins(table)]), _counted(lines[ends(table)])
    pieces = moments(starts) if begins(table) == ends(table) else stretches(starts, stops)
    if not pieces:
        return
    site = str(lines["site"].iloc[0])
    rows: list[dict[str, Any]] = [
        {
            "site": site,
            "report_id": report_id,
            "span": place,
            "source": source,
            "dataset": str(dataset),
            "start": _moment(start),
            "end": _moment(end),
            "step_seconds": step,
            "received_at": received_at,
        }
        for place, (start, end, step) in enumerate(pieces)
    ]
    conn.execute(insert(report_span), rows)


def stretches(starts: np.ndarray, ends: np.ndarray) -> Pieces:
    """What lines about spans of time cover together, cut at every midnight of UTC."""
    if not len(starts):
        return []
    order = np.argsort(starts, kind="stable")
    starts, until = starts[order], np.maximum.accumulate(ends[order])
    apart = np.flatnonzero(starts[1:] > until[:-1]) + 1
    first = np.concatenate([[0], apart])
    last = np.concatenate([apart, [len(starts)]]) - 1
    return [piece for a, b in zip(starts[first], until[last], strict=True) for piece in _by_day(int(a), int(b))]


def _by_day(start: int, end: int) -> Pieces:
    cuts = [start, *range(start - start % DAY + DAY, end, DAY), end]
    return [(a, b, 0) for a, b in pairwise(cuts) if b > a]


def moments(at: np.ndarray) -> Pieces:
    """Readings as runs with one distance in seconds, none longer than a day of UTC; what stands alone is a moment."""
    pieces: Pieces = []
    run: list[int] = []
    for moment in np.unique(at).tolist():
        if run and (moment // DAY != run[0] // DAY or not _goes_on(run, moment)):
            pieces.append(_run(run))
            run = []
        run.append(moment)
    return [*pieces, _run(run)] if run else pieces


def _goes_on(run: list[int], moment: int) -> bool:
    step = moment - run[-1]
    return step % SECOND == 0 and (len(run) < 2 or step == run[-1] - run[-2])


def _run(run: list[int]) -> tuple[int, int, int]:
    return run[0], run[-1], (run[1] - run[0]) // SECOND if len(run) > 1 else 0


def _counted(times: pd.Series) -> np.ndarray:
    return times.to_numpy(dtype="datetime64[us]").astype(np.int64)


def _moment(microseconds: int) -> datetime:
    return pd.Timestamp(microseconds, unit="us", tz="UTC").to_pydatetime()
