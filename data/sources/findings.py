"""What was found wrong, row by row, kept as masks until somebody has to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data.sources.sheet import Cells, Codes, Mask
from data.types import Issue

Facts = Callable[[int], Mapping[str, Any]]


@dataclass
class Findings:
    """One entry per kind of fault and column. A row is rejected once, however many entries name it."""

    lines: Codes
    headers: Mapping[str, Cells] = field(default_factory=dict)  # a column's name in the sender's own file
    entries: list[tuple[str | None, str, Mask, Facts]] = field(default_factory=list)
    remarks: list[tuple[str | None, str, Mask, Facts]] = field(default_factory=list)  # said of rows that are accepted

    def add(self, column: str | None, code: str, where: Mask, facts: Facts) -> None:
        if where.any():
            self.entries.append((column, code, where, facts))

    def remark(self, column: str | None, code: str, where: Mask, facts: Facts) -> None:
        """What was done to a cell of a row that counts all the same."""
        if where.any():
            self.remarks.append((column, code, where, facts))

    def rejected(self) -> Mask:
        rejected = np.zeros(len(self.lines), dtype=bool)
        for _, _, where, _ in self.entries:
            rejected |= where
        return rejected

    def reasons(self, left_out: Mask) -> dict[str, int]:
        """Rejected rows by the first fault found in each."""
        counted: Counter[str] = Counter()
        open_rows = ~left_out
        for _, code, where, _ in self.entries:
            counted[code] += int((where & open_rows).sum())
            open_rows &= ~where
        return {code: rows for code, rows in counted.items() if rows}

    def issues(self, left_out: Mask, most: int) -> list[Issue]:
        """In the order of the file, each fault of a line and column once; past `most` only their number."""
        found: list[tuple[int, int, int]] = []
        entries = [*self.entries, *self.remarks]
        for entry, (_, _, where, _) in enumerate(entries):
            rows = np.flatnonzero(where & ~left_out)
            found.extend((int(self.lines[row]), entry, int(row)) for row in rows[: most + 1])
        found.sort()
        issues: list[Issue] = []
        said: set[tuple[int, str | None, str, str]] = set()
        for line, entry, row in found:
            column, code, _, facts = entries[entry]
            told = dict(facts(row))
            if column is not None and column in self.headers:
                column = str(self.headers[column].at(row))
            if (this := (line, column, code, repr(told))) in said:
                continue
            said.add(this)
            if len(issues) == most:
                issues.append(Issue(None, None, "more_issues", {"most": most}))
                break
            issues.append(Issue(line, column, code, {"column": column or "", **told}))
        return issues
