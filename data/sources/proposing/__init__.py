"""From an unknown file to a mapping that a person corrects: `propose` reads, guesses and says why. Nothing is invented:
what the file does not say is left open."""

from __future__ import annotations

import collections.abc as abc
import re

from data.sources import READERS, layout
from data.sources.canonical import DATASETS
from data.sources.guards import DEFAULT, Limits, Refused, kind_of
from data.sources.mapped import Mapping
from data.sources.mapping import FILL_IN
from data.sources.proposing.choosing import chosen, dataset_of, parts_of
from data.sources.proposing.columns import Guess, Seen, as_mapping, guesses, likely_header, seen_columns
from data.sources.proposing.filling import constants_of, numbers_of, periods_of, words_of
from data.sources.proposing.types import Line, Part, Proposal
from data.sources.sheet import Grid, shown
from data.sources.spilled import spilled
from data.sources.swapped import doubtful
from data.sources.totals import without_sums
from data.sources.workbook import NOT_READ
from data.types import Issue
from data.vocabulary import Dataset

STATUS = re.compile(
    r"(plan|program|proyect|pend|en (ejecu|curso|proces)|ejecut|finaliz|termin|complet|cerrad|suspend|cancel|inici|"
    r"ongoing|in progress|done|closed|not started|finished)",
    re.IGNORECASE,
)
PLANNED = re.compile(r"plan|program|por iniciar|proyectad|not started|pendiente|pending", re.IGNORECASE)

__all__ = ["FILL_IN", "Line", "Part", "Proposal", "propose"]


def propose(
    content: bytes,
    filename: str,
    *,
    sheet: str | None = None,
    dataset: Dataset | None = None,
    limits: Limits = DEFAULT,
) -> Proposal:
    """A mapping for a file nobody described. Raises Refused when no table can be read out of it."""
    notes: list[Issue] = []
    grid, sheet = _grid(content, filename, sheet, limits, notes)
    table = without_sums(layout.table_by(grid, likely_header), notes)
    whole = ~spilled(table)
    seen = seen_columns(table.rows(whole) if whole.any() else table)
    columns = [column for column in seen if column.values or column.personal]
    said = {id(column): guesses(column) for column in columns}
    best = as_mapping([guess for found in said.values() for guess in found])
    dataset = dataset or dataset_of(best, columns)
    lines = chosen(DATASETS[dataset], columns, said)
    parts = parts_of(DATASETS[dataset], columns, lines)
    if parts:
        lines.pop("people", None)
    used = {id(column) for line in lines.values() for column in line.columns} | {id(part.column) for part in parts}
    status = _status(best, columns, used)
    times = periods_of(DATASETS[dataset], lines, columns)
    return Proposal(
        filename=filename,
        dataset=dataset,
        sheet=sheet,
        rows=len(table.lines),
        too_long=tuple(table.lines[~whole].tolist()),
        swapped={column.header: rows for column in columns if (rows := int(doubtful(column.cells).sum()))},
        lines=tuple(lines.values()),
        parts=parts,
        constants=constants_of(DATASETS[dataset], lines, parts, times, columns),
        times=times,
        signs=numbers_of(DATASETS[dataset], lines, parts),
        words=words_of(DATASETS[dataset], lines),
        status=status,
        planned=_planned(status),
        unused=_unused(columns, said, used),
        personal=tuple(column.header for column in columns if column.personal),
        notes=tuple(notes),
    )


def _grid(
    content: bytes, filename: str, sheet: str | None, limits: Limits, notes: list[Issue]
) -> tuple[Grid, str | None]:
    kind = kind_of(content, filename, limits)
    try:
        grid = READERS[kind](content, _only(sheet), likely_header, limits, notes)
    except Refused as refused:
        if refused.issue.code != "several_sheets":
            raise
        notes.append(refused.issue)
        sheet = str(refused.issue.facts["sheet"])
        grid = READERS[kind](content, _only(sheet), likely_header, limits, notes)
        notes[:] = [note for note in notes if note.code != NOT_READ]  # said already
    told = next((str(note.facts["sheet"]) for note in notes if note.code == "sheet_chosen"), None)
    return grid, sheet or told


def _only(sheet: str | None) -> Mapping | None:
    return None if sheet is None else Mapping("", Dataset.FLOW, None, {}, {}, sheet=sheet)


def _status(best: abc.Mapping[str, Guess], columns: list[Seen], used: set[int]) -> Seen | None:
    """A column that says how far an activity is: what is planned has reached nobody."""
    found = best.get("status")
    if found and found.score > 0.6 and id(found.column) not in used:
        return found.column
    free = [column for column in columns if id(column) not in used and 1 < len(column.values) <= 12]
    return next((column for column in free if all(STATUS.match(shown(value)) for value in column.values)), None)


def _planned(status: Seen | None) -> tuple[str, ...]:
    return tuple(text for value in (status.values if status else ()) if PLANNED.match(text := shown(value)))


def _unused(
    columns: list[Seen], said: abc.Mapping[int, list[Guess]], used: set[int]
) -> tuple[tuple[Seen, Guess | None], ...]:
    """Columns that the proposal does not read, with what they may have been."""
    left = [column for column in columns if id(column) not in used and not column.personal]
    return tuple((column, next(iter(said[id(column)]), None)) for column in left)
