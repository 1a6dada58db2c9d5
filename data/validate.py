"""The rules a reported row must keep. A broken one is returned with line, column and reason; nothing is raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from data.sources import fields
from data.sources.canonical import AMOUNT, COUNT, COUNTRY, FLAG, MINUTES, MOMENT, PEOPLE, TEXT, WORD, DatasetSpec
from data.sources.fields import Draft, Style
from data.sources.findings import Findings
from data.sources.lower_bounds import lower_bounds
from data.sources.periods import Times, times
from data.sources.repeats import reject_repeats
from data.sources.sheet import Cells, Codes, Mask, always, paired
from data.types import Site

Words = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Checked:
    """`rows`: the accepted ones, typed, with `line`. A row is accepted, rejected or not reported, never two of them."""

    rows: pd.DataFrame
    findings: Findings
    rejected: Mask
    not_reported: Mask
    ambiguous: int  # accepted rows whose local time happened twice


def check(
    spec: DatasetSpec,
    cells: Mapping[str, Cells],
    lines: Codes,
    sites: Mapping[str, Site],
    now: datetime,
    style: Style = Style(),  # noqa: B008 - frozen
    words: Words | None = None,
    headers: Mapping[str, Cells] | None = None,
    one_row_per_line: bool = True,
) -> Checked:
    """`cells`: the columns of the dataset that the file has, by canonical name; `headers`: their names in the file.

    `one_row_per_line`: two rows of one key contradict or repeat each other, instead of adding up.
    """
    whole = {name: cells.get(name, always("", len(lines))) for name in spec.names}
    draft = Draft(whole, Findings(lines, headers or {}), style, _silent(spec, whole, style))
    columns = _columns(spec, draft, sites, words or {})
    site = columns["site"]
    if "stage" in columns:
        _stage_of_site(draft, site, columns["stage"], sites)
    keys = {name: columns[name] for name in spec.key if isinstance(columns.get(name), Cells)}
    when = times(spec, draft, site, keys, sites, now)
    _sense(draft, columns)
    lost = draft.findings.rejected() | draft.not_reported
    if one_row_per_line:
        reject_repeats(spec, draft, columns, when)
    rejected = draft.findings.rejected() & ~draft.not_reported
    kept = ~rejected & ~draft.not_reported
    if "at_least" in columns:
        columns["at_least"] = columns["at_least"] | lower_bounds(spec, draft, columns, when, lost, kept)
    rows = _frame(spec, columns, when, lines, kept)
    return Checked(rows, draft.findings, rejected, draft.not_reported, int((when.happened_twice & kept).sum()))


def _silent(spec: DatasetSpec, cells: Mapping[str, Cells], style: Style) -> Mask:
    """Rows whose reporting columns are all empty: no report, which is neither a line nor a fault."""
    silent = np.ones(len(cells["site"]), dtype=bool)
    for column in spec.columns:
        if column.reports:
            silent &= cells[column.name].where(style.blank)
    return silent


def _columns(spec: DatasetSpec, draft: Draft, sites: Mapping[str, Site], words: Words) -> dict[str, Any]:
    """Every column but the times: Cells for words and texts, arrays for numbers and flags."""
    read: dict[str, Callable[..., Any]] = {
        WORD: fields.read_words,
        TEXT: fields.read_texts,
        COUNTRY: fields.read_countries,
        FLAG: fields.read_flags,
        PEOPLE: fields.read_numbers,
        COUNT: fields.read_numbers,
        AMOUNT: fields.read_numbers,
    }
    columns: dict[str, Any] = {"site": fields.read_sites(draft, spec.column("site"), sites, words.get("site"))}
    for column in spec.columns:
        if column.holds in read:
            own = (words.get(column.name),) if column.holds in (WORD, TEXT) else ()
            columns[column.name] = read[column.holds](draft, column, *own)
    return columns


def _stage_of_site(draft: Draft, site: Cells, stage: Cells, sites: Mapping[str, Site]) -> None:
    def is_foreign(name: str, word: str) -> bool:
        return name in sites and word != "" and word not in [str(one) for one in sites[name].stages]

    draft.findings.add(
        "stage",
        "stage_not_at_site",
        paired(site, stage, is_foreign).where(bool),
        lambda row: {"value": stage.at(row), "site": site.at(row), "expected": ", ".join(sites[site.at(row)].stages)},
    )


def _sense(draft: Draft, columns: Mapping[str, Any]) -> None:
    """Columns that contradict each other within a row. Unreported ones contradict nothing."""

    def compare(smaller: str, larger: str, code: str) -> None:
        low, high = columns[smaller], columns[larger]
        draft.findings.add(
            smaller,
            code,
            low > high,
            lambda row: {"value": float(low[row]), "limit": float(high[row]), "other": larger},
        )

    for smaller, larger, code in (
        ("low", "people", "outside_range"),
        ("people", "high", "outside_range"),
        ("ticket_served", "ticket_issued", "served_over_issued"),
    ):
        if smaller in columns and larger in columns:
            compare(smaller, larger, code)


def _frame(spec: DatasetSpec, columns: Mapping[str, Any], when: Times, lines: Codes, kept: Mask) -> pd.DataFrame:
    """Columns under the store's names: text "" where absent, whole numbers Int64, amounts float, times aware UTC."""
    end = when.start if when.end is None else when.end
    moments = {"end": end, "issued_at": when.issued_at}
    made: dict[str, Any] = {}
    for column in spec.columns:
        if column.holds == MOMENT:
            made[column.name] = pd.DatetimeIndex(moments.get(column.name, when.start)[kept]).tz_localize("UTC")
        elif column.holds == MINUTES:
            made[column.name] = ((end - when.start)[kept] // np.timedelta64(1, "m")).astype("int64")
        elif isinstance(columns[column.name], Cells):
            cells = columns[column.name].rows(kept)
            # In a key "" is the total; elsewhere an empty text says nothing.
            made[column.name] = (cells if column.key else cells.map(lambda text: text or None)).array()
        elif column.holds == COUNT:
            made[column.name] = pd.array(columns[column.name][kept], dtype="Int64")
        else:
            made[column.name] = columns[column.name][kept]
    return pd.DataFrame({**made, "line": lines[kept]})
