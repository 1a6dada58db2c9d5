"""The way in: bytes of a partner's file become rows of a dataset, and everything that was wrong with them."""

from __future__ import annotations

import collections.abc as abc
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import pandas as pd

from data.sources import delimited, layout, personal, records, submissions, workbook
from data.sources.canonical import DATASETS
from data.sources.fields import Style
from data.sources.guards import DEFAULT, Limits, Refused, kind_of, refuse
from data.sources.layout import Judge
from data.sources.mapped import Applied, Mapping, applied
from data.sources.recognition import CANONICAL_NAMES, canonical_table
from data.sources.sheet import Grid
from data.sources.spilled import CODE, in_order, spilled, spilled_issues
from data.sources.totals import without_sums
from data.sources.understood import columns_read
from data.types import ColumnRead, Issue, Site
from data.validate import check
from data.vocabulary import Dataset

__all__ = ["DEFAULT", "SOURCES", "Limits", "Mapping", "Parsed", "Refused", "parse"]


@dataclass(frozen=True)
class Source:
    """A way for rows to come in; its label is `source_kind.<name>` in the locale files."""

    name: str
    kind: str  # as `guards.kind_of` names it
    mapped: bool


SOURCES = (
    Source("canonical-csv", "text", mapped=False),
    Source("canonical-xlsx", "workbook", mapped=False),
    Source("canonical-json", "json", mapped=False),
    Source("mapped-csv", "text", mapped=True),
    Source("mapped-xlsx", "workbook", mapped=True),
    Source("mapped-json", "json", mapped=True),
    Source("mapped-xls", "workbook", mapped=True),
    Source("mapped-ods", "workbook", mapped=True),
    Source("kobo-json", "json", mapped=True),
    Source("odk-json", "json", mapped=True),
    Source("sql", "json", mapped=True),
)


@dataclass(frozen=True)
class Parsed:
    """What a file said. `rows_in` = rows accepted + `rejected` + `not_reported`, always.

    `rows`: the store's columns of the dataset plus `line` (row of the sheet, 1-based, as a spreadsheet numbers it);
    `issued_at` is NaT where the row does not say. In a table with several value columns each cell is a row of its own.
    `rejected_by`: rejected rows by their first fault. `notes`: what the sender should know and nothing was lost by.
    """

    dataset: Dataset
    rows: pd.DataFrame
    issues: list[Issue]
    rows_in: int
    rejected: int
    not_reported: int
    source: str | None = None
    issued_at: datetime | None = None
    notes: tuple[Issue, ...] = ()
    rejected_by: abc.Mapping[str, int] = field(default_factory=dict)
    file_rows: int = 0  # rows of the sheet under its header
    rejected_lines: frozenset[int] = frozenset()
    columns: tuple[ColumnRead, ...] = ()  # what was understood of each column of the file

    @property
    def accepted(self) -> int:
        return len(self.rows)


def parse(
    content: bytes,
    filename: str,
    *,
    dataset: Dataset | None,
    mapping: Mapping | None,
    sites: abc.Mapping[str, Site],
    now: datetime,
    limits: Limits = DEFAULT,
) -> Parsed:
    """Rows and issues of one file. Raises Refused when the file as a whole cannot be read."""
    notes: list[Issue] = []
    words: abc.Mapping[str, abc.Mapping[str, str]] = {}
    kind = kind_of(content, filename, limits)
    wanted = frozenset(mapping.wanted) if mapping else CANONICAL_NAMES
    judge = partial(layout.best_header, wanted=wanted)
    grid = READERS[kind](content, mapping, judge, limits, notes)
    if mapping is None:
        spec, cells, table = canonical_table(grid, dataset, notes)
        whole = ~spilled(table)
        read = Applied({name: column.rows(whole) for name, column in cells.items()}, table.lines[whole], {}, 0)
        style = Style()
    else:
        table = without_sums(layout.named_table(grid, mapping.wanted, mapping.header_row), notes)
        personal.refuse_personal(table, mapping.counted, mapping.times, mapping.texts)
        if dataset is not None and dataset != mapping.dataset:
            raise refuse("other_dataset", dataset=str(dataset), mapping=mapping.name, expected=str(mapping.dataset))
        whole = ~spilled(table)
        spec, read = DATASETS[mapping.dataset], applied(mapping, table if whole.all() else table.rows(whole))
        style, words = mapping.style, mapping.words
    if not len(table.lines):
        raise refuse("only_header", rows=grid.height)
    # Several submissions of one line are no mistake: they are added up (`data.sources.combining`).
    alone = mapping is None or mapping.submissions is None
    checked = check(spec, read.columns, read.lines, sites, now, style, words, read.headers, alone)
    if mapping and read.left_out:
        notes.append(Issue(None, None, "rows_left_out", {"rows": read.left_out, "mapping": mapping.name}))
    if checked.ambiguous:
        notes.append(Issue(None, None, "ambiguous_time", {"rows": checked.ambiguous}))
    if checked.not_reported.any():
        notes.append(Issue(None, None, "not_reported", {"rows": int(checked.not_reported.sum())}))
    unread = int((~whole).sum()) * max(1, len(mapping.each) if mapping else 1)
    issues = checked.findings.issues(checked.not_reported, limits.issues)
    reasons = checked.findings.reasons(checked.not_reported)
    return Parsed(
        dataset=spec.dataset,
        rows=checked.rows,
        issues=in_order(spilled_issues(table, limits.issues), issues, limits.issues) if unread else issues,
        rows_in=len(read.lines) + unread,
        rejected=int(checked.rejected.sum()) + unread,
        not_reported=int(checked.not_reported.sum()),
        source=mapping.source if mapping else None,
        issued_at=mapping.issued_at if mapping else None,
        notes=tuple(notes),
        rejected_by={CODE: unread, **reasons} if unread else reasons,
        file_rows=len(table.lines),
        rejected_lines=frozenset([*table.lines[~whole].tolist(), *read.lines[checked.rejected].tolist()]),
        columns=columns_read(spec, table, mapping, checked.rows),
    )


Reader = Callable[[bytes, Mapping | None, Judge, Limits, list[Issue]], Grid]


def _text(content: bytes, mapping: Mapping | None, judge: Judge, limits: Limits, notes: list[Issue]) -> Grid:
    grid, encoding = delimited.read(content, limits, mapping.delimiter if mapping else None)
    if encoding == "cp1252":
        notes.append(Issue(None, None, "encoding_latin1", {"encoding": "Windows-1252 / Latin-1"}))
    return grid


def _workbook(content: bytes, mapping: Mapping | None, judge: Judge, limits: Limits, notes: list[Issue]) -> Grid:
    sheet, columns = (mapping.sheet, mapping.column_range) if mapping else (None, None)
    return workbook.read(content, limits, sheet, columns, judge, notes)


def _json(content: bytes, mapping: Mapping | None, judge: Judge, limits: Limits, notes: list[Issue]) -> Grid:
    if mapping is not None and mapping.submissions is not None:
        return submissions.read(content, mapping, limits, notes)
    return records.read(content, limits)[0]


READERS: dict[str, Reader] = {"text": _text, "workbook": _workbook, "json": _json}
