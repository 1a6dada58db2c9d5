"""The content of an .ods, walked for its size and formulas before a reader takes it.

OpenDocument says "this cell a thousand times" in one tag, for rows and columns both.
"""

from __future__ import annotations

from xml.parsers import expat

from data.sources.extents import Extent
from data.sources.guards import Limits, refuse

CELLS = ("table:table-cell", "table:covered-table-cell")
VALUE = "office:value-type"
VALUES = ("office:value", "office:string-value", "office:date-value", "office:time-value", "office:boolean-value")


class Walk:
    """Fed with pieces of content.xml; `sheets` in the order of the file. Raises Refused."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.sheets: list[Extent] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.row = self.times = self.column = self.repeat = 0
        self.in_cell = False
        self.formula = self.written = False
        self.here: list[tuple[int, int, bool, bool]] = []  # column, repeated, written, formula: the row's cells

    def feed(self, piece: bytes, last: bool = False) -> None:
        try:
            self.parser.Parse(piece, last)
        except expat.ExpatError as wrong:
            raise refuse("truncated_workbook") from wrong

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "table:table":
            self.sheets.append(Extent())
            self.row = 0
            if len(self.sheets) > self.limits.parts:
                raise refuse("too_many_rows", rows=len(self.sheets), limit=self.limits.parts)
        elif name == "table:table-row":
            self.times, self.column, self.here = _times(attributes.get("table:number-rows-repeated")), 0, []
        elif name in CELLS:
            self.in_cell = True
            self.repeat = _times(attributes.get("table:number-columns-repeated"))
            self.formula = "table:formula" in attributes
            self.written = any(value in attributes for value in VALUES) or VALUE in attributes

    def _text(self, text: str) -> None:
        if self.in_cell and text.strip():
            self.written = True

    def _end(self, name: str) -> None:
        if name in CELLS and self.in_cell:
            self.in_cell = False
            if self.written or self.formula:
                self.here.append((self.column, self.repeat, self.written, self.formula))
            self.column += self.repeat
        elif name == "table:table-row":
            self._row_ends()

    def _row_ends(self) -> None:
        if self.here and not self.sheets:
            raise refuse("truncated_workbook")
        for column, repeat, _, formula in self.here:
            sheet = self.sheets[-1]
            sheet.cell(self.row + self.times - 1, column + repeat - 1, self.times * repeat)
            sheet.check(self.limits)
            if formula:
                if self.times * repeat > self.limits.parts:
                    raise refuse("too_many_rows", rows=self.row + self.times, limit=self.limits.rows)
                sheet.formulas += [(self.row + r, column + c) for r in range(self.times) for c in range(repeat)]
        self.row += self.times


def _times(text: str | None) -> int:
    if text is None:
        return 1
    if not text.isascii() or not text.isdigit() or len(text) > 12:
        raise refuse("truncated_workbook")
    return max(1, int(text))
