"""How large a sheet will be once it is read, counted before it is read: a reader fills the whole rectangle."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.sources.guards import Limits, refuse

SMALL = 2_000_000  # cells that any rectangle may have
SPARSE = 40  # beyond that, cells of the rectangle for each one that is written


@dataclass
class Extent:
    """The rectangle of one sheet's cells, and those of its cells that hold a formula (0-based row and column)."""

    height: int = 0
    width: int = 0
    written: int = 0
    formulas: list[tuple[int, int]] = field(default_factory=list)

    def cell(self, row: int, column: int, times: int = 1) -> None:
        self.height = max(self.height, row + 1)
        self.width = max(self.width, column + 1)
        self.written += times

    def check(self, limits: Limits) -> None:
        """Raises Refused when the rectangle is more than this machine is asked to hold."""
        if self.width > limits.columns:
            raise refuse("too_many_columns", columns=self.width, limit=limits.columns)
        cells = self.height * self.width
        if self.height > limits.rows or cells > limits.cells:
            most = min(limits.rows, limits.cells // max(self.width, 1))
            raise refuse("too_many_rows", rows=self.height, limit=most)
        if cells > SMALL and cells > SPARSE * self.written:
            raise refuse("too_many_rows", rows=self.height, limit=SMALL // self.width)
